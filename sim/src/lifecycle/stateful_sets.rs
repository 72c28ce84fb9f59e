//! StatefulSets: a pod for each name, and by default one after the other.

use std::collections::BTreeMap;

use super::deletion::delete;
use crate::action::Action;
use crate::controllers::stateful_set::{Desired, Pod, Revision, Stage, Update, sync};
use crate::fact::Cause;
use crate::model::planned::Strategy;
use crate::model::pod::PodId;
use crate::model::workload::{Controller, WorkloadId};
use crate::world::World;
use crate::world::pods::Phase;

/// Who holds which name of which set.
#[derive(Clone, Debug, Default)]
pub struct StatefulSets {
    names: BTreeMap<WorkloadId, Vec<Name>>,
    /// The revision that all pods of a set had last, where it is not the first.
    current: BTreeMap<WorkloadId, u32>,
}

/// A name: that of one replica.
#[derive(Clone, Copy, Debug, Default)]
struct Name {
    /// The pod that has it, until its object is gone.
    holder: Option<PodId>,
    /// How many pods have had it.
    attempts: u32,
}

impl StatefulSets {
    /// A pod takes its name.
    pub fn pod_created(&mut self, world: &World, pod: PodId) {
        let pods = world.pods();
        let name = self.name(pods.workload(pod), pods.replica(pod));
        *name = Name { holder: Some(pod), attempts: pods.attempt(pod) + 1 };
    }

    /// The object of a pod is gone; its name is free.
    pub fn name_is_free(&mut self, world: &World, pod: PodId) {
        let pods = world.pods();
        let name = self.name(pods.workload(pod), pods.replica(pod));
        if name.holder == Some(pod) {
            name.holder = None;
        }
    }

    /// Whether a set is to have a pod of this number and has none.
    pub fn lacks(&self, world: &World, workload: WorkloadId, replica: u32) -> bool {
        let is_free = self.names(workload).get(replica as usize);
        is_free.is_none_or(|name| name.holder.is_none())
            && world.replicas(workload).is_some_and(|replicas| replica < replicas)
    }

    /// The revision of the next pod of a replica.
    // StatefulSet controller: stateful_set_utils.go newVersionedStatefulSetPod
    pub fn revision_of(&self, world: &World, workload: WorkloadId, replica: u32) -> u32 {
        let revision = world.revision(workload);
        match world.rollout(workload).map(|rollout| rollout.strategy) {
            Some(Strategy::Ordinals { partition }) if replica < partition => {
                self.current.get(&workload).copied().unwrap_or(0)
            }
            _ => revision,
        }
    }

    /// The pods to create and to delete now.
    pub fn sync(&mut self, world: &World, workload: WorkloadId) -> Vec<Action> {
        let controller = world.model().workloads[workload].controller;
        let (Controller::StatefulSet { ordered, .. }, Some(replicas)) =
            (controller, world.replicas(workload))
        else {
            return Vec::new();
        };
        let desired = Desired {
            replicas,
            start: 0,
            ordered,
            update: update(world, workload),
            current_replicas: 0,
        };
        let names = self.names(workload);
        let held = (0_u32..).zip(names).filter_map(|(ordinal, name)| Some((ordinal, name.holder?)));
        let pods: Vec<Pod> = held.map(|(ordinal, pod)| seen(world, ordinal, pod)).collect();
        let sync = sync(&desired, &pods);
        let attempt = |replica: u32| names.get(replica as usize).map_or(0, |name| name.attempts);
        let create = |(replica, _): &(u32, Revision)| Action::CreatePod {
            workload,
            replica: *replica,
            attempt: attempt(*replica),
            meant_for: None,
        };
        let mut actions: Vec<Action> = sync.created.iter().map(create).collect();
        actions.extend(sync.deleted.iter().filter_map(|ordinal| {
            let why = if *ordinal < replicas { Cause::RolledOut } else { Cause::ScaledDown };
            delete(world, names.get(*ordinal as usize)?.holder?, why)
        }));
        actions
    }

    /// Whether every pod that is to be of the present revision is, and available.
    pub fn is_complete(&mut self, world: &World, workload: WorkloadId) -> bool {
        let revision = world.revision(workload);
        let replicas = world.replicas(workload).unwrap_or(0);
        let is_new = |replica: u32| {
            let holder = self.names(workload).get(replica as usize).and_then(|name| name.holder);
            holder.is_some_and(|pod| {
                world.pods().revision(pod) == revision && world.pods().available(pod)
            })
        };
        let partition = update(world, workload).partition.unwrap_or(0);
        let complete = (partition..replicas).all(is_new);
        if complete && (0..partition.min(replicas)).all(is_new) {
            self.current.insert(workload, revision);
        }
        complete
    }

    fn names(&self, workload: WorkloadId) -> &[Name] {
        self.names.get(&workload).map_or(&[], Vec::as_slice)
    }

    fn name(&mut self, workload: WorkloadId, replica: u32) -> &mut Name {
        let names = self.names.entry(workload).or_default();
        let at = replica as usize;
        if names.len() <= at {
            names.resize(at + 1, Name::default());
        }
        &mut names[at]
    }
}

/// How the present revision of a set takes over.
fn update(world: &World, workload: WorkloadId) -> Update {
    match world.rollout(workload).map(|it| it.strategy) {
        Some(Strategy::Ordinals { partition }) => {
            Update { partition: Some(partition), ..Update::default() }
        }
        Some(Strategy::OnDelete) => Update { rolling: false, ..Update::default() },
        _ => Update::default(),
    }
}

/// A pod as its controller sees it. One that is lost with its node is not ready for as long as its object
/// is there.
fn seen(world: &World, ordinal: u32, pod: PodId) -> Pod {
    let pods = world.pods();
    let is_new = pods.revision(pod) == world.revision(pods.workload(pod));
    let ready = matches!(pods.phase(pod), Phase::Running { .. });
    Pod {
        ordinal,
        revision: Some(if is_new { Revision::Update } else { Revision::Current }),
        stage: if ready { Stage::Ready } else { Stage::Unready },
        available: pods.available(pod),
        terminating: matches!(pods.phase(pod), Phase::Terminating { .. }),
    }
}
