//! HorizontalPodAutoscalers over a run: what each sees of its workload, and what it remembers.

use std::collections::BTreeMap;

use super::metrics::Metrics;
use super::watched_pods::WatchedPods;
use crate::autoscalers::hpa::observation::{
    self, ContainerSample, Observation, PodSample, Ready, SeenPod, Selection,
};
use crate::autoscalers::hpa::{ConditionType, Controller, Hpa};
use crate::model::Model;
use crate::model::hpa::HpaId;
use crate::model::pod::PodId;
use crate::model::workload::WorkloadId;
use crate::names::NameId;
use crate::rng::Root;
use crate::time::SimTime;
use crate::usage::{Path, When, Whose};
use crate::world::World;
use crate::world::pods::Phase;

/// Every autoscaler of a run, between its reconciles.
#[derive(Clone, Debug)]
pub struct Hpas {
    root: Root,
    each: BTreeMap<HpaId, Hpa>,
    of: BTreeMap<WorkloadId, Vec<HpaId>>,
    /// Whether each has metrics to go by, once that is known.
    active: BTreeMap<HpaId, bool>,
}

/// What a reconcile comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reconciled {
    /// What the scale is to become, and why, in the controller's words.
    pub rescale: Option<(u32, NameId)>,
    /// Whether there are metrics to go by, and the reason of that condition, if that has changed.
    pub activity: Option<(bool, &'static str)>,
}

impl Hpas {
    /// Autoscalers that have not looked at anything yet.
    #[must_use]
    pub fn new(model: &Model, root: Root) -> Hpas {
        let mut of: BTreeMap<WorkloadId, Vec<HpaId>> = BTreeMap::new();
        model.hpas.iter().for_each(|(id, hpa)| of.entry(hpa.workload).or_default().push(id));
        let each = model.hpas.ids().map(|id| (id, Hpa::default())).collect();
        Hpas { root, each, of, active: BTreeMap::new() }
    }

    /// Those that scale a workload.
    #[must_use]
    pub fn of(&self, workload: WorkloadId) -> &[HpaId] {
        self.of.get(&workload).map_or(&[], |of| of)
    }

    /// One of them looks at its workload. What it decides is done at once.
    pub fn reconcile(
        &mut self,
        id: HpaId,
        world: &World,
        (pods, metrics): (&WatchedPods, Option<&Metrics>),
        controller: &Controller,
    ) -> Reconciled {
        let object = &world.model().hpas[id];
        let pods: Vec<(PodId, SeenPod<'_>)> =
            pods.of(object.workload).map(|pod| (pod, seen(world, pods, pod))).collect();
        let samples = pods.iter().map(|(pod, _)| metrics.and_then(|it| sample(world, it, *pod)));
        let view = View { root: self.root, world, pods: &pods, samples: samples.collect() };
        let all: Vec<SeenPod<'_>> = pods.iter().map(|(_, seen)| *seen).collect();
        let stays = all.iter().filter(|pod| !pod.terminating).count();
        let (spec, now_ms) = (&object.spec, ms(world.now()));
        let Some(current) = world.replicas(object.workload) else { return Reconciled::default() };
        let observation = Observation {
            now_ms,
            scale: Some((current, u32::try_from(stays).unwrap_or(u32::MAX))),
            selection: if object.ambiguous { Selection::Ambiguous } else { Selection::Sound },
            pods: &all,
            metrics: &view,
        };
        let hpa = self.each.entry(id).or_default();
        let decision = hpa.reconcile(spec, controller, &observation);
        let rescale = decision.rescale.map(|(replicas, reason)| {
            hpa.rescaled(spec, controller, (current, replicas), now_ms);
            (replicas, object.reasons[reason.place()])
        });
        let scaling = hpa.status().condition(ConditionType::ScalingActive);
        let before = scaling.and_then(|now| self.active.insert(id, now.holds));
        let changed = scaling.filter(|now| before != Some(now.holds));
        Reconciled { rescale, activity: changed.map(|now| (now.holds, now.reason.name())) }
    }
}

/// A pod, as the controller sees it.
fn seen<'w>(world: &'w World, watched: &WatchedPods, pod: PodId) -> SeenPod<'w> {
    let pods = world.pods();
    let phase = match pods.phase(pod) {
        Phase::Pending => observation::Phase::Pending,
        _ if pods.runs_containers(pod) => observation::Phase::Running,
        _ => observation::Phase::Pending,
    };
    let started_ms = pods.started_ms(pod);
    let status = |ready| if ready { Ready::True } else { Ready::False };
    let changed = watched.ready(pod).map(|(ready, since)| (status(ready), ms(since)));
    SeenPod {
        containers: &world.spec_of(pod).containers,
        phase,
        terminating: matches!(pods.phase(pod), Phase::Terminating { .. }),
        started_ms,
        ready: changed.or(started_ms.map(|started| (Ready::False, started))),
    }
}

