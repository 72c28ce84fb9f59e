//! Sensitivity: what the result would be if the provider took instances more or less often.
//!
//! How often it does is known to an order of magnitude at best, so the same experiment is made at
//! several scales of it, with the same seeds. These are results of their own, never part of an
//! interval.

use schemars::JsonSchema;
use serde::Serialize;
use sim::{Legend, Run};

use crate::figures::Figures;
use crate::stats::Estimate;
use crate::summary::exposure::Exposure;

/// The scales that are tried, of the rates that the catalogue or the scenario gives.
pub const SCALES: [f64; 3] = [1.0, 10.0, 100.0];
/// At scales above the scenario's own, runs are long, and this number of them is enough; at all others there
/// are as many as of the scenario itself, and its own scale is the scenario itself.
pub const REPLICATIONS: usize = 60;

/// More often than this, per hour, no multiple has its instances taken: the pool that was recorded to
/// be taken most often lost 1.3 an hour (r5.16xlarge, us-east-1, 2023), and beyond, a run is spent on
/// launching what is lost at once.
pub const MOST_PER_HOUR: f64 = 2.0;

/// The multiples of the stated rates that may be tried beside a scenario's own, and those that are
/// left out, where the instances that are taken most often are taken so often per hour as stated.
#[must_use]
pub fn multiples(own: f64, per_hour: f64) -> (Vec<f64>, Vec<LeftOut>) {
    let others = SCALES.into_iter().filter(|scale| (scale / own - 1.0).abs() > 1e-9);
    let (tried, left_out): (Vec<f64>, Vec<f64>) =
        others.partition(|scale| scale * per_hour <= MOST_PER_HOUR * (1.0 + 1e-9));
    let left_out = left_out.into_iter();
    let left_out = left_out.map(|scale| LeftOut { scale, per_hour: scale * per_hour });
    (tried, left_out.collect())
}

/// A multiple that is not tried.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// How many times the stated rates.
    pub scale: f64,
    /// How often, per hour, the instances would be taken that are taken most often.
    pub per_hour: f64,
}

/// Both plans, at a multiple of the reclaim rates that the catalogue says.
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
    /// Pods cut short or killed without having been asked to terminate, per day.
    pub cut_short_or_killed_per_day: Estimate,
    /// The availability of the least available workload that runs whole, on average over replications.
    pub least_availability: Option<f64>,
}

/// What replications at one scale say together, beside the baseline of the same replications.
#[must_use]
pub fn summarize(
    scale: f64,
    runs: &[(Figures, Run)],
    baseline: Option<&[(Figures, Run)]>,
    legend: &Legend,
) -> Scaled {
    let days = legend.to.since(legend.from).as_hours_f64() / 24.0;
    let exposure = Exposure::of(runs, legend);
    let per_day = |of: fn(&Figures) -> u64, most: Option<f64>| {
        let values: Vec<f64> = runs.iter().map(|(figures, _)| of(figures) as f64 / days).collect();
        Estimate::of_events(&values, most.map(|most| most / days))
    };
    let cost = |(figures, _): &(Figures, Run)| figures.money.total().as_usd_f64();
    let baseline: Vec<f64> =
        baseline.unwrap_or_default().iter().take(runs.len()).map(cost).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_multiple_takes_instances_all_the_time() {
        let of = |own, per_hour| {
            let (tried, left_out) = multiples(own, per_hour);
            (tried, left_out.iter().map(|it| it.scale).collect::<Vec<_>>())
        };
        assert_eq!(of(1.0, 4.9e-4), (vec![10.0, 100.0], vec![]));
        assert_eq!(of(1.0, 0.02), (vec![10.0, 100.0], vec![]));
        // A rate that was measured, and is no guess of what is rare.
        assert_eq!(of(1.0, 0.47), (vec![], vec![10.0, 100.0]));
        assert_eq!(of(10.0, 0.1), (vec![1.0], vec![100.0]));
    }
}
