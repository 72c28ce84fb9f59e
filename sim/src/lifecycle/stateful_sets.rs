//! StatefulSets: a pod for each name, and by default one after the other.

use std::collections::BTreeMap;

use crate::action::Action;
use crate::model::pod::PodId;
use crate::model::workload::{Controller, WorkloadId};
use crate::world::World;

/// Who holds which name of which set.
#[derive(Clone, Debug, Default)]
pub struct StatefulSets(BTreeMap<WorkloadId, Vec<Name>>);

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
        let names = self.0.get(&workload).map_or(&[][..], Vec::as_slice);
        let is_free = names.get(replica as usize).is_none_or(|name| name.holder.is_none());
        is_free && world.replicas(workload).is_some_and(|replicas| replica < replicas)
    }

    /// The pods to create now. In order, the next is created only when every one before it is
    /// there and available.
    // StatefulSet controller: pkg/controller/statefulset/stateful_set_control.go processReplica
    pub fn missing(&mut self, world: &World, workload: WorkloadId) -> Vec<Action> {
        let controller = world.model().workloads[workload].controller;
        let (Controller::StatefulSet { ordered, .. }, Some(replicas)) =
            (controller, world.replicas(workload))
        else {
            return Vec::new();
        };
        let mut actions = Vec::new();
        for replica in 0..replicas {
            let name = *self.name(workload, replica);
            let available = name.holder.is_some_and(|pod| world.pods().available(pod));
            if name.holder.is_none() {
                let attempt = name.attempts;
                actions.push(Action::CreatePod { workload, replica, attempt, meant_for: None });
            }
            if ordered && !available {
                return actions;
            }
        }
        actions.extend(self.surplus(world, workload, replicas, ordered));
        actions
    }

    /// The pods to delete now, because the set is to have fewer: the highest number first, and in order
    /// only one at a time, once all that stay are available.
    // StatefulSet controller: stateful_set_control.go processCondemned
    fn surplus(
        &self,
        world: &World,
        workload: WorkloadId,
        replicas: u32,
        ordered: bool,
    ) -> Vec<Action> {
        let names = self.0.get(&workload).map_or(&[][..], Vec::as_slice);
        let condemned = names.iter().skip(replicas as usize).rev().filter_map(|name| name.holder);
        let at_once = if ordered { 1 } else { usize::MAX };
        condemned.take(at_once).filter_map(|pod| super::deletion::delete(world, pod)).collect()
    }

    fn name(&mut self, workload: WorkloadId, replica: u32) -> &mut Name {
        let names = self.0.entry(workload).or_default();
        let at = replica as usize;
        if names.len() <= at {
            names.resize(at + 1, Name::default());
        }
        &mut names[at]
    }
}
