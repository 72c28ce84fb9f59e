//! Disruption: every node of one run as a line through time, and where it was taken, with how the
//! pods on it ended.

use std::collections::BTreeMap;

use sim::world::fact::Fact;
use sim::world::node::NodeId;
use sim::world::pod::End;
use sim::world::pool::PoolId;
use sim::world::workload::Controller;
use sim::{Legend, SimTime};

use super::{CAPACITY, Story, many, x};
use crate::chart::{Axis, Chart, Color, Ink, Key, Mark, Shape, Tick};
use crate::export::Recording;
use crate::series::CAPACITY_TYPES;
use crate::text::{rate, thousands};

/// Up to so many rows each node is drawn; of more, only pools and what happened in them.
const ROWS_DRAWN: usize = 150;

/// So many dots of a kind have room at their full size.
const ROOMY: f64 = 600.0;

/// The worst that happened to a pod on a node that was taken, mildest first.
const WORST: [(Shape, Color, &str); 4] = [
    (Shape::Ring, Color::Grey, "with no pod to disturb"),
    (Shape::Circle, Color::Sky, "all pods stopped in time"),
    (Shape::Diamond, Color::Purple, "a pod cut short"),
    (Shape::Square, Color::Vermillion, "a pod killed without warning"),
];

pub(super) fn chart(story: &Story<'_>) -> Chart {
    let Recording { legend, .. } = story.recording;
    let fleet = Fleet::of(story.recording);
    let rows = fleet.rows();
    let count = rows.len().max(1) as f64;
    // The first row is on top.
    let height = |row: usize| count - row as f64;
    let mut marks = Vec::new();
    let mut ticks = Vec::new();
    for (pool, slots) in &fleet.pools {
        let first = rows.get(&(*pool, 0)).copied().unwrap_or(0);
        let (top, bottom) = (height(first), height(first + slots.len()));
        let name = legend.model.names.text(legend.model.pools[*pool].name);
        // The number first: a long name is cut at its end.
        let text = format!("{} × {name}", thousands(slots.len() as f64));
        ticks.push(Tick { at: f64::midpoint(top, bottom), text });
        for (slot, lives) in slots.iter().enumerate() {
            let row = first + slot;
            if rows.len() <= ROWS_DRAWN {
                let inset = if rows.len() <= 60 { 0.2 } else { 0.08 };
                let ends = (height(row) - 1.0 + inset, height(row) - inset);
                lives.iter().for_each(|life| marks.push(bar(legend, life, ends)));
            }
        }
        if rows.len() > ROWS_DRAWN
            && let Some(life) = slots.iter().flatten().next()
        {
            let whole = Life { ready: legend.from, end: legend.to, ..*life };
            marks.push(bar(legend, &whole, (bottom + 0.004 * count, top - 0.004 * count)));
        }
    }
    let mut taken = [0_u64; WORST.len()];
    let mut dots = Vec::new();
    for (key, slots) in fleet.pools.iter().flat_map(|(pool, slots)| {
        slots.iter().enumerate().map(move |(slot, lives)| ((*pool, slot), lives))
    }) {
        for life in slots.iter().filter(|life| life.taken && life.end >= legend.from) {
            let (shape, color, _) = WORST[life.worst];
            taken[life.worst] += 1;
            let at = (x(life.end), height(rows[&key]) - 0.5);
            dots.push((life.worst, at, shape, color));
        }
    }
    // The worst lie on top.
    dots.sort_by_key(|(worst, ..)| *worst);
    // What is rare is large, so that it is not lost among what is not.
    let sizes = taken.map(|count| (ROOMY / count.max(1) as f64).sqrt().clamp(0.25, 1.0));
    marks.extend(dots.into_iter().map(|(worst, at, shape, color)| {
        let size = sizes[worst];
        Mark::Dot { at, shape, color, size }
    }));
    let key = WORST.iter().zip(taken).filter(|(_, count)| *count > 0).map(
        |((shape, color, text), count)| Key {
            shape: *shape,
            color: *color,
            text: format!("{text}: {}", thousands(count as f64)),
        },
    );
    Chart {
        name: "disruption",
        title: title(story),
        subtitle: subtitle(story, taken.iter().sum()),
        source: story.source(),
        key: key.collect(),
        x: Axis::time(x(legend.from), x(legend.to)),
        y: Axis { ticks, ..Axis::bare(0.0, count) },
        marks,
        sides: Vec::new(),
    }
}

