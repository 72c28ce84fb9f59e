//! VerticalPodAutoscalers over a run: what the recommender learns of pods, what it recommends, and what
//! pods are created with.

use std::collections::BTreeMap;

use super::metrics::Metrics;
use super::watched_pods::WatchedPods;
use crate::autoscalers::vpa::recommender::{Checkpoint, GroupId, Recommender, Subject};
use crate::autoscalers::vpa::sizing::{LimitRanges, Sized, Sizes};
use crate::autoscalers::vpa::{Recommendation, RecommenderConfig, admission};
use crate::kubelet::metrics_server::Usage;
use crate::model::Model;
use crate::model::containers::{ContainerKind, Containers};
use crate::model::pod::{PodId, PodSpec, SpecId};
use crate::model::vpa::{CpuMemory, Learning, Stated, UpdateMode, VpaId};
use crate::model::workload::WorkloadId;
use crate::names::NameId;
use crate::table::Id;
use crate::time::{SimTime, Span};
use crate::world::World;
use crate::world::pods::Phase;

/// How long the recommender waits between two passes, and before the first.
// VPA: recommender/config/config.go recommender-interval
pub const INTERVAL: Span = Span::from_secs(60);
/// How often it forgets what is of no use any more.
// VPA: recommender/model/cluster.go gcInterval
const COLLECTS_EVERY: Span = Span::from_hours(1);

/// Every autoscaler of a run, between its passes.
#[derive(Clone, Debug)]
pub struct Vpas {
    recommender: Recommender,
    each: BTreeMap<VpaId, State>,
    of: BTreeMap<WorkloadId, VpaId>,
    /// Pods of one workload and revision, whose labels are the same.
    groups: BTreeMap<(WorkloadId, u32), GroupId>,
    /// The pods that there were at the last pass, in order.
    known: Vec<PodId>,
    /// Containers that were killed for want of memory since the last pass, and what they requested.
    killed: Vec<(PodId, NameId, u64, SimTime)>,
    /// How long containers had run when they were last killed for that.
    killed_after: BTreeMap<(PodId, NameId), Span>,
    collected_at: SimTime,
    /// For what the containers of a pod use.
    used: Vec<(u32, Usage)>,
}

/// What an autoscaler recommends.
#[derive(Clone, Debug, Default)]
struct State {
    checkpoint: Checkpoint,
    recommended: BTreeMap<NameId, Recommendation>,
}

/// A recommendation that is new.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Changed {
    /// Of which workload.
    pub workload: WorkloadId,
    /// Of which container of its pods.
    pub container: u32,
    /// What it should request.
    pub target: Stated,
}

impl Vpas {
    /// Autoscalers that know nothing yet.
    #[must_use]
    pub fn new(model: &Model, config: &RecommenderConfig) -> Vpas {
        Vpas {
            recommender: Recommender::new(config.clone()),
            each: model.vpas.ids().map(|id| (id, State::default())).collect(),
            of: model.vpas.iter().map(|(id, vpa)| (vpa.workload, id)).collect(),
            groups: BTreeMap::new(),
            known: Vec::new(),
            used: Vec::new(),
            killed: Vec::new(),
            killed_after: BTreeMap::new(),
            collected_at: SimTime::ZERO,
        }
    }

