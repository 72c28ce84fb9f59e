//! How full nodes are, and what each consolidation does to that, in one run.

use sim::SimTime;
use sim::fact::Sink;

use super::types::follows_demand;
use super::{Story, edges, many, over_time, x};
use crate::chart::{Axis, Chart, Color, Ink, Key, Mark, Shape, Side, Stroke, stairs};
use crate::folds::capacity::{Capacity, Sums};
use crate::folds::roster::Alone;
use crate::folds::scaling::{Consolidation, Cpu, Scaling};
use crate::folds::series::Series;
use crate::format::thousands;

/// CPU and memory of registered nodes in a step: unit-milliseconds that are requested, and all.
type Shares = [[f64; 2]; 2];

pub(super) fn chart(story: &Story<'_>) -> Option<Chart> {
    if !follows_demand(story.recording.legend) {
        return None;
    }
    let (edges, steps) = (edges(story.subject), story.subject.steps.len());
    let shares = shares(story);
    let percent =
        |[requested, all]: [f64; 2]| if all > 0.0 { 100.0 * requested / all } else { 0.0 };
    let lane = |lane: usize| shares.iter().map(|step| percent(step[lane])).collect::<Vec<f64>>();
    let (cpu, memory) = (lane(0), lane(1));
    let whole = |lane: usize| {
        percent(
            shares
                .iter()
                .fold([0.0; 2], |sum, step| [sum[0] + step[lane][0], sum[1] + step[lane][1]]),
        )
    };
    let line = |values: &[f64], color, stroke| Mark::Line {
        points: stairs(&edges, values),
        ink: Ink::full(color),
        stroke,
    };
    let done = consolidations(story);
    let mut marks =
        vec![line(&memory, Color::Grey, Stroke::Thin), line(&cpu, Color::Purple, Stroke::Plain)];
    for it in &done {
        let points = vec![(x(it.decided), share(it.before)), (x(it.done), share(it.after))];
        let at = points[1];
        let ink = Ink::full(Color::Green);
        marks.push(Mark::Line { points, ink, stroke: Stroke::Thin });
        marks.push(Mark::Dot { at, shape: Shape::Diamond, color: Color::Green, size: 0.9 });
    }
    let side = |values: &[f64], name: &str, lane: usize, color| Side {
        y: values.last().copied().unwrap_or(0.0),
        name: name.to_owned(),
        value: format!("{:.0} %", whole(lane)),
        color,
    };
    let key = Key {
        shape: Shape::Diamond,
        color: Color::Green,
        text: format!("a consolidation is done: {}", done.len()),
    };
    let ends = done.iter().flat_map(|it| [share(it.before), share(it.after)]);
    let most = cpu.iter().chain(&memory).copied().chain(ends).fold(0.0, f64::max);
    let columns: [(&str, &[f64]); 2] = [("CPU requested", &cpu), ("memory requested", &memory)];
    Some(Chart {
        name: "packing",
        title: title(&done, whole(0)),
        subtitle: format!(
            "{}: what pods request of registered nodes. Green: CPU from when a consolidation is decided to \
             when its last node is gone",
            story.shown()
        ),
        source: story.source(),
        key: (!done.is_empty()).then_some(key).into_iter().collect(),
        x: Axis::time(edges[0], edges[steps]),
        y: Axis::from_zero("% of allocatable", most.max(95.0), false, |at, _| thousands(at)),
        marks,
        sides: vec![side(&cpu, "CPU", 0, Color::Purple), side(&memory, "memory", 1, Color::Grey)],
        data: over_time(story.subject, "%", &columns, |value| format!("{value:.1}")),
    })
}

fn share(cpu: Cpu) -> f64 {
    if cpu.allocatable == 0 { 0.0 } else { 100.0 * cpu.requested as f64 / cpu.allocatable as f64 }
}

fn title(done: &[Consolidation], cpu: f64) -> String {
    let sum = |of: fn(&Consolidation) -> Cpu| {
        let all = done.iter().map(of);
        share(all.fold(Cpu::default(), |sum, it| Cpu {
            requested: sum.requested + it.requested,
            allocatable: sum.allocatable + it.allocatable,
        }))
    };
    match done.len() {
        0 => format!("No node is consolidated; pods request {cpu:.0} % of CPU"),
        count => format!(
            "{}: pods request {:.0} % of CPU when they are decided, and {:.0} % once they are done",
            many(count as u64, "consolidation"),
            sum(|it| it.before),
            sum(|it| it.after)
        ),
    }
}

/// Every consolidation of the shown run.
fn consolidations(story: &Story<'_>) -> Vec<Consolidation> {
    let mut fold = Alone::new(story.recording.legend, Scaling::new(story.recording.legend));
    story.recording.facts.iter().for_each(|(at, fact)| fold.fact(*at, fact));
    fold.fold.finish().map_or_else(Vec::new, |it| it.consolidations)
}

/// What is requested in each step, and of how much.
fn shares(story: &Story<'_>) -> Vec<Shares> {
    let (legend, series) = (story.recording.legend, story.subject);
    let mut steps = vec![Shares::default(); series.steps.len()];
    let mut fold = Alone::new(legend, Capacity::new(legend));
    let mut since = SimTime::ZERO;
    for (at, fact) in story.recording.facts {
        add(series, (since, *at), fold.fold.now(), &mut steps);
        since = *at;
        fold.fact(*at, fact);
    }
    add(series, (since, legend.to), fold.fold.now(), &mut steps);
    steps
}

/// Adds what holds for some time to the steps of a series.
fn add(series: &Series, (from, to): (SimTime, SimTime), sums: &Sums<u64>, steps: &mut [Shares]) {
    let (from, to) = (from.max(series.from), to.min(series.to));
    if from >= to {
        return;
    }
    for (step, sum) in steps.iter_mut().enumerate().skip(series.index(from)) {
        let (begin, end) = (from.max(series.edge(step)), to.min(series.edge(step + 1)));
        if begin >= end {
            return;
        }
        let ms = end.since(begin).as_ms() as f64;
        let lanes = sums.requested.iter().zip(&sums.allocatable);
        for (shares, (requested, allocatable)) in sum.iter_mut().zip(lanes) {
            shares[0] += *requested as f64 * ms;
            shares[1] += *allocatable as f64 * ms;
        }
    }
}
