//! The head of a page: the verdict, and the figures that it is made of, each beside what it is compared with.

use maud::{Markup, html};
use sim::plain::plain;

use super::Page;
use crate::format::{cut, rate, time, usd, usd_ends};
use crate::stats::Estimate;
use crate::summary::{ON_DEMAND, Plan, Summary};

/// A rate of a plan.
type Rate = fn(&Plan) -> Estimate;

/// A figure of the head.
struct Tile {
    label: &'static str,
    /// Its value as people read it.
    shown: String,
    /// Where `summary.json` has it, and what it is there; none of a sum.
    path: Option<(&'static str, f64)>,
    /// What stands below it.
    below: String,
}

/// The verdict card.
pub(super) fn of(page: &Page<'_>) -> Markup {
    let summary = page.summary;
    let answer = page.sections.iter().find(|it| it.title == "Answer");
    let verdict = answer.map_or("", |it| &it.claim);
    let prefix = format!("{}: ", summary.scenario);
    let verdict = verdict.strip_prefix(&prefix).unwrap_or(verdict);
    html! {
        section.card #answer aria-labelledby="title" {
            p.kicker { (plain(&summary.scenario)) }
            h1 #title { (capital(&plain(verdict))) }
            ul.tiles { @for it in tiles(summary) { li {
                span.label { (it.label) }
                @match it.path {
                    Some((path, value)) => data.figure value=(value) data-path=(path) { (it.shown) },
                    None => span.figure { (it.shown) },
                }
                @if !it.below.is_empty() { span.below { (plain(&it.below)) } }
            } } }
            (rules(summary))
        }
    }
}

/// The figures of the head, the saving first.
fn tiles(summary: &Summary) -> Vec<Tile> {
    let plan = &summary.subject().plan;
    let base = summary.baseline().map(|it| (&it.name[..], &it.plan));
    let against = |of: &dyn Fn(&Plan) -> String| {
        base.map_or_else(String::new, |(name, plan)| format!("{} {name}", of(plan)))
    };
    let mut tiles = vec![saving(summary)];
    tiles.push(Tile {
        label: "Cost a month",
        shown: usd(plan.cost_monthly.mean),
        path: Some(("proposed.costMonthly.mean", plan.cost_monthly.mean)),
        below: against(&|plan| usd(plan.cost_monthly.mean)),
    });
    let rates: [(&str, &str, Rate); 2] = [
        ("Node reclaims a day", "proposed.reclaimsPerDay.mean", |plan| plan.reclaims_per_day),
        ("Pods disrupted a day", "proposed.podsDisruptedPerDay.mean", |plan| {
            plan.pods_disrupted_per_day
        }),
    ];
    for (label, path, of) in rates {
        let value = of(plan);
        let shown = rate(value.mean);
        tiles.push(Tile { label, shown, path: Some((path, value.mean)), below: within(value) });
    }
    let harsh = |plan: &Plan| {
        plan.ends_cut_short_per_day.mean + plan.ends_killed_without_warning_per_day.mean
    };
    tiles.push(Tile {
        label: "Cut short or killed a day",
        shown: rate(harsh(plan)),
        path: None,
        below: against(&|plan| rate(harsh(plan))),
    });
    if let Some(wait) = plan.pending_seconds_p95 {
        let more = if wait.at_least { "> " } else { "" };
        tiles.push(Tile {
            label: "Pending, 95th percentile",
            shown: format!("{more}{}", time(wait.seconds)),
            path: Some(("proposed.pendingSecondsP95.seconds", wait.seconds)),
            below: plan.pending_seconds_max.map_or_else(String::new, |longest| {
                let more = if longest.at_least { "> " } else { "" };
                format!("longest {more}{}", time(longest.seconds))
            }),
        });
    }
    let least = plan.availability.first().and_then(|row| Some((row, row.availability?)));
    if let Some((row, availability)) = least {
        let name = row.workload.strip_prefix("default/").unwrap_or(&row.workload);
        tiles.push(Tile {
            label: "Least availability",
            shown: cut(availability, 5),
            path: Some(("proposed.availability.0.availability", availability)),
            below: match row.worst {
                Some(worst) => format!("{name}; {} in its worst run", cut(worst, 4)),
                None => name.to_owned(),
            },
        });
    }
    tiles
}

/// What is saved against what the verdict names.
fn saving(summary: &Summary) -> Tile {
    let (saving, against) = summary.headline();
    let dollars = saving.usd_monthly;
    let path = match (against == ON_DEMAND, summary.reference()) {
        (_, Some(_)) => Some("saving.today.usdMonthly.mean"),
        (true, None) => Some("saving.onDemandPlan.usdMonthly.mean"),
        (false, None) => None,
    };
    let percent = saving.percent.map_or_else(String::new, |it| format!("{:.1} %", it.mean));
    let interval = dollars.low.zip(dollars.high).filter(|(low, high)| low < high);
    let interval = interval.map_or_else(String::new, |(low, high)| {
        format!("; 95 % interval of the mean {}", usd_ends(low, high))
    });
    Tile {
        label: "Saving a month",
        shown: usd(dollars.mean),
        path: path.map(|path| (path, dollars.mean)),
        below: format!("{percent}{interval}"),
    }
}

/// Where a mean lies.
fn within(estimate: Estimate) -> String {
    estimate.low.zip(estimate.high).map_or_else(String::new, |(low, high)| {
        if estimate.rare {
            format!("at most {}", rate(high))
        } else {
            format!("{} to {}", rate(low), rate(high))
        }
    })
}

/// Every rule with a mark that does not need its colour.
fn rules(summary: &Summary) -> Markup {
    let rules = &summary.subject().rules;
    html! {
        @if !rules.is_empty() {
            ul.rules { @for rule in rules {
                @let broken = rule.first.is_some();
                li class=(if broken { "broken" } else { "holds" }) {
                    span.mark { (if broken { "✗" } else { "✓" }) }
                    " " span.hidden { (if broken { "broken: " } else { "holds: " }) }
                    (plain(&rule.rule)) ": " (plain(&rule.says))
                }
            } }
        }
    }
}

/// A sentence that begins with a capital.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
