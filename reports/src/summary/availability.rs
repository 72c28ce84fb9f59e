//! Availability in the summary.

use schemars::JsonSchema;
use serde::Serialize;
use sim::{Legend, Run};

use super::workload_name;
use crate::figures::Figures;

/// The availability of one workload.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadAvailability {
    /// Namespace and name.
    pub workload: String,
    /// Share of time with enough replicas available, mean over replications: as many as a
    /// PodDisruptionBudget demands, or one.
    pub availability: Option<f64>,
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
