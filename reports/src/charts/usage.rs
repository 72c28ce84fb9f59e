//! Memory that the pods of one workload use against what each requests, over time, with every OOM kill, in
//! one run.

use std::collections::BTreeMap;

use sim::fact::Fact;
use sim::model::pod::PodId;
use sim::model::workload::WorkloadId;
use sim::{Legend, SimTime, Span};

use super::{Story, last, stepwise, x};
use crate::chart::{Axis, Chart, Color, Ink, Key, Mark, Shape, Side, Stroke, stair_area, stairs};
use crate::format::{bytes, many, thousands};

/// How many steps are drawn.
const STEPS: usize = 240;
/// This many kills are drawn at their full size.
const ROOM: f64 = 60.0;
const GIB: f64 = 1_073_741_824.0;

/// What pods of a workload use and request in a step.
#[derive(Clone, Copy, Default)]
struct Step {
    /// The most that any uses.
    most: u64,
    /// The sum of what pods use, and of what they request, with how many samples each is of.
    used: [u128; 2],
    requested: [u128; 2],
}

/// The pods of one workload, as the run goes.
struct Followed {
    workload: WorkloadId,
    from: SimTime,
    /// The length of a step.
    span: u64,
    steps: Vec<Step>,
    /// The step that is being filled.
    now: usize,
    pods: BTreeMap<PodId, Pod>,
    kills: Vec<(SimTime, u64)>,
}

#[derive(Clone, Copy, Default)]
struct Pod {
    requested: u64,
    used: u64,
    follows: bool,
}

/// The chart, of the workload whose containers are killed most often, or else of the one that uses most of
/// its request; none where nothing models the memory of a workload that requests any.
pub(super) fn chart(story: &Story<'_>) -> Option<Chart> {
    story.subject.utilisation.as_ref()?;
    let legend = story.recording.legend;
    let workload = chosen(story)?;
    let mut own = Followed::new(workload, legend);
    for (at, fact) in story.recording.facts {
        own.fact(*at, fact, legend);
    }
    own.advance(legend.to, legend.to);
    let edges: Vec<f64> = (0..=STEPS).map(|step| x(own.edge(step, legend.to))).collect();
    let mean = |[sum, count]: [u128; 2]| match count {
        0 => 0.0,
        count => sum as f64 / count as f64 / GIB,
    };
    let values = |of: fn(&Step) -> [u128; 2]| -> Vec<f64> {
        own.steps.iter().map(|step| mean(of(step))).collect()
    };
    let (used, requested) = (values(|step| step.used), values(|step| step.requested));
    let most: Vec<f64> = own.steps.iter().map(|step| step.most as f64 / GIB).collect();
    let mut marks = vec![
        Mark::Area { points: stair_area(&edges, &used, &most), ink: Ink::tint(Color::Green, 0.3) },
        Mark::line(stairs(&edges, &used), Color::Green, Stroke::Plain),
        Mark::line(stairs(&edges, &requested), Color::Purple, Stroke::Plain),
    ];
    let size = (ROOM / own.kills.len() as f64).clamp(0.35, 1.0);
    let kills = own.kills.iter().map(|(at, used)| Mark::Dot {
        at: (x(*at), *used as f64 / GIB),
        shape: Shape::Diamond,
        color: Color::Vermillion,
        size,
    });
    marks.extend(kills);
    let top = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    let killed = own.kills.iter().map(|(_, used)| *used as f64 / GIB).fold(0.0, f64::max);
    let peak = top(&most).max(killed);
    let side = |y: f64, name: &str, color| Side::new(y, name, bytes(y * GIB), color);
    let name = super::workload_name(legend, workload);
    let title = match own.kills.len() as u64 {
        0 => format!(
            "No container of {name} is out of memory; a pod uses {} at most",
            bytes(peak * GIB)
        ),
        kills => format!(
            "{name}: {} at up to {}, while a pod requests {}",
            many(kills, "OOM kill"),
            bytes(killed * GIB),
            range(&requested)
        ),
    };
    let columns: [(&str, &[f64]); 3] =
        [("used", &used), ("most used", &most), ("requested", &requested)];
    let begin = (0..STEPS).map(|step| own.edge(step, legend.to));
    let data = stepwise(begin, "of a pod", &columns, |value| bytes(value * GIB));
    let key = Key {
        shape: Shape::Diamond,
        color: Color::Vermillion,
        text: format!("a container is OOM-killed ({})", thousands(own.kills.len() as f64)),
    };
    Some(Chart {
        name: "usage",
        title,
        subtitle: format!(
            "{}. Memory of a pod, in the mean; band: up to the pod that uses most",
            story.shown()
        ),
        source: story.source(),
        key: if own.kills.is_empty() { Vec::new() } else { vec![key] },
        x: Axis::time(edges[0], edges[STEPS]),
        y: Axis::from_zero("GiB of a pod", peak.max(top(&requested)), false, super::decimal),
        marks,
        sides: vec![
            side(last(&requested), "requested", Color::Purple),
            side(last(&used), "used", Color::Green),
        ],
        data,
    })
}

