//! How full nodes are, and what each consolidation does to that, in one run.

use sim::SimTime;
use sim::fact::Sink;

use super::types::follows_demand;
use super::{Story, edges, last, many, over_time, x};
use crate::chart::{Axis, Chart, Color, Ink, Key, Mark, Shape, Side, Stroke, stair_area, stairs};
use crate::folds::capacity::{CapacityFold, Sums};
use crate::folds::roster::Alone;
use crate::folds::scaling::{Consolidation, Cpu, Scaling};
use crate::folds::series::Series;
use crate::format::{thousands, time};

/// What pods request of registered nodes in a step.
#[derive(Clone, Copy, Default)]
struct Step {
    /// CPU and memory: unit-milliseconds that are requested, and all.
    lanes: [[f64; 2]; 2],
    /// The least and the most percent of CPU at any instant.
    range: Option<(f64, f64)>,
}

pub(super) fn chart(story: &Story<'_>) -> Option<Chart> {
    if !follows_demand(story.recording.legend) {
        return None;
    }
    let (edges, count) = (edges(story.subject), story.subject.steps.len());
    let steps = steps(story);
    let lane = |lane: usize| steps.iter().map(|it| percent(it.lanes[lane])).collect::<Vec<f64>>();
    let (cpu, memory) = (lane(0), lane(1));
    let whole = |lane: usize| {
        let all = steps.iter().map(|it| it.lanes[lane]);
        percent(all.fold([0.0; 2], |sum, it| [sum[0] + it[0], sum[1] + it[1]]))
    };
    let least: Vec<f64> = steps.iter().map(|it| it.range.unwrap_or_default().0).collect();
    let most: Vec<f64> = steps.iter().map(|it| it.range.unwrap_or_default().1).collect();
    let line = |values: &[f64], color, stroke| Mark::line(stairs(&edges, values), color, stroke);
    let done = consolidations(story);
    let mut marks = vec![
        Mark::Area {
            points: stair_area(&edges, &least, &most),
            ink: Ink::tint(Color::Purple, 0.3),
        },
        line(&memory, Color::Grey, Stroke::Thin),
        line(&cpu, Color::Purple, Stroke::Plain),
    ];
    for it in &done {
        let points = vec![(x(it.decided), share(it.before)), (x(it.done), share(it.after))];
        let at = points[1];
        marks.push(Mark::line(points, Color::Green, Stroke::Thin));
        marks.push(Mark::Dot { at, shape: Shape::Diamond, color: Color::Green, size: 0.9 });
    }
    let side = |values: &[f64], name: &str, lane: usize, color| {
        Side::new(last(values), name, format!("mean {:.0} %", whole(lane)), color)
    };
    let each = time(story.subject.edge(1).since(story.subject.edge(0)).as_secs_f64());
    let range = format!("CPU, from the least to the most in {each}");
    let mut key = vec![Key::new(Shape::Square, Color::Purple, range)];
    if !done.is_empty() {
        let text = format!("CPU, from a consolidation's decision to its end: {}", done.len());
        key.push(Key::new(Shape::Diamond, Color::Green, text));
    }
    let ends = done.iter().flat_map(|it| [share(it.before), share(it.after)]);
    let highest = most.iter().chain(&memory).copied().chain(ends).fold(0.0, f64::max);
    let columns: [(&str, &[f64]); 4] = [
        ("CPU requested", &cpu),
        ("least", &least),
        ("most", &most),
        ("memory requested", &memory),
    ];
    Some(Chart {
        name: "packing",
        title: title(&done, whole(0)),
        subtitle: format!("{}: what pods request of registered nodes", story.shown()),
        source: story.source(),
        key,
        x: Axis::time(edges[0], edges[count]),
        y: Axis::from_zero("% of allocatable", highest.max(95.0), false, |at, _| thousands(at)),
        marks,
        sides: vec![side(&cpu, "CPU", 0, Color::Purple), side(&memory, "memory", 1, Color::Grey)],
        data: over_time(story.subject, "%", &columns, |value| format!("{value:.1}")),
    })
}

fn percent([requested, all]: [f64; 2]) -> f64 {
    if all > 0.0 { 100.0 * requested / all } else { 0.0 }
}

fn share(cpu: Cpu) -> f64 {
    percent([cpu.requested as f64, cpu.allocatable as f64])
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
            "{}: {:.0} % of CPU is requested before, {:.0} % after",
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
fn steps(story: &Story<'_>) -> Vec<Step> {
    let (legend, series) = (story.recording.legend, story.subject);
    let mut steps = vec![Step::default(); series.steps.len()];
    let mut fold = Alone::new(legend, CapacityFold::new(legend));
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
fn add(series: &Series, (from, to): (SimTime, SimTime), sums: &Sums<u64>, steps: &mut [Step]) {
    let (from, to) = (from.max(series.from), to.min(series.to));
    if from >= to {
        return;
    }
    let lanes = [0, 1].map(|at| [sums.requested[at] as f64, sums.allocatable[at] as f64]);
    let cpu = percent(lanes[0]);
    for (step, sum) in steps.iter_mut().enumerate().skip(series.index(from)) {
        let (begin, end) = (from.max(series.edge(step)), to.min(series.edge(step + 1)));
        if begin >= end {
            return;
        }
        let ms = end.since(begin).as_ms() as f64;
        for (sum, lane) in sum.lanes.iter_mut().zip(lanes) {
            sum[0] += lane[0] * ms;
            sum[1] += lane[1] * ms;
        }
        let (least, most) = sum.range.unwrap_or((cpu, cpu));
        sum.range = Some((least.min(cpu), most.max(cpu)));
    }
}
