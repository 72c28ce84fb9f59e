//! Intervals and spreads in words: how well a mean is known, and how far single weeks are from it.

use crate::format::{percent_singly, rate, time, usd_to};
use crate::stats::Estimate;
use crate::summary::{Plan, Summary};

/// What one replication is: a week, a day, or a run of some hours.
pub(crate) fn period(summary: &Summary) -> String {
    // Of a week, an hour or so is often warm-up.
    match summary.window_hours {
        hours if (160.0..=168.0).contains(&hours) => "week".into(),
        hours if (22.0..=24.0).contains(&hours) => "day".into(),
        hours => format!("run of {}", time(hours * 3_600.0)),
    }
}

/// Several of them.
pub(crate) fn periods(summary: &Summary) -> String {
    let period = period(summary);
    match period.strip_prefix("run ") {
        Some(rest) => format!("runs {rest}"),
        None => format!("{period}s"),
    }
}

/// One figure of a plan.
type Figure = fn(&Plan) -> Estimate;

/// Figures whose spread over single replications is printed.
const SPREAD: [(&str, Figure); 3] = [
    ("reclaims/day", |plan| plan.reclaims_per_day),
    ("pods disrupted/day", |plan| plan.pods_disrupted_per_day),
    ("cut short/day", |plan| plan.ends_cut_short_per_day),
];

/// What the intervals are and what is not in them, and how far single replications spread: one
/// sentence each, and none where there is only one replication or nothing is random.
pub(crate) fn sentences(summary: &Summary) -> Vec<String> {
    let plan = &summary.subject().plan;
    let (saving, _) = summary.headline();
    let figures = SPREAD.map(|(name, of)| (name, of(plan)));
    let random = |estimate: &Estimate| estimate.high.is_some();
    let mut shown = figures.iter().map(|(_, estimate)| *estimate).chain([saving.usd_monthly]);
    if summary.replications < 2 || !shown.any(|estimate| random(&estimate)) {
        return Vec::new();
    }
    let periods = periods(summary);
    let mut spreads = Vec::new();
    if let Some(percent) = saving.percent
        && !percent_singly(percent).is_empty()
    {
        spreads.push(format!("saving {} %", percent_singly(percent)));
    }
    if let Some((low, high)) = plan.cost_monthly.p05.zip(plan.cost_monthly.p95) {
        let decimals = if high - low < 10.0 { 2 } else { 0 };
        spreads.push(format!("cost {} to {}/month", usd_to(low, decimals), usd_to(high, decimals)));
    }
    for (name, estimate) in figures.iter().filter(|(_, it)| it.high.is_some() && it.mean > 0.0) {
        if let Some((low, high)) = estimate.p05.zip(estimate.p95) {
            spreads.push(format!("{name} {} to {}", rate(low), rate(high)));
        }
    }
    let mut sentences = vec![
        format!(
            "Intervals (\"0.12 to 0.31\") are 95 % intervals of the mean over {} simulated {periods}; \
             more replications narrow them. How old the prices are and how often reclaims really are \
             is not in them.",
            summary.replications
        ),
        format!("Single {periods}, 5th to 95th percentile: {}.", spreads.join(", ")),
    ];
    if figures.iter().any(|(_, estimate)| estimate.rare) {
        sentences.push(format!(
            "\"At most\": seen in fewer than {} of the {periods}, too rare for an interval; a bound with \
             95 % where it was seen in none, a rough upper end else.",
            crate::stats::FEW_SEEN
        ));
    }
    sentences
}
