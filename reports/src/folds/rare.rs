//! Rare: figures of what seldom happens. A run in which nothing of the kind happens keeps a pointer of
//! them and no more.

use std::ops::Deref;
use std::sync::LazyLock;

use super::budgets::Budgets;
use super::disruption::Disruption;
use super::fit::Fit;
use super::impact::Impact;
use super::overuse::Overuse;
use super::percentiles::Percentiles;
use super::start_up::Started;
use super::usage::Used;

/// Figures that most runs have nothing of: they are kept where they are not their default, and read as that
/// where they are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rare<T>(Option<Box<T>>);

impl<T: Default + PartialEq> Rare<T> {
    /// What there is of it.
    #[must_use]
    pub fn of(figures: T) -> Rare<T> {
        Rare((figures != T::default()).then(|| Box::new(figures)))
    }
}

impl<T: Nothing> Deref for Rare<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Some(figures) => figures,
            None => T::nothing(),
        }
    }
}

/// Something of which there may be nothing.
pub trait Nothing: 'static {
    /// None of it.
    fn nothing() -> &'static Self;
}

macro_rules! nothing {
    ($($figures:ty),+) => {$(
        impl Nothing for $figures {
            fn nothing() -> &'static $figures {
                static NOTHING: LazyLock<$figures> = LazyLock::new(Default::default);
                &NOTHING
            }
        }
    )+};
}

nothing!(Budgets, Disruption, Fit, Impact, Overuse, Percentiles, Started, Used);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_happen_takes_a_pointer_and_reads_as_nothing() {
        let none = Rare::of(Disruption::default());
        assert!(none.0.is_none() && size_of_val(&none) == size_of::<usize>());
        assert_eq!((none.reclaims, none.ends.total()), (0, 0));
        let one = Rare::of(Disruption { reclaims: 1, ..Disruption::default() });
        assert_eq!((one.reclaims, one.failures), (1, 0));
    }
}
