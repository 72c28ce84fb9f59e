//! Sensitivity: what the result would be if the provider took instances more or less often.
//!
//! How often it does is known to an order of magnitude at best, so the same experiment is made at
//! several scales of it, with the same seeds. These are results of their own, never part of an
//! interval.

use schemars::JsonSchema;
use serde::Serialize;
use sim::{Legend, Run};

use crate::exposure::Exposure;
use crate::figures::Figures;
use crate::layout::{self, Row};
use crate::quantity::{many, rate};
use crate::spread;
use crate::stats::Estimate;

/// The scales that are tried, of the rates that the catalogue or the scenario gives.
pub const SCALES: [f64; 3] = [1.0, 10.0, 100.0];
/// At scales above the scenario's own, runs are long and so many of them enough; at all others there
/// are as many as of the scenario itself, and its own scale is the scenario itself.
pub const REPLICATIONS: usize = 60;

/// Both plans, reclaims being so many times as frequent as the catalogue says.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Scaled {
    /// How many times.
    pub scale: f64,
    /// Over how many replications.
    pub replications: usize,
    /// The saving against the on-demand plan, in percent.
    pub saving_percent: Option<Estimate>,
    /// Instances taken by the provider, per day.
    pub reclaims_per_day: Estimate,
    /// Pods cut short or killed without having been told, per day.
    pub cut_short_or_killed_per_day: Estimate,
    /// The availability of the least available workload that runs whole, on average over replications.
    pub least_availability: Option<f64>,
}

/// What replications at one scale say together, beside the on-demand plan of the same replications.
#[must_use]
pub fn summarize(
    scale: f64,
    runs: &[(Figures, Run)],
    on_demand: &[(Figures, Run)],
    legend: &Legend,
) -> Scaled {
    let days = legend.to.since(legend.from).as_hours_f64() / 24.0;
    let exposure = Exposure::of(runs, legend);
    let per_day = |of: fn(&Figures) -> u64, most: Option<f64>| {
        let values: Vec<f64> = runs.iter().map(|(figures, _)| of(figures) as f64 / days).collect();
        Estimate::of_events(&values, most.map(|most| most / days))
    };
    let cost = |(figures, _): &(Figures, Run)| figures.money.total().as_usd_f64();
    let baseline: Vec<f64> = on_demand.iter().take(runs.len()).map(cost).collect();
    let differences: Vec<f64> = baseline.iter().zip(runs).map(|(b, own)| b - cost(own)).collect();
    let workloads = runs.first().map_or(0, |(figures, _)| figures.availability.len());
    // What has no node says nothing of how reclaims are survived.
    let runs_whole = |workload| {
        let never = |(figures, _): &(Figures, Run)| {
            figures.placed.iter().any(|it| it.workload == workload && it.never > 0)
        };
        !runs.iter().any(never)
    };
    let whole = |row: &usize| {
        runs.first().is_some_and(|(figures, _)| runs_whole(figures.availability[*row].0))
    };
    let least = (0..workloads).filter(whole).filter_map(|row| {
        let shares: Vec<f64> =
            runs.iter().filter_map(|(f, _)| f.availability[row].1.time_based).collect();
        (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
    });
    Scaled {
        scale,
        replications: runs.len(),
        saving_percent: Estimate::of_ratio(&differences, &baseline).map(|it| it.times(100.0)),
        reclaims_per_day: per_day(|f| f.disruption.reclaims, exposure.nodes),
        cut_short_or_killed_per_day: per_day(
            |f| f.disruption.ends.cut_short() + f.disruption.ends.killed_without_warning,
            exposure.pods,
        ),
        least_availability: least.min_by(f64::total_cmp),
    }
}

/// The scales as a table: each with what it comes to, and below that the intervals.
pub(crate) fn table(scales: &[Scaled], columns: usize) -> String {
    let (Some(first), Some(last)) = (scales.first(), scales.last()) else { return String::new() };
    let head = ["saving", "reclaims/day", "cut or killed/day", "availability"];
    let mut rows = vec![Row::new("At the rates", head.map(str::to_owned))];
    for row in scales {
        let (reclaims, harsh) = (row.reclaims_per_day, row.cut_short_or_killed_per_day);
        let figures = [
            row.saving_percent.map_or("-".into(), |it| format!("{:.1} %", it.mean)),
            rate(reclaims.mean),
            rate(harsh.mean),
            row.least_availability.map_or("-".into(), |it| format!("{it:.6}")),
        ];
        rows.push(Row::new(&format!("  ×{}", row.scale), figures));
        let within = [
            row.saving_percent.map_or_else(String::new, spread::percent_within),
            spread::within(reclaims),
            spread::within(harsh),
            String::new(),
        ];
        if within.iter().any(|it| !it.is_empty()) {
            rows.push(Row::new("", within));
        }
    }
    let mut over = many(first.replications as u64, "replication");
    if last.replications < first.replications {
        over += &format!(" ({} where reclaims are more frequent)", last.replications);
    }
    format!(
        "\nHow often reclaims really are is not well known. Over {over}, at a multiple of the rates:\n{}",
        layout::table(&rows, 0, columns)
    )
}
