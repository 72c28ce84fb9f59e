//! `breakdown.csv`: the cost by pool, capacity type, instance type, zone, namespace and workload, of
//! both plans; the rows of each dimension sum to the cost of all replications.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;
use sim::money::HOURS_PER_MONTH;
use sim::{Cost, Legend};

use super::cell;
use crate::cost::breakdown::{Breakdown, DIMENSIONS};

/// A line of the table.
#[derive(Serialize)]
struct Row<'a> {
    dimension: &'static str,
    #[serde(serialize_with = "cell::text")]
    name: &'a str,
    usd_per_month: f64,
    on_demand_plan_usd_per_month: f64,
    cost_micro_usd_ms_per_hour: u128,
    on_demand_plan_cost_micro_usd_ms_per_hour: u128,
}

/// Writes the sums over the replications of both plans, side by side; a row that only the
/// on-demand plan has comes last.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(
    [proposed, on_demand]: [Breakdown; 2],
    replications: usize,
    legend: &Legend,
    out: impl Write,
) -> csv::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    let hours = legend.to.since(legend.from).as_hours_f64() * replications as f64;
    let monthly = |cost: Cost| cost.as_usd_f64() * HOURS_PER_MONTH / hours;
    for dimension in DIMENSIONS {
        let own = proposed.rows(dimension, legend);
        // Both plans have the same names, but the other has bought everything on-demand.
        let other = on_demand.rows(dimension, legend);
        let both: BTreeMap<&str, Cost> =
            other.iter().map(|(name, c)| (name.as_str(), *c)).collect();
        let only_other = other.iter().filter(|(name, _)| own.iter().all(|(own, _)| own != name));
        let rows = own.iter().map(|(name, cost)| (name.as_str(), *cost));
        for (name, cost) in rows.chain(only_other.map(|(name, _)| (name.as_str(), Cost::ZERO))) {
            let base = both.get(name).copied().unwrap_or_default();
            table.serialize(Row {
                dimension: dimension.name(),
                name,
                usd_per_month: monthly(cost),
                on_demand_plan_usd_per_month: monthly(base),
                cost_micro_usd_ms_per_hour: cost.0,
                on_demand_plan_cost_micro_usd_ms_per_hour: base.0,
            })?;
        }
    }
    table.flush()?;
    Ok(())
}
