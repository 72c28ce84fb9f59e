//! Sensitivity: what the result would be if the provider took instances more or less often.
//!
//! How often it does is known to an order of magnitude at best, so the same experiment is made at
//! several scales of it, with the same seeds. These are results of their own, never part of an
//! interval.

use schemars::JsonSchema;
use serde::Serialize;
use sim::{Legend, Run};

use crate::figures::Figures;
use crate::layout::{self, Row};
use crate::quantity::{many, rate};
use crate::stats::Estimate;

/// The scales that are tried, of the rates that the catalogue or the scenario gives.
pub const SCALES: [f64; 3] = [1.0, 10.0, 100.0];
/// So many replications are enough to tell the scales apart.
pub const REPLICATIONS: usize = 30;

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
    let per_day = |of: fn(&Figures) -> u64| {
        let values: Vec<f64> = runs.iter().map(|(figures, _)| of(figures) as f64 / days).collect();
        Estimate::of(&values)
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
        reclaims_per_day: per_day(|f| f.disruption.reclaims),
        cut_short_or_killed_per_day: per_day(|f| {
            f.disruption.ends.cut_short() + f.disruption.ends.killed_without_warning
        }),
        least_availability: least.min_by(f64::total_cmp),
    }
}

/// The scales as a table.
pub(crate) fn table(scales: &[Scaled], columns: usize) -> String {
    let Some(first) = scales.first() else { return String::new() };
    let head = ["saving", "reclaims/day", "cut or killed/day", "availability"];
    let mut rows = vec![Row::new("At the rates", head.map(str::to_owned))];
    for row in scales {
        let figures = [
            row.saving_percent.map_or("-".into(), |it| format!("{:.1} %", it.mean)),
            rate(row.reclaims_per_day.mean),
            rate(row.cut_short_or_killed_per_day.mean),
            row.least_availability.map_or("-".into(), |it| format!("{it:.6}")),
        ];
        rows.push(Row::new(&format!("  ×{}", row.scale), figures));
    }
    format!(
        "\nHow often reclaims really are is not well known. Over {}, at a multiple of the rates:\n{}",
        many(first.replications as u64, "replication"),
        layout::table(&rows, 0, columns)
    )
}
