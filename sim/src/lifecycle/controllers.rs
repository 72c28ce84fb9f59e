//! The workload controllers: who creates pods, and who brings them back.
//!
//! A ReplicaSet and a Job replace a pod as soon as it is deleted or has failed; a StatefulSet waits
//! until the pod's name is free again; a DaemonSet follows its nodes; a bare pod has nobody.

use super::loss::{Aftermath, Mark};
use super::stateful_sets::StatefulSets;
use crate::action::Action;
use crate::table::Table;
use crate::world::disruption::Reason;
use crate::world::node::NodeId;
use crate::world::pod::{End, PodId};
use crate::world::workload::{Controller, WorkloadId};
use crate::world::{Model, World};

/// The memory of the controllers.
#[derive(Clone, Debug)]
pub struct Controllers {
    /// The number that a workload's next new replica gets: for Jobs, its completion index; for
    /// DaemonSets, a count of pods.
    next_replica: Table<WorkloadId, u32>,
    /// How many pods of each workload were there from the start.
    adopted: Table<WorkloadId, u32>,
    daemon_sets: Vec<WorkloadId>,
    stateful_sets: StatefulSets,
}

impl Controllers {
    /// Controllers that have not done anything yet.
    #[must_use]
    pub fn new(model: &Model) -> Controllers {
        Controllers {
            next_replica: model.workloads.rows().map(|_| 0).collect(),
            adopted: model.workloads.rows().map(|_| 0).collect(),
            daemon_sets: Vec::new(),
            stateful_sets: StatefulSets::default(),
        }
    }

    /// A pod of a workload was there from the start: which replica it is.
    pub fn adopt(&mut self, workload: WorkloadId) -> u32 {
        self.adopted[workload] += 1;
        let replica = self.next_replica[workload];
        self.next_replica[workload] += 1;
        replica
    }

    /// Whether a workload had pods from the start.
    #[must_use]
    pub fn has_adopted(&self, workload: WorkloadId) -> bool {
        self.adopted[workload] > 0
    }

    /// A workload was created: its first pods, as far as they are not there already.
    pub fn workload_created(&mut self, world: &World, workload: WorkloadId) -> Vec<Action> {
        let controller = world.model().workloads[workload].controller;
        if matches!(controller, Controller::StatefulSet { .. }) {
            return self.stateful_sets.missing(world, workload);
        }
        match controller.at_once() {
            Some(pods) => {
                let missing = pods.saturating_sub(self.adopted[workload]);
                (0..missing).map(|_| self.new_replica(workload, None)).collect()
            }
            None => {
                self.daemon_sets.push(workload);
                let here = |node: &NodeId| {
                    let pods = world.placement().pods_on(*node).iter();
                    pods.copied().any(|pod| world.pods().workload(pod) == workload)
                };
                let nodes = world.registered().iter().copied().filter(|node| !here(node));
                nodes.filter_map(|n| self.daemon_pod(world, workload, n)).collect()
            }
        }
    }

    /// A node joined: one pod of each DaemonSet that runs there.
    pub fn node_joined(&mut self, world: &World, node: NodeId) -> Vec<Action> {
        let daemon_sets = self.daemon_sets.clone();
        daemon_sets.into_iter().filter_map(|w| self.daemon_pod(world, w, node)).collect()
    }

    /// A pod was created.
    pub fn pod_created(&mut self, world: &World, pod: PodId) {
        if matches!(controller(world, pod), Controller::StatefulSet { .. }) {
            self.stateful_sets.pod_created(world, pod);
        }
    }

    /// A pod became available.
    pub fn pod_available(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        match controller(world, pod) {
            Controller::StatefulSet { ordered: true, .. } => {
                self.stateful_sets.missing(world, world.pods().workload(pod))
            }
            _ => Vec::new(),
        }
    }