fn title(story: &Story<'_>) -> String {
    let plan = &story.summary.proposed;
    let hard = plan.ends_cut_short_per_day.mean + plan.ends_killed_without_warning_per_day.mean;
    if plan.reclaims_per_day.mean == 0.0 {
        return "No node is taken by the provider".into();
    }
    format!(
        "{} reclaims a day disrupt {} pods; {} are cut short or killed",
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
    let (shown, all) = (story.replication, story.summary.replications);
    format!("Replication {shown} of {all}: {taken}. One line for each place in a pool")
}

/// A node's life as a bar in the colour of its capacity type.
fn bar(legend: &Legend, life: &Life, (low, high): (f64, f64)) -> Mark {
    let column = CAPACITY_TYPES.iter().position(|of| {
        let node = &legend.model.pools[life.pool].templates;
        node.iter().any(|t| legend.model.catalog.offerings[t.offering].capacity_type == *of)
    });
    let (color, _) = CAPACITY[column.unwrap_or(0)];
    let points = vec![(x(life.ready), low, high), (x(life.end), low, high)];
    Mark::Area { points, ink: Ink::tint(color, 0.45) }
}

/// A node in its place.
#[derive(Clone, Copy)]
struct Life {
    pool: PoolId,
    ready: SimTime,
    end: SimTime,
    taken: bool,
    /// An index of [`WORST`].
    worst: usize,
}

/// Every pool's places, each with the nodes that were in it one after the other.
struct Fleet {
    pools: BTreeMap<PoolId, Vec<Vec<Life>>>,
}

impl Fleet {
    /// A node takes the place of the one in its pool that has been gone for longest, or a new one.
    fn of(recording: Recording<'_>) -> Fleet {
        let legend = recording.legend;
        let mut pools: BTreeMap<PoolId, Vec<Vec<Life>>> = BTreeMap::new();
        let mut vacant: BTreeMap<PoolId, Vec<usize>> = BTreeMap::new();
        let mut alive: BTreeMap<NodeId, (PoolId, usize)> = BTreeMap::new();
        for (at, fact) in recording.facts {
            match *fact {
                Fact::NodeLaunched { node, pool, .. } => {
                    let places = pools.entry(pool).or_default();
                    let free = vacant.entry(pool).or_default();
                    let slot = if free.is_empty() { places.len() } else { free.remove(0) };
                    if slot == places.len() {
                        places.push(Vec::new());
                    }
                    // Not ready before it says so.
                    let (ready, end) = (legend.to, legend.to);
                    places[slot].push(Life { pool, ready, end, taken: false, worst: 0 });
                    alive.insert(node, (pool, slot));
                }
                Fact::NodeReady { node } => {
                    change(&mut pools, &alive, node, |life| life.ready = *at);
                }
                Fact::PodEnded { workload, node, end, .. } => {
                    let daemon =
                        legend.model.workloads[workload].controller == Controller::DaemonSet;
                    let worst = if daemon { 0 } else { severity(end) };
                    change(&mut pools, &alive, node, |life| life.worst = life.worst.max(worst));
                }
                Fact::NodeGone { node, .. } => {
                    change(&mut pools, &alive, node, |life| {
                        (life.end, life.taken) = (*at, true);
                        life.ready = life.ready.min(*at);
                    });
                    if let Some((pool, slot)) = alive.remove(&node) {
                        vacant.entry(pool).or_default().push(slot);
                    }
                }
                _ => {}
            }
        }
        Fleet { pools }
    }

    /// The row of every place: pool after pool.
    fn rows(&self) -> BTreeMap<(PoolId, usize), usize> {
        let places = self
            .pools
            .iter()
            .flat_map(|(pool, slots)| (0..slots.len()).map(move |slot| (*pool, slot)));
        places.enumerate().map(|(row, place)| (place, row)).collect()
    }
}

fn change(
    pools: &mut BTreeMap<PoolId, Vec<Vec<Life>>>,
    alive: &BTreeMap<NodeId, (PoolId, usize)>,
    node: NodeId,
    change: impl FnOnce(&mut Life),
) {
    let place = alive.get(&node).and_then(|(pool, slot)| pools.get_mut(pool)?.get_mut(*slot));
    if let Some(life) = place.and_then(|lives| lives.last_mut()) {
        change(life);
    }
}

/// How bad an end is, as an index of [`WORST`].
fn severity(end: End) -> usize {
    match end {
        End::Completed => 0,
        End::Clean => 1,
        End::CutShort(_) => 2,
        End::KilledWithoutWarning => 3,
    }
}
