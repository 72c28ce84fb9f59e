//! Pending: how long pods waited for a node, and who still does.

use std::collections::{BTreeMap, BTreeSet};

use sim::world::fact::{Fact, Sink};
use sim::world::pod::PodId;
use sim::world::refusal::RefusalId;
use sim::world::workload::{Controller, WorkloadId};
use sim::{Legend, SimTime, Span};

/// Folds facts into waiting times. Pods of DaemonSets are left out.
#[derive(Clone)]
pub struct Pending {
    legend: Legend,
    /// How many attempts waited how long: bound, and still waiting at the end.
    waits: BTreeMap<Span, (u64, u64)>,
    /// Pods that have been refused and are not bound yet.
    refused: BTreeSet<PodId>,
    /// Attempts with at least one failed cycle.
    pub unschedulable: u64,
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

impl Pending {
    /// Nobody has waited yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Pending {
        Pending {
            legend: legend.clone(),
            waits: BTreeMap::new(),
            refused: BTreeSet::new(),
            unschedulable: 0,
            never_scheduled: BTreeMap::new(),
        }
    }

    /// The `percent`-th percentile, nearest rank; none when nobody waited.
    #[must_use]
    pub fn quantile(&self, percent: u64) -> Option<Wait> {
        let total: u64 = self.waits.values().map(|(bound, waiting)| bound + waiting).sum();
        let rank = (total * percent).div_ceil(100).max(1);
        let mut seen = 0;
        self.waits.iter().find_map(|(span, (bound, waiting))| {
            seen += bound + waiting;
            // Among equals those that were bound come first.
            let at_least = rank > seen - waiting;
            (seen >= rank).then_some(Wait { span: *span, at_least })
        })
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
                self.refused.remove(&pod);
                if self.counts(workload, at.back(waited)) {
                    self.waits.entry(waited).or_default().0 += 1;
                }
            }
            Fact::PodUnschedulable { pod, workload, .. } => {
                let daemon =
                    self.legend.model.workloads[workload].controller == Controller::DaemonSet;
                if self.refused.insert(pod) && !daemon {
                    self.unschedulable += 1;
                }
            }
            Fact::StillPending { workload, waited, refusal, .. } => {
                let entry = self.never_scheduled.entry(workload).or_default();
                *entry = (entry.0 + 1, refusal.or(entry.1));
                if self.counts(workload, at.back(waited)) {
                    self.waits.entry(waited).or_default().1 += 1;
                }
            }
            _ => {}
        }
    }
}
