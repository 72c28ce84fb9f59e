//! Availability in the summary.

use schemars::JsonSchema;
use serde::Serialize;
use sim::{Legend, Run};

use super::workload_name;
use crate::figures::Figures;
use crate::format::cut;

/// The availability of one workload.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadAvailability {
    /// Namespace and name.
    pub workload: String,
    /// Share of time with enough replicas available, mean over replications: as many as a
    /// PodDisruptionBudget demands, or one.
    pub availability: Option<f64>,
    /// How many decimals of the mean the runs support: an observed span of 10,000 minutes tells no
    /// shares below 1 in 10,000, and digits below the standard error are noise.
    pub decimals: usize,
    /// The worst replication.
    pub worst: Option<f64>,
    /// Which one that was, as seed/replication.
    pub worst_run: Option<String>,
    /// Share of wanted replica time that was available.
    pub replica_availability: Option<f64>,
    /// The fewest replicas available once all had been.
    pub least_replicas: Option<u32>,
}

/// Every workload with replicas, the least available first.
pub(super) fn of(runs: &[(Figures, Run)], legend: &Legend, seed: u64) -> Vec<WorkloadAvailability> {
    let first = &runs[0].0.availability;
    let minutes = legend.to.since(legend.from).as_hours_f64() * 60.0;
    let mut rows: Vec<WorkloadAvailability> = (0..first.len())
        .map(|row| {
            let each = || runs.iter().filter_map(|(f, _)| f.availability.get(row).map(|(_, a)| a));
            let shares: Vec<f64> = each().filter_map(|a| a.time_based).collect();
            let mean = shares.iter().sum::<f64>() / shares.len() as f64;
            let worst = shares.iter().copied().enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
            let (missing, wanted) =
                each().fold((0, 0), |(m, d), a| (m + a.unavailable_ms, d + a.desired_ms));
            WorkloadAvailability {
                workload: workload_name(legend, first[row].0),
                availability: (!shares.is_empty()).then_some(mean),
                decimals: decimals(&shares, minutes),
                worst: worst.map(|(_, share)| share),
                worst_run: worst.map(|(replication, _)| format!("{seed}/{replication}")),
                replica_availability: (wanted > 0).then(|| 1.0 - missing as f64 / wanted as f64),
                least_replicas: each().filter_map(|a| a.least).min(),
            }
        })
        .collect();
    let key = |row: &WorkloadAvailability| (row.availability, row.replica_availability);
    rows.sort_by(|a, b| key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal));
    rows
}

impl WorkloadAvailability {
    /// The mean as a person reads it: cut, never rounded up, after the decimals that it supports.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        self.availability.map(|share| cut(share, self.decimals))
    }

    /// The worst replication in the same way.
    #[must_use]
    pub fn worst_text(&self) -> Option<String> {
        self.worst.map(|share| cut(share, self.decimals))
    }
}

/// How many decimals of a mean over windows of this length are supported, from two to six.
fn decimals(shares: &[f64], minutes: f64) -> usize {
    let n = shares.len() as f64;
    let mean = shares.iter().sum::<f64>() / n;
    let variance = shares.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    let least = (1.0 / (n * minutes)).max(if error.is_finite() { error } else { 0.0 });
    // In range by the bounds; a window without length supports the fewest.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let decimals = (-least.log10()).floor().clamp(2.0, 6.0) as usize;
    decimals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_as_many_decimals_as_the_runs_support() {
        let week = 10_080.0;
        // One week tells minutes apart: four decimals. Sixty tell more, unless they scatter.
        assert_eq!(decimals(&[1.0], week), 4);
        assert_eq!(decimals(&[1.0; 60], week), 5);
        let scattered: Vec<f64> = (0..60).map(|week| if week < 6 { 0.9 } else { 1.0 }).collect();
        assert_eq!(decimals(&scattered, week), 2);
    }
}
