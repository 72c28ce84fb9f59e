//! The pods that autoscalers of pods look at: those of the workloads that they scale, for as long as
//! their objects exist.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;
use crate::model::pod::PodId;
use crate::model::workload::WorkloadId;
use crate::time::SimTime;
use crate::world::World;
use crate::world::pods::Phase;

/// The pods of workloads that are scaled.
#[derive(Clone, Debug, Default)]
pub struct WatchedPods {
    pods: BTreeMap<WorkloadId, BTreeSet<PodId>>,
    /// Whether each is ready, and since when, once that has changed.
    ready: BTreeMap<PodId, (bool, SimTime)>,
    /// The workloads that VerticalPodAutoscalers size.
    sized: BTreeSet<WorkloadId>,
    /// Their pods that have come since that was last asked for, in order of creation.
    came: Vec<PodId>,
    /// Their pods that have gone since.
    went: Vec<PodId>,
}

impl WatchedPods {
    /// No pod yet.
    #[must_use]
    pub fn new(model: &Model) -> WatchedPods {
        let pods = model.autoscaled().map(|workload| (workload, BTreeSet::new()));
        let sized = model.vpas.rows().map(|vpa| vpa.workload).collect();
        WatchedPods { pods: pods.collect(), sized, ..WatchedPods::default() }
    }

    /// A pod was created.
    pub fn created(&mut self, world: &World, pod: PodId) {
        let workload = world.pods().workload(pod);
        if let Some(pods) = self.pods.get_mut(&workload) {
            pods.insert(pod);
        }
        if self.sized.contains(&workload) {
            self.came.push(pod);
        }
    }

    /// A pod became ready, or is so no longer.
    pub fn readiness_changes(&mut self, world: &World, pod: PodId) {
        if self.has(world, pod) {
            let ready = matches!(world.pods().phase(pod), Phase::Running { .. });
            self.ready.insert(pod, (ready, world.now()));
        }
    }

    /// A pod was lost with its node: its object is left.
    pub fn lost(&mut self, world: &World, pod: PodId) {
        if self.has(world, pod) {
            self.ready.insert(pod, (false, world.now()));
        }
    }

    /// The object of a pod is gone, or marked as deleted.
    pub fn gone(&mut self, world: &World, pod: PodId) {
        let workload = world.pods().workload(pod);
        if let Some(pods) = self.pods.get_mut(&workload) {
            pods.remove(&pod);
            self.ready.remove(&pod);
        }
        if self.sized.contains(&workload) {
            self.went.push(pod);
        }
    }

    /// The pods of a workload, in order of creation.
    pub fn of(&self, workload: WorkloadId) -> impl Iterator<Item = PodId> + '_ {
        self.pods.get(&workload).into_iter().flatten().copied()
    }

    /// The pods of workloads that are sized which have come since this was last asked, and those which have
    /// gone; one may be both.
    pub fn take_changes(&mut self) -> (Vec<PodId>, Vec<PodId>) {
        (std::mem::take(&mut self.came), std::mem::take(&mut self.went))
    }

    /// Whether a pod is ready, and since when, if that has ever changed.
    #[must_use]
    pub fn ready(&self, pod: PodId) -> Option<(bool, SimTime)> {
        self.ready.get(&pod).copied()
    }

    fn has(&self, world: &World, pod: PodId) -> bool {
        self.pods.get(&world.pods().workload(pod)).is_some_and(|pods| pods.contains(&pod))
    }
}
