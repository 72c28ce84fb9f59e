//! Launches and removals of nodes over time and by their reasons, in one run.

use std::collections::BTreeMap;

use sim::SimTime;
use sim::fact::Fact;
use sim::model::node::NodeId;
use sim::model::pool::PoolId;

use super::types::follows_demand;
use super::{Story, many, x};
use crate::chart::{Axis, Chart, Color, Data, Datum, Ink, Key, Mark, Shape, Stroke, Tick};
use crate::format::{thousands, time};

/// The window is cut into this many bars.
const BARS: usize = 48;
/// The colours of reasons to launch a node, those that occur most often first.
const UP: [Color; 3] = [Color::Sky, Color::Purple, Color::Black];
/// The colours of reasons to remove one.
const DOWN: [Color; 3] = [Color::Green, Color::Vermillion, Color::Black];
/// What is said of nodes that nothing decided to remove.
const TAKEN: &str = "taken by the provider, or failed";
/// What is said of launches of which the program says nothing.
const UNSAID: &str = "other";

/// What happened to nodes, by its reason: when.
type ByReason = BTreeMap<&'static str, Vec<SimTime>>;

/// A reason with its colour, and how often it occurs in each bar.
struct Layer {
    reason: &'static str,
    color: Color,
    bars: Vec<u32>,
}

impl Layer {
    fn count(&self) -> u32 {
        self.bars.iter().sum()
    }
}

pub(super) fn chart(story: &Story<'_>) -> Option<Chart> {
    if !follows_demand(story.recording.legend) {
        return None;
    }
    let (launched, removed) = happened(story);
    let edges = edges(story);
    let up = layers(story, launched, &UP);
    let down = layers(story, removed, &DOWN);
    let sum = |layers: &[Layer]| layers.iter().map(Layer::count).sum::<u32>();
    let bar = |layers: &[Layer], at: usize| layers.iter().map(|it| it.bars[at]).sum::<u32>();
    let most = |layers: &[Layer]| (0..BARS).map(|at| bar(layers, at)).max().unwrap_or(0);
    let mut marks = Vec::new();
    for (layers, sign) in [(&up, 1.0), (&down, -1.0)] {
        let mut from = vec![0.0; BARS];
        for layer in layers {
            for (index, count) in layer.bars.iter().enumerate().filter(|(_, count)| **count > 0) {
                let (left, right) = (edges[index], edges[index + 1]);
                // A gap between bars, so that they can be counted.
                let gap = 0.08 * (right - left);
                let to = from[index] + sign * f64::from(*count);
                let (low, high) = (to.min(from[index]), to.max(from[index]));
                let points = vec![(left + gap, low, high), (right - gap, low, high)];
                marks.push(Mark::Area { points, ink: Ink::full(layer.color) });
                from[index] = to;
            }
        }
    }
    let ends = vec![(edges[0], 0.0), (edges[BARS], 0.0)];
    marks.push(Mark::line(ends, Color::Black, Stroke::Thin));
    let layers = || up.iter().chain(&down);
    let key = layers().map(|layer| Key {
        shape: Shape::Square,
        color: layer.color,
        text: format!("{}: {}", layer.reason, thousands(layer.count().into())),
    });
    let rows = (0..BARS).filter(|index| layers().any(|layer| layer.bars[*index] > 0));
    let rows = rows.map(|index| {
        let values: Vec<String> = layers().map(|layer| layer.bars[index].to_string()).collect();
        Datum::new(edge(story, index).to_string(), values).x(edges[index])
    });
    let columns = std::iter::once("From").chain(layers().map(|layer| layer.reason));
    let length = edge(story, 1).since(edge(story, 0)).as_secs_f64();
    Some(Chart {
        name: "scaling",
        title: format!(
            "{} launched and {} gone{}",
            many(sum(&up).into(), "node"),
            thousands(sum(&down).into()),
            most_frequent(&down)
        ),
        subtitle: format!(
            "{}: nodes by the program's reasons, a bar for {}",
            story.shown(),
            time(length)
        ),
        source: story.source(),
        key: key.collect(),
        x: Axis::time(edges[0], edges[BARS]),
        y: axis(most(&up), most(&down)),
        marks,
        sides: Vec::new(),
        data: Data::of(columns, rows.collect()),
    })
}

