//! PodDisruptionBudgets in the summary.

use schemars::JsonSchema;
use serde::Serialize;
use sim::Legend;

use super::replications::Replications;

use crate::stats::Estimate;

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
pub(super) fn of(replications: Replications<'_>, legend: &Legend) -> Option<Budgets> {
    (!legend.model.budgets.is_empty()).then(|| Budgets {
        violations_per_day: replications.pod_events_per_day(|f| f.budgets.violations as f64),
        short_minutes_per_day: replications.per_day(|f| f.budgets.short_ms as f64 / 60_000.0),
        refused_evictions_per_day: replications.per_day(|f| f.budgets.refusals as f64),
    })
}
