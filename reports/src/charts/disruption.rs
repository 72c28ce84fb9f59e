//! Disruption: every node of one run as a line through time, and where it was taken, with how the
//! pods on it ended.

use std::collections::BTreeMap;

use sim::fact::Cause;
use sim::fact::Fact;
use sim::model::catalog::OfferingId;
use sim::model::node::NodeId;
use sim::model::pod::End;
use sim::model::pool::PoolId;
use sim::model::workload::Controller;
use sim::{Legend, SimTime};

use super::{CAPACITY, Story, many, x};
use crate::chart::{Axis, Chart, Color, Data, Datum, Ink, Key, Mark, Shape, Tick};
use crate::cost::column;
use crate::format::{rate, thousands};
use crate::recording::Recording;

/// Up to this many places each node is drawn; of more, only pools and what happened in them.
const NODES_DRAWN: usize = 150;

/// This many dots of a kind have room at their full size.
const ROOMY: f64 = 600.0;

/// The worst that happened to a pod on a node that was taken, mildest first.
const WORST: [(Shape, Color, &str); 4] = [
    (Shape::Ring, Color::Grey, "with no pod to disturb"),
    (Shape::Circle, Color::Sky, "all pods stopped in time"),
    (Shape::Diamond, Color::Purple, "a pod cut short"),
    (Shape::Square, Color::Vermillion, "a pod killed without warning"),
];

pub(super) fn chart(story: &Story<'_>) -> Chart {
    let legend = story.recording.legend;
    let places = places(story.recording);
    let rows = places.len().max(1) as f64;
    let (dots, taken) = dots(legend, &places);
    let key = WORST.iter().zip(taken).filter(|(_, count)| *count > 0).map(
        |((shape, color, text), count)| {
            Key::new(*shape, *color, format!("{text}: {}", thousands(count as f64)))
        },
    );
    Chart {
        name: "disruption",
        title: title(story),
        subtitle: subtitle(story, taken.iter().sum()),
        source: story.source(),
        key: key.collect(),
        x: Axis::time(x(legend.from), x(legend.to)),
        y: Axis { ticks: ticks(legend, &places), ..Axis::bare(0.0, rows) },
        marks: bars(legend, &places).into_iter().chain(dots).collect(),
        sides: Vec::new(),
        data: data(legend, &places),
    }
}

fn title(story: &Story<'_>) -> String {
    let plan = &story.about().plan;
    let hard = plan.ends_cut_short_per_day.mean + plan.ends_killed_without_warning_per_day.mean;
    if plan.reclaims_per_day.mean == 0.0 {
        return "No node is taken by the provider".into();
    }
    if !story.summary.has_pods {
        return format!("On average {} reclaims a day", rate(plan.reclaims_per_day.mean));
    }
    format!(
        "On average {} reclaims a day disrupt {} pods; {} are cut short or killed",
        rate(plan.reclaims_per_day.mean),
        rate(plan.pods_disrupted_per_day.mean),
        rate(hard)
    )
}

fn subtitle(story: &Story<'_>, taken: u64) -> String {
    let taken = match taken {
        0 => "no node reclaimed".to_owned(),
        taken => format!("{} reclaimed", many(taken, "node")),
    };
    format!("{}: {taken}. One line for each place in a pool", story.shown())
}

/// The middle of a place's row. The first place is on top.
fn height(places: &[Place], row: usize) -> f64 {
    places.len() as f64 - row as f64 - 0.5
}

/// The name of each pool, at the middle of its places.
fn ticks(legend: &Legend, places: &[Place]) -> Vec<Tick> {
    let mut first = 0;
    let pools = places.chunk_by(|a, b| a.pool == b.pool).map(|pool| {
        let at = height(places, first) - (pool.len() as f64 - 1.0) / 2.0;
        first += pool.len();
        let name = legend.model.names.text(legend.model.pools[pool[0].pool].name);
        // The number first: a long name is cut at its end.
        Tick { at, text: format!("{} × {name}", thousands(pool.len() as f64)) }
    });
    pools.collect()
}

/// The nodes as bars in the colours of their capacity types; whole pools if there are too many.
fn bars(legend: &Legend, places: &[Place]) -> Vec<Mark> {
    let bar = |life: &Life, from: SimTime, to: SimTime, (low, high): (f64, f64)| {
        let offering = &legend.model.catalog.offerings[life.offering];
        let (color, _) = CAPACITY[column(offering.capacity_type)];
        Mark::Bar { from: (x(from), low), to: (x(to), high), ink: Ink::tint(color, 0.45) }
    };
    if places.len() <= NODES_DRAWN {
        let half = if places.len() <= 60 { 0.3 } else { 0.42 };
        let rows = places.iter().enumerate().flat_map(|(row, place)| {
            let middle = height(places, row);
            place.lives.iter().map(move |life| (life, (middle - half, middle + half)))
        });
        return rows.map(|(life, ends)| bar(life, life.ready, life.end, ends)).collect();
    }
    let rim = 0.0015 * places.len() as f64;
    let mut first = 0;
    let pools = places.chunk_by(|a, b| a.pool == b.pool).map(|pool| {
        let top = height(places, first) + 0.5;
        first += pool.len();
        let ends = (top - pool.len() as f64 + rim, top - rim);
        bar(&pool[0].lives[0], legend.from, legend.to, ends)
    });
    pools.collect()
}

