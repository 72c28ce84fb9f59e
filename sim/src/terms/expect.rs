//! Expectations: figures of a run that are to keep to a limit.

use std::cmp::Ordering;
use std::fmt;

use super::metrics::Metric;
use crate::model::workload::WorkloadId;

/// A figure over all replications, and the limit that it is to keep to.
#[derive(Clone, PartialEq, Debug)]
pub struct Expectation {
    /// As it was written.
    pub text: String,
    /// On which line of the scenario, from 1.
    pub line: usize,
    /// What is looked at over replications.
    pub statistic: Statistic,
    /// Of which figure.
    pub term: Term,
    /// How it is to compare with the limit.
    pub relation: Relation,
    /// The limit, in the unit of the figure; of a probability a share.
    pub limit: f64,
    /// Whether the limit is a multiple of what the figure comes to in the plan that is compared with.
    pub of_base: bool,
    /// Whether it decides the exit code.
    pub decides: bool,
}

/// A figure of a run, of one workload if it is that of a workload.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Term {
    /// Which figure.
    pub metric: &'static Metric,
    /// Of which workload.
    pub workload: Option<WorkloadId>,
}

/// What is looked at of a figure over replications.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Statistic {
    /// The mean.
    Mean,
    /// The worst replication.
    Worst,
    /// The mean of the worst 5 % of replications.
    Cvar95,
    /// In which share of replications the figure compares so with a value.
    Probability(Relation, f64),
}

/// How a figure is to compare with a limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
}

impl Relation {
    /// Every relation, with the longer of two that begin alike first.
    pub const ALL: [Relation; 5] =
        [Relation::AtMost, Relation::AtLeast, Relation::Equal, Relation::Less, Relation::More];

    /// As it is written.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Relation::Less => "<",
            Relation::AtMost => "<=",
            Relation::More => ">",
            Relation::AtLeast => ">=",
            Relation::Equal => "==",
        }
    }

    /// Whether a value compares so with a limit. Differences that only rounding made are none.
    #[must_use]
    pub fn holds(self, value: f64, limit: f64) -> bool {
        let same = (value - limit).abs() <= 1e-12 * value.abs().max(limit.abs());
        match value.total_cmp(&limit) {
            _ if same => matches!(self, Relation::AtMost | Relation::AtLeast | Relation::Equal),
            Ordering::Less => matches!(self, Relation::Less | Relation::AtMost),
            Ordering::Greater => matches!(self, Relation::More | Relation::AtLeast),
            Ordering::Equal => matches!(self, Relation::Equal),
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sign())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_compare_as_they_are_written() {
        let held = |value: f64| Relation::ALL.map(|it| it.holds(value, 3.0));
        assert_eq!(held(2.0), [true, false, false, true, false]);
        assert_eq!(held(3.0), [true, true, true, false, false]);
        assert_eq!(held(4.0), [false, true, false, false, true]);
        assert!(Relation::Equal.holds(0.1 + 0.2, 0.3));
    }
}
