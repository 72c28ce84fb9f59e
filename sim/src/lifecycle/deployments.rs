//! Deployments: which replicas each has, of which revision, and what a sync does to them. A bare pod is
//! the one replica of itself.
//!
//! A ReplicaSet is the replicas of one revision.

use std::collections::{BTreeMap, BTreeSet};

use super::deletion::delete;
use crate::action::Action;
use crate::controllers::deployment::{Changed, Desired, ReplicaSet, ReplicaSets};
use crate::controllers::replica_set::{Candidate, Phase as PodPhase, to_delete};
use crate::fact::Cause;
use crate::model::budget::Amount;
use crate::model::containers::ContainerKind;
use crate::model::planned::Strategy;
use crate::model::pod::PodId;
use crate::model::workload::WorkloadId;
use crate::rng::{Root, Stream};
use crate::world::World;
use crate::world::pods::Phase;

/// The replicas of every Deployment.
#[derive(Clone, Debug)]
pub(super) struct Deployments {
    root: Root,
    replicas: BTreeMap<WorkloadId, BTreeMap<u32, Replica>>,
    /// Pods that have to be gone before a `Recreate` goes on.
    leaving: BTreeMap<WorkloadId, BTreeSet<PodId>>,
    /// Of pods of which a container was started again, how often the one most often restarted was: of
    /// containers and of sidecars.
    restarts: BTreeMap<PodId, [u32; 2]>,
}

/// A replica that is wanted; one that is not here is not replaced.
#[derive(Clone, Copy, Debug)]
struct Replica {
    revision: u32,
    /// Its latest attempt, if there has been one.
    pod: Option<PodId>,
}

/// How many replicas of a revision are too many, or, if that is negative, missing.
type Surplus = (u32, i64);

impl Deployments {
    pub(super) fn new(root: Root) -> Deployments {
        Deployments {
            root,
            replicas: BTreeMap::new(),
            leaving: BTreeMap::new(),
            restarts: BTreeMap::new(),
        }
    }

    /// Another replica is wanted.
    pub(super) fn add(&mut self, workload: WorkloadId, replica: u32, revision: u32) {
        let replicas = self.replicas.entry(workload).or_default();
        replicas.insert(replica, Replica { revision, pod: None });
    }

    /// The revision of a replica, if it is wanted.
    pub(super) fn revision_of(&self, workload: WorkloadId, replica: u32) -> Option<u32> {
        Some(self.replicas.get(&workload)?.get(&replica)?.revision)
    }

    pub(super) fn pod_created(&mut self, world: &World, pod: PodId) {
        let (pods, replicas) = (world.pods(), &mut self.replicas);
        let replica = Replica { revision: pods.revision(pod), pod: Some(pod) };
        replicas.entry(pods.workload(pod)).or_default().insert(pods.replica(pod), replica);
    }

    /// Containers of a pod have been started again, each so often.
    pub(super) fn container_restarted(
        &mut self,
        world: &World,
        pod: PodId,
        restarts: &BTreeMap<u32, u32>,
    ) {
        let list = &world.spec_of(pod).containers.list;
        let of_kind = |kind: ContainerKind| {
            let own = restarts.iter().filter(|(place, _)| {
                list.get(**place as usize).is_some_and(|container| container.kind == kind)
            });
            own.map(|(_, restarts)| *restarts).max().unwrap_or(0)
        };
        let most = [of_kind(ContainerKind::Regular), of_kind(ContainerKind::Sidecar)];
        self.restarts.insert(pod, most);
    }

    /// A pod is no more.
    pub(super) fn forget(&mut self, pod: PodId) {
        self.restarts.remove(&pod);
    }

    /// The next attempt of a pod's replica, if it is still wanted.
    pub(super) fn successor(&self, world: &World, pod: PodId) -> Option<Action> {
        let pods = world.pods();
        let (workload, replica) = (pods.workload(pod), pods.replica(pod));
        let attempt = pods.attempt(pod) + 1;
        self.revision_of(workload, replica)?;
        Some(Action::CreatePod { workload, replica, attempt, meant_for: None })
    }

    /// A workload is to have `desired` replicas, and had `before`.
    pub(super) fn scale(&self, world: &World, workload: WorkloadId, before: u32) -> Vec<Surplus> {
        // A `Recreate` has none until the old pods are gone, and then as many as are wanted.
        if self.leaving.contains_key(&workload) {
            return Vec::new();
        }
        let desired = self.desired(world, workload);
        let was = Desired { replicas: i64::from(before), ..desired };
        let sets = self.replica_sets(world, workload, &was);
        let mut scaled = sets.clone();
        let there = scaled.total();
        scaled.scale(&desired, there);
        changes(&sets, &scaled)
    }

