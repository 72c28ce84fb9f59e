//! Pending: how long pods waited for a node, and who still does.

use std::collections::BTreeMap;

use sim::fact::refusal::RefusalId;
use sim::fact::{Fact, Sink};
use sim::model::pod::PodId;
use sim::model::workload::{Controller, WorkloadId};
use sim::table::{Id, Table};
use sim::{Legend, SimTime, Span};

/// Folds facts into waiting times. Pods of DaemonSets are left out.
#[derive(Clone)]
pub struct Pending {
    legend: Legend,
    /// How long they waited.
    pub waits: Waits,
    /// Which pods have been refused and are not bound yet.
    refused: Table<PodId, bool>,
    /// Attempts with at least one failed cycle in the window.
    pub unschedulable: u64,
    /// Attempts that scheduling gates still hold back at the end. They have not begun to wait.
    pub gated: u64,
    /// Who still waits at the end: how many pods of each workload, and what the nodes last said.
    pub never_scheduled: BTreeMap<WorkloadId, (u64, Option<RefusalId>)>,
}

/// A quantile of waiting times; `at_least` when it falls on a pod that still waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wait {
    /// How long.
    pub span: Span,
    /// Whether it is only known to be at least that.
    pub at_least: bool,
}

/// How many attempts waited how long.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Waits {
    /// Of each length: how many were bound, and how many still waited at the end.
    spans: BTreeMap<Span, (u64, u64)>,
}

impl Waits {
    /// The `percent`-th percentile, nearest rank; none when no pod waited.
    #[must_use]
    pub fn quantile(&self, percent: u64) -> Option<Wait> {
        let total: u64 = self.spans.values().map(|(bound, waiting)| bound + waiting).sum();
        let rank = (total * percent).div_ceil(100).max(1);
        let mut seen = 0;
        self.spans.iter().find_map(|(span, (bound, waiting))| {
            seen += bound + waiting;
            // Among equals those that were bound come first.
            let at_least = rank > seen - waiting;
            (seen >= rank).then_some(Wait { span: *span, at_least })
        })
    }

    /// A wait of this length has ended.
    pub(crate) fn ended(&mut self, span: Span) {
        self.spans.entry(span).or_default().0 += 1;
    }

    /// A wait is right-censored at this length: the pod still waits, or was stopped meanwhile.
    pub(crate) fn still_waits(&mut self, span: Span) {
        self.spans.entry(span).or_default().1 += 1;
    }

    /// How many attempts there were.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.spans.values().map(|(bound, waiting)| bound + waiting).sum()
    }

    /// How many of them still waited at the end.
    #[must_use]
    pub fn still_waiting(&self) -> u64 {
        self.spans.values().map(|(_, waiting)| waiting).sum()
    }

    /// The lengths that occur, with how many attempts had been bound by then.
    pub fn bound_within(&self) -> impl Iterator<Item = (Span, u64)> {
        self.spans.iter().scan(0, |sum, (span, (bound, _))| {
            *sum += bound;
            Some((*span, *sum))
        })
    }

    /// The same to eight binary digits, so that any number of replications has few lengths. Each
    /// is rounded up, by less than one percent.
    #[must_use]
    pub fn rounded(&self) -> Waits {
        let mut rounded = Waits::default();
        for (span, (bound, waiting)) in &self.spans {
            let digits = (u64::BITS - span.as_ms().leading_zeros()).saturating_sub(8);
            let ms = (span.as_ms().div_ceil(1 << digits)) << digits;
            let entry = rounded.spans.entry(Span::from_ms(ms)).or_default();
            *entry = (entry.0 + bound, entry.1 + waiting);
        }
        rounded
    }

    /// Adds the attempts of another replication.
    pub fn add(&mut self, other: &Waits) {
        for (span, (bound, waiting)) in &other.spans {
            let entry = self.spans.entry(*span).or_default();
            *entry = (entry.0 + bound, entry.1 + waiting);
        }
    }
}

impl Pending {
    /// No pod has waited yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Pending {
        Pending {
            legend: legend.clone(),
            waits: Waits::default(),
            refused: Table::new(),
            unschedulable: 0,
            gated: 0,
            never_scheduled: BTreeMap::new(),
        }
    }

    /// Whether scheduling gates hold a pod back; they are never lifted here.
    fn is_gated(&self, pod: PodId, workload: WorkloadId) -> bool {
        let model = &self.legend.model;
        let found = model.start.pods.get(pod.index()).map(|start| start.spec);
        !model.specs[found.unwrap_or(model.workloads[workload].spec)].gates.is_empty()
    }

    fn counts(&self, workload: WorkloadId, created: SimTime) -> bool {
        self.legend.model.workloads[workload].controller != Controller::DaemonSet
            && created >= self.legend.from
    }
}

impl Sink for Pending {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::PodScheduled { pod, workload, waited, .. } => {
                *self.refused.slot(pod) = false;
                if self.counts(workload, at.back(waited)) {
                    self.waits.spans.entry(waited).or_default().0 += 1;
                }
            }
            Fact::PodUnschedulable { pod, workload, .. } => {
                let daemon =
                    self.legend.model.workloads[workload].controller == Controller::DaemonSet;
                let counts = at >= self.legend.from && !daemon && !self.is_gated(pod, workload);
                if counts && !std::mem::replace(self.refused.slot(pod), true) {
                    self.unschedulable += 1;
                }
            }
            Fact::PodWithdrawn { pod, workload, waited } => {
                *self.refused.slot(pod) = false;
                if !self.is_gated(pod, workload) && self.counts(workload, at.back(waited)) {
                    self.waits.still_waits(waited);
                }
            }
            Fact::StillPending { pod, workload, waited, refusal } => {
                let entry = self.never_scheduled.entry(workload).or_default();
                *entry = (entry.0 + 1, refusal.or(entry.1));
                if self.is_gated(pod, workload) {
                    self.gated += 1;
                } else if self.counts(workload, at.back(waited)) {
                    self.waits.spans.entry(waited).or_default().1 += 1;
                }
            }
            _ => {}
        }
    }
}
