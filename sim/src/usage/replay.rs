//! Replay: as it was recorded, step by step. Nothing is used in a gap.

use super::{Path, When};
use crate::model::usage::{Amount, Replay, Series};
use crate::time::{SimTime, Span};

impl<V: Amount> Replay<V> {
    /// The series of a replica.
    fn series(&self, when: &When) -> Option<&Series<V>> {
        let count = u32::try_from(self.series.len()).unwrap_or(u32::MAX);
        let index = when.whose.replica.checked_rem(count)?;
        self.series.get(index as usize)
    }

    /// When the round of an instant began, and how far into it the instant is.
    fn round(&self, at: SimTime) -> (SimTime, SimTime) {
        let Some(period) = self.period.filter(|period| *period > Span::ZERO) else {
            return (SimTime::ZERO, at);
        };
        let into = at.as_ms() % period.as_ms();
        (SimTime::from_ms(at.as_ms() - into), SimTime::from_ms(into))
    }
}

impl<V: Amount> Path<V> for Replay<V> {
    fn at(&self, when: &When) -> V {
        let Some(series) = self.series(when) else { return V::default() };
        let (_, into) = self.round(when.at);
        let next = series.partition_point(|(at, _)| *at <= into);
        let step = next.checked_sub(1).and_then(|last| series.get(last));
        step.and_then(|(_, value)| *value).unwrap_or_default()
    }

    fn next_change(&self, when: &When) -> Option<SimTime> {
        let series = self.series(when)?;
        let (begun, into) = self.round(when.at);
        let next = series.get(series.partition_point(|(at, _)| *at <= into)).map(|(at, _)| *at);
        let again = self.period.filter(|period| *period > Span::ZERO).map(|it| begun + it);
        let next = next.map(|at| begun + at.since(SimTime::ZERO));
        next.into_iter().chain(again).min()
    }

    fn is_shared(&self) -> bool {
        self.series.len() < 2
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{mean, when};
    use super::*;
    use crate::model::usage::Rate;

    fn series(steps: &[(u64, Option<u64>)]) -> Series<Rate> {
        let step = |(at, rate): &(u64, Option<u64>)| (SimTime::from_ms(*at), rate.map(Rate));
        steps.iter().map(step).collect()
    }

    #[test]
    fn every_step_is_met_exactly_and_gaps_stay_gaps() {
        let steps = [(0, Some(5)), (300, Some(7)), (900, None), (1_200, Some(2)), (1_500, None)];
        let path = Replay { series: vec![series(&steps)], period: None };
        for window in steps.windows(2) {
            let expected = Rate(window[0].1.unwrap_or(0));
            for at in [window[0].0, window[1].0 - 1] {
                assert_eq!(path.at(&when(at, 0)), expected, "at {at}");
                assert_eq!(path.next_change(&when(at, 0)), Some(SimTime::from_ms(window[1].0)));
            }
        }
        assert_eq!(path.next_change(&when(1_500, 0)), None);
        assert!((mean(&path, 1_500) - (5.0 * 300.0 + 7.0 * 600.0 + 2.0 * 300.0) / 1_500.0) < 1e-9);
    }

    #[test]
    fn it_begins_again_after_its_period_and_replicas_take_turns() {
        let both = vec![series(&[(0, Some(1)), (50, Some(3))]), series(&[(0, Some(8))])];
        let path = Replay { series: both, period: Some(Span::from_ms(100)) };
        let at = |ms: u64, replica: u32| {
            let mut now = when(ms, 0);
            now.whose.replica = replica;
            path.at(&now).0
        };
        assert_eq!([at(0, 0), at(50, 0), at(100, 0), at(149, 2), at(150, 2)], [1, 3, 1, 1, 3]);
        assert_eq!([at(0, 1), at(460, 3)], [8, 8]);
        assert_eq!(path.next_change(&when(260, 0)), Some(SimTime::from_ms(300)));
    }
}
