//! Commitments as FOCUS has them: each is a purchase that bills and costs nothing effectively, and its cost
//! is that of its use, with what is not used beside it.

use sim::model::catalog::CapacityType;
use sim::terms::contract::{Commitment, Unit};
use sim::{Legend, MicroUsdPerHour, Span};

use super::row::{Row, usd};
use super::whole;
use crate::cost::commitments::{Unused, Used};
use crate::cost::meter::{Bill, Line};
use crate::names::Namer;

/// The part of an instance that a commitment covers.
pub(super) fn used(legend: &Legend, namer: &Namer<'_>, bill: &Bill, used: &Used) -> Row {
    debug_assert_eq!(bill.capacity_type, CapacityType::OnDemand, "spot is never covered");
    let (cover, held) = (used.cover, used.to.since(used.from));
    let price = bill.price_at(used.from);
    let line = Line::plain(used.from, used.to, price);
    let part = cover.covered.0 as f64 / price.0.max(1) as f64;
    let list = legend.model.catalog.instance_type(bill.offering).list_price;
    let row = whole(legend, namer, bill, &line).priced(part);
    let row = Row {
        billed_cost: 0.0,
        contracted_cost: usd(cover.covered * held),
        effective_cost: usd(cover.committed * held),
        list_cost: usd(list * held) * part,
        commitment_discount_status: Some("Used"),
        pricing_category: "Committed",
        ..row
    };
    under(row, legend, cover.commitment, cover.amount, held)
}

/// The part of a commitment that covers nothing.
pub(super) fn unused(legend: &Legend, unused: &Unused) -> Row {
    let held = unused.to.since(unused.from);
    let span = (unused.from, unused.to);
    let row = Row::of(legend, "commitment", span, unused.rate);
    let row = Row {
        billed_cost: 0.0,
        charge_description: format!("unused part of {}", name(legend, unused.commitment)),
        commitment_discount_status: Some("Unused"),
        consumed_quantity: None,
        consumed_unit: None,
        contracted_cost: 0.0,
        list_cost: 0.0,
        pricing_category: "Committed",
        pricing_quantity: 0.0,
        ..row
    };
    under(row, legend, unused.commitment, unused.amount, held)
}

/// The commitment itself, as far as it is paid in the window.
pub(super) fn purchase(legend: &Legend, index: usize) -> Row {
    let commitment = &legend.terms.contract.commitments[index];
    let recurring = MicroUsdPerHour(commitment.rate.0 - commitment.prepaid.0);
    let window = (legend.from, legend.to);
    let row = Row::of(legend, "commitment", window, recurring);
    let row = Row {
        charge_category: "Purchase",
        charge_description: format!("commitment {}", name(legend, index)),
        charge_frequency: "Recurring",
        consumed_quantity: None,
        consumed_unit: None,
        effective_cost: 0.0,
        ..row
    };
    under(row, legend, index, commitment.amount, legend.to.since(legend.from))
}

fn name(legend: &Legend, commitment: usize) -> &str {
    legend.model.names.text(legend.terms.contract.commitments[commitment].name)
}

/// A row of so much of a commitment for so long.
fn under(row: Row, legend: &Legend, index: usize, amount: u64, held: Span) -> Row {
    let commitment = &legend.terms.contract.commitments[index];
    let name = Some(name(legend, index).to_owned());
    let (category, kind, unit) = words(commitment);
    Row {
        commitment_discount_category: Some(category),
        commitment_discount_id: name.clone(),
        commitment_discount_name: name,
        commitment_discount_quantity: Some(
            amount as f64 / size(commitment.unit) * held.as_hours_f64(),
        ),
        commitment_discount_type: Some(kind),
        commitment_discount_unit: Some(unit),
        ..row
    }
}

/// The category, the type, and the unit of a commitment.
fn words(commitment: &Commitment) -> (&'static str, &'static str, &'static str) {
    match commitment.unit {
        Unit::Instance => ("Usage", "Reserved Instance", "Instance-Hours"),
        Unit::MilliCpu => ("Usage", "Committed Use", "vCPU-Hours"),
        Unit::MemoryByte => ("Usage", "Committed Use", "GiB-Hours"),
        Unit::MicroUsdPerHour => ("Spend", "Savings Plan", "USD"),
    }
}

/// How much of what a commitment counts is one of its unit.
fn size(unit: Unit) -> f64 {
    match unit {
        Unit::Instance => 1.0,
        Unit::MilliCpu => 1e3,
        Unit::MemoryByte => 1_073_741_824.0,
        Unit::MicroUsdPerHour => 1e6,
    }
}
