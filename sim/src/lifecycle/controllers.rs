//! The workload controllers: who creates pods, and who brings them back.
//!
//! A ReplicaSet replaces a pod as soon as it is deleted or has failed; a StatefulSet waits until the
//! pod's name is free again; a DaemonSet follows its nodes; a bare pod has no controller. Jobs have a
//! controller of their own.

use std::collections::BTreeMap;

use super::daemon_sets::DaemonSets;
use super::deletion::is_deleted;
use super::deployments::Deployments;
use super::jobs::Jobs;
use super::loss::Aftermath;
use super::rollouts::Rollouts;
use super::stateful_sets::StatefulSets;
use crate::action::{Action, Waiting};
use crate::fact::Cause;
use crate::model::Model;
use crate::model::containers::RestartPolicy;
use crate::model::node::NodeId;
use crate::model::planned::Strategy;
use crate::model::pod::{End, PodId};
use crate::model::workload::{Controller, WorkloadId};
use crate::rng::Root;
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
    deployments: Deployments,
    stateful_sets: StatefulSets,
    daemon_sets: DaemonSets,
    jobs: Jobs,
    rollouts: Rollouts,
}

impl Controllers {
    /// Controllers that have not done anything yet.
    #[must_use]
    pub fn new(model: &Model, root: Root) -> Controllers {
        Controllers {
            next_replica: model.workloads.rows().map(|_| 0).collect(),
            adopted: model.workloads.rows().map(|_| 0).collect(),
            deployments: Deployments::new(root),
            stateful_sets: StatefulSets::default(),
            daemon_sets: DaemonSets::default(),
            jobs: Jobs::default(),
            rollouts: Rollouts::default(),
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
        match world.model().workloads[workload].controller {
            Controller::Deployment { .. } | Controller::Pod { .. } => {
                let desired = world.replicas(workload).unwrap_or(0);
                let missing = desired.saturating_sub(self.adopted[workload]);
                (0..missing).map(|_| self.new_pod(workload, world.revision(workload))).collect()
            }
            Controller::StatefulSet { .. } => self.stateful_sets.sync(world, workload),
            Controller::DaemonSet => {
                let nodes = self.daemon_sets.created(world, workload);
                nodes.into_iter().map(|node| self.new_replica(workload, Some(node))).collect()
            }
            Controller::Job(_) => self.jobs.start(world, (workload, 0)),
            Controller::CronJob { .. } => self.jobs.cron_job_created(world, workload),
            // What arrives is said one by one.
            Controller::DeadlineJob(_)
            | Controller::ArrivingJobs { .. }
            | Controller::ArrivingPods { .. } => Vec::new(),
        }
    }

    /// A Job or a bare pod has arrived: number `run` of its workload.
    pub fn arrived(&mut self, world: &World, workload: WorkloadId, run: u32) -> Vec<Action> {
        if world.model().workloads[workload].controller.is_bare() {
            let replica = run;
            vec![Action::CreatePod { workload, replica, attempt: 0, meant_for: None }]
        } else {
            self.jobs.start(world, (workload, run))
        }
    }

    /// Whether there is a Job that is not over, or has pods that are not.
    #[must_use]
    pub fn has_job(&self, workload: WorkloadId, run: u32) -> bool {
        self.jobs.has(workload, run)
    }

    /// A workload is to have another number of replicas than `before`: those that are missing, or
    /// those that go.
    pub fn scaled(&mut self, world: &World, workload: WorkloadId, before: u32) -> Vec<Action> {
        // Its first pods are as many as are wanted when it is created.
        if !self.is_there(world, workload) {
            return Vec::new();
        }
        let mut actions = match world.model().workloads[workload].controller {
            Controller::Deployment { .. } => {
                let surplus = self.deployments.scale(world, workload, before);
                self.resize(world, workload, surplus, Cause::ScaledDown)
            }
            _ => return self.sync_stateful_set(world, workload),
        };
        actions.extend(self.roll(world, workload));
        actions
    }

    /// A workload has another pod template.
    pub fn rollout_begins(&mut self, world: &World, workload: WorkloadId) -> Vec<Action> {
        if !self.is_there(world, workload) {
            return Vec::new();
        }
        let mut actions: Vec<Action> = self.rollouts.begins(world, workload).into_iter().collect();
        match world.model().workloads[workload].controller {
            Controller::Deployment { .. } => self.deployments.rollout_begins(world, workload),
            Controller::DaemonSet => self.daemon_sets.rollout_begins(world, workload),
            _ => {}
        }
        actions.extend(self.roll(world, workload));
        actions
    }

    /// Pods of a rollout may have been ready for long enough, or it makes no progress.
    pub fn rollout_sync(&mut self, world: &World, workload: WorkloadId) -> Vec<Action> {
        let mut actions = self.roll(world, workload);
        actions.extend(self.rollouts.checked(world, workload));
        actions
    }

    /// The revision of the pod that a replica is to have; none if it is no longer to have one.
    #[must_use]
    pub fn revision_of(&self, world: &World, workload: WorkloadId, replica: u32) -> Option<u32> {
        match world.model().workloads[workload].controller {
            Controller::Deployment { .. } => self.deployments.revision_of(workload, replica),
            Controller::StatefulSet { .. } => {
                Some(self.stateful_sets.revision_of(world, workload, replica))
            }
            _ => Some(world.revision(workload)),
        }
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
                self.deployments.revision_of(workload, replica).is_some()
            }
            Controller::StatefulSet { .. } => self.stateful_sets.lacks(world, workload, replica),
            Controller::DaemonSet => meant_for
                .is_some_and(|node| world.is_registered(node) && !world.view(node).is_lost()),
            Controller::Job(_) | Controller::CronJob { .. } | Controller::ArrivingJobs { .. } => {
                self.jobs.goes_on((workload, controller.run_of(replica)))
            }
            Controller::ArrivingPods { .. } => world.has_arrived(workload, replica),
            Controller::DeadlineJob(_) => false,
        }
    }

    /// A node joined: one pod of each DaemonSet that runs there.
    pub fn node_joined(&mut self, world: &World, node: NodeId) -> Vec<Action> {
        let sets = self.daemon_sets.on_node(world, node);
        sets.into_iter().map(|set| self.new_replica(set, Some(node))).collect()
    }

    /// A node has lost taints: one pod of each DaemonSet that runs there and has none.
    // DaemonSet controller: daemon_controller.go updateNode
    pub fn taints_went(&mut self, world: &World, node: NodeId) -> Vec<Action> {
        let pods = world.pods();
        let rolling = self.daemon_sets.rolling();
        let mut sets = self.daemon_sets.on_node(world, node);
        // A rollout creates what is missing by itself.
        sets.retain(|set| !rolling.contains(set));
        for pod in world.placement().pods_on(node) {
            sets.retain(|set| *set != pods.workload(*pod));
        }
        if !sets.is_empty() {
            let waits = |pod: &PodId| {
                pods.meant_for(*pod) == Some(node) && pods.phase(*pod) == Phase::Pending
            };
            for pod in pods.ids().filter(waits) {
                sets.retain(|set| *set != pods.workload(pod));
            }
        }
        sets.into_iter().map(|set| self.new_replica(set, Some(node))).collect()
    }

    /// A node is no more, so that rollouts of DaemonSets no longer wait for it.
    pub fn node_left(&mut self, world: &World) -> Vec<Action> {
        let rolling = self.daemon_sets.rolling();
        rolling.into_iter().flat_map(|set| self.roll(world, set)).collect()
    }

    /// A pod of a DaemonSet has failed, or was deleted, on a node that goes on: another one.
    // DaemonSet controller: daemon_controller.go podsShouldBeOnNode
    pub fn daemon_pod_ended(
        &mut self,
        world: &World,
        set: WorkloadId,
        node: NodeId,
    ) -> Vec<Action> {
        let runs = self.daemon_sets.on_node(world, node).contains(&set);
        // A rollout creates what is missing by itself.
        if runs && !self.daemon_sets.rolling().contains(&set) {
            return vec![self.new_replica(set, Some(node))];
        }
        Vec::new()
    }

    /// A container of a pod was started again: how often that has happened to each of its containers.
    pub fn container_restarted(
        &mut self,
        world: &World,
        pod: PodId,
        restarts: &BTreeMap<u32, u32>,
    ) -> Vec<Action> {
        self.count_restarts(world, pod, restarts);
        self.jobs.container_restarted(world, pod)
    }

    /// How often each container of a pod has been started again, in this run or before. A Job whose pods restart
    /// by themselves counts that, and a ReplicaSet deletes such pods first.
    pub fn count_restarts(&mut self, world: &World, pod: PodId, restarts: &BTreeMap<u32, u32>) {
        let restarts_by_itself = world.spec_of(pod).restart_policy == RestartPolicy::OnFailure;
        match controller(world, pod) {
            Controller::Deployment { .. } => {
                self.deployments.container_restarted(world, pod, restarts);
            }
            Controller::Job(_) | Controller::CronJob { .. } | Controller::ArrivingJobs { .. }
                if restarts_by_itself =>
            {
                self.jobs.count_restarts(world, pod, restarts.values().sum());
            }
            _ => {}
        }
    }

    /// A pod was created.
    pub fn pod_created(&mut self, world: &World, pod: PodId) {
        match controller(world, pod) {
            Controller::Deployment { .. } => self.deployments.pod_created(world, pod),
            Controller::StatefulSet { .. } => self.stateful_sets.pod_created(world, pod),
            Controller::DaemonSet => self.daemon_sets.pod_created(world, pod),
            Controller::Job(_) | Controller::CronJob { .. } | Controller::ArrivingJobs { .. } => {
                self.jobs.pod_created(world, pod)
            }
            Controller::Pod { .. }
            | Controller::ArrivingPods { .. }
            | Controller::DeadlineJob(_) => {}
        }
    }

    /// A pod became ready.
    pub fn pod_ready(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        let workload = world.pods().workload(pod);
        if !self.rollouts.is_going_on(workload) {
            return Vec::new();
        }
        let mut actions: Vec<Action> =
            self.rollouts.progresses(world, workload).into_iter().collect();
        // Nothing else says when a pod of a DaemonSet has been ready for long enough.
        let rollout = world.rollout(workload);
        if let Some(Strategy::Nodes { min_ready, .. }) = rollout.map(|it| it.strategy) {
            let at = world.now() + min_ready;
            actions.push(Action::Wake { at, who: Waiting::Rollout(workload) });
        }
        actions
    }

    /// A pod became available.
    pub fn pod_available(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        let workload = world.pods().workload(pod);
        let mut actions: Vec<Action> =
            self.rollouts.progresses(world, workload).into_iter().collect();
        actions.extend(match controller(world, pod) {
            Controller::StatefulSet { ordered: true, .. } => {
                self.sync_stateful_set(world, workload)
            }
            _ => self.roll(world, workload),
        });
        actions
    }

    /// A pod is terminating.
    pub fn pod_terminating(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        let mut actions = self.roll(world, world.pods().workload(pod));
        match controller(world, pod) {
            Controller::Deployment { .. } if is_deleted(world, pod) => {
                actions.extend(self.deployments.successor(world, pod));
            }
            Controller::Job(_) | Controller::CronJob { .. } | Controller::ArrivingJobs { .. } => {
                actions.extend(self.jobs.pod_terminating(world, pod));
            }
            Controller::Deployment { .. }
            | Controller::StatefulSet { .. }
            | Controller::DaemonSet
            | Controller::Pod { .. }
            | Controller::ArrivingPods { .. }
            | Controller::DeadlineJob(_) => {}
        }
        actions
    }

    /// A pod was deleted before it had a node.
    pub fn pod_withdrawn(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        match controller(world, pod) {
            Controller::Deployment { .. } | Controller::DaemonSet => self.is_gone(world, pod),
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
            Controller::Job(_) | Controller::CronJob { .. } | Controller::ArrivingJobs { .. } => {
                self.jobs.pod_ended(world, pod, end)
            }
            Controller::Deployment { .. } => {
                self.deployments.forget(pod);
                let mut actions = self.is_gone(world, pod);
                // The kubelet deletes no pod: it is replaced once it has failed.
                if end == End::Rejected || !is_deleted(world, pod) {
                    actions.extend(self.deployments.successor(world, pod));
                }
                actions
            }
            Controller::StatefulSet { .. } => self.name_is_free(world, pod),
            Controller::DaemonSet => self.is_gone(world, pod),
            Controller::Pod { .. }
            | Controller::ArrivingPods { .. }
            | Controller::DeadlineJob(_) => Vec::new(),
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
        let when_gone = aftermath.gone_at.map(|at| Action::Wake { at, who: Waiting::LostPod(pod) });
        let workload = world.pods().workload(pod);
        self.deployments.forget(pod);
        let noticed = match controller(world, pod) {
            Controller::Job(_) | Controller::CronJob { .. } | Controller::ArrivingJobs { .. } => {
                return self.jobs.pod_lost(world, (pod, node), was_terminating, aftermath);
            }
            Controller::Deployment { .. } if self.deployments.waits_for(workload, pod) => when_gone,
            Controller::Deployment { .. } if was_terminating && is_deleted(world, pod) => None,
            Controller::Deployment { .. } => aftermath.marked.noticed(pod, node),
            // The name is taken for as long as the object is there.
            Controller::StatefulSet { .. } => when_gone,
            Controller::DaemonSet => {
                self.daemon_sets.pod_is_gone(world, pod);
                None
            }
            Controller::Pod { .. }
            | Controller::ArrivingPods { .. }
            | Controller::DeadlineJob(_) => None,
        };
        let mut actions = self.roll(world, workload);
        actions.extend(noticed);
        actions
    }

    /// The cluster has given up a pod that was lost with its node.
    pub fn loss_noticed(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        match controller(world, pod) {
            Controller::StatefulSet { .. } => self.name_is_free(world, pod),
            Controller::Job(_) | Controller::CronJob { .. } | Controller::ArrivingJobs { .. } => {
                self.jobs.loss_noticed(world, pod)
            }
            _ => {
                let mut actions = self.is_gone(world, pod);
                actions.extend(self.deployments.successor(world, pod));
                actions
            }
        }
    }

    fn name_is_free(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        let workload = world.pods().workload(pod);
        self.stateful_sets.name_is_free(world, pod);
        self.sync_stateful_set(world, workload)
    }

    fn sync_stateful_set(&mut self, world: &World, workload: WorkloadId) -> Vec<Action> {
        match self.rollouts.is_going_on(workload) {
            true => self.roll(world, workload),
            false => self.stateful_sets.sync(world, workload),
        }
    }

    /// Nothing is left of a pod of a Deployment or a DaemonSet.
    fn is_gone(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        let workload = world.pods().workload(pod);
        if !self.rollouts.is_going_on(workload) {
            return Vec::new();
        }
        self.deployments.is_gone(workload, pod);
        self.daemon_sets.pod_is_gone(world, pod);
        self.roll(world, workload)
    }

    /// One sync of a workload that is rolling out; nothing if it is not.
    fn roll(&mut self, world: &World, workload: WorkloadId) -> Vec<Action> {
        if !self.rollouts.is_going_on(workload) {
            return Vec::new();
        }
        let (mut actions, complete) = match world.model().workloads[workload].controller {
            Controller::Deployment { .. } => {
                let surplus = self.deployments.roll(world, workload);
                let actions = self.resize(world, workload, surplus, Cause::RolledOut);
                (actions, self.deployments.is_complete(world, workload))
            }
            Controller::DaemonSet => {
                let next = self.daemon_sets.roll(world, workload);
                let new = next.create.into_iter();
                let new = new.map(|node| self.new_replica(workload, Some(node)));
                (new.chain(next.delete).collect(), next.complete)
            }
            _ => {
                let actions = self.stateful_sets.sync(world, workload);
                (actions, self.stateful_sets.is_complete(world, workload))
            }
        };
        if !actions.is_empty() {
            actions.extend(self.rollouts.progresses(world, workload));
        }
        if complete {
            self.daemon_sets.rollout_ends(workload);
            actions.extend(self.rollouts.ends(world, workload));
        }
        actions
    }

    /// Creates and deletes pods until every revision of a Deployment has as many as it is to have.
    fn resize(
        &mut self,
        world: &World,
        workload: WorkloadId,
        surplus: Vec<(u32, i64)>,
        why: Cause,
    ) -> Vec<Action> {
        let mut actions = Vec::new();
        for (revision, surplus) in surplus {
            match usize::try_from(surplus) {
                Ok(surplus) => {
                    let of = (workload, revision);
                    actions.extend(self.deployments.remove(world, of, surplus, why));
                }
                Err(_) => {
                    actions.extend((surplus..0).map(|_| self.new_pod(workload, revision)));
                }
            }
        }
        actions
    }

    /// Whether a workload has been created.
    fn is_there(&self, world: &World, workload: WorkloadId) -> bool {
        let created_at = world.model().workloads[workload].created_at;
        created_at <= world.now() || self.has_adopted(workload)
    }

    /// Another pod of a Deployment, or the bare pod.
    fn new_pod(&mut self, workload: WorkloadId, revision: u32) -> Action {
        self.deployments.add(workload, self.next_replica[workload], revision);
        self.new_replica(workload, None)
    }

    fn new_replica(&mut self, workload: WorkloadId, meant_for: Option<NodeId>) -> Action {
        let replica = self.next_replica[workload];
        self.next_replica[workload] += 1;
        Action::CreatePod { workload, replica, attempt: 0, meant_for }
    }
}

fn controller(world: &World, pod: PodId) -> Controller {
    world.model().workloads[world.pods().workload(pod)].controller
}
