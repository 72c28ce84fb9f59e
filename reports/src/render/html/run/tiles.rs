//! The figures in the head of the page of a run: what it saves, what it costs and what it risks.

use crate::format::{cut, rate, time, usd, usd_ends};
use crate::render::html::head::within;
use crate::render::html::{Tile, Tone};
use crate::sections::nothing_to_save;
use crate::stats::Estimate;
use crate::summary::{ON_DEMAND, Pending, Plan, Summary};

/// A rate of a plan.
type Rate = fn(&Plan) -> Estimate;

/// Rates, and where `summary.json` has them: of nodes, and then of pods.
const RATES: [(&str, &str, Rate); 2] = [
    ("Node reclaims a day", "proposed.reclaimsPerDay.mean", |plan| plan.reclaims_per_day),
    ("Pods disrupted a day", "proposed.podsDisruptedPerDay.mean", |plan| {
        plan.pods_disrupted_per_day
    }),
];

/// The figures of the head, the saving first.
pub(super) fn of(summary: &Summary) -> Vec<Tile> {
    let plan = &summary.subject().plan;
    let base = summary.baseline().map(|it| (&it.name[..], &it.plan));
    let against = |of: &dyn Fn(&Plan) -> String| {
        base.map_or_else(String::new, |(name, plan)| format!("{} {name}", of(plan)))
    };
    let cost = plan.cost_monthly.mean;
    let mut tiles = vec![saving(summary)];
    tiles.push(
        Tile::new("Cost a month", usd(cost))
            .at("proposed.costMonthly.mean", cost)
            .below(against(&|plan| usd(plan.cost_monthly.mean))),
    );
    let rates = &RATES[..if summary.has_pods { 2 } else { 1 }];
    tiles.extend(rates.iter().map(|(label, path, of)| {
        let value = of(plan);
        Tile::new(*label, rate(value.mean)).at(*path, value.mean).below(within(value))
    }));
    if !summary.has_pods {
        tiles.extend(paid_for_jobs(plan));
        return tiles;
    }
    let harsh = |plan: &Plan| {
        plan.ends_cut_short_per_day.mean + plan.ends_killed_without_warning_per_day.mean
    };
    tiles.push(
        Tile::new("Cut short or killed a day", rate(harsh(plan)))
            .below(against(&|plan| rate(harsh(plan)))),
    );
    tiles.extend(plan.pending_seconds_p95.map(|wait| {
        let longest = plan.pending_seconds_max.map(shown);
        Tile::new("Pending, 95th percentile", shown(wait))
            .at("proposed.pendingSecondsP95.seconds", wait.seconds)
            .below(longest.map_or_else(String::new, |longest| format!("longest {longest}")))
    }));
    let least = plan.availability.first().and_then(|row| Some((row, row.availability?)));
    tiles.extend(least.map(|(row, availability)| {
        let name = row.workload.strip_prefix("default/").unwrap_or(&row.workload);
        let worst = row.worst.map(|it| format!("; {} in its worst run", cut(it, 4)));
        Tile::new("Least availability", cut(availability, 5))
            .at("proposed.availability.0.availability", availability)
            .below(format!("{name}{}", worst.unwrap_or_default()))
    }));
    tiles
}

/// What jobs with deadlines paid, and what they could not have paid less than.
fn paid_for_jobs(plan: &Plan) -> Option<Tile> {
    let figure = |key: &str| plan.figures.get(key).map(|it| it.mean);
    let paid = figure("deadlineJobsPaid")?;
    let least = figure("deadlineJobsLeast").map(|it| format!("not less than {}", usd(it)));
    let tile = Tile::new("Paid for jobs in time", usd(paid)).below(least.unwrap_or_default());
    Some(tile.at("proposed.figures.deadlineJobsPaid.mean", paid))
}

/// A wait, which may be longer than it was seen to be.
fn shown(wait: Pending) -> String {
    format!("{}{}", if wait.at_least { "> " } else { "" }, time(wait.seconds))
}

/// What is saved against what the verdict names.
fn saving(summary: &Summary) -> Tile {
    let (saving, against) = summary.headline();
    let dollars = saving.usd_monthly;
    let percent = saving.percent.map_or_else(String::new, |it| format!("{:.1} %", it.mean));
    let interval = dollars.low.zip(dollars.high).filter(|(low, high)| low < high);
    let interval = interval.map_or_else(String::new, |(low, high)| {
        format!("; 95 % interval of the mean {}", usd_ends(low, high))
    });
    let (below, tone) = match dollars.mean {
        _ if nothing_to_save(summary) => ("no spot capacity is used".into(), Tone::Plain),
        mean => (format!("{percent}{interval}"), if mean < 0.0 { Tone::Bad } else { Tone::Good }),
    };
    let tile = Tile::new("Saving a month", usd(dollars.mean)).below(below).toned(tone);
    match (against == ON_DEMAND, summary.reference()) {
        (_, Some(_)) => tile.at("saving.today.usdMonthly.mean", dollars.mean),
        (true, None) => tile.at("saving.onDemandPlan.usdMonthly.mean", dollars.mean),
        (false, None) => tile,
    }
}
