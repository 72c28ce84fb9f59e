//! The contract with the provider, as a scenario states it: commitments, and what is paid besides.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Quantity;

/// Something that is paid for whether it is used or not. It covers on-demand instances, never spot,
/// and says one of `reservedInstances`, `committedUse` and `savingsPlan`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Commitment {
    /// What it is called in reports.
    pub name: String,
    /// A number of instances of one type. (AWS Reserved Instances, Azure Reservations.)
    pub reserved_instances: Option<ReservedInstances>,
    /// So much CPU and memory. (Google's resource-based committed use discounts.)
    pub committed_use: Option<CommittedUse>,
    /// Dollars an hour, at a discount. (Savings plans; Google's flexible committed use.)
    pub savings_plan: Option<SavingsPlan>,
    /// How much of it was paid in advance, in percent. That is part of the cost, but on no invoice.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100.0))]
    pub prepaid_percent: f64,
}

/// A number of instances of one type.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReservedInstances {
    /// Of which type.
    pub instance_type: String,
    /// In which zone only; in any of the region if not said.
    pub zone: Option<String>,
    /// How many.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub count: u32,
    /// What each costs in dollars per hour, what was paid in advance spread over the term.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub price_per_hour: f64,
}

/// So much CPU and memory, each at its price.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommittedUse {
    /// Which instance types it covers, for example `n2-*`; all if not said.
    #[serde(default)]
    pub instance_types: Vec<String>,
    /// How much CPU.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub cpu: Option<Quantity>,
    /// What a vCPU costs in dollars per hour.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub cpu_price: Option<f64>,
    /// How much memory.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub memory: Option<Quantity>,
    /// What a GiB costs in dollars per hour.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub memory_price: Option<f64>,
}

/// Dollars an hour, spent at a discount.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SavingsPlan {
    /// Which instance types it covers, for example `m6i.*`; all if not said.
    #[serde(default)]
    pub instance_types: Vec<String>,
    /// What is committed to, in dollars per hour.
    #[schemars(range(min = 0.000_001, max = 1_000_000.0))]
    pub dollars_per_hour: f64,
    /// How much cheaper than on-demand the covered time is, in percent.
    #[schemars(range(min = 0.0, max = 99.0))]
    pub discount_percent: f64,
}

/// The boot volume of every node.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BootVolume {
    /// How large it is.
    #[schemars(extend("format" = "quantity"), with = "Quantity")]
    pub size: Quantity,
    /// What a GiB costs in dollars per month of 730 h.
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub price_per_gib_month: f64,
}

/// Who runs the control plane.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ControlPlane {
    /// Amazon EKS, a version in standard support.
    Eks,
    /// Amazon EKS, a version in extended support.
    EksExtended,
    /// Google Kubernetes Engine, less the credit for one zonal or Autopilot cluster.
    Gke,
    /// Azure Kubernetes Service, tier Free.
    AksFree,
    /// Azure Kubernetes Service, tier Standard.
    AksStandard,
    /// Azure Kubernetes Service, tier Premium.
    AksPremium,
}

/// What persistent volumes of a StorageClass cost.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VolumePrice {
    /// Of which StorageClass, for example `gp3*`; of any if not said.
    pub storage_class: Option<String>,
    /// What a GiB costs in dollars per month of 730 h.
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub price_per_gib_month: f64,
}
