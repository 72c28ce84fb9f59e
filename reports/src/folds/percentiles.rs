//! Percentiles: the few waiting times of a run that are kept once all are known. They are exact.

use sim::Span;

use super::pending::{Wait, Waits};

/// The percentiles that are kept, by nearest rank.
const KEPT: [u8; 5] = [50, 90, 95, 99, 100];

/// Waiting times of one run: every percentile is none when there was none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Percentiles([Kept; KEPT.len()]);

/// A wait in one number, for a run has many of them: its milliseconds, then a bit for whether that is the
/// least it can be; one more than that, and 0 where there is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Kept(u64);

impl Kept {
    fn of(wait: Option<Wait>) -> Kept {
        Kept(wait.map_or(0, |it| (it.span.as_ms() << 1 | u64::from(it.at_least)) + 1))
    }

    fn wait(self) -> Option<Wait> {
        let number = self.0.checked_sub(1)?;
        Some(Wait { span: Span::from_ms(number >> 1), at_least: number & 1 == 1 })
    }
}

impl Percentiles {
    /// What is kept of these waiting times.
    #[must_use]
    pub fn of(waits: &Waits) -> Percentiles {
        Percentiles(KEPT.map(|percent| Kept::of(waits.quantile(percent.into()))))
    }

    /// The median.
    #[must_use]
    pub fn p50(&self) -> Option<Wait> {
        self.0[0].wait()
    }

    /// The 95th percentile.
    #[must_use]
    pub fn p95(&self) -> Option<Wait> {
        self.0[2].wait()
    }

    /// The longest.
    #[must_use]
    pub fn longest(&self) -> Option<Wait> {
        self.0[4].wait()
    }

    /// The `percent`-th percentile: one of 50, 90, 95, 99 and 100, and none of any other.
    #[must_use]
    pub fn percentile(&self, percent: u8) -> Option<Wait> {
        KEPT.iter().position(|kept| *kept == percent).and_then(|place| self.0[place].wait())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_all_waits_say() {
        let mut waits = Waits::default();
        assert_eq!(Percentiles::of(&waits), Percentiles::default());
        for seconds in 1..=200 {
            waits.ended(Span::from_secs(seconds));
        }
        waits.still_waits(Span::from_secs(150));
        waits.still_waits(Span::from_secs(900));
        let kept = Percentiles::of(&waits);
        for percent in KEPT {
            assert_eq!(kept.percentile(percent), waits.quantile(percent.into()), "{percent}");
        }
        let longest = Wait { span: Span::from_secs(900), at_least: true };
        assert_eq!(kept.longest(), Some(longest));
        assert_eq!(kept.p50().map(|it| it.span), Some(Span::from_secs(101)));
        assert_eq!(kept.percentile(75), None);
    }
}
