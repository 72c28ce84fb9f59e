//! VerticalPodAutoscalers over a run: what the recommender learns of pods, what it recommends, and what
//! pods are created with.

use std::collections::{BTreeMap, BTreeSet};

use super::boosts::Boosts;
use super::metrics::Metrics;
use super::watched_pods::WatchedPods;
use crate::autoscalers::vpa::recommender::{Checkpoint, GroupId, PodNumber, Recommender, Subject};
use crate::autoscalers::vpa::sizing::{LimitRanges, Sized, Sizes};
use crate::autoscalers::vpa::{Flags, Recommendation, admission};
use crate::model::Model;
use crate::model::containers::{ContainerKind, Containers};
use crate::model::pod::{PodId, PodSpec, SpecId};
use crate::model::vpa::{CpuMemory, Learning, Stated, UpdateMode, Vpa, VpaId, VpaSpec};
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
    /// Pods whose containers have yet to be started: the recommender does not know them.
    // VPA: recommender/input/cluster_feeder.go LoadPods leaves out those that are Pending
    starting: BTreeSet<PodId>,
    /// Containers that were killed for want of memory since the last pass, and what they requested.
    killed: Vec<(PodId, NameId, u64, SimTime)>,
    /// How long containers had run when they were last killed for that.
    killed_after: BTreeMap<(PodId, NameId), Span>,
    boosts: Boosts,
    /// Whether autoscalers may have learning of their own (`PerVPAConfig`).
    learns_apart: bool,
    collected_at: SimTime,
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
    /// Autoscalers that know what there was before the run.
    #[must_use]
    pub fn new(model: &Model, flags: &Flags) -> Vpas {
        let mut vpas = Vpas {
            recommender: Recommender::new(flags.recommender.clone()),
            boosts: Boosts::new(flags),
            each: model.vpas.ids().map(|id| (id, State::default())).collect(),
            of: model.vpas.iter().map(|(id, vpa)| (vpa.workload, id)).collect(),
            groups: BTreeMap::new(),
            starting: BTreeSet::new(),
            killed: Vec::new(),
            killed_after: BTreeMap::new(),
            learns_apart: flags.updater.gates.per_vpa_config,
            collected_at: SimTime::ZERO,
        };
        vpas.remember(model);
        vpas
    }

    /// Learns of pods that there were before the run, which are gone when the recommender first looks.
    // VPA: recommender/input/cluster_feeder.go InitFromHistoryProvider
    fn remember<'m>(&mut self, model: &'m Model) {
        let of_one = |vpa: &'m Vpa| vpa.history.iter().map(move |pod| (vpa, pod));
        // As no pod of the run has them.
        let numbers = (0..=PodNumber::MAX).rev();
        for ((vpa, pod), number) in model.vpas.rows().flat_map(of_one).zip(numbers) {
            let group = self.group(vpa.workload, 0);
            let containers: Vec<_> =
                pod.iter().map(|(name, _)| (*name, self.learning(&vpa.spec, *name))).collect();
            self.recommender.pod_added(number, group, containers, 0);
            for (name, samples) in pod {
                for (at_ms, used) in samples {
                    self.recommender.sample(number, *name, *used, *at_ms);
                }
            }
            self.recommender.pod_removed(number);
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

    /// How the recommender learns of a container: as its flags say, unless the gate lets the autoscaler differ.
    fn learning(&self, spec: &VpaSpec, container: NameId) -> Learning {
        let policy = spec.policy(container).filter(|_| self.learns_apart);
        policy.map_or_else(Learning::default, |policy| policy.learning)
    }

    /// The number that pods with the labels of a pod have in common.
    fn group(&mut self, workload: WorkloadId, revision: u32) -> GroupId {
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

    /// A pod was created, that was to have this spec before its autoscaler changed it.
    pub fn created(&mut self, world: &World, pod: PodId, before: SpecId) {
        let Some(id) = self.of(world.pods().workload(pod)) else { return };
        let vpa = &world.model().vpas[id].spec;
        if self.boosts.apply(vpa) {
            self.boosts.created(pod, vpa, sizes(&world.spec(before).containers));
        }
    }

    /// What a container stated before it was given more CPU to start with, if it still has that.
    #[must_use]
    pub fn boosted_from(&self, pod: PodId, container: NameId) -> Option<Sizes> {
        self.boosts.before(pod, container)
    }

    /// A container has no more CPU than it keeps from now on.
    pub fn unboosted(&mut self, pod: PodId, container: NameId) {
        self.boosts.end(pod, Some(container));
    }

    /// Whether more is known of a pod than its size and its age: a container of it was killed for want of
    /// memory, or has more CPU to start with.
    #[must_use]
    pub fn has_history(&self, pod: PodId) -> bool {
        let mut killed = self.killed_after.range((pod, NameId::from_index(0))..);
        killed.next().is_some_and(|((killed, _), _)| *killed == pod) || self.boosts.has(pod)
    }

    /// One pass of the recommender: it looks at pods, then at their metrics, then at what was killed, and
    /// recommends anew. What it recommends otherwise than before.
    // VPA: recommender/routines/recommender.go RunOnce
    pub fn recommend(
        &mut self,
        world: &World,
        watched: &mut WatchedPods,
        metrics: Option<&Metrics>,
    ) -> Vec<Changed> {
        let now_ms = ms(world.now());
        self.look_at_pods(world, watched, now_ms);
        self.look_at_metrics(world, metrics);
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

    /// Takes note of which pods there are: those whose containers have been started.
    fn look_at_pods(&mut self, world: &World, watched: &mut WatchedPods, now_ms: i64) {
        let (came, went) = watched.take_changes();
        self.starting.extend(came);
        went.into_iter().for_each(|pod| self.forget(pod));
        let started: Vec<PodId> =
            self.starting.extract_if(.., |pod| world.pods().runs_containers(*pod)).collect();
        for pod in started {
            let workload = world.pods().workload(pod);
            let group = self.group(workload, world.pods().revision(pod));
            let spec = self.of(workload).map(|id| &world.model().vpas[id].spec);
            let learned = regular(&world.spec_of(pod).containers).map(|(_, it)| {
                (it.name, spec.map_or_else(Learning::default, |spec| self.learning(spec, it.name)))
            });
            let learned: Vec<_> = learned.collect();
            self.recommender.pod_added(number(pod), group, learned, now_ms);
        }
        debug_assert!(self.knows_all(world, watched), "pods are known that a look does not find");
    }

    /// A pod is gone.
    fn forget(&mut self, pod: PodId) {
        self.starting.remove(&pod);
        self.recommender.pod_removed(number(pod));
        self.killed_after.retain(|(killed, _), _| *killed != pod);
        self.boosts.end(pod, None);
    }

    /// Whether the pods that the recommender knows are those that a look at all of them finds.
    fn knows_all(&self, world: &World, watched: &WatchedPods) -> bool {
        let all = self.of.keys().flat_map(|workload| watched.of(*workload));
        let mut live: Vec<u64> =
            all.filter(|pod| world.pods().runs_containers(*pod)).map(number).collect();
        live.sort_unstable();
        self.recommender.pods() == live
    }

    /// Takes the samples that metrics-server serves. Those of pods that the recommender does not know teach
    /// it nothing.
    fn look_at_metrics(&mut self, world: &World, metrics: Option<&Metrics>) {
        let Some(metrics) = metrics else { return };
        metrics.each_pod(|pod, at_ms, used| {
            for (place, container) in regular(&world.spec_of(pod).containers) {
                let Some((_, usage)) = used.iter().find(|(own, _)| *own == place) else { continue };
                // As a quantity in thousandths, which is rounded up.
                let cpu = Some(usage.cpu.div_ceil(1_000_000));
                let used = CpuMemory { cpu, memory: Some(usage.memory) };
                self.recommender.sample(number(pod), container.name, used, at_ms);
            }
        });
    }

    /// What another pod of a workload is created with instead of a spec, if that differs.
    #[must_use]
    pub fn sized(&self, world: &World, workload: WorkloadId, spec: SpecId) -> Option<PodSpec> {
        let id = self.of(workload)?;
        let (vpa, state) = (&world.model().vpas[id], self.each.get(&id)?);
        let boosts = self.boosts.apply(&vpa.spec);
        if vpa.spec.mode == UpdateMode::Off && !boosts {
            return None;
        }
        let (spec, ranges) = (world.spec(spec), ranges_of(world, workload));
        let sizes = sizes(&spec.containers);
        let new = match boosts {
            true => {
                let most = self.boosts.most;
                admission::created(&vpa.spec, &state.recommended, &sizes, &ranges, most).0
            }
            false => admission::sized(&vpa.spec, &state.recommended, &sizes, &ranges),
        };
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
pub(crate) fn stays(world: &World, pod: PodId) -> bool {
    matches!(world.pods().phase(pod), Phase::Starting { .. } | Phase::Running { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_pod_that_is_gone_no_kill_is_known_and_of_others_each() {
        let mut vpas = Vpas::new(&Model::default(), &Flags::default());
        let [gone, other] = [0, 1].map(PodId::from_index);
        let container = NameId::from_index(0);
        for pod in [gone, other] {
            vpas.killed_after.insert((pod, container), Span::from_secs(60));
        }
        vpas.forget(gone);
        assert_eq!(vpas.killed_after(gone, container), None);
        assert_eq!(vpas.killed_after(other, container), Some(Span::from_secs(60)));
    }
}
