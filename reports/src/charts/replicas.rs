//! Replicas over time: how many a HorizontalPodAutoscaler wants, and how many are ready, in one run.

use std::collections::BTreeMap;

use sim::fact::Fact;
use sim::model::hpa::Hpa;
use sim::model::workload::WorkloadId;
use sim::{Legend, SimTime};

use super::{Story, stepwise, x};
use crate::chart::{Axis, Chart, Color, Data, Ink, Mark, Side, Stroke};
use crate::format::{thousands, time};

/// A workload that is scaled: from when on how many replicas are wanted, and ready.
struct Scaled<'a> {
    hpa: &'a Hpa,
    wanted: Vec<(SimTime, u32)>,
    ready: Vec<(SimTime, u32)>,
    rescales: u64,
}

/// The chart, of the workload with the most replica-time missing; none where nothing is scaled.
pub(super) fn chart(story: &Story<'_>) -> Option<Chart> {
    let legend = story.recording.legend;
    let (from, to) = (legend.from, legend.to);
    let all = scaled(story, legend);
    let (workload, own) =
        all.iter().max_by_key(|(id, it)| (it.missing_ms(from, to), std::cmp::Reverse(**id)))?;
    let name = super::workload_name(legend, *workload);
    let (wanted, ready) = (corners(&own.wanted, from, to), corners(&own.ready, from, to));
    let values = |of: &[(f64, f64)]| -> (f64, f64) {
        let ends = of.iter().map(|(_, y)| *y);
        (ends.clone().fold(f64::MAX, f64::min), ends.fold(0.0, f64::max))
    };
    let ((least, most), (_, most_ready)) = (values(&wanted), values(&ready));
    let max = f64::from(own.hpa.spec.max_replicas);
    let min = f64::from(own.hpa.spec.min_replicas);
    let bound = |y: f64| Mark::Line {
        points: vec![(x(from), y), (x(to), y)],
        ink: Ink::tint(Color::Grey, 0.8),
        stroke: Stroke::Dashed,
    };
    let marks = vec![
        Mark::Area {
            points: ready.iter().map(|(x, y)| (*x, 0.0, *y)).collect(),
            ink: Ink::tint(Color::Green, 0.3),
        },
        bound(min),
        bound(max),
        Mark::line(ready.clone(), Color::Green, Stroke::Plain),
        Mark::line(wanted.clone(), Color::Black, Stroke::Thin),
    ];
    let last = |of: &[(f64, f64)]| of.last().map_or(0.0, |(_, y)| *y);
    let side = |y: f64, name: &str, color| Side::new(y, name, thousands(y), color);
    let sides = vec![
        side(last(&wanted), "wanted", Color::Black),
        side(last(&ready), "ready", Color::Green),
        side(max, "maxReplicas", Color::Grey),
        side(min, "minReplicas", Color::Grey),
    ];
    let missing = own.missing_ms(from, to) as f64 / 1_000.0;
    let short = if missing > 0.0 {
        format!("{} of replica time missing", time(missing))
    } else {
        "always as many ready".to_owned()
    };
    let others = match all.len() - 1 {
        0 => String::new(),
        more => format!("; {more} more scaled workloads are not shown"),
    };
    Some(Chart {
        name: "replicas",
        title: if least < most {
            format!("{name}: {least:.0} to {most:.0} replicas wanted, {short}")
        } else {
            format!("{name}: {most:.0} replicas wanted all the time, {short}")
        },
        subtitle: format!(
            "{}. The HorizontalPodAutoscaler changes the scale {} times; dashed, its bounds{others}",
            story.shown(),
            own.rescales
        ),
        source: story.source(),
        key: Vec::new(),
        x: Axis::time(x(from), x(to)),
        y: Axis::from_zero("replicas", most.max(most_ready).max(max), true, |at, _| thousands(at)),
        marks,
        sides,
        data: own.data(from, to),
    })
}

