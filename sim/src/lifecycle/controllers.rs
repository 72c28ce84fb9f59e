//! The workload controllers: who creates pods, and who brings them back.
//!
//! A ReplicaSet replaces a pod as soon as it is deleted or has failed; a StatefulSet waits until the
//! pod's name is free again; a DaemonSet follows its nodes; a bare pod has no controller. Jobs have a
//! controller of their own.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::deletion::{delete, is_deleted};
use super::jobs::Jobs;
use super::loss::Aftermath;
use super::stateful_sets::StatefulSets;
use crate::action::{Action, Waiting};
use crate::model::Model;
use crate::model::node::NodeId;
use crate::model::pod::{End, PodId};
use crate::model::workload::{Controller, WorkloadId};
use crate::table::Table;
use crate::world::World;
use crate::world::pods::Phase;

/// The memory of the controllers.
#[derive(Clone, Debug)]
pub struct Controllers {
    /// The number that a workload's next new replica gets: for DaemonSets, a count of pods.
    next_replica: Table<WorkloadId, u32>,
    /// How many pods of each workload were there from the start.
    adopted: Table<WorkloadId, u32>,
    daemon_sets: Vec<WorkloadId>,
    /// The pod of each replica that a Deployment wants, the latest attempt if there has been one; a
    /// replica that is not here is not replaced.
    replicas: BTreeMap<WorkloadId, BTreeMap<u32, Option<PodId>>>,
    stateful_sets: StatefulSets,
    jobs: Jobs,
}

impl Controllers {
    /// Controllers that have not done anything yet.
    #[must_use]
    pub fn new(model: &Model) -> Controllers {
        Controllers {
            next_replica: model.workloads.rows().map(|_| 0).collect(),
            adopted: model.workloads.rows().map(|_| 0).collect(),
            daemon_sets: Vec::new(),
            replicas: BTreeMap::new(),
            stateful_sets: StatefulSets::default(),
            jobs: Jobs::default(),
        }
    }

    /// A pod of a workload was there from the start: which replica it is.
    pub fn adopt(&mut self, world: &World, workload: WorkloadId) -> u32 {
        self.adopted[workload] += 1;
        if world.model().workloads[workload].controller.job().is_some() {
            return self.jobs.adopt(workload);
        }
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
        match controller {
            Controller::StatefulSet { .. } => return self.stateful_sets.missing(world, workload),
            Controller::Job(_) => return self.jobs.start(world, (workload, 0)),
            Controller::CronJob { .. } => return self.jobs.cron_job_created(world, workload),
            _ => {}
        }
        match controller.at_once() {
            Some(pods) => {
                let missing = pods.saturating_sub(self.adopted[workload]);
                (0..missing).map(|_| self.new_pod(workload)).collect()
            }
            None => {
                self.daemon_sets.push(workload);
                let here = |node: &NodeId| {
                    let pods = world.placement().pods_on(*node).iter();
                    world.view(*node).is_lost()
                        || pods.copied().any(|pod| world.pods().workload(pod) == workload)
                };
                let nodes = world.registered().iter().copied().filter(|node| !here(node));
                nodes.filter_map(|n| self.daemon_pod(world, workload, n)).collect()
            }
        }
    }

    /// A workload is to have another number of replicas: those that are missing, or those that go.
    pub fn scaled(&mut self, world: &World, workload: WorkloadId) -> Vec<Action> {
        let controller = world.model().workloads[workload].controller;
        let (Controller::Deployment { .. }, Some(desired)) = (controller, world.replicas(workload))
        else {
            return self.stateful_sets.missing(world, workload);
        };
        let replicas = self.replicas.entry(workload).or_default();
        let (there, desired) = (replicas.len(), desired as usize);
        if there <= desired {
            return (there..desired).map(|_| self.new_pod(workload)).collect();
        }
        let mut ranked: Vec<(u32, Option<PodId>)> =
            replicas.iter().map(|(replica, pod)| (*replica, *pod)).collect();
        ranked.sort_by_key(|(_, pod)| pod.map(|pod| leaves_first(world, pod)));
        ranked.truncate(there - desired);
        for (replica, _) in &ranked {
            replicas.remove(replica);
        }
        ranked.into_iter().filter_map(|(_, pod)| delete(world, pod?)).collect()
    }

    /// Whether a replica is still to be created that was forbidden.
    pub fn still_wants(
        &self,
        world: &World,
        (workload, replica): (WorkloadId, u32),
        meant_for: Option<NodeId>,
    ) -> bool {
        let controller = world.model().workloads[workload].controller;
        match controller {
            Controller::Deployment { .. } | Controller::Pod { .. } => {
                self.replicas.get(&workload).is_some_and(|it| it.contains_key(&replica))
            }
            Controller::StatefulSet { .. } => self.stateful_sets.lacks(world, workload, replica),
            Controller::DaemonSet => meant_for
                .is_some_and(|node| world.place_of(node).is_some() && !world.view(node).is_lost()),
            Controller::Job(_) | Controller::CronJob { .. } => {
                self.jobs.goes_on((workload, controller.run_of(replica)))
            }
            Controller::DeadlineJob(_) => false,
        }
    }

    /// A node joined: one pod of each DaemonSet that runs there.
    pub fn node_joined(&mut self, world: &World, node: NodeId) -> Vec<Action> {
        let daemon_sets = self.daemon_sets.clone();
        daemon_sets.into_iter().filter_map(|w| self.daemon_pod(world, w, node)).collect()
    }

