//! Cost in the summary, by who or what it was paid for.

use schemars::JsonSchema;
use serde::Serialize;
use sim::money::HOURS_PER_MONTH;
use sim::{Cost, Legend, Run};

use crate::cost::breakdown::{Breakdown, DIMENSIONS, Dimension};
use crate::figures::Figures;

/// The cost by one dimension.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CostBy {
    /// The dimension.
    pub dimension: &'static str,
    /// Its parts, by descending cost: they sum to the cost. What no pod requested is `__idle__`, the
    /// unused part of commitments `__commitment__`, what is paid beside instances `__other__`.
    pub rows: Vec<CostRow>,
}

/// A part of the cost.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CostRow {
    /// Who or what it was paid for.
    pub name: String,
    /// Dollars per month of 730 h, mean over replications.
    pub usd_monthly: f64,
    /// In the window over all replications, in micro-dollars, exact but for rounding.
    pub micro_usd_total: u64,
}

/// The breakdowns of all replications together.
#[must_use]
pub fn breakdown(runs: &[(Figures, Run)]) -> Breakdown {
    let mut sum = Breakdown::default();
    runs.iter().for_each(|(figures, _)| figures.breakdown.add_to(&mut sum));
    sum
}

/// The cost of all replications by every dimension.
pub(super) fn by(runs: &[(Figures, Run)], legend: &Legend) -> Vec<CostBy> {
    let breakdown = breakdown(runs);
    let hours = legend.to.since(legend.from).as_hours_f64() * runs.len() as f64;
    let row = |(name, cost): (String, Cost)| CostRow {
        name,
        usd_monthly: cost.as_usd_f64() * HOURS_PER_MONTH / hours,
        micro_usd_total: cost.micro_usd(),
    };
    let of = |dimension: Dimension| CostBy {
        dimension: dimension.name(),
        rows: breakdown.rows(dimension, legend).into_iter().map(row).collect(),
    };
    DIMENSIONS.into_iter().map(of).collect()
}