    /// Whether there is any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.each.is_empty()
    }

    /// The autoscaler of a workload.
    #[must_use]
    pub fn of(&self, workload: WorkloadId) -> Option<VpaId> {
        self.of.get(&workload).copied()
    }

    /// What an autoscaler recommends, by container.
    #[must_use]
    pub fn recommended(&self, id: VpaId) -> Option<&BTreeMap<NameId, Recommendation>> {
        self.each.get(&id).map(|state| &state.recommended)
    }

    /// The number that pods with the labels of a pod have in common.
    pub fn group(&mut self, workload: WorkloadId, revision: u32) -> GroupId {
        let next = GroupId::from_index(self.groups.len());
        *self.groups.entry((workload, revision)).or_insert(next)
    }

    /// A container was killed because it was out of memory.
    // VPA: recommender/input/oom/observer.go: what is reported is what it requested
    pub fn out_of_memory(&mut self, world: &World, pod: PodId, container: u32, ran: Option<Span>) {
        if !self.of.contains_key(&world.pods().workload(pod)) {
            return;
        }
        if let Some(killed) = world.spec_of(pod).containers.list.get(container as usize) {
            let requested = killed.resources.requests.memory.unwrap_or(0);
            self.killed.push((pod, killed.name, requested, world.now()));
            self.killed_after.extend(ran.map(|ran| ((pod, killed.name), ran)));
        }
    }

    /// How long a container had run when it was last killed for want of memory, if it was.
    #[must_use]
    pub fn killed_after(&self, pod: PodId, container: NameId) -> Option<Span> {
        self.killed_after.get(&(pod, container)).copied()
    }

    /// One pass of the recommender: it looks at pods, then at their metrics, then at what was killed, and
    /// recommends anew. What it recommends otherwise than before.
    // VPA: recommender/routines/recommender.go RunOnce
    pub fn recommend(
        &mut self,
        world: &World,
        watched: &WatchedPods,
        metrics: Option<&Metrics>,
    ) -> Vec<Changed> {
        let now_ms = ms(world.now());
        let live = self.look_at_pods(world, watched, now_ms);
        for pod in &live {
            self.sample(world, *pod, metrics);
        }
        for (pod, container, bytes, at) in std::mem::take(&mut self.killed) {
            self.recommender.out_of_memory(number(pod), container, bytes, ms(at));
        }
        let mut changed = Vec::new();
        for (id, state) in &mut self.each {
            let vpa = &world.model().vpas[*id];
            let groups = self.groups.range((vpa.workload, 0)..=(vpa.workload, u32::MAX));
            let groups: Vec<GroupId> = groups.map(|(_, group)| *group).collect();
            let mut subject =
                Subject { spec: &vpa.spec, groups: &groups, checkpoint: &mut state.checkpoint };
            let new = self.recommender.recommend(&mut subject);
            let before = std::mem::replace(&mut state.recommended, new.into_iter().collect());
            changed.extend(new_targets(world, vpa.workload, &before, &state.recommended));
        }
        if world.now().since(self.collected_at) >= COLLECTS_EVERY {
            self.collected_at = world.now();
            self.recommender.collect_garbage(now_ms);
        }
        changed
    }

    /// Takes note of which pods there are: those whose containers have been started. Every one of them, in
    /// order.
    fn look_at_pods(&mut self, world: &World, watched: &WatchedPods, now_ms: i64) -> Vec<PodId> {
        let pods = self.of.keys().flat_map(|workload| watched.of(*workload));
        let mut live: Vec<PodId> = pods.filter(|pod| world.pods().runs_containers(*pod)).collect();
        live.sort_unstable();
        self.killed_after.retain(|(pod, _), _| live.binary_search(pod).is_ok());
        if live == self.known {
            return live;
        }
        for pod in self.known.iter().filter(|pod| live.binary_search(pod).is_err()) {
            self.recommender.pod_removed(number(*pod));
        }
        let is_new = |pod: &&PodId| self.known.binary_search(pod).is_err();
        let new: Vec<PodId> = live.iter().filter(is_new).copied().collect();
        for pod in new {
            let group = self.group(world.pods().workload(pod), world.pods().revision(pod));
            let containers = regular(&world.spec_of(pod).containers);
            let learned = containers.map(|(_, it)| (it.name, Learning::default()));
            self.recommender.pod_added(number(pod), group, learned, now_ms);
        }
        self.known.clone_from(&live);
        live
    }

    fn sample(&mut self, world: &World, pod: PodId, metrics: Option<&Metrics>) {
        let Some(metrics) = metrics else { return };
        let mut used = std::mem::take(&mut self.used);
        used.clear();
        let at_ms = metrics.each(pod, |place, usage| used.push((place, usage)));
        if let Some(at_ms) = at_ms {
            for (place, container) in regular(&world.spec_of(pod).containers) {
                let Some((_, usage)) = used.iter().find(|(own, _)| *own == place) else { continue };
                // As a quantity in thousandths, which is rounded up.
                let cpu = Some(usage.cpu.div_ceil(1_000_000));
                let used = CpuMemory { cpu, memory: Some(usage.memory) };
                self.recommender.sample(number(pod), container.name, used, at_ms);
            }
        }
        self.used = used;
    }

    /// What another pod of a workload is created with instead of a spec, if that differs.
    #[must_use]
    pub fn sized(&self, world: &World, workload: WorkloadId, spec: SpecId) -> Option<PodSpec> {
        let id = self.of(workload)?;
        let (vpa, state) = (&world.model().vpas[id], self.each.get(&id)?);
        if vpa.spec.mode == UpdateMode::Off {
            return None;
        }
        let (spec, ranges) = (world.spec(spec), ranges_of(world, workload));
        let sizes = sizes(&spec.containers);
        let new = admission::sized(&vpa.spec, &state.recommended, &sizes, &ranges);
        (new != sizes).then(|| with_sizes(spec, &new))
    }
}

