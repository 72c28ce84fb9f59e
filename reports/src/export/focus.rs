//! Cost rows as FOCUS 1.3 has them, for tools that read bills: one row a line of `costs.csv`.
//!
//! A simulated run has no date: `T+0` is written as the first instant of 2000, and the billing period is the
//! window of the run.
// FinOps Open Cost and Usage Specification 1.3: Cost and Usage, columns.

use std::io::Write;

use serde::Serialize;
use sim::model::catalog::CapacityType;
use sim::{Cost, Legend, MicroUsdPerHour, SimTime};

use super::Recording;
use super::cell;
use super::dates::date;
use crate::cost::ledger::Books;
use crate::cost::persistent;
use crate::names::Namer;

/// A row. What does not apply is null, which is an empty cell.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    availability_zone: Option<String>,
    billed_cost: f64,
    billing_account_id: &'static str,
    billing_account_name: &'static str,
    billing_account_type: &'static str,
    billing_currency: &'static str,
    billing_period_end: String,
    billing_period_start: String,
    charge_category: &'static str,
    charge_class: Option<&'static str>,
    charge_description: String,
    charge_frequency: &'static str,
    charge_period_end: String,
    charge_period_start: String,
    consumed_quantity: Option<f64>,
    consumed_unit: Option<&'static str>,
    contracted_cost: f64,
    contracted_unit_price: f64,
    effective_cost: f64,
    host_provider_name: &'static str,
    invoice_issuer_name: &'static str,
    list_cost: f64,
    list_unit_price: f64,
    pricing_category: &'static str,
    pricing_currency: &'static str,
    pricing_quantity: f64,
    pricing_unit: &'static str,
    region_id: Option<String>,
    region_name: Option<String>,
    #[serde(serialize_with = "cell::text_if_any")]
    resource_id: Option<String>,
    #[serde(serialize_with = "cell::text_if_any")]
    resource_name: Option<String>,
    resource_type: Option<&'static str>,
    service_category: &'static str,
    service_name: &'static str,
    service_provider_name: &'static str,
    service_subcategory: &'static str,
    #[serde(serialize_with = "cell::text_if_any")]
    sku_id: Option<String>,
    #[serde(serialize_with = "cell::text_if_any")]
    sku_price_id: Option<String>,
    tags: String,
}

