//! Nodes over time, by capacity type, and how few of them were ready at worst.

use super::{CAPACITY, Story, edges, last, over_time};
use crate::chart::{Axis, Chart, Color, Ink, Mark, Side, Stroke, stair_area, stairs};
use crate::format::{rate, thousands};

pub(super) fn chart(story: &Story<'_>) -> Chart {
    let (edges, steps) = (edges(story.subject), story.subject.steps.len());
    let nodes: Vec<[f64; 2]> = (0..steps).map(|step| story.subject.nodes(step)).collect();
    let floor: Vec<f64> = vec![0.0; steps];
    let on_demand: Vec<f64> = nodes.iter().map(|nodes| nodes[0]).collect();
    let both: Vec<f64> = nodes.iter().map(|nodes| nodes[0] + nodes[1]).collect();
    let least: Vec<f64> =
        story.subject.steps.iter().map(|step| f64::from(step.least_ready)).collect();

    let [(blue, on_demand_name), (orange, spot_name)] = CAPACITY;
    let marks = vec![
        Mark::Area { points: stair_area(&edges, &floor, &on_demand), ink: Ink::full(blue) },
        Mark::Area { points: stair_area(&edges, &on_demand, &both), ink: Ink::full(orange) },
        Mark::line(stairs(&edges, &least), Color::Black, Stroke::Thin),
    ];
    let plan = &story.about().plan;
    let mean = |column: usize| {
        let held: u128 = story.subject.steps.iter().map(|step| step.held_ms[column]).sum();
        let window = story.subject.to.since(story.subject.from).as_ms();
        held as f64 / window as f64 / f64::from(story.subject.replications)
    };
    let mut sides = vec![Side::new(
        story.subject.least_ready().into(),
        "fewest ready",
        thousands(plan.nodes_ready_least as f64),
        Color::Black,
    )];
    if mean(1) > 0.0 {
        let middle = f64::midpoint(last(&on_demand), last(&both));
        sides.push(Side::new(middle, spot_name, nodes_of(mean(1)), orange));
    }
    if mean(0) > 0.0 {
        let middle = last(&on_demand) / 2.0;
        sides.push(Side::new(middle, on_demand_name, nodes_of(mean(0)), blue));
    }
    let spot: Vec<f64> = nodes.iter().map(|nodes| nodes[1]).collect();
    let columns: [(&str, &[f64]); 3] =
        [(on_demand_name, &on_demand), (spot_name, &spot), ("fewest ready", &least)];
    let data = over_time(story.subject, "nodes", &columns, rate);
    let most = both.iter().copied().fold(0.0, f64::max);
    Chart {
        name: "nodes",
        title: format!(
            "{} nodes on average and {} at most; never fewer than {} ready",
            nodes_of(plan.nodes_mean.mean),
            thousands(plan.nodes_peak as f64),
            thousands(plan.nodes_ready_least as f64)
        ),
        subtitle: format!(
            "Billed nodes by capacity type, mean of {0}. Line: the fewest ready nodes in any of them",
            story.replications()
        ),
        source: story.source(),
        key: Vec::new(),
        x: Axis::time(edges[0], edges[steps]),
        y: Axis::from_zero("nodes", most, true, |at, _| thousands(at)),
        marks,
        sides,
        data,
    }
}

/// A mean number of nodes.
fn nodes_of(mean: f64) -> String {
    if mean < 1_000.0 { format!("{mean:.1}") } else { thousands(mean) }
}
