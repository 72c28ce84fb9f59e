//! What is desired: how many replicas each workload is to have, of which revision, and what a pod is to
//! request. It begins as the scenario says; autoscalers and rollouts change it.

use std::collections::BTreeMap;

use super::World;
use crate::fact::Fact;
use crate::model::Model;
use crate::model::budget::{BudgetId, Expected};
use crate::model::planned::Rollout;
use crate::model::pod::{PodId, PodSpec, SpecId};
use crate::model::resources::{Lane, Resources};
use crate::model::workload::{Controller, WorkloadId};
use crate::table::Table;

/// Whether a node has room for a pod to request something else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Room {
    /// It has.
    Fits,
    /// It has not now: the resize is deferred.
    NotNow,
    /// It never has: the resize is infeasible.
    Never,
}

/// How many pods are desired.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Desired {
    replicas: Table<WorkloadId, Option<u32>>,
    /// How many rollouts have begun of workloads that have been rolled out.
    rollouts: BTreeMap<WorkloadId, u32>,
    expected: Expected,
}

impl Desired {
    /// As the scenario says.
    pub(super) fn new(model: &Model) -> Desired {
        let replicas = model.workloads.rows().map(|workload| workload.controller.at_once());
        let (replicas, expected) = (replicas.collect(), Expected::new(model));
        Desired { replicas, rollouts: BTreeMap::new(), expected }
    }
}

impl World {
    /// How many pods a workload has when all is well; `None` for a DaemonSet, which has one per node.
    #[must_use]
    pub fn replicas(&self, workload: WorkloadId) -> Option<u32> {
        self.desired.replicas[workload]
    }

    /// How many pods a budget expects.
    #[must_use]
    pub fn expected(&self, budget: BudgetId) -> i64 {
        self.desired.expected[budget]
    }

    /// A workload is to have this many replicas from now on.
    ///
    /// # Panics
    /// If it is no Deployment and no StatefulSet: nothing else has a scale.
    pub fn scale(&mut self, workload: WorkloadId, replicas: u32) -> Fact {
        let controller = self.model.workloads[workload].controller;
        assert!(
            matches!(controller, Controller::Deployment { .. } | Controller::StatefulSet { .. }),
            "only Deployments and StatefulSets are scaled"
        );
        let before = self.desired.replicas[workload].replace(replicas).unwrap_or(0);
        self.desired.expected.scaled(&self.model, workload, before, replicas);
        Fact::WorkloadScaled { workload, before, replicas }
    }

    /// The revision that pods of a workload are to be of.
    #[must_use]
    pub fn revision(&self, workload: WorkloadId) -> u32 {
        self.model.revision_after(workload, self.rollouts_of(workload))
    }

    /// The rollout that began last of a workload.
    #[must_use]
    pub fn rollout(&self, workload: WorkloadId) -> Option<&Rollout> {
        self.model.rollout(workload, self.rollouts_of(workload))
    }

    fn rollouts_of(&self, workload: WorkloadId) -> u32 {
        self.desired.rollouts.get(&workload).copied().unwrap_or(0)
    }

    /// A workload gets its next pod template.
    ///
    /// # Panics
    /// If none is planned.
    pub fn revise(&mut self, workload: WorkloadId) -> Fact {
        let number = self.rollouts_of(workload) + 1;
        assert!(self.model.rollout(workload, number).is_some(), "a rollout is planned");
        self.desired.rollouts.insert(workload, number);
        Fact::RolloutBegan { workload, revision: self.revision(workload) }
    }

    /// Whether the node of a pod has room for it to request something else.
    ///
    /// # Panics
    /// If it is not on a node.
    #[must_use]
    pub fn room_to_resize(&self, pod: PodId, to: &PodSpec) -> Room {
        let node = self.pods.phase(pod).node().expect("only a pod on a node is resized");
        let (old, new) = (&self.spec_of(pod).requests, &to.requests);
        let allocatable = &self.shapes[self.nodes.shape(node)].allocatable;
        let mut others = *self.placement.load(node).requested();
        others -= old;
        // What was over-committed before may shrink.
        let grows = |lane: &Lane| new[*lane] > old[*lane];
        if new.shortages(&Resources::default(), allocatable).any(|lane| grows(&lane)) {
            Room::Never
        } else if new.shortages(&others, allocatable).any(|lane| grows(&lane)) {
            Room::NotNow
        } else {
            Room::Fits
        }
    }

    /// A pod requests something else from now on, in place.
    ///
    /// # Panics
    /// If it is not on a node, if the new spec differs in more than requests, or if the node has no
    /// room: no decision over-commits a node.
    // KEP-1287: a resize changes the resources of containers and nothing else
    pub fn resize(&mut self, pod: PodId, spec: SpecId) -> Fact {
        let node = self.pods.phase(pod).node().expect("only a pod on a node is resized");
        let requested_before = self.requested(pod);
        let before = std::mem::replace(&mut self.pods.spec[pod], spec);
        self.recount_quotas(pod, before);
        let (old, new) = (self.specs.get(before), self.specs.get(spec));
        assert!(old.traits == new.traits, "a resize changes requests alone");
        let load = self.placement.load_mut(node);
        load.resize(old, new);
        let mut others = *load.requested();
        others -= &new.requests;
        let allocatable = &self.shapes[self.nodes.shape(node)].allocatable;
        // What was over-committed before may shrink.
        let fits = new
            .requests
            .shortages(&others, allocatable)
            .all(|lane| new.requests[lane] <= old.requests[lane]);
        assert!(fits, "a decision never over-commits a node");
        self.changed(node);
        Fact::PodResized {
            pod,
            workload: self.pods.workload(pod),
            node,
            spec: self.base_spec(pod),
            before: requested_before,
            requests: self.requested(pod),
        }
    }
}
