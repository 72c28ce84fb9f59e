//! Phases: stretches one after the other since the container's start, as batch work has.

use super::{Path, When};
use crate::model::usage::{Amount, Phases};
use crate::time::{SimTime, Span};

impl<V: Amount> Phases<V> {
    /// The phase of an age, and when it ends, if it does.
    fn phase(&self, age: Span) -> Option<(V, Option<Span>)> {
        let whole: u64 = self.phases.iter().map(|(lasts, _)| lasts.as_ms()).sum();
        let round = if self.repeat { age.as_ms().checked_div(whole).unwrap_or(0) } else { 0 };
        let mut end = round * whole;
        for (lasts, value) in &self.phases {
            end += lasts.as_ms();
            if age.as_ms() < end {
                return Some((*value, Some(Span::from_ms(end))));
            }
        }
        self.phases.last().map(|(_, value)| (*value, None))
    }
}

impl<V: Amount> Path<V> for Phases<V> {
    fn at(&self, when: &When) -> V {
        self.phase(when.age()).map_or_else(V::default, |(value, _)| value)
    }

    fn next_change(&self, when: &When) -> Option<SimTime> {
        let (_, end) = self.phase(when.age())?;
        end.map(|end| when.started + end)
    }

    fn is_shared(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{mean, when};
    use super::*;
    use crate::model::usage::Rate;

    fn phases(repeat: bool) -> Phases<Rate> {
        let phases = [(60, 10), (120, 40), (20, 0)];
        let phases = phases.map(|(secs, rate)| (Span::from_secs(secs), Rate(rate)));
        Phases { phases: phases.into(), repeat }
    }

    #[test]
    fn phases_follow_each_other_from_the_start_of_the_container() {
        let path = phases(false);
        let rate = |secs: u64| path.at(&when((secs + 7) * 1_000, 7_000)).0;
        assert_eq!([0, 59, 60, 179, 180, 199, 900].map(rate), [10, 10, 40, 40, 0, 0, 0]);
        let next = |secs: u64| path.next_change(&when(secs * 1_000, 0)).map(SimTime::as_ms);
        assert_eq!([0, 60, 185, 200].map(next), [Some(60_000), Some(180_000), Some(200_000), None]);
    }

    #[test]
    fn repeated_they_have_the_mean_of_one_round() {
        let found = mean(&phases(true), 5 * 200_000);
        assert!((found - (60.0 * 10.0 + 120.0 * 40.0) / 200.0).abs() < 1e-9, "{found}");
    }
}