/// The beginning of a bar.
fn edge(story: &Story<'_>, index: usize) -> SimTime {
    let series = story.subject;
    series.edge(series.steps.len() * index / BARS)
}

fn edges(story: &Story<'_>) -> Vec<f64> {
    (0..=BARS).map(|index| x(edge(story, index))).collect()
}

/// How many are gone for the reason that occurs most often, in words.
fn most_frequent(down: &[Layer]) -> String {
    let most = down.iter().max_by_key(|layer| layer.count()).filter(|layer| layer.count() > 0);
    most.map_or_else(String::new, |it| {
        format!(", {} of them {}", thousands(it.count().into()), it.reason)
    })
}

/// An axis upwards and downwards, marked alike.
fn axis(up: u32, down: u32) -> Axis {
    let whole = |most: f64| Axis::from_zero("", most, true, |at, _| thousands(at));
    let own = whole(f64::from(up.max(down)));
    let above = own.ticks.iter().filter(|tick| tick.at <= f64::from(up)).cloned();
    let below = own.ticks.iter().filter(|tick| tick.at > 0.0 && tick.at <= f64::from(down));
    let below = below.map(|tick| Tick { at: -tick.at, text: tick.text.clone() });
    let room = 0.05 * f64::from(up + down).max(1.0);
    let (from, to) = (-f64::from(down) - room, f64::from(up) + room);
    let label = "launched above zero, gone below".to_owned();
    Axis { label, from, to, ticks: below.chain(above).collect(), ..own }
}

/// The reasons with colours, those that occur most often first, in bars.
fn layers(story: &Story<'_>, of: ByReason, colors: &[Color]) -> Vec<Layer> {
    let mut all: Vec<(&'static str, Vec<SimTime>)> = of.into_iter().collect();
    // Grey is for what is no decision.
    all.sort_by_key(|(reason, at)| (*reason == TAKEN, std::cmp::Reverse(at.len())));
    let colors = colors.iter().copied().chain(std::iter::repeat(Color::Grey));
    let layers = all.into_iter().zip(colors).map(|((reason, at), color)| {
        let mut bars = vec![0; BARS];
        for at in at {
            let series = story.subject;
            bars[series.index(at) * BARS / series.steps.len()] += 1;
        }
        Layer { reason, color: if reason == TAKEN { Color::Grey } else { color }, bars }
    });
    layers.collect()
}

/// Launches after `T+0` and removals that were not taken back, of pools that follow demand.
fn happened(story: &Story<'_>) -> (ByReason, ByReason) {
    let legend = story.recording.legend;
    let follows = |pool: PoolId| legend.model.pools[pool].autoscaled().is_some();
    let (mut launched, mut removed) = (ByReason::new(), ByReason::new());
    let mut reasons: BTreeMap<PoolId, &'static str> = BTreeMap::new();
    // Nodes of those pools, and why each is to go.
    let mut nodes: BTreeMap<NodeId, Option<(&'static str, SimTime)>> = BTreeMap::new();
    for (at, fact) in story.recording.facts.iter().copied() {
        let counts = at >= legend.from;
        match fact {
            Fact::LaunchDecided { pool, reason, .. } => {
                reasons.insert(pool, reason);
            }
            Fact::NodeLaunched { node, pool, .. } if follows(pool) => {
                nodes.insert(node, None);
                let reason = reasons.remove(&pool).unwrap_or(UNSAID);
                if counts && at > SimTime::ZERO {
                    launched.entry(reason).or_default().push(at);
                }
            }
            Fact::RemovalDecided { node, reason, .. } => {
                if let Some(why) = nodes.get_mut(&node) {
                    *why = Some((reason, at)).filter(|_| counts);
                }
            }
            Fact::RemovalCancelled { node, .. } => {
                if let Some(why) = nodes.get_mut(&node) {
                    *why = None;
                }
            }
            Fact::NodeGone { node, .. } => match nodes.remove(&node) {
                Some(Some((reason, at))) => removed.entry(reason).or_default().push(at),
                Some(None) if counts => removed.entry(TAKEN).or_default().push(at),
                Some(None) | None => {}
            },
            _ => {}
        }
    }
    for (reason, at) in nodes.into_values().flatten() {
        removed.entry(reason).or_default().push(at);
    }
    (launched, removed)
}
