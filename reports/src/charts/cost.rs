//! Cost over time: what an hour costs, by capacity type, beside what it would cost on-demand.

use super::{CAPACITY, Story, edges, shows};
use crate::chart::{Axis, Chart, Color, Ink, Mark, Side, Stroke, stair_area, stairs};
use crate::text::usd;

/// Hours in a month.
const MONTH: f64 = 730.0;

pub(super) fn chart(story: &Story<'_>) -> Chart {
    let (edges, steps) = (edges(story.proposed), story.proposed.steps.len());
    let costs: Vec<[f64; 2]> = (0..steps).map(|step| story.proposed.usd_per_hour(step)).collect();
    let floor: Vec<f64> = vec![0.0; steps];
    let on_demand: Vec<f64> = costs.iter().map(|cost| cost[0]).collect();
    let both: Vec<f64> = costs.iter().map(|cost| cost[0] + cost[1]).collect();
    let baseline: Vec<f64> =
        (0..steps).map(|step| story.on_demand.usd_per_hour(step).iter().sum()).collect();
    let most = both.iter().chain(&baseline).copied().fold(0.0, f64::max);

    let [(blue, on_demand_name), (orange, spot_name)] = CAPACITY;
    let marks = vec![
        Mark::Area { points: stair_area(&edges, &floor, &on_demand), ink: Ink::full(blue) },
        Mark::Area { points: stair_area(&edges, &on_demand, &both), ink: Ink::full(orange) },
        Mark::Line {
            points: stairs(&edges, &baseline),
            ink: Ink::full(Color::Black),
            stroke: Stroke::Dashed,
        },
    ];
    let summary = story.summary;
    let (all, spot) = (summary.proposed.cost_monthly.mean, summary.proposed.spot_cost_monthly.mean);
    let last = |values: &[f64]| values.last().copied().unwrap_or(0.0);
    let side = |y: f64, name: &str, monthly: f64, color| Side {
        y,
        name: name.to_owned(),
        value: format!("{}/h", usd(monthly / MONTH)),
        color,
    };
    let mut sides = vec![side(
        last(&baseline),
        "on-demand plan",
        summary.on_demand.cost_monthly.mean,
        Color::Black,
    )];
    if spot > 0.0 {
        let middle = f64::midpoint(last(&on_demand), last(&both));
        sides.push(side(middle, spot_name, spot, orange));
    }
    if all > spot {
        sides.push(side(last(&on_demand) / 2.0, on_demand_name, all - spot, blue));
    }
    Chart {
        name: "cost",
        title: title(story),
        subtitle: format!(
            "Cost by capacity type, mean of {}. Dashed: the same workload on on-demand nodes only",
            story.replications()
        ),
        source: story.source(),
        key: Vec::new(),
        x: Axis::time(edges[0], edges[steps]),
        y: Axis::from_zero("$ per hour", most, false, dollars),
        marks,
        sides,
    }
}

fn title(story: &Story<'_>) -> String {
    let summary = story.summary;
    let saving = &summary.saving.on_demand_plan;
    let [base, own] = [&summary.on_demand, &summary.proposed].map(|p| usd(p.cost_monthly.mean));
    let percent = saving.percent.map_or(0.0, |percent| percent.mean);
    if saving.usd_monthly.mean == 0.0 {
        format!("Nothing is saved: {own} a month on either plan")
    } else if !shows(saving.usd_monthly) {
        format!("No detectable saving: {own} a month instead of {base}")
    } else if percent > 0.0 {
        format!("Spot cuts the bill by {percent:.1} %: {own} a month instead of {base}")
    } else {
        format!("Spot costs {:.1} % more: {own} a month instead of {base}", -percent)
    }
}

/// Dollars at a mark of an axis, with the cents that its steps need.
fn dollars(at: f64, step: f64) -> String {
    match step {
        step if step >= 1.0 => crate::text::usd_to(at, 0),
        step if step >= 0.01 => crate::text::usd_to(at, 2),
        _ => crate::text::usd_to(at, 4),
    }
}
