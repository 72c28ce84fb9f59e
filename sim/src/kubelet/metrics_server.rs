//! What metrics-server knows of containers: the last two points of each, and their difference.

use std::collections::BTreeMap;

use crate::time::Span;

/// A container that is younger has no value that is worth anything.
// metrics-server: pkg/storage/pod.go freshContainerMinMetricsResolution
const FRESH: i64 = 10_000;

/// One scrape of one container. Times are in milliseconds after `T+0`, or before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Point {
    /// When the container started.
    pub started: i64,
    /// When the point was measured.
    pub at: i64,
    /// The CPU that it has used since its start, in nanoseconds of one core.
    pub cpu: u64,
    /// Its working set in bytes.
    pub memory: u64,
}

/// What a container uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Usage {
    /// CPU in nanocores: the mean over the window.
    pub cpu: u64,
    /// The working set in bytes: the last one.
    pub memory: u64,
}

/// What the containers of a pod use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PodUsage<C> {
    /// When the oldest of them was measured, in milliseconds after `T+0`, and over how many nanoseconds;
    /// none if no container is listed.
    pub window: Option<(i64, u64)>,
    /// Those of which something is known.
    pub containers: BTreeMap<C, Usage>,
}

/// What is compared with the last point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Before {
    Point(Point),
    /// Upstream's zero value, which lies in the year 1.
    Never,
}

/// The memory of metrics-server, for pods and their containers by name or number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetricsServer<P, C> {
    /// How often it scrapes, in milliseconds.
    resolution: i64,
    last: BTreeMap<P, BTreeMap<C, Point>>,
    before: BTreeMap<P, BTreeMap<C, Before>>,
}

impl<P: Ord + Clone, C: Ord + Clone> MetricsServer<P, C> {
    /// One that scrapes this often.
    #[must_use]
    pub fn new(resolution: Span) -> Self {
        let resolution = i64::try_from(resolution.as_ms()).unwrap_or(i64::MAX);
        MetricsServer { resolution, last: BTreeMap::new(), before: BTreeMap::new() }
    }

    /// Stores a scrape. Pods and containers that are not in it are forgotten; so is, before that, a pod
    /// of which a container has used neither CPU nor memory yet.
    // metrics-server: pkg/storage/pod.go Store; pkg/scraper/client/resource/decode.go
    pub fn store(&mut self, scrape: impl IntoIterator<Item = (P, C, Point)>) {
        let mut last: BTreeMap<P, BTreeMap<C, Point>> = BTreeMap::new();
        for (pod, container, point) in scrape {
            last.entry(pod).or_default().entry(container).or_insert(point);
        }
        last.retain(|_, points| points.values().all(|point| point.cpu > 0 && point.memory > 0));
        let mut before: BTreeMap<P, BTreeMap<C, Before>> = BTreeMap::new();
        for (pod, points) in &last {
            for (container, point) in points {
                if let Some(found) = self.before(pod, container, point) {
                    before.entry(pod.clone()).or_default().insert(container.clone(), found);
                }
            }
        }
        (self.last, self.before) = (last, before);
    }

    /// What a new point is to be compared with.
    fn before(&self, pod: &P, container: &C, point: &Point) -> Option<Before> {
        let age = point.at - point.started;
        if age >= FRESH && age < self.resolution {
            return Some(Before::Point(Point { at: point.started, cpu: 0, ..*point }));
        }
        let last = self.last.get(pod)?.get(container)?;
        if point.started >= last.at {
            return None;
        }
        if point.at > last.at {
            return Some(Before::Point(*last));
        }
        match self.before.get(pod)?.get(container).copied().unwrap_or(Before::Never) {
            Before::Point(before) if before.at >= point.at => None,
            before => Some(before),
        }
    }

    /// What a pod uses, if each of its containers has two points to compare.
    // metrics-server: pkg/storage/pod.go GetMetrics, types.go resourceUsage
    #[must_use]
    pub fn usage(&self, pod: &P) -> Option<PodUsage<C>> {
        let (last, before) = (self.last.get(pod)?, self.before.get(pod)?);
        let mut usage = PodUsage { window: None, containers: BTreeMap::new() };
        for (container, point) in last {
            let Some((cpu, window)) = compared(point, before.get(container)?) else { continue };
            usage.containers.insert(container.clone(), Usage { cpu, memory: point.memory });
            if usage.window.is_none_or(|(at, _)| at > point.at) {
                usage.window = Some((point.at, window));
            }
        }
        Some(usage)
    }
}

/// CPU in nanocores, and the window in nanoseconds; none if a counter or a start went backwards.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "upstream's own arithmetic, which cuts off"
)]
fn compared(point: &Point, before: &Before) -> Option<(u64, u64)> {
    let (used, window) = match before {
        Before::Point(before) => {
            if point.started < before.started {
                return None;
            }
            let ms = u64::try_from(point.at - before.at).ok()?;
            (point.cpu.checked_sub(before.cpu)?, ms.saturating_mul(1_000_000))
        }
        // As long as a duration can be upstream: 292 years.
        Before::Never => (point.cpu, i64::MAX.unsigned_abs()),
    };
    let seconds = (window / 1_000_000_000) as f64 + (window % 1_000_000_000) as f64 / 1e9;
    Some(((used as f64 / seconds) as u64, window))
}
