//! Metrics: how much CPU containers have used since they were started, and what metrics-server makes of
//! it.
//!
//! Only the pods are counted whose metrics an autoscaler reads. What a scenario leaves out is so little
//! that no autoscaler sees it, and not nothing: metrics-server drops a pod of which a container has used
//! none of either.

use std::collections::{BTreeMap, BTreeSet};

use crate::kubelet::metrics_server::{MetricsServer, PodUsage, Point, Usage};
use crate::model::Model;
use crate::model::containers::ContainerKind;
use crate::model::pod::PodId;
use crate::model::usage::Used;
use crate::model::workload::WorkloadId;
use crate::time::{SimTime, Span};
use crate::world::World;

/// A milli-core for a millisecond, in nanoseconds of one core.
const NANOSECONDS: u64 = 1_000;

/// What is known of the pods whose metrics are read.
#[derive(Clone, Debug)]
pub struct Metrics {
    resolution: Span,
    server: MetricsServer<PodId, u32>,
    read: BTreeSet<WorkloadId>,
    pods: BTreeMap<PodId, Vec<Option<Counter>>>,
}

/// The CPU that a container has used.
#[derive(Clone, Copy, Debug)]
struct Counter {
    started: SimTime,
    /// In nanoseconds of one core, until `since`.
    cpu: u64,
    since: SimTime,
    /// What it uses from then on.
    used: Used,
}

impl Counter {
    fn new(now: SimTime) -> Counter {
        Counter { started: now, cpu: 0, since: now, used: Used::default() }
    }

    fn until(&self, now: SimTime) -> u64 {
        let lasted = now.since(self.since).as_ms();
        self.cpu.saturating_add(self.used.cpu.saturating_mul(lasted).saturating_mul(NANOSECONDS))
    }

    fn point(&self, now: SimTime) -> Point {
        let ms = |at: SimTime| i64::try_from(at.as_ms()).unwrap_or(i64::MAX);
        Point {
            started: ms(self.started),
            at: ms(now),
            cpu: self.until(now).max(1),
            memory: self.used.memory.max(1),
        }
    }
}

impl Metrics {
    /// The metrics of a run; none where no metrics-server runs or no autoscaler reads what it serves.
    #[must_use]
    pub fn new(model: &Model) -> Option<Metrics> {
        let resolution = model.metrics.server?;
        let modelled = |it: &WorkloadId| model.usage.contains_key(it);
        let read: BTreeSet<_> = model.autoscaled().filter(modelled).collect();
        let server = MetricsServer::new(resolution);
        (!read.is_empty()).then(|| Metrics { resolution, server, read, pods: BTreeMap::new() })
    }

    /// When kubelets are scraped next, of the times at which metrics-server does. If what it serves is only
    /// read at multiples of a span, the last two scrapes before each are all that matters.
    #[must_use]
    pub fn next_scrape(&self, now: SimTime, read_every: Option<Span>) -> SimTime {
        let next = now + self.resolution;
        let Some(every) = read_every else { return next };
        let resolution = self.resolution.as_ms();
        let read_at = next.as_ms().next_multiple_of(every.as_ms());
        let last = read_at / resolution * resolution;
        next.max(SimTime::from_ms(last.saturating_sub(resolution)))
    }

    /// What the containers of a pod use has changed, or is known for the first time.
    pub fn used(&mut self, world: &World, pod: PodId) {
        if !self.read.contains(&world.pods().workload(pod)) {
            return;
        }
        let now = world.now();
        let counters = self.pods.entry(pod).or_insert_with(|| {
            let list = &world.spec_of(pod).containers.list;
            let runs = |kind| (kind != ContainerKind::Init).then(|| Counter::new(now));
            list.iter().map(|container| runs(container.kind)).collect()
        });
        for (place, counter) in counters.iter_mut().enumerate() {
            let Some((counter, used)) = counter.as_mut().zip(world.usage_of(pod, place)) else {
                continue;
            };
            *counter = Counter { cpu: counter.until(now), since: now, used, ..*counter };
        }
    }

    /// A container of a pod is started again (`runs`), or has stopped.
    pub fn container_runs(&mut self, pod: PodId, container: usize, runs: bool, now: SimTime) {
        let counters = self.pods.get_mut(&pod);
        if let Some(counter) = counters.and_then(|it| it.get_mut(container)) {
            *counter = runs.then(|| Counter::new(now));
        }
    }

    /// How long a container of a pod has run.
    #[must_use]
    pub fn runs_for(&self, pod: PodId, container: usize, now: SimTime) -> Option<Span> {
        let counter = self.pods.get(&pod)?.get(container)?.as_ref()?;
        Some(now.since(counter.started))
    }

    /// A pod is no more, or its node is lost.
    pub fn gone(&mut self, pod: PodId) {
        self.pods.remove(&pod);
    }

    /// metrics-server scrapes all kubelets.
    pub fn scrape(&mut self, now: SimTime) {
        let Metrics { server, pods, .. } = self;
        server.store(pods.iter().flat_map(|(pod, counters)| {
            counters.iter().zip(0_u32..).filter_map(move |(counter, place)| {
                counter.map(|counter| (*pod, place, counter.point(now)))
            })
        }));
    }

    /// Gives what metrics-server serves of every pod to `found`, in order: when it was measured, and its
    /// containers by their places.
    pub fn each_pod(&self, mut found: impl FnMut(PodId, i64, &[(u32, Usage)])) {
        self.server.each_pod(|pod, at_ms, containers| found(*pod, at_ms, containers));
    }

    /// What metrics-server serves of a pod: its containers by their places.
    #[must_use]
    pub fn usage(&self, pod: PodId) -> Option<PodUsage<u32>> {
        self.server.usage(&pod)
    }
}
