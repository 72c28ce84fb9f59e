//! Replacement: from the notice of a reclaim, or the loss if there was none, until the pod that
//! replaces each disrupted one is ready, in the order of disruption within each workload.
//!
//! A replica that was ready and is disrupted opens a wait, and its next pod that becomes ready closes
//! the oldest wait of the workload. A replacement that is itself disrupted before it is ready opens no
//! second wait: its replica still has the first one. A replica that is scaled down or rolled out waits no
//! longer, and a workload whose rollout has ended lacks nothing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sim::fact::{Cause, Fact};
use sim::model::node::NodeId;
use sim::model::pod::{End, PodId};
use sim::model::workload::{Controller, WorkloadId};
use sim::{Legend, SimTime};

use crate::folds::pending::Waits;
use crate::folds::roster::{Follow, Pod, Roster};

/// A workload; of a CronJob one of its Jobs, by its number.
type Owner = (WorkloadId, u32);

#[derive(Clone)]
pub(super) struct Replacement {
    legend: Legend,
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
    fn replica(&self, pod: &Pod) -> Option<(Owner, u32)> {
        let Pod { workload, replica, .. } = *pod;
        let controller = self.legend.model.workloads[workload].controller;
        let replaced = matches!(
            controller,
            Controller::Deployment { .. }
                | Controller::StatefulSet { .. }
                | Controller::Job(_)
                | Controller::CronJob { .. }
                | Controller::ArrivingJobs { .. }
        );
        replaced.then(|| ((workload, controller.run_of(replica)), replica))
    }

    /// A replica is no longer wanted: its workload waits for one pod less.
    fn dismissed(&mut self, roster: &Roster, pod: PodId) {
        if let Some(replica) = roster.pod(pod).and_then(|pod| self.replica(pod))
            && self.missing.remove(&replica)
            && let Some(open) = self.open.get_mut(&replica.0)
        {
            open.pop_front();
        }
    }

    /// Every pod of a workload is there.
    fn is_whole(&mut self, at: SimTime, workload: WorkloadId) {
        for since in self.open.remove(&(workload, 0)).into_iter().flatten() {
            self.times.ended(at.since(since));
        }
        self.missing.retain(|((of, _), _)| *of != workload);
    }

    fn disrupted(&mut self, roster: &Roster, at: SimTime, pod: PodId, node: NodeId) {
        let Some(replica) = roster.pod(pod).and_then(|pod| self.replica(pod)) else { return };
        if at >= self.legend.from && self.missing.insert(replica) {
            let notice = roster.node(node).and_then(|row| row.notice);
            let since = notice.map_or(at, |(given, _)| given);
            self.open.entry(replica.0).or_default().push_back(since);
        }
    }
}

impl Follow for Replacement {
    fn follow(&mut self, roster: &Roster, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::PodReady { pod, .. } => {
                let replica = roster.pod(pod).and_then(|pod| self.replica(pod));
                let Some(replica) = replica else { return };
                if self.missing.remove(&replica)
                    && let Some(since) = self.open.get_mut(&replica.0).and_then(VecDeque::pop_front)
                {
                    self.times.ended(at.since(since));
                }
            }
            Fact::PodTerminating { pod, why: Cause::Reclaimed | Cause::Outbid, .. } => {
                if let Some(node) = roster.pod(pod).and_then(|pod| pod.node) {
                    self.disrupted(roster, at, pod, node);
                }
            }
            Fact::PodTerminating { pod, why: Cause::ScaledDown | Cause::RolledOut, .. } => {
                self.dismissed(roster, pod);
            }
            Fact::RolloutEnded { workload, .. } => self.is_whole(at, workload),
            // Its pods are not replaced.
            Fact::JobEnded { workload, run, .. } => {
                self.open.remove(&(workload, run));
                self.missing.retain(|(owner, _)| *owner != (workload, run));
            }
            Fact::PodEnded { pod, node, end: End::KilledWithoutWarning, .. } => {
                self.disrupted(roster, at, pod, node);
            }
            Fact::PodWithdrawn { pod, .. } => self.dismissed(roster, pod),
            _ => {}
        }
    }
}
