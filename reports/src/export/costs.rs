//! `costs.csv`: everything that is paid, a line for each price of each instance, for each commitment
//! that is not used up and for what is paid besides; the lines sum to the cost.

use std::io::Write;

use serde::Serialize;
use sim::{Cost, MicroUsdPerHour, SimTime};

use super::cell;
use super::{Recording, seconds};
use crate::cost::ledger::Books;
use crate::cost::persistent;
use crate::names::Namer;

/// A line of the table. What does not apply is left empty.
#[derive(Default, Serialize)]
struct Row<'a> {
    charge: &'static str,
    #[serde(serialize_with = "cell::text")]
    node: &'a str,
    #[serde(serialize_with = "cell::text")]
    commitment: &'a str,
    #[serde(serialize_with = "cell::text")]
    volume: &'a str,
    #[serde(serialize_with = "cell::text")]
    pool: &'a str,
    #[serde(serialize_with = "cell::text")]
    instance_type: &'a str,
    #[serde(serialize_with = "cell::text")]
    zone: &'a str,
    capacity_type: &'a str,
    from_s: f64,
    to_s: f64,
    usd_per_hour: f64,
    contracted_usd_per_hour: Option<f64>,
    list_usd_per_hour: Option<f64>,
    free: bool,
    cost_usd: f64,
    cost_micro_usd_ms_per_hour: u128,
}

impl<'a> Row<'a> {
    /// A stretch of time at a price.
    fn of(charge: &'static str, price: MicroUsdPerHour, from: SimTime, to: SimTime) -> Row<'a> {
        let cost = price * to.since(from);
        Row {
            charge,
            from_s: seconds(from),
            to_s: seconds(to),
            usd_per_hour: price.as_usd_f64(),
            ..Row::default()
        }
        .cost(cost)
    }

    fn cost(mut self, cost: Cost) -> Row<'a> {
        self.cost_usd = cost.micro_usd() as f64 / 1e6;
        self.cost_micro_usd_ms_per_hour = cost.0;
        self
    }
}

/// Writes the bills in the order in which they are closed, then unused commitments, then the rest.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(recording: Recording<'_>, books: &Books, out: impl Write) -> csv::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    let legend = recording.legend;
    let mut namer = Namer::new(legend);
    recording.facts.iter().for_each(|(_, fact)| namer.learn(fact));
    let contract = &legend.terms.contract;
    for bill in &books.bills {
        let [instance_type, zone, capacity_type] = namer.offering(bill.offering);
        let machine = legend.model.catalog.instance_type(bill.offering);
        let (node, pool) = (namer.node(bill.node), namer.pool(bill.pool));
        for line in &bill.lines {
            let cost = if bill.free { Cost::ZERO } else { line.cost() };
            let row = Row::of("instance", line.effective(), line.from, line.to).cost(cost);
            table.serialize(Row {
                node,
                pool,
                instance_type,
                zone,
                capacity_type,
                contracted_usd_per_hour: Some(line.price.as_usd_f64()),
                list_usd_per_hour: Some(machine.list_price.as_usd_f64()),
                free: bill.free,
                ..row
            })?;
        }
    }
    for unused in &books.unused {
        let name = contract.commitments[unused.commitment].name;
        let row = Row::of("unused-commitment", unused.rate, unused.from, unused.to);
        table.serialize(Row { commitment: legend.model.names.text(name), ..row })?;
    }
    if contract.control_plane.0 > 0 {
        let price = contract.control_plane;
        table.serialize(Row::of("control-plane", price, legend.from, legend.to))?;
    }
    let volumes = books.bills.iter().filter(|_| contract.boot_volume.0 > 0);
    for bill in volumes {
        for line in &bill.lines {
            let row = Row::of("boot-volume", contract.boot_volume, line.from, line.to);
            table.serialize(Row {
                node: namer.node(bill.node),
                pool: namer.pool(bill.pool),
                ..row
            })?;
        }
    }
    for (volumes, from) in persistent::paid(legend) {
        let row = Row::of("persistent-volume", volumes.rate, from, legend.to);
        table.serialize(Row { volume: legend.model.names.text(volumes.name), ..row })?;
    }
    table.flush()?;
    Ok(())
}