/// A dot for each node that was taken in the window, and how many there are of each of [`WORST`].
fn dots(legend: &Legend, places: &[Place]) -> (Vec<Mark>, [u64; WORST.len()]) {
    let mut taken = [0_u64; WORST.len()];
    let mut lost: Vec<(usize, (f64, f64))> = Vec::new();
    for (row, place) in places.iter().enumerate() {
        for life in place.lives.iter().filter(|life| life.taken && life.end >= legend.from) {
            taken[life.worst] += 1;
            lost.push((life.worst, (x(life.end), height(places, row))));
        }
    }
    // The worst lie on top.
    lost.sort_by_key(|(worst, _)| *worst);
    // What is rare is large, so that it is not lost among what is not.
    let sizes = taken.map(|count| (ROOMY / count.max(1) as f64).sqrt().clamp(0.25, 1.0));
    let dot = |(worst, at): (usize, (f64, f64))| {
        let (shape, color, _) = WORST[worst];
        Mark::Dot { at, shape, color, size: sizes[worst] }
    };
    (lost.into_iter().map(dot).collect(), taken)
}

/// Every node that was taken, in the order of time: when, in which pool, of which type and where.
fn data(legend: &Legend, places: &[Place]) -> Data {
    let (names, catalog) = (&legend.model.names, &legend.model.catalog);
    let mut taken: Vec<(SimTime, usize, &Place, &Life)> = Vec::new();
    for (row, place) in places.iter().enumerate() {
        let lives = place.lives.iter().filter(|life| life.taken && life.end >= legend.from);
        taken.extend(lives.map(|life| (life.end, row, place, life)));
    }
    taken.sort_by_key(|(at, row, ..)| (*at, *row));
    let rows = taken.into_iter().map(|(at, row, place, life)| {
        let offering = &catalog.offerings[life.offering];
        let values = [
            names.text(legend.model.pools[place.pool].name).to_owned(),
            names.text(catalog.instance_type(life.offering).name).to_owned(),
            names.text(offering.zone).to_owned(),
            WORST[life.worst].2.to_owned(),
        ];
        Datum::new(at.to_string(), values).x(x(at)).y(height(places, row))
    });
    Data::of(["Taken at", "pool", "instance type", "zone", "the worst on it"], rows.collect())
}

/// A place in a pool, with the nodes that were in it one after the other.
struct Place {
    pool: PoolId,
    lives: Vec<Life>,
}

/// A node in its place.
struct Life {
    offering: OfferingId,
    ready: SimTime,
    end: SimTime,
    taken: bool,
    /// An index of [`WORST`].
    worst: usize,
}

/// All places with what became of their nodes.
fn places(recording: Recording<'_>) -> Vec<Place> {
    let legend = recording.legend;
    let mut lives: BTreeMap<NodeId, Life> = BTreeMap::new();
    for (at, fact) in recording.facts {
        match *fact {
            Fact::NodeLaunched { node, offering, .. } => {
                // Not ready before it says so.
                let (ready, end) = (legend.to, legend.to);
                lives.insert(node, Life { offering, ready, end, taken: false, worst: 0 });
            }
            Fact::NodeReady { node } => {
                if let Some(life) = lives.get_mut(&node) {
                    life.ready = *at;
                }
            }
            Fact::PodEnded { workload, node, end, .. } => {
                let daemon = legend.model.workloads[workload].controller == Controller::DaemonSet;
                let worst = if daemon { 0 } else { severity(end) };
                if let Some(life) = lives.get_mut(&node) {
                    life.worst = life.worst.max(worst);
                }
            }
            Fact::NodeGone { node, why, .. } => {
                if let Some(life) = lives.get_mut(&node) {
                    (life.end, life.taken) = (*at, why != Cause::Released);
                    life.ready = life.ready.min(*at);
                }
            }
            _ => {}
        }
    }
    let places = super::places::of(recording).into_iter().map(|place| {
        let lives = place.nodes.iter().filter_map(|node| lives.remove(node)).collect();
        Place { pool: place.pool, lives }
    });
    places.collect()
}

/// How bad an end is, as an index of [`WORST`].
fn severity(end: End) -> usize {
    match end {
        End::Completed | End::Rejected | End::OomKilled => 0,
        End::Clean => 1,
        End::CutShort(_) => 2,
        End::KilledWithoutWarning => 3,
    }
}