/// What the LimitRanges of a workload's namespace come to.
pub(crate) fn ranges_of(world: &World, workload: WorkloadId) -> LimitRanges {
    let model = world.model();
    let ranges = model.limit_ranges.get(&model.workloads[workload].namespace);
    ranges.map_or_else(LimitRanges::default, |ranges| LimitRanges::of(ranges))
}

/// Targets that differ from those before.
fn new_targets(
    world: &World,
    workload: WorkloadId,
    before: &BTreeMap<NameId, Recommendation>,
    now: &BTreeMap<NameId, Recommendation>,
) -> Vec<Changed> {
    let list = &world.spec(world.model().workloads[workload].spec).containers.list;
    let changed = now.iter().filter_map(|(name, it)| {
        let place = list.iter().position(|container| container.name == *name)?;
        let is_new = before.get(name).is_none_or(|before| before.target != it.target);
        let container = u32::try_from(place).ok()?;
        is_new.then_some(Changed { workload, container, target: it.target })
    });
    changed.collect()
}

/// The containers that autoscalers size, with their places.
pub(super) fn regular(
    containers: &Containers,
) -> impl Iterator<Item = (u32, &crate::model::containers::Container)> {
    let all = (0_u32..).zip(&containers.list);
    all.filter(|(_, container)| container.kind == ContainerKind::Regular)
}

/// What they state.
pub(super) fn sizes(containers: &Containers) -> Vec<Sized> {
    let size = |(_, it): (u32, &crate::model::containers::Container)| {
        let (requests, limits) = (&it.resources.requests, &it.resources.limits);
        (it.name, Sizes { requests: requests.into(), limits: limits.into() })
    };
    regular(containers).map(size).collect()
}

/// The same pod whose containers state this.
pub(crate) fn with_sizes(spec: &PodSpec, sizes: &[Sized]) -> PodSpec {
    spec.resized(|containers| {
        for (name, sizes) in sizes {
            let own = containers.list.iter_mut().find(|it| it.name == *name);
            let Some(resources) = own.map(|it| &mut it.resources) else { continue };
            let CpuMemory { cpu, memory } = sizes.requests;
            (resources.requests.cpu, resources.requests.memory) = (cpu, memory);
            let CpuMemory { cpu, memory } = sizes.limits;
            (resources.limits.cpu, resources.limits.memory) = (cpu, memory);
        }
    })
}

/// A pod, as the recommender knows it.
pub(super) fn number(pod: PodId) -> u64 {
    u64::from(pod.number())
}

pub(super) fn ms(at: SimTime) -> i64 {
    i64::try_from(at.as_ms()).unwrap_or(i64::MAX)
}

/// Whether a pod is on a node and is to stay there.
pub(super) fn stays(world: &World, pod: PodId) -> bool {
    matches!(world.pods().phase(pod), Phase::Starting { .. } | Phase::Running { .. })
}