    /// What a rollout does next, until it has to wait for pods.
    pub(super) fn roll(&mut self, world: &World, workload: WorkloadId) -> Vec<Surplus> {
        let desired = self.desired(world, workload);
        let sets = self.replica_sets(world, workload, &desired);
        let mut rolled = sets.clone();
        if self.recreates(world, workload) {
            rolled.old.iter_mut().for_each(|set| set.replicas = 0);
            let old_are_gone = sets.old.is_empty() && !self.leaving.contains_key(&workload);
            if let Some(new) = rolled.new.as_mut().filter(|_| old_are_gone) {
                new.replicas = desired.replicas;
            }
            return changes(&sets, &rolled);
        }
        if sets.new.as_ref().is_some_and(|new| new.replicas == 0) {
            let size = desired.size_of_new(0, rolled.total());
            rolled.new.iter_mut().for_each(|new| new.replicas = size);
        }
        // A pod that is no longer wanted is no longer available, either.
        while rolled.roll(&desired) != Changed::Nothing {
            let wanted = rolled.old.iter_mut().chain(&mut rolled.new);
            wanted.for_each(|set| set.available = set.available.min(set.replicas));
        }
        changes(&sets, &rolled)
    }

    /// Whether all replicas are of the present revision, and available.
    // deployment_util.go DeploymentComplete
    pub(super) fn is_complete(&self, world: &World, workload: WorkloadId) -> bool {
        let revision = world.revision(workload);
        let desired = world.replicas(workload).unwrap_or(0);
        let replicas = self.replicas.get(&workload);
        let mut all = replicas.into_iter().flat_map(BTreeMap::values);
        all.clone().count() == desired as usize
            && all.all(|it| {
                it.revision == revision && it.pod.is_some_and(|pod| world.pods().available(pod))
            })
    }

    /// A rollout begins: a `Recreate` has to wait for pods which are terminating already, and any other
    /// for none, whatever the one before it waited for.
    pub(super) fn rollout_begins(&mut self, world: &World, workload: WorkloadId) {
        if !self.recreates(world, workload) {
            self.leaving.remove(&workload);
            return;
        }
        let pods = world.pods();
        let own = pods.ids().filter(|pod| pods.workload(*pod) == workload);
        let terminating = own.filter(|pod| matches!(pods.phase(*pod), Phase::Terminating { .. }));
        self.wait_for(workload, terminating);
    }

    /// A pod is gone; whether a `Recreate` waited for it.
    pub(super) fn is_gone(&mut self, workload: WorkloadId, pod: PodId) -> bool {
        let Some(leaving) = self.leaving.get_mut(&workload) else { return false };
        let waited = leaving.remove(&pod);
        if leaving.is_empty() {
            self.leaving.remove(&workload);
        }
        waited
    }

    /// Whether a `Recreate` waits until a pod is gone.
    pub(super) fn waits_for(&self, workload: WorkloadId, pod: PodId) -> bool {
        self.leaving.get(&workload).is_some_and(|leaving| leaving.contains(&pod))
    }

    /// Deletes replicas of a revision, those first that a ReplicaSet deletes first.
    pub(super) fn remove(
        &mut self,
        world: &World,
        (workload, revision): (WorkloadId, u32),
        surplus: usize,
        why: Cause,
    ) -> Vec<Action> {
        let Some(replicas) = self.replicas.get(&workload) else { return Vec::new() };
        let mut on_nodes = BTreeMap::new();
        for pod in replicas.values().filter_map(|it| it.pod) {
            if let Some(node) = world.pods().phase(pod).node() {
                *on_nodes.entry(node).or_insert(0) += 1;
            }
        }
        let own = || replicas.iter().filter(|(_, it)| it.revision == revision);
        // A replica without a pod is wanted, and nothing more.
        let pod_of = |(number, it): (&u32, &Replica)| Some((*number, it.pod?));
        let has_pod = |pod| !matches!(world.pods().phase(pod), Phase::Ended(_) | Phase::Withdrawn);
        let pods: Vec<(u32, PodId)> =
            own().filter_map(pod_of).filter(|(_, pod)| has_pod(*pod)).collect();
        let mut removed: Vec<u32> = own()
            .filter(|(_, it)| !it.pod.is_some_and(has_pod))
            .map(|(number, _)| *number)
            .take(surplus)
            .collect();
        let candidates: Vec<Candidate<usize>> = pods
            .iter()
            .map(|(_, pod)| {
                let node = world.pods().phase(*pod).node();
                let on_same_node = node.map_or(0, |node| on_nodes[&node]);
                self.candidate(world, *pod, on_same_node)
            })
            .collect();
        let now = i64::try_from(world.now().as_ms() / 1_000).unwrap_or(i64::MAX);
        let goes = to_delete(&candidates, now, surplus - removed.len());
        let goes: Vec<(u32, PodId)> = goes.into_iter().map(|at| pods[at]).collect();
        removed.extend(goes.iter().map(|(number, _)| *number));
        if let Some(replicas) = self.replicas.get_mut(&workload) {
            for number in &removed {
                replicas.remove(number);
            }
        }
        if self.recreates(world, workload) {
            self.wait_for(workload, goes.iter().map(|(_, pod)| *pod));
        }
        goes.into_iter().filter_map(|(_, pod)| delete(world, pod, why)).collect()
    }

