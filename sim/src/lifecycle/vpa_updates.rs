//! The updater of VerticalPodAutoscalers over a run: what it sees of pods, and which resizes their nodes
//! have yet to make room for.

use std::collections::BTreeMap;

use super::vpas::{Vpas, ms, number, regular, stays};
use super::watched_pods::WatchedPods;
use crate::autoscalers::vpa::sizing::Sizes;
use crate::autoscalers::vpa::updater::subject::{
    Container, Owner, Pod, Replicas, ResizeCondition, ResizeKind, ResizeReason, is_considered,
};
use crate::autoscalers::vpa::updater::{Updater, UpdaterConfig};
use crate::model::pod::{PodId, PodSpec};
use crate::model::vpa::{UpdateMode, VpaId};
use crate::model::workload::{Controller, WorkloadId};
use crate::table::Id;
use crate::world::World;
use crate::world::pods::Phase;

/// What is remembered from pass to pass.
#[derive(Debug)]
pub struct VpaUpdates {
    /// The updater, but for while it makes a pass.
    pub updater: Option<Updater>,
    /// Resizes for which there is no room.
    waiting: BTreeMap<PodId, Waiting>,
}

/// A resize for which a node has no room.
#[derive(Clone, Debug)]
struct Waiting {
    spec: PodSpec,
    /// Whether the node never will.
    infeasible: bool,
}

impl VpaUpdates {
    /// An updater that remembers nothing. The mode InPlace is on where an autoscaler asks for it: without its
    /// gate it would do nothing.
    #[must_use]
    pub fn new(config: &UpdaterConfig) -> VpaUpdates {
        let mut config = config.clone();
        config.gates.in_place = true;
        VpaUpdates { updater: Some(Updater::new(config)), waiting: BTreeMap::new() }
    }

    /// A resize has to wait, or will never be done. Whether that is news.
    pub fn wait(&mut self, pod: PodId, spec: PodSpec, infeasible: bool) -> bool {
        let before = self.waiting.insert(pod, Waiting { spec, infeasible });
        before.is_none_or(|before| before.infeasible != infeasible)
    }

    /// A resize is done, or another one is asked for instead.
    pub fn done(&mut self, pod: PodId) {
        self.waiting.remove(&pod);
    }

    /// Resizes that may have got room. Those of pods that are gone are forgotten.
    pub fn may_fit(&mut self, world: &World) -> Vec<(PodId, PodSpec)> {
        self.waiting.retain(|pod, _| stays(world, *pod));
        let waits = self.waiting.iter().filter(|(_, it)| !it.infeasible);
        waits.map(|(pod, it)| (*pod, it.spec.clone())).collect()
    }

    /// The pods of every autoscaler that acts on them.
    pub fn sees(&self, world: &World, vpas: &mut Vpas, watched: &WatchedPods) -> Vec<Seen> {
        let considered = world.model().vpas.iter().filter(|(_, vpa)| is_considered(&vpa.spec));
        let considered: Vec<(VpaId, WorkloadId)> =
            considered.map(|(id, vpa)| (id, vpa.workload)).collect();
        let mut all = Vec::new();
        for (id, workload) in considered {
            let live: Vec<PodId> = watched.of(workload).filter(|it| stays(world, *it)).collect();
            let pods = live.iter().map(|pod| self.pod(world, vpas, &live, *pod)).collect();
            all.push(Seen { id, pods });
        }
        all
    }

    fn pod(&self, world: &World, vpas: &mut Vpas, live: &[PodId], pod: PodId) -> Pod {
        let pods = world.pods();
        let (workload, revision) = (pods.workload(pod), pods.revision(pod));
        let of_it = live.iter().filter(|other| pods.revision(**other) == revision);
        let controller = world.model().workloads[workload].controller;
        let configured = match (controller, world.replicas(workload)) {
            (Controller::DaemonSet, _) => {
                of_it.filter(|it| matches!(pods.phase(**it), Phase::Running { .. })).count()
            }
            // Each ReplicaSet of a rollout is to have as many as there are of it.
            (_, Some(replicas)) if world.revision(workload) == revision => replicas as usize,
            _ => of_it.count(),
        };
        let configured = u32::try_from(configured).unwrap_or(u32::MAX);
        let is_stateful = matches!(controller, Controller::StatefulSet { .. });
        let name = match is_stateful {
            true => (1 << 63) | ((workload.index() as u64) << 32) | u64::from(pods.replica(pod)),
            false => number(pod),
        };
        let ready = matches!(pods.phase(pod), Phase::Running { .. });
        Pod {
            number: number(pod),
            name,
            owner: Some(Owner {
                number: vpas.group(workload, revision).index() as u64,
                replicas: Replicas::Configured(configured),
            }),
            is_pending: !pods.runs_containers(pod),
            started_ms: pods.started_ms(pod),
            ready_since_ms: pods.ready_at(pod).filter(|_| ready).map(ms),
            resize_conditions: self.conditions(pod),
            containers: containers(world, vpas, pod),
        }
    }

    fn conditions(&self, pod: PodId) -> Vec<ResizeCondition> {
        let condition = |waiting: &Waiting| ResizeCondition {
            kind: ResizeKind::Pending,
            holds: true,
            reason: Some(match waiting.infeasible {
                true => ResizeReason::Infeasible,
                false => ResizeReason::Deferred,
            }),
            has_message: true,
        };
        self.waiting.get(&pod).map(condition).into_iter().collect()
    }
}

/// The pods of an autoscaler.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Which autoscaler.
    pub id: VpaId,
    /// Its pods.
    pub pods: Vec<Pod>,
}

fn containers(world: &World, vpas: &Vpas, pod: PodId) -> Vec<Container> {
    let container = |(_, it): (u32, &crate::model::containers::Container)| {
        let (requests, limits) = (&it.resources.requests, &it.resources.limits);
        let written = Sizes { requests: requests.into(), limits: limits.into() };
        Container {
            name: it.name,
            written,
            actual: written,
            is_observed: true,
            out_of_memory_after: vpas.killed_after(pod, it.name),
            restarts_on_resize: false,
            boosted_from: None,
        }
    };
    regular(&world.spec_of(pod).containers).map(container).collect()
}

/// Whether any autoscaler of a run evicts or resizes pods.
#[must_use]
pub fn any_acts(world: &World) -> bool {
    let acts = |mode| !matches!(mode, UpdateMode::Off | UpdateMode::Initial);
    world.model().vpas.rows().any(|vpa| acts(vpa.spec.mode))
}
