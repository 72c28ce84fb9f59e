//! Nodes by instance type over time, in one run of a cluster whose nodes follow demand.

use std::collections::BTreeMap;

use sim::fact::Fact;
use sim::model::catalog::{InstanceTypeId, OfferingId};
use sim::model::node::NodeId;
use sim::{Legend, SimTime};

use super::{Story, edges, over_time};
use crate::chart::{Axis, Chart, Color, Ink, Key, Mark, Shape, stair_area};
use crate::folds::series::Series;
use crate::format::{rate, thousands};

/// The colours of the types with the most node hours; all others are grey.
const COLORS: [Color; 5] =
    [Color::Sky, Color::Purple, Color::Green, Color::Vermillion, Color::Black];

/// An instance type, or all that have no colour of their own.
struct Kind {
    name: String,
    color: Color,
    /// How many nodes of it there are in each step.
    nodes: Vec<f64>,
}

impl Kind {
    fn mean(&self) -> f64 {
        self.nodes.iter().sum::<f64>() / self.nodes.len().max(1) as f64
    }
}

pub(super) fn chart(story: &Story<'_>) -> Option<Chart> {
    let legend = story.recording.legend;
    if !follows_demand(legend) {
        return None;
    }
    let (edges, all) = (edges(story.subject), kinds(story));
    let steps = story.subject.steps.len();
    let mut marks = Vec::new();
    let mut below = vec![0.0; steps];
    for kind in &all {
        let above: Vec<f64> = below.iter().zip(&kind.nodes).map(|(a, b)| a + b).collect();
        let points = stair_area(&edges, &below, &above);
        marks.push(Mark::Area { points, ink: Ink::full(kind.color) });
        below = above;
    }
    let most = below.iter().copied().fold(0.0, f64::max);
    let whole: f64 = all.iter().map(Kind::mean).sum();
    let key = all.iter().map(|kind| Key {
        shape: Shape::Square,
        color: kind.color,
        text: format!("{}: {}", kind.name, rate(kind.mean())),
    });
    let columns: Vec<(&str, &[f64])> = all.iter().map(|it| (&it.name[..], &it.nodes[..])).collect();
    let used = types_used(story);
    let title = match all.first() {
        Some(first) => format!(
            "{} has {:.0} % of all node hours, of {}",
            first.name,
            100.0 * first.mean() / whole.max(1e-9),
            super::many(used as u64, "instance type")
        ),
        None => "No node is launched".to_owned(),
    };
    Some(Chart {
        name: "types",
        title,
        subtitle: format!("{}: nodes by instance type, with the mean of each", story.shown()),
        source: story.source(),
        key: key.collect(),
        x: Axis::time(edges[0], edges[steps]),
        y: Axis::from_zero("nodes", most, true, |at, _| thousands(at)),
        marks,
        sides: Vec::new(),
        data: over_time(story.subject, "nodes", &columns, rate),
    })
}

/// Whether a program decides how many nodes there are.
pub(super) fn follows_demand(legend: &Legend) -> bool {
    legend.model.pools.rows().any(|pool| pool.autoscaled().is_some())
}

/// Every node of the shown run: what was bought, from when on and until when.
fn lives(story: &Story<'_>) -> Vec<(OfferingId, SimTime, SimTime)> {
    let to = story.recording.legend.to;
    let mut lives: BTreeMap<NodeId, (OfferingId, SimTime, SimTime)> = BTreeMap::new();
    for (at, fact) in story.recording.facts {
        match *fact {
            Fact::NodeLaunched { node, offering, .. } => {
                lives.insert(node, (offering, *at, to));
            }
            Fact::NodeGone { node, .. } => {
                if let Some(life) = lives.get_mut(&node) {
                    life.2 = *at;
                }
            }
            _ => {}
        }
    }
    lives.into_values().collect()
}

/// How many instance types were bought in the shown run.
fn types_used(story: &Story<'_>) -> usize {
    let offerings = &story.recording.legend.model.catalog.offerings;
    let types = lives(story).into_iter().map(|(it, ..)| offerings[it].instance_type);
    types.collect::<std::collections::BTreeSet<_>>().len()
}

/// The types with the most node hours, the first of them first, and all others together.
fn kinds(story: &Story<'_>) -> Vec<Kind> {
    let catalog = &story.recording.legend.model.catalog;
    let series = story.subject;
    let mut nodes: BTreeMap<InstanceTypeId, Vec<f64>> = BTreeMap::new();
    for (offering, from, to) in lives(story) {
        let steps = nodes
            .entry(catalog.offerings[offering].instance_type)
            .or_insert_with(|| vec![0.0; series.steps.len()]);
        add(series, (from, to), steps);
    }
    let mut all: Vec<(InstanceTypeId, Vec<f64>)> = nodes.into_iter().collect();
    let sum = |nodes: &[f64]| nodes.iter().sum::<f64>();
    all.sort_by(|a, b| sum(&b.1).total_cmp(&sum(&a.1)));
    let others = all.split_off(all.len().min(COLORS.len()));
    let names = &story.recording.legend.model.names;
    let named = all.into_iter().zip(COLORS).map(|((id, nodes), color)| {
        let name = names.text(catalog.instance_types[id].name).to_owned();
        Kind { name, color, nodes }
    });
    let mut kinds: Vec<Kind> = named.collect();
    if !others.is_empty() {
        let count = others.len() as u64;
        let mut nodes = vec![0.0; series.steps.len()];
        let all = others.iter().flat_map(|(_, own)| own.iter().enumerate());
        all.for_each(|(step, own)| nodes[step] += own);
        let name = super::many(count, "other type");
        kinds.push(Kind { name, color: Color::Grey, nodes });
    }
    kinds
}

/// Adds a node that is there for some time to the steps of a series, on average over each.
fn add(series: &Series, (from, to): (SimTime, SimTime), steps: &mut [f64]) {
    for (step, sum) in steps.iter_mut().enumerate() {
        let (begin, end) = (series.edge(step), series.edge(step + 1));
        let (first, last) = (from.max(begin), to.min(end));
        if first < last {
            *sum += last.since(first).as_ms() as f64 / end.since(begin).as_ms() as f64;
        }
    }
}