    /// A pod was created.
    pub fn pod_created(&mut self, world: &World, pod: PodId) {
        match controller(world, pod) {
            Controller::Deployment { .. } => {
                let workload = world.pods().workload(pod);
                let replicas = self.replicas.entry(workload).or_default();
                replicas.insert(world.pods().replica(pod), Some(pod));
            }
            Controller::StatefulSet { .. } => self.stateful_sets.pod_created(world, pod),
            Controller::Job(_) | Controller::CronJob { .. } => self.jobs.pod_created(world, pod),
            _ => {}
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

    /// A pod is terminating.
    pub fn pod_terminating(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        match controller(world, pod) {
            Controller::Deployment { .. } if is_deleted(world, pod) => self.successor(world, pod),
            Controller::Job(_) | Controller::CronJob { .. } => {
                self.jobs.pod_terminating(world, pod)
            }
            Controller::Deployment { .. }
            | Controller::StatefulSet { .. }
            | Controller::DaemonSet
            | Controller::Pod { .. }
            | Controller::DeadlineJob(_) => Vec::new(),
        }
    }

    /// A pod was deleted before it had a node.
    pub fn pod_withdrawn(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        match controller(world, pod) {
            Controller::Deployment { .. } => Vec::new(),
            Controller::StatefulSet { .. } => self.name_is_free(world, pod),
            _ => self.jobs.pod_withdrawn(world, pod),
        }
    }

    /// The back-off of a Job may be over, or its time.
    pub fn job_sync(&mut self, world: &World, job: WorkloadId, run: u32) -> Vec<Action> {
        self.jobs.looked_at(world, (job, run))
    }

    /// A CronJob is to make a Job.
    pub fn job_due(&mut self, world: &World, cron_job: WorkloadId) -> Vec<Action> {
        self.jobs.due(world, cron_job)
    }

    /// A pod ended, as `end` says, on a node that is still there.
    pub fn pod_ended(&mut self, world: &World, pod: PodId, end: End) -> Vec<Action> {
        match controller(world, pod) {
            Controller::Job(_) | Controller::CronJob { .. } => self.jobs.pod_ended(world, pod, end),
            // The kubelet deletes no pod: it is replaced once it has failed.
            Controller::Deployment { .. } if end == End::Rejected || !is_deleted(world, pod) => {
                self.successor(world, pod)
            }
            Controller::StatefulSet { .. } => self.name_is_free(world, pod),
            _ => Vec::new(),
        }
    }

    /// A pod was lost with `node`, whether it was terminating or not.
    pub fn pod_lost(
        &mut self,
        world: &World,
        (pod, node): (PodId, NodeId),
        was_terminating: bool,
        aftermath: Aftermath,
    ) -> Vec<Action> {
        let noticed = match controller(world, pod) {
            Controller::Job(_) | Controller::CronJob { .. } => {
                return self.jobs.pod_lost(world, (pod, node), was_terminating, aftermath);
            }
            Controller::Deployment { .. } if was_terminating && is_deleted(world, pod) => None,
            Controller::Deployment { .. } => aftermath.marked.noticed(pod, node),
            // The name is taken for as long as the object is there.
            Controller::StatefulSet { .. } => {
                aftermath.gone_at.map(|at| Action::Wake { at, who: Waiting::LostPod(pod) })
            }
            Controller::DaemonSet | Controller::Pod { .. } | Controller::DeadlineJob(_) => None,
        };
        noticed.into_iter().collect()
    }

    /// The cluster has given up a pod that was lost with its node.
    pub fn loss_noticed(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        match controller(world, pod) {
            Controller::StatefulSet { .. } => self.name_is_free(world, pod),
            Controller::Job(_) | Controller::CronJob { .. } => self.jobs.loss_noticed(world, pod),
            _ => self.successor(world, pod),
        }
    }

    fn name_is_free(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        self.stateful_sets.name_is_free(world, pod);
        self.stateful_sets.missing(world, world.pods().workload(pod))
    }

    /// The next attempt of a pod's replica, if its Deployment still wants it.
    fn successor(&self, world: &World, pod: PodId) -> Vec<Action> {
        let pods = world.pods();
        let (workload, replica) = (pods.workload(pod), pods.replica(pod));
        let wanted = self.replicas.get(&workload).is_some_and(|it| it.contains_key(&replica));
        let attempt = pods.attempt(pod) + 1;
        let create = Action::CreatePod { workload, replica, attempt, meant_for: None };
        wanted.then_some(create).into_iter().collect()
    }

    /// Another pod of a Deployment, or the bare pod.
    fn new_pod(&mut self, workload: WorkloadId) -> Action {
        let next = self.next_replica[workload];
        self.replicas.entry(workload).or_default().insert(next, None);
        self.new_replica(workload, None)
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

/// Which of a Deployment's pods goes first when there are too many: those without a node, those that
/// are not ready, and of those that are ready the ones that were created last.
// ReplicaSet controller: pkg/controller/controller_utils.go ActivePodsWithRanks
fn leaves_first(world: &World, pod: PodId) -> (u8, Reverse<PodId>) {
    let rank = match world.pods().phase(pod) {
        Phase::Ended(_) | Phase::Withdrawn => 0,
        Phase::Terminating { .. } => 1,
        Phase::Pending => 2,
        Phase::Starting { .. } => 3,
        Phase::Running { .. } => 4,
    };
    (rank, Reverse(pod))
}

fn controller(world: &World, pod: PodId) -> Controller {
    world.model().workloads[world.pods().workload(pod)].controller
}
