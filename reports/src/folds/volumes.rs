//! Volumes: how long pods waited because theirs are in a zone that has no node for them, and who lost
//! data with a node.

use std::collections::{BTreeMap, BTreeSet};

use sim::fact::{Cause, Fact};
use sim::model::pod::{End, Limit, PodId};
use sim::model::workload::WorkloadId;
use sim::model::zonal::Together;
use sim::{Legend, SimTime};

use super::roster::{Follow, Pod, Roster};

/// Folds facts into what becomes of pods with volumes in a zone or on their nodes.
#[derive(Clone)]
pub struct Volumes {
    legend: Legend,
    /// Volumes that have been made.
    made: BTreeSet<Together>,
    /// Since when pods whose volumes have been made have been refused.
    stranded: BTreeMap<PodId, SimTime>,
    /// Milliseconds for which pods were stranded, added up over pods.
    pub stranded_ms: u128,
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
            stranded: BTreeMap::new(),
            stranded_ms: 0,
            data_lost: BTreeMap::new(),
        }
    }

    /// The volumes of a pod, if it has zonal ones.
    fn of(&self, pod: &Pod) -> Option<Together> {
        let volumes = self.legend.model.workloads[pod.workload].volumes.as_ref()?;
        Some(volumes.of(pod.workload, pod.replica))
    }

    /// A pod waits no longer.
    fn waits_no_longer(&mut self, at: SimTime, pod: PodId) {
        if let Some(since) = self.stranded.remove(&pod) {
            let (from, to) = (self.legend.from, self.legend.to);
            self.stranded_ms += u128::from(at.min(to).since(since.max(from)).as_ms());
        }
    }
}

impl Follow for Volumes {
    fn follow(&mut self, roster: &Roster, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::PodUnschedulable { pod, .. } => {
                let volumes = roster.pod(pod).and_then(|pod| self.of(pod));
                if volumes.is_some_and(|volumes| self.made.contains(&volumes)) {
                    self.stranded.entry(pod).or_insert(at);
                }
            }
            Fact::PodScheduled { pod, .. } | Fact::PodFound { pod, .. } => {
                let volumes = roster.pod(pod).and_then(|pod| self.of(pod));
                self.made.extend(volumes);
                self.waits_no_longer(at, pod);
            }
            Fact::PodWithdrawn { pod, .. } | Fact::StillPending { pod, .. } => {
                self.waits_no_longer(at, pod);
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
                let why = roster.pod(pod).and_then(|pod| pod.terminating);
                let for_its_node = matches!(why, Some(Cause::Reclaimed | Cause::Released));
                if (for_its_node || with_its_node) && at >= self.legend.from {
                    *self.data_lost.entry(workload).or_default() += 1;
                }
            }
            _ => {}
        }
    }
}
