//! Replacement: from the notice of a reclaim, or the loss if there was none, until the pod that
//! replaces each disrupted one is ready, in the order of disruption within each workload.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sim::world::fact::{Fact, Sink};
use sim::world::node::{NodeId, Why};
use sim::world::pod::{End, PodId};
use sim::world::workload::{Controller, WorkloadId};
use sim::{Legend, SimTime};

use crate::pending::Waits;

#[derive(Clone)]
pub(super) struct Replacement {
    legend: Legend,
    /// When the notice of each node was given that has been announced and is not gone.
    notices: BTreeMap<NodeId, SimTime>,
    /// On which node each pod is.
    on: BTreeMap<PodId, NodeId>,
    /// Disruptions that wait for a replacement, the oldest first.
    open: BTreeMap<WorkloadId, VecDeque<SimTime>>,
    /// Pods that were told to stop because of a reclaim, and are counted.
    counted: BTreeSet<PodId>,
    times: Waits,
}

impl Replacement {
    pub(super) fn new(legend: &Legend) -> Replacement {
        Replacement {
            legend: legend.clone(),
            notices: BTreeMap::new(),
            on: BTreeMap::new(),
            open: BTreeMap::new(),
            counted: BTreeSet::new(),
            times: Waits::default(),
        }
    }

    /// The times at the end of the window; who still waits counts with its age.
    pub(super) fn finish(mut self) -> Waits {
        for since in self.open.values().flatten() {
            self.times.still_waits(self.legend.to.since(*since));
        }
        self.times
    }

    fn disrupted(&mut self, at: SimTime, pod: PodId, workload: WorkloadId, node: NodeId) {
        let replaced = matches!(
            self.legend.model.workloads[workload].controller,
            Controller::Deployment { .. }
                | Controller::StatefulSet { .. }
                | Controller::Job(_)
                | Controller::CronJob { .. }
        );
        if replaced && at >= self.legend.from && self.counted.insert(pod) {
            let since = self.notices.get(&node).copied().unwrap_or(at);
            self.open.entry(workload).or_default().push_back(since);
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
            Fact::PodScheduled { pod, node, .. } | Fact::PodFound { pod, node, .. } => {
                self.on.insert(pod, node);
            }
            Fact::PodReady { workload, .. } => {
                let since = self.open.get_mut(&workload).and_then(VecDeque::pop_front);
                if let Some(since) = since {
                    self.times.ended(at.since(since));
                }
            }
            Fact::PodTerminating { pod, workload, why: Why::Reclaimed | Why::Outbid, .. } => {
                if let Some(node) = self.on.get(&pod).copied() {
                    self.disrupted(at, pod, workload, node);
                }
            }
            // Nobody will take the place of its pods.
            Fact::JobEnded { workload, .. } => drop(self.open.remove(&workload)),
            Fact::PodEnded { pod, workload, node, end, .. } => {
                if end == End::KilledWithoutWarning {
                    self.disrupted(at, pod, workload, node);
                }
                self.on.remove(&pod);
                self.counted.remove(&pod);
            }
            _ => {}
        }
    }
}