/// Writes the bills in the order in which they are closed, then unused commitments, then the rest.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(recording: Recording<'_>, books: &Books, out: impl Write) -> csv::Result<()> {
    let legend = recording.legend;
    let mut table = csv::Writer::from_writer(out);
    let mut namer = Namer::new(legend);
    recording.facts.iter().for_each(|(_, fact)| namer.learn(fact));
    let contract = &legend.terms.contract;
    for bill in &books.bills {
        let [instance_type, zone, capacity_type] = namer.offering(bill.offering);
        let list = legend.model.catalog.instance_type(bill.offering).list_price;
        let (node, pool) = (namer.node(bill.node), namer.pool(bill.pool));
        let tags = serde_json::json!({ "karpenter.sh/nodepool": pool }).to_string();
        for line in &bill.lines {
            let held = line.to.since(line.from);
            let [effective, contracted] =
                if bill.free { [Cost::ZERO; 2] } else { [line.cost(), line.contracted()] };
            let row = Row::of(legend, (line.from, line.to), line.effective(), effective);
            table.serialize(Row {
                availability_zone: Some(zone.to_owned()),
                charge_description: format!("{capacity_type} {instance_type} in {zone}"),
                contracted_cost: usd(contracted),
                contracted_unit_price: line.price.as_usd_f64(),
                list_cost: usd(list * held),
                list_unit_price: list.as_usd_f64(),
                pricing_category: match (bill.capacity_type, line.covered.0) {
                    (CapacityType::Spot, _) => "Dynamic",
                    (CapacityType::OnDemand, 0) => "Standard",
                    (CapacityType::OnDemand, _) => "Committed",
                },
                region_id: region(zone),
                region_name: region(zone),
                resource_id: Some(node.to_owned()),
                resource_name: Some(node.to_owned()),
                resource_type: Some("Instance"),
                sku_id: Some(instance_type.to_owned()),
                sku_price_id: Some(format!("{instance_type}/{capacity_type}")),
                tags: tags.clone(),
                ..row
            })?;
            if contract.boot_volume.0 > 0 {
                let price = contract.boot_volume;
                let row = Row::of(legend, (line.from, line.to), price, price * held);
                table.serialize(Row {
                    resource_id: Some(format!("{node}-boot-volume")),
                    resource_name: Some(format!("boot volume of {node}")),
                    ..row.storage("boot volume")
                })?;
            }
        }
    }
    for unused in &books.unused {
        let name = legend.model.names.text(contract.commitments[unused.commitment].name);
        let span = (unused.from, unused.to);
        let row = Row::of(legend, span, unused.rate, unused.rate * unused.to.since(unused.from));
        table.serialize(Row {
            charge_description: format!("unused part of the commitment {name}"),
            pricing_category: "Committed",
            ..row
        })?;
    }
    let window = (legend.from, legend.to);
    if contract.control_plane.0 > 0 {
        let price = contract.control_plane;
        let row = Row::of(legend, window, price, price * legend.to.since(legend.from));
        table.serialize(Row { charge_description: "control plane".into(), ..row })?;
    }
    for (volumes, from) in persistent::paid(legend) {
        let rate = volumes.rate;
        let row = Row::of(legend, (from, legend.to), rate, rate * legend.to.since(from));
        let name = legend.model.names.text(volumes.name);
        table.serialize(Row {
            resource_id: Some(name.to_owned()),
            resource_name: Some(name.to_owned()),
            ..row.storage("persistent volume")
        })?;
    }
    table.flush()?;
    Ok(())
}

impl Row {
    /// A stretch of time at a price, which is no more than that.
    fn of(
        legend: &Legend,
        (from, to): (SimTime, SimTime),
        price: MicroUsdPerHour,
        cost: Cost,
    ) -> Row {
        let (hours, usd) = (to.since(from).as_hours_f64(), usd(cost));
        let provider = legend.provider.name;
        Row {
            availability_zone: None,
            billed_cost: usd,
            billing_account_id: "spotsim",
            billing_account_name: "spotsim",
            billing_account_type: "simulation",
            billing_currency: "USD",
            billing_period_end: date(legend.to),
            billing_period_start: date(legend.from),
            charge_category: "Usage",
            charge_class: None,
            charge_description: String::new(),
            charge_frequency: "Usage-Based",
            charge_period_end: date(to),
            charge_period_start: date(from),
            consumed_quantity: Some(hours),
            consumed_unit: Some("Hours"),
            contracted_cost: usd,
            contracted_unit_price: price.as_usd_f64(),
            effective_cost: usd,
            host_provider_name: provider,
            invoice_issuer_name: provider,
            list_cost: usd,
            list_unit_price: price.as_usd_f64(),
            pricing_category: "Standard",
            pricing_currency: "USD",
            pricing_quantity: hours,
            pricing_unit: "Hours",
            region_id: None,
            region_name: None,
            resource_id: None,
            resource_name: None,
            resource_type: None,
            service_category: "Compute",
            service_name: "Kubernetes nodes",
            service_provider_name: provider,
            service_subcategory: "Containers",
            sku_id: None,
            sku_price_id: None,
            tags: "{}".into(),
        }
    }

    /// The same for a disk.
    fn storage(self, what: &str) -> Row {
        Row {
            charge_description: what.into(),
            resource_type: Some("Volume"),
            service_category: "Storage",
            service_name: "Volumes",
            service_subcategory: "Block Storage",
            ..self
        }
    }
}

fn usd(cost: Cost) -> f64 {
    cost.micro_usd() as f64 / 1e6
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
