//! Pools that make do with on-demand, in the summary.

use schemars::JsonSchema;
use serde::Serialize;
use sim::Legend;

use super::replications::Replications;

use crate::stats::Estimate;

/// How often pools made do with on-demand nodes for want of spot, and went back.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fallbacks {
    /// On-demand nodes launched instead of spot, per day.
    pub fell_back_per_day: Estimate,
    /// Spot nodes launched to take the place of such a node, per day.
    pub back_to_spot_per_day: Estimate,
}

/// How often that was in all replications; none when no pool may.
pub(super) fn of(replications: Replications<'_>, legend: &Legend) -> Option<Fallbacks> {
    let may = legend.model.pools.rows().any(|pool| pool.refill().fallback.is_some());
    may.then(|| Fallbacks {
        fell_back_per_day: replications.per_day(|f| f.capacity.fell_back as f64),
        back_to_spot_per_day: replications.per_day(|f| f.capacity.back_to_spot as f64),
    })
}
