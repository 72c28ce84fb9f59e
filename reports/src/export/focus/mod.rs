//! Cost rows as FOCUS 1.3 has them, for tools that read bills: a row for each price of each instance, for
//! each part of it that a commitment covers, for each commitment, and for what is paid besides.
//!
//! A simulated run has no date: `T+0` is written as the first instant of 2000, and the billing period is the
//! window of the run.
// FinOps Open Cost and Usage Specification 1.3: Cost and Usage, columns.

mod commitments;
mod row;

use std::io::Write;

use sim::model::catalog::CapacityType;
use sim::{Cost, Legend};

use super::Recording;
use crate::cost::ledger::Books;
use crate::cost::meter::{Bill, Line};
use crate::cost::persistent;
use crate::names::Namer;
use row::{Row, usd};

/// Writes the bills in the order in which they are closed, each with what covers it, then commitments, then
/// the rest.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(recording: Recording<'_>, books: &Books, out: impl Write) -> csv::Result<()> {
    let legend = recording.legend;
    let mut table = csv::Writer::from_writer(out);
    let mut namer = Namer::new(legend);
    recording.facts.iter().for_each(|(_, fact)| namer.learn(fact));
    let contract = &legend.terms.contract;
    let mut enter = |row: Row| table.serialize(row.settled());
    let mut used = books.used.iter().peekable();
    for (index, bill) in books.bills.iter().enumerate() {
        for line in &bill.lines {
            if let Some(row) = instance(legend, &namer, bill, line) {
                enter(row)?;
            }
            if contract.boot_volume.0 > 0 {
                let span = (line.from, line.to);
                let row = Row::of(legend, "boot volume", span, contract.boot_volume);
                let name = format!("{}-boot-volume", namer.node(bill.node));
                enter(row.storage(&name))?;
            }
        }
        while let Some(used) = used.next_if(|it| it.bill == index) {
            enter(commitments::used(legend, &namer, bill, used))?;
        }
    }
    for unused in &books.unused {
        enter(commitments::unused(legend, unused))?;
    }
    for index in 0..contract.commitments.len() {
        enter(commitments::purchase(legend, index))?;
    }
    let window = (legend.from, legend.to);
    if contract.control_plane.0 > 0 {
        enter(Row::of(legend, "control plane", window, contract.control_plane))?;
    }
    for (volumes, from) in persistent::paid(legend) {
        let row = Row::of(legend, "persistent volume", (from, legend.to), volumes.rate);
        enter(row.storage(legend.model.names.text(volumes.name)))?;
    }
    table.flush()?;
    Ok(())
}

/// An instance at a price, without what commitments take over; none if they take over all.
fn instance(legend: &Legend, namer: &Namer<'_>, bill: &Bill, line: &Line) -> Option<Row> {
    let left = line.price.0 - line.covered.0;
    if left == 0 && line.price.0 > 0 {
        return None;
    }
    let part = match (bill.free, line.covered.0) {
        (true, _) => 0.0,
        (false, 0) => 1.0,
        (false, _) => left as f64 / line.price.0 as f64,
    };
    let cost = if bill.free { Cost::ZERO } else { line.cost() - line.committed * line.held() };
    let cost = usd(cost);
    let row = whole(legend, namer, bill, line).priced(part);
    let list_cost = usd(legend.model.catalog.instance_type(bill.offering).list_price * line.held());
    Some(Row {
        billed_cost: cost,
        contracted_cost: cost,
        effective_cost: cost,
        list_cost: list_cost * part,
        pricing_category: match bill.capacity_type {
            CapacityType::Spot => "Dynamic",
            CapacityType::OnDemand => "Standard",
        },
        ..row
    })
}

/// An instance for a stretch of time, as if no commitment covered it.
fn whole(legend: &Legend, namer: &Namer<'_>, bill: &Bill, line: &Line) -> Row {
    let [instance_type, zone, capacity_type] = namer.offering(bill.offering);
    let list = legend.model.catalog.instance_type(bill.offering).list_price;
    let (node, pool) = (namer.node(bill.node), namer.pool(bill.pool));
    Row {
        availability_zone: Some(zone.to_owned()),
        charge_description: format!("{capacity_type} {instance_type} in {zone}"),
        list_unit_price: list.as_usd_f64(),
        region_id: region(zone),
        region_name: region(zone),
        resource_id: Some(node.to_owned()),
        resource_name: Some(node.to_owned()),
        resource_type: Some("Instance"),
        sku_price_id: format!("{instance_type}/{capacity_type}"),
        tags: serde_json::json!({ "karpenter.sh/nodepool": pool }).to_string(),
        ..Row::of(legend, instance_type, (line.from, line.to), line.price)
    }
}

/// The region of a zone: AWS names a zone by a letter behind it, others by a hyphen and more.
fn region(zone: &str) -> Option<String> {
    let letter = zone.strip_suffix(|last: char| last.is_ascii_lowercase());
    let region = match letter.map(|it| it.strip_suffix('-').unwrap_or(it)) {
        Some(region) if region.ends_with(|last: char| last.is_ascii_digit()) => region,
        _ => zone.rsplit_once('-').map_or(zone, |(region, _)| region),
    };
    (!region.is_empty()).then(|| region.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_in_its_region() {
        let cases = [
            ("us-east-1a", "us-east-1"),
            ("europe-west4-b", "europe-west4"),
            ("westeurope-2", "westeurope"),
        ];
        cases
            .iter()
            .for_each(|(zone, expected)| assert_eq!(region(zone).as_deref(), Some(*expected)));
    }
}
