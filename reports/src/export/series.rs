//! `series.csv`: what the charts over time are drawn from, a line for each step of the window.

use std::io::Write;

use serde::Serialize;

use super::seconds;
use crate::folds::series::Series;

/// A line of the table: means over all replications, and the worst moment of any of them.
#[derive(Serialize)]
struct Row {
    from_s: f64,
    to_s: f64,
    on_demand_usd_per_hour: f64,
    spot_usd_per_hour: f64,
    beside_usd_per_hour: f64,
    on_demand_plan_usd_per_hour: f64,
    on_demand_nodes: f64,
    spot_nodes: f64,
    least_ready_nodes: Option<u32>,
}

/// Writes the steps of both plans, side by side.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(proposed: &Series, on_demand: &Series, out: impl Write) -> csv::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    for (index, step) in proposed.steps.iter().enumerate() {
        let [on_demand_usd_per_hour, spot_usd_per_hour, beside_usd_per_hour] =
            proposed.usd_per_hour(index);
        let [on_demand_nodes, spot_nodes] = proposed.nodes(index);
        table.serialize(Row {
            from_s: seconds(proposed.edge(index)),
            to_s: seconds(proposed.edge(index + 1)),
            on_demand_usd_per_hour,
            spot_usd_per_hour,
            beside_usd_per_hour,
            on_demand_plan_usd_per_hour: on_demand.usd_per_hour(index).iter().sum(),
            on_demand_nodes,
            spot_nodes,
            // A step shorter than a millisecond has no moment.
            least_ready_nodes: (step.least_ready != u32::MAX).then_some(step.least_ready),
        })?;
    }
    table.flush()?;
    Ok(())
}
