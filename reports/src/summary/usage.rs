//! Usage in the summary: how much of what nodes offer is used, and requests that are not served.

use schemars::JsonSchema;
use serde::Serialize;
use sim::Legend;
use sim::model::workload::WorkloadId;

use super::replications::Replications;
use super::workload_name;
use crate::figures::Figures;
use crate::folds::usage::Requests;
use crate::stats::Estimate;

/// Requests that a workload's ready replicas could not serve.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadLoad {
    /// Namespace and name.
    pub workload: String,
    /// Requests a day.
    pub requests_per_day: Estimate,
    /// Those that were not served, a day.
    pub unserved_per_day: Estimate,
    /// Their share in percent of all; none without any.
    pub unserved_percent: Option<Estimate>,
    /// The same in the worst replication.
    pub worst_unserved_percent: Option<f64>,
    /// Which one that was, as seed/replication.
    pub worst_run: Option<String>,
}

/// How much of what nodes offer is used, in percent: CPU (0) or memory (1); none where nothing models
/// it.
pub(super) fn used(replications: Replications<'_>, lane: usize) -> Option<Estimate> {
    let unit = [1.0, 1_048_576.0][lane];
    let used = |f: &Figures| f.used.integral[lane] as f64 / unit;
    let allocatable = |f: &Figures| f.capacity.integral.allocatable[lane] as f64;
    let used = replications.values(used);
    if used.iter().all(|used| *used <= 0.0) {
        return None;
    }
    let ratio = Estimate::of_ratio(&used, &replications.values(allocatable));
    ratio.map(|ratio| ratio.times(100.0))
}

/// Each workload that serves requests, the one that fails the most of them first; none where none does.
pub(super) fn load(
    replications: Replications<'_>,
    legend: &Legend,
    seed: u64,
) -> Option<Vec<WorkloadLoad>> {
    let serve = legend.model.usage.iter().filter(|(_, usage)| usage.demand.is_some());
    let mut rows: Vec<WorkloadLoad> =
        serve.map(|(workload, _)| row(replications, legend, *workload, seed)).collect();
    let unserved = |row: &WorkloadLoad| row.unserved_percent.map_or(0.0, |share| share.mean);
    rows.sort_by(|a, b| unserved(b).total_cmp(&unserved(a)));
    (!rows.is_empty()).then_some(rows)
}

fn row(
    replications: Replications<'_>,
    legend: &Legend,
    workload: WorkloadId,
    seed: u64,
) -> WorkloadLoad {
    let of =
        |f: &Figures| -> Requests { f.used.requests.get(&workload).copied().unwrap_or_default() };
    let offered = |f: &Figures| of(f).offered as f64 / 1e6;
    let unserved = |f: &Figures| (of(f).offered - of(f).served) as f64 / 1e6;
    let (all, lost) = (replications.values(offered), replications.values(unserved));
    let shares = lost.iter().zip(&all).enumerate().filter(|(_, (_, all))| **all > 0.0);
    let shares = shares.map(|(run, (lost, all))| (run, lost / all * 100.0));
    let worst = shares.min_by(|a, b| b.1.total_cmp(&a.1));
    WorkloadLoad {
        workload: workload_name(legend, workload),
        requests_per_day: replications.per_day(offered),
        unserved_per_day: replications.per_day(unserved),
        unserved_percent: Estimate::of_ratio(&lost, &all).map(|ratio| ratio.times(100.0)),
        worst_unserved_percent: worst.map(|(_, share)| share),
        worst_run: worst.map(|(run, _)| format!("{seed}/{run}")),
    }
}
