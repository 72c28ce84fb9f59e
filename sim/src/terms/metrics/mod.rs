//! Metrics: every figure of a run that an expectation, a comparison or a sweep can name, in one ordered list.
//!
//! A metric is declared here and read from a run in `reports/src/metrics/read.rs`; the compiler holds the
//! two together.

mod list;
mod nodes;

pub use list::METRICS;

/// A figure of a run that has a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Metric {
    /// Which figure it is.
    pub figure: Figure,
    /// What it is called: in `expect`, in JSON and in tables of replications.
    pub key: &'static str,
    /// Other names that are understood.
    pub also: &'static [&'static str],
    /// What its row is called.
    pub label: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// Which way it improves.
    pub better: Better,
    /// What it is, in one sentence.
    pub means: &'static str,
}

/// What a metric is counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Dollars.
    Usd,
    /// Seconds.
    Seconds,
    /// Per cent.
    Percent,
    /// A share of 1.
    Share,
    /// A number of anything.
    Number,
}

/// Which way a metric improves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
    /// Neither is.
    Neither,
}

/// A figure of a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)] // each is described in the list below
pub enum Figure {
    CostMonthly,
    CostHourly,
    CostSpot,
    CostList,
    CostContracted,
    CostBilled,
    CostUnused,
    CostOther,
    CostIdle,
    Waste,
    SavingMonthly,
    SavingPercent,
    SavingSameNodes,
    NodesMean,
    NodesPeak,
    NodesShort,
    CpuRequested,
    MemoryRequested,
    CpuUsed,
    MemoryUsed,
    IdleCpuHours,
    Reclaims,
    Outbid,
    NoticesMissed,
    Failures,
    PodsDisrupted,
    EndsClean,
    EndsCutShort,
    EndsKilled,
    KilledInRun,
    BarePodsLost,
    DataLost,
    /// A percentile of waiting times.
    Pending(u8),
    PendingCensored,
    Unschedulable,
    Gated,
    /// A percentile of the times from binding to readiness.
    StartUp(u8),
    /// A percentile of the times from a notice to the ready replacement.
    Replacement(u8),
    StrandedMinutes,
    Completed,
    LostWorkHours,
    DeadlineMisses,
    JobsFailed,
    JobsSkipped,
    /// One of each workload that has replicas.
    Of(OfWorkload),
    /// One that a fold declares, by the key of its declaration.
    Declared(&'static str),
}

/// A figure of a workload in a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)] // each is described in the list below
pub enum OfWorkload {
    Availability,
    ReplicaAvailability,
    UnavailableMinutes,
    MinAvailable,
}

impl Metric {
    /// The metric of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Metric> {
        METRICS.iter().find(|it| it.key == name || it.also.contains(&name))
    }

    /// The metric that is this figure.
    ///
    /// # Panics
    /// Never: a test holds that each figure has a metric.
    #[must_use]
    pub fn of(figure: Figure) -> &'static Metric {
        let found = METRICS.iter().find(|it| it.figure == figure);
        found.expect("each figure has a metric")
    }

    /// Every name that is understood, those of other spellings last.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let more = METRICS.iter().flat_map(|it| it.also.iter().copied());
        METRICS.iter().map(|it| it.key).chain(more)
    }

    /// Whether this is its key, of whichever workload.
    #[must_use]
    pub fn is_key(&self, key: &str) -> bool {
        match key.strip_prefix(self.key) {
            Some("") => !self.is_of_workload(),
            Some(rest) => self.is_of_workload() && rest.starts_with('('),
            None => false,
        }
    }

    /// Whether there is one of each workload, instead of one of a run.
    #[must_use]
    pub fn is_of_workload(&self) -> bool {
        matches!(self.figure, Figure::Of(_))
    }

    /// Whether it compares with the same workload on on-demand nodes.
    #[must_use]
    pub fn needs_baseline(&self) -> bool {
        matches!(self.figure, Figure::SavingMonthly | Figure::SavingPercent)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_of_one_metric_each() {
        let names: Vec<&str> = Metric::names().collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for metric in METRICS {
            assert_eq!(Metric::named(metric.key), Some(metric));
            assert_eq!(Metric::of(metric.figure), metric, "{} is there twice", metric.key);
            assert!(metric.label.chars().count() <= 21, "{} has no room in a table", metric.label);
        }
    }
}