impl Scaled<'_> {
    /// The ends of the window, and every instant in it at which something changes.
    fn times(&self, from: SimTime, to: SimTime) -> Vec<SimTime> {
        let mut times: Vec<SimTime> =
            self.wanted.iter().chain(&self.ready).map(|(at, _)| (*at).max(from)).collect();
        times.extend([from, to]);
        times.retain(|at| *at <= to);
        times.sort_unstable();
        times
    }

    /// How many are wanted and ready, from each change on.
    fn data(&self, from: SimTime, to: SimTime) -> Data {
        let mut times = self.times(from, to);
        times.dedup();
        let values = |of: &[(SimTime, u32)]| -> Vec<f64> {
            times.iter().map(|instant| f64::from(at(of, *instant))).collect()
        };
        let (wanted, ready) = (values(&self.wanted), values(&self.ready));
        let columns: [(&str, &[f64]); 2] = [("wanted", &wanted), ("ready", &ready)];
        stepwise(times.iter().copied(), "replicas", &columns, thousands)
    }

    /// Replica-milliseconds of the window that were wanted and not ready.
    fn missing_ms(&self, from: SimTime, to: SimTime) -> u128 {
        let times = self.times(from, to);
        let pairs = times.windows(2);
        pairs
            .map(|ends| {
                let (wanted, ready) = (at(&self.wanted, ends[0]), at(&self.ready, ends[0]));
                let missing = wanted.saturating_sub(ready);
                u128::from(missing) * u128::from(ends[1].since(ends[0]).as_ms())
            })
            .sum()
    }
}

/// What a line of steps is at an instant.
fn at(of: &[(SimTime, u32)], at: SimTime) -> u32 {
    let next = of.partition_point(|(since, _)| *since <= at);
    next.checked_sub(1).map_or(0, |last| of[last].1)
}

/// The corners of a line of steps through the window.
fn corners(steps: &[(SimTime, u32)], from: SimTime, to: SimTime) -> Vec<(f64, f64)> {
    let before = steps.iter().take_while(|(at, _)| *at <= from).last();
    let mut now = before.map_or(0.0, |(_, value)| f64::from(*value));
    let mut points = vec![(x(from), now)];
    for (at, value) in steps.iter().filter(|(at, _)| *at > from && *at < to) {
        points.push((x(*at), now));
        now = f64::from(*value);
        points.push((x(*at), now));
    }
    points.push((x(to), now));
    points
}

/// Every workload under an autoscaler, as the run went.
fn scaled<'a>(story: &Story<'a>, legend: &'a Legend) -> BTreeMap<WorkloadId, Scaled<'a>> {
    let mut all: BTreeMap<WorkloadId, Scaled<'a>> = BTreeMap::new();
    for hpa in legend.model.hpas.rows() {
        let (wanted, ready) = (Vec::new(), Vec::new());
        all.insert(hpa.workload, Scaled { hpa, wanted, ready, rescales: 0 });
    }
    let step = |of: &mut Vec<(SimTime, u32)>, at: SimTime, value: u32| match of.last_mut() {
        Some(last) if last.0 == at => last.1 = value,
        _ => of.push((at, value)),
    };
    let ready = |of: &Scaled<'_>| of.ready.last().map_or(0, |(_, ready)| *ready);
    for (at, fact) in story.recording.facts {
        match *fact {
            Fact::WorkloadCreated { workload } => {
                let wanted = legend.model.workloads[workload].controller.desired_replicas();
                if let Some(it) = all.get_mut(&workload) {
                    step(&mut it.wanted, *at, wanted.unwrap_or(0));
                }
            }
            Fact::WorkloadScaled { workload, replicas, .. } => {
                if let Some(it) = all.get_mut(&workload) {
                    step(&mut it.wanted, *at, replicas);
                }
            }
            Fact::HpaRescaled { workload, .. } => {
                if let Some(it) = all.get_mut(&workload) {
                    it.rescales += u64::from(*at >= legend.from && *at < legend.to);
                }
            }
            Fact::PodReady { workload, .. } => {
                if let Some(it) = all.get_mut(&workload) {
                    let now = ready(it) + 1;
                    step(&mut it.ready, *at, now);
                }
            }
            Fact::PodUnready { workload, .. }
            | Fact::PodTerminating { workload, was_ready: true, .. }
            | Fact::PodEnded { workload, was_ready: true, .. } => {
                if let Some(it) = all.get_mut(&workload) {
                    let now = ready(it).saturating_sub(1);
                    step(&mut it.ready, *at, now);
                }
            }
            _ => {}
        }
    }
    all
}