/// From the least to the most, or the one that both are.
fn range(values: &[f64]) -> String {
    let there = || values.iter().copied().filter(|value| *value > 0.0);
    let (least, most) = (there().fold(f64::MAX, f64::min), there().fold(0.0, f64::max));
    let [least, most] = [least, most].map(|value| bytes(value * GIB));
    if least == most { most } else { format!("{least} to {most}") }
}

/// The workload that is shown.
fn chosen(story: &Story<'_>) -> Option<WorkloadId> {
    let legend = story.recording.legend;
    let mut kills: BTreeMap<WorkloadId, u64> = BTreeMap::new();
    let mut peaks: BTreeMap<WorkloadId, u64> = BTreeMap::new();
    for (at, fact) in story.recording.facts.iter().filter(|(at, _)| *at < legend.to) {
        match *fact {
            Fact::ContainerOomKilled { workload, .. } if *at >= legend.from => {
                *kills.entry(workload).or_default() += 1;
            }
            Fact::PodUses { workload, memory, .. } | Fact::ReplicasUse { workload, memory, .. } => {
                let peak = peaks.entry(workload).or_default();
                *peak = memory.max(*peak);
            }
            _ => {}
        }
    }
    let requested = |id: &WorkloadId| {
        let model = &legend.model;
        model.specs[model.workloads[*id].spec].requests[sim::model::resources::Lane::MEMORY]
    };
    peaks.retain(|id, _| requested(id) > 0);
    let per_mille = |(id, peak): (&WorkloadId, &u64)| {
        u128::from(*peak) * 1_000 / u128::from(requested(id).max(1))
    };
    let rank = |(id, peak): &(&WorkloadId, &u64)| {
        let kills = kills.get(*id).copied().unwrap_or(0);
        (kills, per_mille((id, peak)), std::cmp::Reverse(**id))
    };
    peaks.iter().max_by_key(rank).map(|(id, _)| *id)
}

impl Followed {
    fn new(workload: WorkloadId, legend: &Legend) -> Followed {
        Followed {
            workload,
            from: legend.from,
            span: (legend.to.since(legend.from).as_ms() / STEPS as u64).max(1),
            steps: vec![Step::default(); STEPS],
            now: 0,
            pods: BTreeMap::new(),
            kills: Vec::new(),
        }
    }

    /// When a step begins; the last one ends with the window.
    fn edge(&self, step: usize, to: SimTime) -> SimTime {
        if step >= STEPS { to } else { self.from + Span::from_ms(self.span * step as u64) }
    }

    /// Goes on to an instant: every step that ends until then has what pods use and request as it ends.
    fn advance(&mut self, at: SimTime, to: SimTime) {
        while self.now < STEPS && self.edge(self.now + 1, to) <= at {
            for pod in self.pods.values() {
                add(&mut self.steps[self.now], *pod);
            }
            self.now += 1;
        }
    }

    fn fact(&mut self, at: SimTime, fact: &Fact, legend: &Legend) {
        self.advance(at, legend.to);
        let requested = |spec, requests: sim::fact::Requested| {
            requests.with(&legend.model.specs[spec].requests)[sim::model::resources::Lane::MEMORY]
        };
        let own = self.workload;
        match *fact {
            Fact::PodScheduled { pod, workload, spec, requests, .. }
            | Fact::PodFound { pod, workload, spec, requests, .. }
            | Fact::PodResized { pod, workload, spec, requests, .. }
                if workload == own =>
            {
                self.pods.entry(pod).or_default().requested = requested(spec, requests);
            }
            Fact::PodUses { pod, workload, memory, follows, .. } if workload == own => {
                if let Some(known) = self.pods.get_mut(&pod) {
                    (known.used, known.follows) = (memory, follows);
                }
                self.peak(at, memory);
            }
            Fact::ReplicasUse { workload, memory, .. } if workload == own => {
                self.pods.values_mut().filter(|pod| pod.follows).for_each(|pod| pod.used = memory);
                self.peak(at, memory);
            }
            Fact::PodEnded { pod, workload, .. } if workload == own => {
                self.pods.remove(&pod);
            }
            Fact::ContainerOomKilled { workload, used, .. }
                if workload == own && at >= legend.from && at < legend.to =>
            {
                self.kills.push((at, used));
            }
            _ => {}
        }
    }

    /// A pod uses this within the step that goes on.
    fn peak(&mut self, at: SimTime, memory: u64) {
        if at >= self.from
            && let Some(step) = self.steps.get_mut(self.now)
        {
            step.most = step.most.max(memory);
        }
    }
}

fn add(step: &mut Step, pod: Pod) {
    step.most = step.most.max(pod.used);
    for (sum, value) in [(&mut step.used, pod.used), (&mut step.requested, pod.requested)] {
        sum[0] += u128::from(value);
        sum[1] += 1;
    }
}