    fn wait_for(&mut self, workload: WorkloadId, pods: impl Iterator<Item = PodId>) {
        let pods: BTreeSet<PodId> = pods.collect();
        if !pods.is_empty() {
            self.leaving.entry(workload).or_default().extend(pods);
        }
    }

    /// A pod as its ReplicaSet looks at it. Times are those of the API server, in whole seconds.
    fn candidate(&self, world: &World, pod: PodId, on_same_node: u32) -> Candidate<usize> {
        let pods = world.pods();
        let phase = pods.phase(pod);
        let seconds = |ms: u64| i64::try_from(ms / 1_000).unwrap_or(i64::MAX);
        // A pod that was there from the start is as old as its dump says.
        let before = pods.started_ms(pod).filter(|ms| *ms < 0).map(|ms| ms.div_euclid(1_000));
        let [restarts, sidecar_restarts] = self.restarts.get(&pod).copied().unwrap_or_default();
        let ready_at = pods.ready_at(pod).map_or(0, |at| seconds(at.as_ms()));
        Candidate {
            assigned: phase.node().is_some(),
            phase: if pods.runs_containers(pod) { PodPhase::Running } else { PodPhase::Pending },
            ready: matches!(phase, Phase::Running { .. }),
            deletion_cost: world.spec_of(pod).deletion_cost,
            on_same_node,
            ready_since: before.unwrap_or(ready_at),
            restarts,
            sidecar_restarts,
            created_at: before.unwrap_or(seconds(pods.created_at(pod).as_ms())),
            uid: self.root.choice(Stream::PodUid, &world.draw_key(pod), usize::MAX),
        }
    }

    /// The ReplicaSets of a workload, as if they had been scaled to `desired` last.
    fn replica_sets(
        &self,
        world: &World,
        workload: WorkloadId,
        desired: &Desired,
    ) -> ReplicaSets<u32> {
        let (fence, _) = desired.fenceposts();
        let empty = |age| ReplicaSet {
            age,
            replicas: 0,
            available: 0,
            desired: Some(desired.replicas),
            max: Some(desired.replicas + fence),
        };
        let mut sets: BTreeMap<u32, ReplicaSet<u32>> = BTreeMap::new();
        let replicas = self.replicas.get(&workload);
        for replica in replicas.into_iter().flat_map(BTreeMap::values) {
            let age = replica.revision;
            let set = sets.entry(age).or_insert_with(|| empty(age));
            set.replicas += 1;
            set.available += i64::from(replica.pod.is_some_and(|pod| world.pods().available(pod)));
        }
        let newest = world.revision(workload);
        let new = sets.remove(&newest).unwrap_or_else(|| empty(newest));
        ReplicaSets { new: Some(new), old: sets.into_values().collect() }
    }

    fn desired(&self, world: &World, workload: WorkloadId) -> Desired {
        let controller = world.model().workloads[workload].controller;
        let strategy = strategy(world, workload).or(Strategy::default_of(controller));
        let replicas = i64::from(world.replicas(workload).unwrap_or(0));
        match strategy {
            Some(Strategy::Rolling { max_surge, max_unavailable, .. }) => {
                Desired { replicas, max_surge, max_unavailable }
            }
            _ => Desired {
                replicas,
                max_surge: Amount::Pods(0),
                max_unavailable: Amount::Percent(100),
            },
        }
    }

    fn recreates(&self, world: &World, workload: WorkloadId) -> bool {
        matches!(strategy(world, workload), Some(Strategy::Recreate { .. }))
    }
}

/// How the present revision of a workload takes over.
fn strategy(world: &World, workload: WorkloadId) -> Option<Strategy> {
    Some(world.rollout(workload)?.strategy)
}

/// The revisions whose numbers of replicas change, the old ones first.
fn changes(before: &ReplicaSets<u32>, after: &ReplicaSets<u32>) -> Vec<Surplus> {
    let all = |sets: &ReplicaSets<u32>| -> BTreeMap<u32, i64> {
        sets.old.iter().chain(&sets.new).map(|set| (set.age, set.replicas)).collect()
    };
    let after = all(after);
    let surplus = |(age, size): (u32, i64)| (age, size - after[&age]);
    all(before).into_iter().map(surplus).filter(|(_, surplus)| *surplus != 0).collect()
}
