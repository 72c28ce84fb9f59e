//! Fates: what became of all Jobs of one workload in one run, in a few numbers.

use sim::model::job::Outcome;
use sim::model::workload::WorkloadId;

use super::batch::Fate;

/// What became of a Job, or of all Jobs of one CronJob.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Fates {
    /// Which one, or which CronJob made them.
    pub workload: WorkloadId,
    /// How many were made.
    pub made: u64,
    /// How many were done before the end.
    pub done: u64,
    /// From creation to last completion in hours, of all that were done together.
    pub makespan_hours: f64,
    /// How many were late; none without a deadline.
    pub late: Option<u64>,
    /// How many came to each outcome, in the order of [`Outcome::ALL`].
    outcomes: [u64; Outcome::ALL.len()],
}

impl Fates {
    /// The Jobs of one workload after the other, each with all of its own.
    pub fn of(each: impl Iterator<Item = Fate>) -> Vec<Fates> {
        let mut all: Vec<Fates> = Vec::new();
        for fate in each {
            match all.last_mut().filter(|last| last.workload == fate.workload) {
                Some(last) => last.add(&fate),
                None => {
                    let mut first = Fates::none(fate.workload);
                    first.add(&fate);
                    all.push(first);
                }
            }
        }
        all.shrink_to_fit();
        all
    }

    fn none(workload: WorkloadId) -> Fates {
        let outcomes = [0; Outcome::ALL.len()];
        Fates { workload, made: 0, done: 0, makespan_hours: 0.0, late: None, outcomes }
    }

    fn add(&mut self, fate: &Fate) {
        self.made += 1;
        if let Some(makespan) = fate.makespan {
            self.done += 1;
            self.makespan_hours += makespan.as_hours_f64();
        }
        if let Some(late) = fate.late {
            *self.late.get_or_insert(0) += u64::from(late);
        }
        for (own, count) in Outcome::ALL.iter().zip(&mut self.outcomes) {
            *count += u64::from(fate.outcome == Some(*own));
        }
    }

    /// How many came to an outcome.
    #[must_use]
    pub fn ended(&self, outcome: Outcome) -> u64 {
        let mut all = Outcome::ALL.iter().zip(self.outcomes);
        all.find(|(own, _)| **own == outcome).map_or(0, |(_, count)| count)
    }

    /// How many failed.
    #[must_use]
    pub fn failed(&self) -> u64 {
        let failures = Outcome::ALL.into_iter().filter(|outcome| outcome.failed());
        failures.map(|outcome| self.ended(outcome)).sum()
    }

    /// From creation to last completion in hours, on average over those that were done; none if none was.
    #[must_use]
    pub fn mean_makespan_hours(&self) -> Option<f64> {
        (self.done > 0).then(|| self.makespan_hours / self.done as f64)
    }
}

#[cfg(test)]
mod tests {
    use sim::Span;
    use sim::table::Id;

    use super::*;

    #[test]
    fn jobs_of_a_workload_are_counted_together() {
        let fate = |workload, outcome, hours: Option<u64>, late| Fate {
            workload: WorkloadId::from_index(workload),
            outcome,
            makespan: hours.map(Span::from_hours),
            late,
        };
        let each = [
            fate(0, Some(Outcome::Complete), Some(2), Some(false)),
            fate(0, Some(Outcome::DeadlineExceeded), None, Some(true)),
            fate(0, Some(Outcome::Replaced), None, Some(false)),
            fate(0, Some(Outcome::Complete), Some(5), Some(true)),
            fate(0, None, None, Some(false)),
            fate(3, None, None, None),
        ];
        let [first, other] = Fates::of(each.into_iter())[..] else { panic!("two workloads") };
        assert_eq!((first.made, first.done, first.failed(), first.late), (5, 2, 1, Some(2)));
        assert_eq!(first.ended(Outcome::Replaced), 1);
        assert_eq!(first.mean_makespan_hours(), Some(3.5));
        assert_eq!((other.made, other.late, other.mean_makespan_hours()), (1, None, None));
    }
}
