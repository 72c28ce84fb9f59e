//! Start-up: more of it just after the container's start, as a JVM that compiles or a cache that fills.

use super::{Path, When};
use crate::model::usage::{Amount, StartUp};
use crate::time::SimTime;

impl<V: Amount> Path<V> for StartUp<V> {
    fn at(&self, when: &When) -> V {
        if when.age() < self.lasts { self.more } else { V::default() }
    }

    fn next_change(&self, when: &When) -> Option<SimTime> {
        (when.age() < self.lasts).then(|| when.started + self.lasts)
    }

    fn is_shared(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::when;
    use super::*;
    use crate::model::usage::Rate;
    use crate::time::Span;

    #[test]
    fn it_is_over_after_its_time() {
        let path = StartUp { more: Rate(9), lasts: Span::from_secs(30) };
        assert_eq!(path.at(&when(34_999, 5_000)), Rate(9));
        assert_eq!(path.next_change(&when(6_000, 5_000)), Some(SimTime::from_ms(35_000)));
        assert_eq!(path.at(&when(35_000, 5_000)), Rate(0));
        assert_eq!(path.next_change(&when(35_000, 5_000)), None);
    }
}