    /// A pod was told to stop.
    #[must_use]
    pub fn pod_terminating(&self, world: &World, pod: PodId) -> Option<Action> {
        match controller(world, pod) {
            Controller::Deployment { .. } | Controller::Job(_) => {
                is_deleted(world, pod).then(|| successor(world, pod))
            }
            Controller::StatefulSet { .. }
            | Controller::DaemonSet
            | Controller::Pod { .. }
            | Controller::DeadlineJob(_) => None,
        }
    }

    /// A pod ended, as `end` says, on a node that is still there.
    pub fn pod_ended(&mut self, world: &World, pod: PodId, end: End) -> Vec<Action> {
        match controller(world, pod) {
            Controller::Job(job) if end == End::Completed => {
                let workload = world.pods().workload(pod);
                let more = self.next_replica[workload] < job.completions;
                if more { vec![self.new_replica(workload, None)] } else { Vec::new() }
            }
            // The kubelet deletes no pod: it is replaced once it has failed.
            Controller::Deployment { .. } | Controller::Job(_) if !is_deleted(world, pod) => {
                vec![successor(world, pod)]
            }
            Controller::StatefulSet { .. } => self.name_is_free(world, pod),
            _ => Vec::new(),
        }
    }

    /// A pod was lost with `node`, after it had been told to stop or not.
    #[must_use]
    pub fn pod_lost(
        &self,
        world: &World,
        (pod, node): (PodId, NodeId),
        told: bool,
        aftermath: Aftermath,
    ) -> Option<Action> {
        match controller(world, pod) {
            Controller::Deployment { .. } | Controller::Job(_) => match aftermath.marked {
                _ if told && is_deleted(world, pod) => None,
                Mark::At(at) => Some(Action::NoticeLoss { pod, at }),
                Mark::AfterTaint(tolerates) => Some(Action::AwaitTaint { pod, node, tolerates }),
                Mark::Never => None,
            },
            // The name is taken for as long as the object is there.
            Controller::StatefulSet { .. } => {
                aftermath.gone_at.map(|at| Action::NoticeLoss { pod, at })
            }
            Controller::DaemonSet | Controller::Pod { .. } | Controller::DeadlineJob(_) => None,
        }
    }

    /// The cluster has given up a pod that was lost with its node.
    pub fn loss_noticed(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        match controller(world, pod) {
            Controller::StatefulSet { .. } => self.name_is_free(world, pod),
            _ => vec![successor(world, pod)],
        }
    }

    fn name_is_free(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        self.stateful_sets.name_is_free(world, pod);
        self.stateful_sets.missing(world, world.pods().workload(pod))
    }

    fn new_replica(&mut self, workload: WorkloadId, meant_for: Option<NodeId>) -> Action {
        let replica = self.next_replica[workload];
        self.next_replica[workload] += 1;
        Action::CreatePod { workload, replica, attempt: 0, meant_for }
    }

    /// A DaemonSet's pod for `node`, unless the set's own node selector, affinity or tolerations
    /// rule the node out.
    // DaemonSet controller: daemon_controller.go NodeShouldRunDaemonPod
    fn daemon_pod(&mut self, world: &World, set: WorkloadId, node: NodeId) -> Option<Action> {
        let spec = &world.model().specs[world.model().workloads[set].spec];
        crate::scheduler::plugins::runs_daemon(spec, world.view(node))
            .then(|| self.new_replica(set, Some(node)))
    }
}

/// The pod that takes another's place: the same replica, one attempt later.
fn successor(world: &World, pod: PodId) -> Action {
    let pods = world.pods();
    Action::CreatePod {
        workload: pods.workload(pod),
        replica: pods.replica(pod),
        attempt: pods.attempt(pod) + 1,
        meant_for: None,
    }
}

/// Whether a pod that was told to stop has been deleted, as everybody does but the kubelet.
fn is_deleted(world: &World, pod: PodId) -> bool {
    world.pods().reason(pod) != Some(Reason::TerminationByKubelet)
}

fn controller(world: &World, pod: PodId) -> Controller {
    world.model().workloads[world.pods().workload(pod)].controller
}
