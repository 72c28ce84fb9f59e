//! Bursts: more of it at the random moments of a Poisson process.
//!
//! Time is cut into windows of the mean gap. Each draws how many bursts begin in it and when, so that
//! any window can be looked at without those before it: a Poisson process has no memory.

use super::{Path, When};
use crate::model::usage::{Amount, Bursts};
use crate::rng::Stream;
use crate::time::{SimTime, Span};

/// How many windows are looked at for the next burst; one in e windows has none.
const WINDOWS: u64 = 10_000;

impl<V: Amount> Bursts<V> {
    fn window(&self) -> u64 {
        self.every.max(self.lasts).as_ms().max(1)
    }

    /// When the bursts of a window begin. Time is counted from a window before `T+0`, so that one may
    /// last at the start.
    fn begins(&self, when: &When, window: u64) -> Vec<u64> {
        let length = self.window();
        let mut draws = when.draws(Stream::UsageBursts, self.shared, window);
        let per_hour = 1.0 / self.every.max(Span::from_ms(1)).as_hours_f64();
        let mut begins = Vec::new();
        let mut at = 0;
        while let Some(gap) = draws.exponential(per_hour) {
            // Two in one millisecond are one burst anyway.
            at += gap.as_ms().max(1);
            if at >= length {
                break;
            }
            begins.push(window * length + at);
        }
        begins
    }

    /// Bursts that may last at an instant, and the instant in their time.
    fn near(&self, when: &When) -> (Vec<u64>, u64) {
        let now = when.at.as_ms() + self.window();
        let window = now / self.window();
        let mut begins = self.begins(when, window - 1);
        begins.extend(self.begins(when, window));
        (begins, now)
    }
}

impl<V: Amount> Path<V> for Bursts<V> {
    fn at(&self, when: &When) -> V {
        let (begins, now) = self.near(when);
        let lasts = |begin: &u64| *begin <= now && now < begin + self.lasts.as_ms();
        if begins.iter().any(lasts) { self.more } else { V::default() }
    }

    fn next_change(&self, when: &When) -> Option<SimTime> {
        let (mut begins, now) = self.near(when);
        let mut window = now / self.window();
        for _ in 0..WINDOWS {
            let edges = begins.iter().flat_map(|begin| [*begin, begin + self.lasts.as_ms()]);
            if let Some(next) = edges.filter(|edge| *edge > now).min() {
                return Some(SimTime::from_ms(next - self.window()));
            }
            window += 1;
            begins = self.begins(when, window);
        }
        None
    }

    fn is_shared(&self) -> bool {
        self.shared
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{mean, when};
    use super::*;
    use crate::model::usage::Rate;

    fn bursts() -> Bursts<Rate> {
        let (every, lasts) = (Span::from_secs(3_600), Span::from_secs(600));
        Bursts { more: Rate(1_000), every, lasts, shared: false }
    }

    /// The share of time in bursts of an M/D/∞ queue that is not empty: 1 - exp(-lasts/every).
    #[test]
    fn the_share_of_time_in_bursts_is_that_of_an_infinite_server_queue() {
        let found = mean(&bursts(), 20_000 * 3_600_000) / 1_000.0;
        let expected = 1.0 - libm::exp(-1.0 / 6.0);
        assert!((found - expected).abs() < 0.004, "{found} {expected}");
    }

    #[test]
    fn nothing_changes_between_one_change_and_the_next() {
        let path = bursts();
        let mut at = 0;
        for _ in 0..50 {
            let now = when(at, 0);
            let next = path.next_change(&now).expect("there is always another burst").as_ms();
            let value = path.at(&now);
            for share in 1..4 {
                assert_eq!(path.at(&when(at + (next - at) * share / 4, 0)), value);
            }
            at = next;
        }
    }

    #[test]
    fn replicas_share_bursts_only_where_they_are_meant_to() {
        let of = |shared, replica| {
            let path = Bursts { shared, ..bursts() };
            let mut now = when(0, 0);
            now.whose.replica = replica;
            path.next_change(&now)
        };
        assert_eq!(of(true, 0), of(true, 1));
        assert_ne!(of(false, 0), of(false, 1));
    }
}
