//! Daily and weekly: a cosine between low and high with its peak at a time of day, and a factor for
//! each day of the week.

use std::f64::consts::TAU;

use super::{Path, When, cell, each};
use crate::model::usage::{Amount, Diurnal};
use crate::time::{SimTime, Span};

const DAY: Span = Span::from_hours(24);

impl<V: Amount> Path<V> for Diurnal<V> {
    fn at(&self, when: &When) -> V {
        let (index, _) = cell(when.at.since(SimTime::ZERO), self.every);
        // The middle of the step, at which it is right.
        let ms = index * self.every.as_ms() + self.every.as_ms() / 2 + self.clock.as_ms();
        let day = ms / DAY.as_ms();
        let since_peak = (ms + DAY.as_ms() - self.peak.as_ms() % DAY.as_ms()) % DAY.as_ms();
        let height = 0.5 + 0.5 * libm::cos(TAU * since_peak as f64 / DAY.as_ms() as f64);
        let days = f64::from(self.days[usize::try_from(day % 7).expect("below 7")]) / 1_000.0;
        let low = self.low.lanes().map(|lane| lane as f64);
        each(self.high, |lane, high| low[lane] + (high - low[lane]) * height * days)
    }

    fn next_change(&self, when: &When) -> Option<SimTime> {
        let (_, end) = cell(when.at.since(SimTime::ZERO), self.every);
        Some(SimTime::ZERO + end)
    }

    fn is_shared(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{mean, when};
    use super::*;
    use crate::model::usage::Rate;

    fn diurnal() -> Diurnal<Rate> {
        Diurnal {
            low: Rate(100_000),
            high: Rate(900_000),
            clock: Span::ZERO,
            peak: Span::from_hours(14),
            days: [1_000; 7],
            every: Span::from_secs(300),
        }
    }

    #[test]
    fn its_mean_lies_between_low_and_high() {
        let day = DAY.as_ms();
        let found = mean(&diurnal(), day);
        assert!((found - 500_000.0).abs() < 0.5, "{found}");
    }

    #[test]
    fn its_peak_is_at_its_hour_whatever_the_clock_says_at_the_start() {
        let hours = |h: u64| h * 3_600_000;
        let rate = |path: &Diurnal<Rate>, ms| path.at(&when(ms, 0)).0;
        let path = diurnal();
        assert!(rate(&path, hours(14)) > 899_000 && rate(&path, hours(2)) < 101_000);
        let later = Diurnal { clock: Span::from_hours(6), ..path };
        assert!(rate(&later, hours(8)) > 899_000 && rate(&later, hours(20)) < 101_000);
    }

    #[test]
    fn a_quiet_day_goes_a_part_of_the_way() {
        let mut path = diurnal();
        path.days[1] = 500;
        let day = |n: u64| path.at(&when((24 * n + 14) * 3_600_000, 0)).0;
        assert!(day(0) > 899_000 && day(2) > 899_000, "{} {}", day(0), day(2));
        assert!((499_000..501_000).contains(&day(1)), "{}", day(1));
    }
}
