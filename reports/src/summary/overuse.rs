//! Overuse in the summary: kills, restarts, evictions, and CPU that pods did not get.

use schemars::JsonSchema;
use serde::Serialize;
use sim::Legend;
use sim::model::workload::WorkloadId;

use super::replications::Replications;
use super::workload_name;
use crate::figures::Figures;
use crate::stats::Estimate;

/// Hours in a week.
const WEEK: f64 = 168.0;

/// What became of pods that would use more than they may, or than there is.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Overuse {
    /// Containers that were killed because memory was out: their own limit's, or their node's; per week.
    pub oom_kills_per_week: Estimate,
    /// Those of them that were killed because the memory of their node was out, per week.
    pub oom_kills_of_nodes_per_week: Estimate,
    /// Containers that were started again, per week.
    pub restarts_per_week: Estimate,
    /// Pods that kubelets evicted from nodes under pressure, per week.
    pub pressure_evictions_per_week: Estimate,
    /// Share of the CPU that pods would have used which their limits kept from them, in percent; none if
    /// they would have used none.
    pub throttled_percent: Option<Estimate>,
    /// Share of it that others had on their nodes, in percent.
    pub contended_percent: Option<Estimate>,
    /// Whose containers were killed, those that were most often first.
    pub workloads: Vec<WorkloadKills>,
}

/// How often containers of one workload were killed.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadKills {
    /// Namespace and name.
    pub workload: String,
    /// Containers of it that were killed because memory was out, per week.
    pub oom_kills_per_week: Estimate,
}

/// What became of them; none when nothing models usage.
pub(super) fn of(replications: Replications<'_>, legend: &Legend) -> Option<Overuse> {
    let runs = replications.runs;
    if !runs.iter().any(|(figures, _)| figures.overuse.any) {
        return None;
    }
    let per_week = |of: &dyn Fn(&Figures) -> u64| {
        replications.mean(|figures| of(figures) as f64 * WEEK / replications.hours)
    };
    let uses = runs.iter().all(|(figures, _)| figures.overuse.demand > 0);
    let percent = |of: fn(&Figures) -> u128| {
        let share = |f: &Figures| 100.0 * of(f) as f64 / f.overuse.demand as f64;
        uses.then(|| replications.mean(share))
    };
    let by =
        |figures: &Figures, id: WorkloadId| figures.overuse.kills_of.get(&id).copied().unwrap_or(0);
    let mut workloads: Vec<(u64, WorkloadKills)> = legend
        .model
        .workloads
        .ids()
        .map(|id| (runs.iter().map(|(figures, _)| by(figures, id)).sum(), id))
        .filter(|(kills, _)| *kills > 0)
        .map(|(kills, id)| {
            let oom_kills_per_week = per_week(&|figures| by(figures, id));
            (kills, WorkloadKills { workload: workload_name(legend, id), oom_kills_per_week })
        })
        .collect();
    workloads.sort_by_key(|(kills, _)| std::cmp::Reverse(*kills));
    Some(Overuse {
        oom_kills_per_week: per_week(&|f| f.overuse.oom_kills),
        oom_kills_of_nodes_per_week: per_week(&|f| f.overuse.oom_kills_of_nodes),
        restarts_per_week: per_week(&|f| f.overuse.restarts),
        pressure_evictions_per_week: per_week(&|f| f.overuse.evictions),
        throttled_percent: percent(|f| f.overuse.throttled),
        contended_percent: percent(|f| f.overuse.contended),
        workloads: workloads.into_iter().map(|(_, row)| row).collect(),
    })
}
