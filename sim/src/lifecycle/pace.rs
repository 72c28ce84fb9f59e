//! Pace: how far a stretch of work is whose pods do not always get all the CPU they want.

use crate::time::{SimTime, Span};

/// Full speed.
pub const FULL: u32 = 1_000;

/// A stretch of work that is going on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pace {
    since: SimTime,
    /// How much had been done of it by then.
    before: Span,
    /// How fast it goes since then, in thousandths.
    speed: u32,
}

impl Pace {
    /// A stretch that begins now.
    #[must_use]
    pub fn begin(now: SimTime, speed: u32) -> Pace {
        Pace { since: now, before: Span::ZERO, speed: speed.max(1) }
    }

    /// How much has been done of it, as the time that it takes at full speed.
    #[must_use]
    pub fn done(&self, now: SimTime) -> Span {
        let thousandths = u128::from(now.since(self.since).as_ms()) * u128::from(self.speed);
        self.before + ms(thousandths / u128::from(FULL))
    }

    /// When so much of it will have been done, if it goes on so.
    #[must_use]
    pub fn ends_at(&self, takes: Span) -> SimTime {
        let left = takes.as_ms().saturating_sub(self.before.as_ms());
        let thousandths = u128::from(left) * u128::from(FULL);
        self.since + ms(thousandths.div_ceil(u128::from(self.speed)))
    }

    /// It goes at another speed from now on.
    #[must_use]
    pub fn at(&self, now: SimTime, speed: u32) -> Pace {
        if speed.max(1) == self.speed {
            return *self;
        }
        Pace { since: now, before: self.done(now), speed: speed.max(1) }
    }
}

fn ms(ms: u128) -> Span {
    Span::from_ms(u64::try_from(ms).unwrap_or(u64::MAX)).min(crate::time::LONGEST_HORIZON)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_at_half_speed_takes_twice_as_long() {
        let s = |secs| SimTime::ZERO + Span::from_secs(secs);
        let pace = Pace::begin(s(10), FULL);
        assert_eq!(pace.ends_at(Span::from_secs(100)), s(110));
        let slower = pace.at(s(60), 500);
        assert_eq!(slower.done(s(60)), Span::from_secs(50));
        assert_eq!(slower.ends_at(Span::from_secs(100)), s(160));
        assert_eq!(slower.at(s(100), FULL).ends_at(Span::from_secs(100)), s(130));
    }

    #[test]
    fn it_is_done_when_it_ends() {
        for (speed, takes) in [(333, 10_000), (1, 7), (999, 1), (1_000, 12_345)] {
            let pace = Pace::begin(SimTime::from_ms(5), speed);
            let takes = Span::from_ms(takes);
            assert!(pace.done(pace.ends_at(takes)) >= takes, "{speed}");
        }
    }
}
