//! Replacement: from the notice of a reclaim, or the loss if there was none, until the pod that
//! replaces each disrupted one is ready, in the order of disruption within each workload.
//!
//! A replica that was ready and is disrupted opens a wait, and its next pod that becomes ready closes
//! the oldest wait of the workload. A replacement that is itself disrupted before it is ready opens no
//! second wait: its replica still has the first one.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sim::fact::Cause;
use sim::fact::{Fact, Sink};
use sim::model::node::NodeId;
use sim::model::pod::{End, PodId};
use sim::model::workload::{Controller, WorkloadId};
use sim::{Legend, SimTime};

use crate::folds::pending::Waits;

/// A workload; of a CronJob one of its Jobs, by its number.
type Owner = (WorkloadId, u32);

#[derive(Clone)]
pub(super) struct Replacement {
    legend: Legend,
    /// When the notice of each node was given that has been announced and is not gone.
    notices: BTreeMap<NodeId, SimTime>,
    /// On which node each pod is.
    on: BTreeMap<PodId, NodeId>,
    /// Which replica each pod is.
    replicas: BTreeMap<PodId, u32>,
    /// Disruptions that wait for a replacement, the oldest first.
    open: BTreeMap<Owner, VecDeque<SimTime>>,
    /// Replicas that were disrupted and have not been ready since: one for each wait.
    missing: BTreeSet<(Owner, u32)>,
    times: Waits,
}

impl Replacement {
    pub(super) fn new(legend: &Legend) -> Replacement {
        Replacement {
            legend: legend.clone(),
            notices: BTreeMap::new(),
            on: BTreeMap::new(),
            replicas: BTreeMap::new(),
            open: BTreeMap::new(),
            missing: BTreeSet::new(),
            times: Waits::default(),
        }
    }

    /// The times at the end of the window; what still waits counts with its age.
    pub(super) fn finish(mut self) -> Waits {
        for since in self.open.values().flatten() {
            self.times.still_waits(self.legend.to.since(*since));
        }
        self.times
    }

    /// The replica that a pod is, if its workload replaces pods.
    fn replica(&self, pod: PodId, workload: WorkloadId) -> Option<(Owner, u32)> {
        let replica = self.replicas.get(&pod).copied()?;
        let controller = self.legend.model.workloads[workload].controller;
        let replaced = matches!(
            controller,
            Controller::Deployment { .. }
                | Controller::StatefulSet { .. }
                | Controller::Job(_)
                | Controller::CronJob { .. }
        );
        replaced.then(|| ((workload, controller.run_of(replica)), replica))
    }

    fn disrupted(&mut self, at: SimTime, pod: PodId, workload: WorkloadId, node: NodeId) {
        let Some(replica) = self.replica(pod, workload) else { return };
        if at >= self.legend.from && self.missing.insert(replica) {
            let since = self.notices.get(&node).copied().unwrap_or(at);
            self.open.entry(replica.0).or_default().push_back(since);
        }
    }
}

impl Sink for Replacement {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::NoticeGiven { node, .. } => {
                self.notices.insert(node, at);
            }
            Fact::NodeGone { node, .. } => {
                self.notices.remove(&node);
            }
            Fact::PodCreated { pod, replica, .. } => {
                self.replicas.insert(pod, replica);
            }
            Fact::PodScheduled { pod, node, .. } | Fact::PodFound { pod, node, .. } => {
                self.on.insert(pod, node);
            }
            Fact::PodReady { pod, workload, .. } => {
                let Some(replica) = self.replica(pod, workload) else { return };
                if self.missing.remove(&replica)
                    && let Some(since) = self.open.get_mut(&replica.0).and_then(VecDeque::pop_front)
                {
                    self.times.ended(at.since(since));
                }
            }
            Fact::PodTerminating {
                pod, workload, why: Cause::Reclaimed | Cause::Outbid, ..
            } => {
                if let Some(node) = self.on.get(&pod).copied() {
                    self.disrupted(at, pod, workload, node);
                }
            }
            // Its pods are not replaced.
            Fact::JobEnded { workload, run, .. } => {
                self.open.remove(&(workload, run));
                self.missing.retain(|(owner, _)| *owner != (workload, run));
            }
            Fact::PodEnded { pod, workload, node, end, .. } => {
                if end == End::KilledWithoutWarning {
                    self.disrupted(at, pod, workload, node);
                }
                self.on.remove(&pod);
                self.replicas.remove(&pod);
            }
            Fact::PodWithdrawn { pod, .. } => {
                self.replicas.remove(&pod);
            }
            _ => {}
        }
    }
}
