//! Volumes: how long pods waited because theirs are in a zone that has no node for them, and who lost
//! data with a node.

use std::collections::{BTreeMap, BTreeSet};

use sim::fact::Cause;
use sim::fact::{Fact, Sink};
use sim::model::pod::{End, Limit, PodId};
use sim::model::workload::WorkloadId;
use sim::model::zonal::Together;
use sim::{Legend, SimTime};

/// Folds facts into what becomes of pods with volumes in a zone or on their nodes.
#[derive(Clone)]
pub struct Volumes {
    legend: Legend,
    /// Volumes that have been made.
    made: BTreeSet<Together>,
    /// Pods that wait, by the volumes they use.
    waiting: BTreeMap<PodId, Together>,
    /// Since when pods whose volumes have been made have been refused.
    stranded: BTreeMap<PodId, SimTime>,
    /// Milliseconds for which pods were stranded, added up over pods.
    pub stranded_ms: u128,
    /// Pods that are terminating because their nodes go.
    terminating: BTreeSet<PodId>,
    /// Pods that lost data with their nodes, by workload.
    pub data_lost: BTreeMap<WorkloadId, u64>,
}

impl Volumes {
    /// No pod has been created yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Volumes {
        Volumes {
            legend: legend.clone(),
            made: BTreeSet::new(),
            waiting: BTreeMap::new(),
            stranded: BTreeMap::new(),
            stranded_ms: 0,
            terminating: BTreeSet::new(),
            data_lost: BTreeMap::new(),
        }
    }

    /// The volumes of a replica, if it has zonal ones.
    fn of(&self, workload: WorkloadId, replica: u32) -> Option<Together> {
        let volumes = self.legend.model.workloads[workload].volumes.as_ref()?;
        Some(volumes.of(workload, replica))
    }

    /// A pod waits no longer.
    fn found_a_node(&mut self, at: SimTime, pod: PodId) {
        self.made.extend(self.waiting.remove(&pod));
        if let Some(since) = self.stranded.remove(&pod) {
            let (from, to) = (self.legend.from, self.legend.to);
            self.stranded_ms += u128::from(at.min(to).since(since.max(from)).as_ms());
        }
    }
}

impl Sink for Volumes {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::PodCreated { pod, workload, replica, .. } => {
                let volumes = self.of(workload, replica);
                self.waiting.extend(volumes.map(|volumes| (pod, volumes)));
            }
            Fact::PodUnschedulable { pod, .. }
                if self.waiting.get(&pod).is_some_and(|volumes| self.made.contains(volumes)) =>
            {
                self.stranded.entry(pod).or_insert(at);
            }
            Fact::PodWithdrawn { pod, .. } => {
                // It made no volume.
                self.waiting.remove(&pod);
                self.found_a_node(at, pod);
            }
            Fact::PodScheduled { pod, .. }
            | Fact::PodFound { pod, .. }
            | Fact::StillPending { pod, .. } => self.found_a_node(at, pod),
            Fact::PodTerminating {
                pod, workload, why: Cause::Reclaimed | Cause::Released, ..
            } if self.legend.terms.local_data.contains(&workload) => {
                self.terminating.insert(pod);
            }
            Fact::PodEnded { pod, workload, end, .. }
                if self.legend.terms.local_data.contains(&workload) =>
            {
                let with_its_node = matches!(
                    end,
                    End::KilledWithoutWarning
                        | End::CutShort(
                            Limit::Deadline | Limit::NodeShutdown | Limit::NodePressure
                        )
                );
                if (self.terminating.remove(&pod) || with_its_node) && at >= self.legend.from {
                    *self.data_lost.entry(workload).or_default() += 1;
                }
            }
            _ => {}
        }
    }
}
