//! `costs.csv`: what every instance is billed, a line for each price; the lines sum to the cost.

use std::io::Write;

use serde::Serialize;
use sim::Cost;

use super::names::Namer;
use super::{Recording, seconds};
use crate::meter::{Bill, Meter};

/// A line of the table.
#[derive(Serialize)]
struct Row<'a> {
    node: &'a str,
    pool: &'a str,
    instance_type: &'a str,
    zone: &'a str,
    capacity_type: &'a str,
    from_s: f64,
    to_s: f64,
    usd_per_hour: f64,
    list_usd_per_hour: f64,
    free: bool,
    cost_usd: f64,
    cost_micro_usd_ms_per_hour: u128,
}

/// Writes the bills in the order in which they are closed.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(recording: Recording<'_>, out: impl Write) -> csv::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    let mut namer = Namer::new(recording.legend);
    let mut pools = std::collections::BTreeMap::new();
    recording.facts.iter().for_each(|(_, fact)| {
        namer.learn(fact);
        if let sim::Fact::NodeLaunched { node, pool, .. } = *fact {
            pools.insert(node, pool);
        }
    });
    for bill in bills(recording) {
        let [instance_type, zone, capacity_type] = namer.offering(bill.offering);
        let machine = recording.legend.model.catalog.instance_type(bill.offering);
        for line in &bill.lines {
            let cost = if bill.free { Cost::ZERO } else { line.cost() };
            table.serialize(Row {
                node: namer.node(bill.node),
                pool: namer.pool(pools[&bill.node]),
                instance_type,
                zone,
                capacity_type,
                from_s: seconds(line.from),
                to_s: seconds(line.to),
                usd_per_hour: line.price.as_usd_f64(),
                list_usd_per_hour: machine.on_demand.as_usd_f64(),
                free: bill.free,
                cost_usd: cost.micro_usd() as f64 / 1e6,
                cost_micro_usd_ms_per_hour: cost.0,
            })?;
        }
    }
    table.flush()?;
    Ok(())
}

/// Every bill of a run: of what is gone in the order of the losses, then of what still runs.
#[must_use]
pub fn bills(recording: Recording<'_>) -> Vec<Bill> {
    let mut meter = Meter::new(recording.legend);
    let mut bills: Vec<Bill> =
        recording.facts.iter().filter_map(|(at, fact)| meter.read(*at, fact)).collect();
    bills.extend(meter.finish());
    bills
}
