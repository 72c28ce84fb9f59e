//! What metrics-server knows of containers: the last two points of each, and their difference.

use std::collections::{BTreeMap, BTreeSet};

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
    /// By pod and container.
    rows: Vec<Row<P, C>>,
    /// Those of the scrape before.
    spare: Vec<Row<P, C>>,
}

/// What is known of a container.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Row<P, C> {
    pod: P,
    container: C,
    last: Point,
    before: Option<Before>,
}

impl<P: Ord + Clone, C: Ord + Clone> MetricsServer<P, C> {
    /// One that scrapes this often.
    #[must_use]
    pub fn new(resolution: Span) -> Self {
        let resolution = i64::try_from(resolution.as_ms()).unwrap_or(i64::MAX);
        MetricsServer { resolution, rows: Vec::new(), spare: Vec::new() }
    }

    /// Stores a scrape. Pods and containers that are not in it are forgotten; so is, before that, a pod
    /// of which a container has used neither CPU nor memory yet.
    // metrics-server: pkg/storage/pod.go Store; pkg/scraper/client/resource/decode.go
    pub fn store(&mut self, scrape: impl IntoIterator<Item = (P, C, Point)>) {
        let mut rows = std::mem::replace(&mut self.spare, std::mem::take(&mut self.rows));
        rows.clear();
        rows.extend(scrape.into_iter().map(|(pod, container, last)| Row {
            pod,
            container,
            last,
            before: None,
        }));
        if !rows.is_sorted_by(|one, other| one.key() < other.key()) {
            rows.sort_by(|one, other| one.key().cmp(&other.key()));
            rows.dedup_by(|later, first| later.key() == first.key());
        }
        keep_pods(&mut rows, |row| row.last.cpu > 0 && row.last.memory > 0);
        let mut next = 0;
        for row in &mut rows {
            while self.spare.get(next).is_some_and(|known| known.key() < row.key()) {
                next += 1;
            }
            row.before = self.before(&row.last, next, row.key());
        }
        self.rows = rows;
    }

    /// What a new point is to be compared with, if the container was known at this place.
    fn before(&self, point: &Point, place: usize, key: (&P, &C)) -> Option<Before> {
        let age = point.at - point.started;
        if age >= FRESH && age < self.resolution {
            return Some(Before::Point(Point { at: point.started, cpu: 0, ..*point }));
        }
        let known = self.spare.get(place).filter(|known| known.key() == key)?;
        if point.started >= known.last.at {
            return None;
        }
        if point.at > known.last.at {
            return Some(Before::Point(known.last));
        }
        let of_pod = || self.spare.iter().filter(|row| row.pod == known.pod);
        match known.before {
            Some(Before::Point(before)) if before.at >= point.at => None,
            None if of_pod().all(|row| row.before.is_none()) => None,
            before => Some(before.unwrap_or(Before::Never)),
        }
    }

    /// What a pod uses, if each of its containers has two points to compare.
    #[must_use]
    pub fn usage(&self, pod: &P) -> Option<PodUsage<C>> {
        let mut usage = PodUsage { window: None, containers: BTreeMap::new() };
        usage.window = self.each(pod, |container, used| {
            usage.containers.insert(container.clone(), used);
        })?;
        Some(usage)
    }

    /// Gives what each container of a pod uses to `found`; when the oldest of them was measured, and over how
    /// many nanoseconds. None if nothing is known of the pod.
    pub fn each(&self, pod: &P, found: impl FnMut(&C, Usage)) -> Option<Option<(i64, u64)>> {
        let first = self.rows.partition_point(|row| row.pod < *pod);
        let of_pod = self.rows[first..].partition_point(|row| row.pod == *pod);
        serve(&self.rows[first..first + of_pod], found)
    }

    /// The same of every pod that has a container with a value, in order.
    pub fn each_pod(&self, mut found: impl FnMut(&P, i64, &[(C, Usage)])) {
        let mut containers = Vec::new();
        for rows in self.rows.chunk_by(|one, next| one.pod == next.pod) {
            containers.clear();
            let window = serve(rows, |container, used| containers.push((container.clone(), used)));
            if let Some((at, _)) = window.flatten() {
                found(&rows[0].pod, at, &containers);
            }
        }
    }
}

/// Gives what the containers of one pod use to `found`, of the rows of that pod.
// metrics-server: pkg/storage/pod.go GetMetrics, types.go resourceUsage
fn serve<P, C>(
    of_pod: &[Row<P, C>],
    mut found: impl FnMut(&C, Usage),
) -> Option<Option<(i64, u64)>> {
    if of_pod.is_empty() || of_pod.iter().any(|row| row.before.is_none()) {
        return None;
    }
    let mut oldest: Option<(i64, u64)> = None;
    for Row { container, last, before, .. } in of_pod {
        let Some((cpu, window)) = compared(last, before.as_ref()?) else { continue };
        found(container, Usage { cpu, memory: last.memory });
        if oldest.is_none_or(|(at, _)| at > last.at) {
            oldest = Some((last.at, window));
        }
    }
    Some(oldest)
}

impl<P, C> Row<P, C> {
    fn key(&self) -> (&P, &C) {
        (&self.pod, &self.container)
    }
}

/// Keeps the rows of pods of which each one passes.
fn keep_pods<P: Ord + Clone, C>(rows: &mut Vec<Row<P, C>>, passes: impl Fn(&Row<P, C>) -> bool) {
    if rows.iter().all(&passes) {
        return;
    }
    let failed: BTreeSet<P> =
        rows.iter().filter(|row| !passes(row)).map(|row| row.pod.clone()).collect();
    rows.retain(|row| !failed.contains(&row.pod));
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