/// `PodMetrics` of a pod, before it is lent.
struct Sample {
    at_ms: i64,
    window_ms: i64,
    containers: Vec<ContainerSample>,
}

fn sample(world: &World, metrics: &Metrics, pod: PodId) -> Option<Sample> {
    let usage = metrics.usage(pod)?;
    let (at_ms, window) = usage.window?;
    let list = &world.spec_of(pod).containers.list;
    let containers = usage.containers.iter().filter_map(|(place, used)| {
        // As quantities in thousandths, which are rounded up.
        let cpu = i64::try_from(used.cpu.div_ceil(1_000_000)).ok();
        let memory = i64::try_from(used.memory).ok().map(|bytes| bytes.saturating_mul(1_000));
        Some(ContainerSample { name: list.get(*place as usize)?.name, cpu, memory })
    });
    let window_ms = i64::try_from(window / 1_000_000).unwrap_or(i64::MAX);
    Some(Sample { at_ms, window_ms, containers: containers.collect() })
}

/// Where an autoscaler gets its metrics from: metrics-server, and an adapter that serves the figures of
/// the scenario.
struct View<'v> {
    root: Root,
    world: &'v World,
    pods: &'v [(PodId, SeenPod<'v>)],
    samples: Vec<Option<Sample>>,
}

impl View<'_> {
    fn figure(&self, name: NameId) -> Option<i64> {
        let figure = self.world.model().metrics.figures.get(&name)?;
        let whose = Whose { root: self.root, workload: figure.key, replica: 0, container: 0 };
        let when = When { at: self.world.now(), started: SimTime::ZERO, whose };
        i64::try_from(figure.curve.at(&when).0).ok()
    }
}

impl observation::Metrics for View<'_> {
    fn sample(&self, pod: usize) -> Option<PodSample<'_>> {
        let Sample { at_ms, window_ms, containers } = self.samples.get(pod)?.as_ref()?;
        Some(PodSample { at_ms: *at_ms, window_ms: *window_ms, containers })
    }

    /// The figure is that of all pods together, which those that are ready have in equal parts.
    fn of_pods(&self, metric: NameId) -> Vec<(usize, i64)> {
        let is_ready = |pod: &SeenPod<'_>| pod.ready.is_some_and(|(ready, _)| ready == Ready::True);
        let ready = self.pods.iter().enumerate().filter(|(_, (_, pod))| is_ready(pod));
        let ready: Vec<usize> = ready.map(|(place, _)| place).collect();
        let share = self.figure(metric).zip(i64::try_from(ready.len()).ok());
        let share = share.and_then(|(whole, pods)| whole.checked_div(pods));
        share.map_or_else(Vec::new, |share| ready.into_iter().map(|pod| (pod, share)).collect())
    }

    fn of_object(&self, metric: NameId) -> Option<i64> {
        self.figure(metric)
    }

    fn external(&self, metric: NameId) -> Vec<i64> {
        self.figure(metric).into_iter().collect()
    }
}

fn ms(at: SimTime) -> i64 {
    i64::try_from(at.as_ms()).unwrap_or(i64::MAX)
}
