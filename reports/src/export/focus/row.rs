//! A row of FOCUS: its columns, and what they are unless a charge says otherwise.

use serde::Serialize;
use sim::{Cost, Legend, MicroUsdPerHour, SimTime};

use crate::export::cell;
use crate::export::dates::date;

/// A row. What does not apply is null, which is an empty cell.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Row {
    pub(super) availability_zone: Option<String>,
    pub(super) billed_cost: f64,
    pub(super) billing_account_id: &'static str,
    pub(super) billing_account_name: &'static str,
    pub(super) billing_account_type: &'static str,
    pub(super) billing_currency: &'static str,
    pub(super) billing_period_end: String,
    pub(super) billing_period_start: String,
    pub(super) charge_category: &'static str,
    pub(super) charge_class: Option<&'static str>,
    pub(super) charge_description: String,
    pub(super) charge_frequency: &'static str,
    pub(super) charge_period_end: String,
    pub(super) charge_period_start: String,
    pub(super) commitment_discount_category: Option<&'static str>,
    #[serde(serialize_with = "cell::text_if_any")]
    pub(super) commitment_discount_id: Option<String>,
    #[serde(serialize_with = "cell::text_if_any")]
    pub(super) commitment_discount_name: Option<String>,
    pub(super) commitment_discount_quantity: Option<f64>,
    pub(super) commitment_discount_status: Option<&'static str>,
    pub(super) commitment_discount_type: Option<&'static str>,
    pub(super) commitment_discount_unit: Option<&'static str>,
    pub(super) consumed_quantity: Option<f64>,
    pub(super) consumed_unit: Option<&'static str>,
    pub(super) contracted_cost: f64,
    pub(super) contracted_unit_price: f64,
    pub(super) effective_cost: f64,
    pub(super) host_provider_name: &'static str,
    pub(super) invoice_id: Option<&'static str>,
    pub(super) invoice_issuer_name: &'static str,
    pub(super) list_cost: f64,
    pub(super) list_unit_price: f64,
    pub(super) pricing_category: &'static str,
    pub(super) pricing_currency: &'static str,
    pub(super) pricing_currency_contracted_unit_price: f64,
    pub(super) pricing_currency_effective_cost: f64,
    pub(super) pricing_currency_list_unit_price: f64,
    pub(super) pricing_quantity: f64,
    pub(super) pricing_unit: &'static str,
    pub(super) region_id: Option<String>,
    pub(super) region_name: Option<String>,
    #[serde(serialize_with = "cell::text_if_any")]
    pub(super) resource_id: Option<String>,
    #[serde(serialize_with = "cell::text_if_any")]
    pub(super) resource_name: Option<String>,
    pub(super) resource_type: Option<&'static str>,
    pub(super) service_category: &'static str,
    pub(super) service_name: &'static str,
    pub(super) service_provider_name: &'static str,
    pub(super) service_subcategory: &'static str,
    #[serde(serialize_with = "cell::text")]
    pub(super) sku_id: String,
    pub(super) sku_meter: &'static str,
    pub(super) sku_price_details: Option<&'static str>,
    #[serde(serialize_with = "cell::text")]
    pub(super) sku_price_id: String,
    pub(super) tags: String,
}

impl Row {
    /// So much of something for a stretch of time at a price, which is no more than that.
    pub(super) fn of(
        legend: &Legend,
        sku: &str,
        (from, to): (SimTime, SimTime),
        price: MicroUsdPerHour,
    ) -> Row {
        let held = to.since(from);
        let (hours, cost, unit_price) =
            (held.as_hours_f64(), usd(price * held), price.as_usd_f64());
        let provider = legend.provider.name;
        Row {
            availability_zone: None,
            billed_cost: cost,
            billing_account_id: "spotsim",
            billing_account_name: "spotsim",
            billing_account_type: "simulation",
            billing_currency: "USD",
            billing_period_end: date(legend.to),
            billing_period_start: date(legend.from),
            charge_category: "Usage",
            charge_class: None,
            charge_description: sku.to_owned(),
            charge_frequency: "Usage-Based",
            charge_period_end: date(to),
            charge_period_start: date(from),
            commitment_discount_category: None,
            commitment_discount_id: None,
            commitment_discount_name: None,
            commitment_discount_quantity: None,
            commitment_discount_status: None,
            commitment_discount_type: None,
            commitment_discount_unit: None,
            consumed_quantity: Some(hours),
            consumed_unit: Some("Hours"),
            contracted_cost: cost,
            contracted_unit_price: unit_price,
            effective_cost: cost,
            host_provider_name: provider,
            invoice_id: None,
            invoice_issuer_name: provider,
            list_cost: cost,
            list_unit_price: unit_price,
            pricing_category: "Standard",
            pricing_currency: "USD",
            // As `settled` has them.
            pricing_currency_contracted_unit_price: 0.0,
            pricing_currency_effective_cost: 0.0,
            pricing_currency_list_unit_price: 0.0,
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
            sku_id: sku.to_owned(),
            sku_meter: "Time",
            sku_price_details: None,
            sku_price_id: sku.to_owned(),
            tags: "{}".into(),
        }
    }

    /// The same for a disk.
    pub(super) fn storage(self, name: &str) -> Row {
        Row {
            resource_id: Some(name.to_owned()),
            resource_name: Some(name.to_owned()),
            resource_type: Some("Volume"),
            service_category: "Storage",
            service_name: "Volumes",
            service_subcategory: "Block Storage",
            ..self
        }
    }

    /// The same when a part of the time is priced: a part that a commitment takes over is not, and of an
    /// instance that is not charged for, nothing is.
    pub(super) fn priced(self, part: f64) -> Row {
        let hours = self.pricing_quantity * part;
        Row { pricing_quantity: hours, consumed_quantity: Some(hours), ..self }
    }

    /// The same in the currency of prices, which is that of the bill.
    pub(super) fn settled(self) -> Row {
        Row {
            pricing_currency_contracted_unit_price: self.contracted_unit_price,
            pricing_currency_effective_cost: self.effective_cost,
            pricing_currency_list_unit_price: self.list_unit_price,
            ..self
        }
    }
}

pub(super) fn usd(cost: Cost) -> f64 {
    cost.micro_usd() as f64 / 1e6
}
