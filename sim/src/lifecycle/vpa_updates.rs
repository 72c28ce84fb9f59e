//! The updater of VerticalPodAutoscalers over a run: what it sees of pods, and which resizes their nodes
//! have yet to make room for.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::vpas::{Vpas, ms, number, ranges_of, regular, stays};
use super::watched_pods::WatchedPods;
use crate::autoscalers::vpa::sizing::Sizes;
use crate::autoscalers::vpa::updater::subject::{
    Container, Owner, Pod, Replicas, ResizeCondition, ResizeKind, ResizeReason, Subject,
    is_considered,
};
use crate::autoscalers::vpa::updater::{Updater, UpdaterConfig};
use crate::model::node::NodeId;
use crate::model::pod::{PodId, PodSpec, SpecId};
use crate::model::resources::Lane;
use crate::model::vpa::VpaId;
use crate::model::workload::Controller;
use crate::table::Id;
use crate::time::SimTime;
use crate::world::World;
use crate::world::pods::Phase;

/// What is remembered from pass to pass.
#[derive(Debug)]
pub struct VpaUpdates {
    /// The updater, but for while it makes a pass.
    pub updater: Option<Updater>,
    /// Resizes for which there is no room.
    waiting: BTreeMap<PodId, Waiting>,
    /// How many pods passes have looked at one by one.
    pub(crate) looked_at: u64,
}

/// A resize for which a node has no room.
#[derive(Clone, Debug)]
struct Waiting {
    spec: PodSpec,
    since: SimTime,
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
        VpaUpdates { updater: Some(Updater::new(config)), waiting: BTreeMap::new(), looked_at: 0 }
    }

    /// A resize has to wait, or will never be done. Whether that is news.
    pub fn wait(&mut self, pod: PodId, spec: PodSpec, infeasible: bool, now: SimTime) -> bool {
        let before = self.waiting.get(&pod);
        let is_news = before.is_none_or(|before| before.infeasible != infeasible);
        let since = before.map_or(now, |before| before.since);
        self.waiting.insert(pod, Waiting { spec, since, infeasible });
        is_news
    }

    /// A resize is done, or another one is asked for instead.
    pub fn done(&mut self, pod: PodId) {
        self.waiting.remove(&pod);
    }

    /// Resizes that may have got room, of one node or of all, in the order in which kubelets try them again.
    /// Those of pods that are gone are forgotten.
    // kubelet: pkg/kubelet/allocation/allocation_manager.go sortPendingResizes
    pub fn may_fit(&mut self, world: &World, on: Option<NodeId>) -> Vec<(PodId, PodSpec)> {
        if self.waiting.is_empty() {
            return Vec::new();
        }
        self.waiting.retain(|pod, _| stays(world, *pod));
        let is_there = |pod| on.is_none() || world.pods().phase(pod).node() == on;
        let waits = self.waiting.iter().filter(|(pod, it)| !it.infeasible && is_there(**pod));
        let mut waits: Vec<(&PodId, &Waiting)> = waits.collect();
        waits.sort_by_key(|(pod, it)| {
            let spec = world.spec_of(**pod);
            let (old, new) = (&spec.requests, &it.spec.requests);
            let grows = [Lane::CPU, Lane::MEMORY].into_iter().any(|lane| new[lane] > old[lane]);
            (grows, Reverse((spec.priority, spec.qos)), it.since)
        });
        waits.into_iter().map(|(pod, it)| (*pod, it.spec.clone())).collect()
    }

    /// The pods of every autoscaler that may have something to do. One that has not is left out: a pass over
    /// its pods would change nothing.
    pub fn sees(
        &self,
        (world, vpas, watched): (&World, &Vpas, &WatchedPods),
        updater: &Updater,
    ) -> Vec<Seen> {
        let considered = world.model().vpas.iter().filter(|(_, vpa)| is_considered(&vpa.spec));
        let each = considered.filter_map(|(id, vpa)| {
            let live: Vec<PodId> =
                watched.of(vpa.workload).filter(|it| stays(world, *it)).collect();
            let pod = |pod: &PodId| self.pod(world, vpas, &live, *pod);
            let subject = Subject {
                spec: &vpa.spec,
                recommended: vpas.recommended(id).filter(|it| !it.is_empty()),
                ranges: ranges_of(world, vpa.workload),
                pods: &[],
            };
            let is_plain = |pod: &PodId| !self.waiting.contains_key(pod) && !vpas.has_history(*pod);
            let all = || live.iter().map(pod).collect::<Vec<Pod>>();
            let acts = !live.iter().all(is_plain) || {
                let first: Vec<Pod> = first_of_each_spec(world, &live).iter().map(pod).collect();
                updater.may_touch(&subject, &first, ms(world.now()))
            };
            debug_assert!(
                acts || updater.is_idle(&Subject { pods: &all(), ..subject }, ms(world.now())),
                "a pod of an autoscaler that was left out is to be touched"
            );
            acts.then(|| Seen { id, pods: all() })
        });
        each.collect()
    }

    fn pod(&self, world: &World, vpas: &Vpas, live: &[PodId], pod: PodId) -> Pod {
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
                number: ((workload.index() as u64) << 32) | u64::from(revision),
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

/// Of pods with the same spec, the one that was started first.
fn first_of_each_spec(world: &World, live: &[PodId]) -> Vec<PodId> {
    let pods = world.pods();
    let mut first: Vec<(SpecId, PodId)> = Vec::new();
    for pod in live {
        let spec = pods.spec(*pod);
        match first.iter_mut().find(|(known, _)| *known == spec) {
            Some((_, other)) if pods.started_ms(*pod) < pods.started_ms(*other) => *other = *pod,
            Some(_) => {}
            None => first.push((spec, *pod)),
        }
    }
    first.into_iter().map(|(_, pod)| pod).collect()
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
            boosted_from: vpas.boosted_from(pod, it.name),
        }
    };
    regular(&world.spec_of(pod).containers).map(container).collect()
}

/// Whether any autoscaler of a run evicts or resizes pods.
#[must_use]
pub fn any_acts(world: &World) -> bool {
    world.model().vpas.rows().any(|vpa| is_considered(&vpa.spec))
}
