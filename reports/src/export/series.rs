//! `series.csv`: what the charts over time are drawn from, a line for each step of the window.

use std::io::Write;

use super::{column, seconds};
use crate::folds::series::Series;

/// Writes the steps of a variant: means over all replications, and the worst moment of any of them.
/// Beside what it costs stands what other variants cost, each under its name.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(subject: &Series, others: &[(&str, &Series)], out: impl Write) -> csv::Result<()> {
    let mut table = csv::WriterBuilder::new().has_headers(false).from_writer(out);
    let own = ["on_demand", "spot", "beside"].map(|part| format!("{part}_usd_per_hour"));
    let plans = others.iter().map(|(name, _)| format!("{}_plan_usd_per_hour", column(name)));
    let nodes = ["on_demand_nodes", "spot_nodes", "least_ready_nodes"].map(String::from);
    let head = ["from_s", "to_s"].map(String::from).into_iter().chain(own).chain(plans);
    table.write_record(head.chain(nodes))?;
    for (index, step) in subject.steps.iter().enumerate() {
        let edges = [index, index + 1].map(|index| seconds(subject.edge(index)));
        let plans: Vec<f64> =
            others.iter().map(|(_, it)| it.usd_per_hour(index).iter().sum()).collect();
        // A step shorter than a millisecond has no moment.
        let least = (step.least_ready != u32::MAX).then_some(step.least_ready);
        let money = (subject.usd_per_hour(index), plans);
        table.serialize((edges, money, subject.nodes(index), least))?;
    }
    table.flush()?;
    Ok(())
}
