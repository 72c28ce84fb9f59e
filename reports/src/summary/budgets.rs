//! PodDisruptionBudgets in the summary.

use schemars::JsonSchema;
use serde::Serialize;
use sim::{Legend, Run};

use crate::figures::Figures;
use crate::stats::Estimate;
use crate::summary::exposure::Exposure;

/// What became of PodDisruptionBudgets, which hold back evictions and not reclaims.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Budgets {
    /// Pods that a reclaim took while a budget of theirs allowed no disruption, per day.
    pub violations_per_day: Estimate,
    /// Minutes in which a budget had fewer healthy pods than it demands, per day, all budgets
    /// together.
    pub short_minutes_per_day: Estimate,
    /// Attempts to evict a pod that a budget refused, per day.
    pub refused_evictions_per_day: Estimate,
}

/// What became of them in all replications; none when there are none.
pub(super) fn of(
    runs: &[(Figures, Run)],
    legend: &Legend,
    hours: f64,
    exposure: Exposure,
) -> Option<Budgets> {
    let values = |of: fn(&Figures) -> f64| -> Vec<f64> {
        runs.iter().map(|(figures, _)| of(figures) * 24.0 / hours).collect()
    };
    let per_day = |of: fn(&Figures) -> f64| Estimate::of(&values(of));
    let most = exposure.pods.map(|pods| pods * 24.0 / hours);
    (!legend.model.budgets.is_empty()).then(|| Budgets {
        violations_per_day: Estimate::of_events(&values(|f| f.budgets.violations as f64), most),
        short_minutes_per_day: per_day(|f| f.budgets.short_ms as f64 / 60_000.0),
        refused_evictions_per_day: per_day(|f| f.budgets.refusals as f64),
    })
}
