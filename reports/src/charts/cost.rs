//! Cost over time: what an hour costs, by capacity type, beside what other plans cost.

use sim::money::HOURS_PER_MONTH;

use super::{CAPACITY, Drawn, Story, edges, last, over_time, shows};
use crate::chart::{Axis, Chart, Color, Data, Ink, Mark, Side, Stroke, stair_area, stairs};
use crate::format::usd;

pub(super) fn chart(story: &Story<'_>) -> Chart {
    let (edges, steps) = (edges(story.subject), story.subject.steps.len());
    let costs: Vec<[f64; 3]> = (0..steps).map(|step| story.subject.usd_per_hour(step)).collect();
    let floor: Vec<f64> = vec![0.0; steps];
    let on_demand: Vec<f64> = costs.iter().map(|cost| cost[0]).collect();
    let both: Vec<f64> = costs.iter().map(|cost| cost[0] + cost[1]).collect();
    let total: Vec<f64> = costs.iter().map(|cost| cost.iter().sum()).collect();
    let all = |other: &Drawn<'_>| -> Vec<f64> {
        (0..steps).map(|step| other.series.usd_per_hour(step).iter().sum()).collect()
    };
    let others: Vec<Vec<f64>> = story.others.iter().map(all).collect();
    let most = total.iter().chain(others.iter().flatten()).copied().fold(0.0, f64::max);

    let [(blue, on_demand_name), (orange, spot_name)] = CAPACITY;
    let mut marks = vec![
        Mark::Area { points: stair_area(&edges, &floor, &on_demand), ink: Ink::full(blue) },
        Mark::Area { points: stair_area(&edges, &on_demand, &both), ink: Ink::full(orange) },
    ];
    let plan = &story.about().plan;
    let spot = plan.spot_cost_monthly.mean;
    let beside = plan.commitment_unused_monthly.mean + plan.other_cost_monthly.mean;
    let instances = plan.cost_monthly.mean - spot - beside;
    if beside > 0.0 {
        let points = stair_area(&edges, &both, &total);
        marks.push(Mark::Area { points, ink: Ink::full(Color::Green) });
    }
    let dashes = |cost: &Vec<f64>| Mark::line(stairs(&edges, cost), Color::Black, Stroke::Dashed);
    marks.extend(others.iter().map(dashes));
    let side = |y: f64, name: &str, monthly: f64, color| {
        Side::new(y, name, format!("{}/h", usd(monthly / HOURS_PER_MONTH)), color)
    };
    let beside_others = story.others.iter().zip(&others).map(|(other, cost)| {
        let monthly = other.variant.plan.cost_monthly.mean;
        side(last(cost), &other.label(), monthly, Color::Black)
    });
    let mut sides: Vec<Side> = beside_others.collect();
    if beside > 0.0 {
        let middle = f64::midpoint(last(&both), last(&total));
        sides.push(side(middle, "besides", beside, Color::Green));
    }
    if spot > 0.0 {
        let middle = f64::midpoint(last(&on_demand), last(&both));
        sides.push(side(middle, spot_name, spot, orange));
    }
    if last(&on_demand) > 0.0 {
        sides.push(side(last(&on_demand) / 2.0, on_demand_name, instances, blue));
    }
    Chart {
        name: "cost",
        title: title(story),
        subtitle: format!(
            "Cost by capacity type, mean of {}{}",
            story.replications(),
            dashed(story)
        ),
        source: story.source(),
        key: Vec::new(),
        x: Axis::time(edges[0], edges[steps]),
        y: Axis::from_zero("$ per hour", most, false, dollars),
        marks,
        sides,
        data: data(story, &costs, &others),
    }
}

/// What an hour costs at each moment, part by part, and on other plans.
fn data(story: &Story<'_>, costs: &[[f64; 3]], others: &[Vec<f64>]) -> Data {
    let parts: [Vec<f64>; 3] =
        std::array::from_fn(|part| costs.iter().map(|cost| cost[part]).collect());
    let [(_, on_demand), (_, spot)] = CAPACITY;
    let labels: Vec<String> = story.others.iter().map(Drawn::label).collect();
    let own = [on_demand, spot, "besides"].into_iter().zip(&parts);
    // A part that costs nothing needs no column.
    let own = own.filter(|(_, cost)| cost.iter().any(|cost| *cost > 0.0));
    let all = own.chain(labels.iter().map(String::as_str).zip(others));
    let columns: Vec<(&str, &[f64])> = all.map(|(name, cost)| (name, &cost[..])).collect();
    over_time(story.subject, "$/h", &columns, |cost| format!("{cost:.4}"))
}

/// What the dashed lines are.
fn dashed(story: &Story<'_>) -> String {
    match story.others {
        [] => String::new(),
        [only] if only.variant.is_on_demand() => {
            ". Dashed: the same workload on on-demand nodes only".into()
        }
        _ => ". Dashed: other plans, all that they cost".into(),
    }
}

fn title(story: &Story<'_>) -> String {
    let subject = story.about();
    let own = usd(subject.plan.cost_monthly.mean);
    let baseline = story.summary.baseline();
    let against = baseline.and_then(|it| Some((it, it.subject_saves.as_ref()?)));
    let Some((baseline, saving)) = against else {
        return match &subject.never_placed {
            Some(never) => format!("{}: {own} a month for the others", never.count()),
            None => format!("It costs {own} a month"),
        };
    };
    let base = usd(baseline.plan.cost_monthly.mean);
    let percent = saving.percent.map_or(0.0, |percent| percent.mean);
    if let Some(never) = &subject.never_placed {
        let name = &baseline.name;
        return format!("{}: {own} a month for the others, {base} {name}", never.count());
    }
    let what = if baseline.is_on_demand() { "Spot" } else { "It" };
    if saving.usd_monthly.mean == 0.0 {
        format!("Nothing is saved: {own} a month on either plan")
    } else if !shows(saving.usd_monthly) {
        format!("No detectable saving: {own} a month instead of {base}")
    } else if percent > 0.0 {
        format!("{what} cuts the bill by {percent:.1} %: {own} a month instead of {base}")
    } else {
        format!("{what} costs {:.1} % more: {own} a month instead of {base}", -percent)
    }
}

/// Dollars at a mark of an axis, with the cents that its steps need.
fn dollars(at: f64, step: f64) -> String {
    match step {
        step if step >= 1.0 => crate::format::usd_to(at, 0),
        step if step >= 0.01 => crate::format::usd_to(at, 2),
        _ => crate::format::usd_to(at, 4),
    }
}
