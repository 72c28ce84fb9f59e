//! What can be bought: instance types, and the offerings of each in a zone.

use super::resources::Resources;
use crate::money::MicroUsdPerHour;
use crate::names::NameId;
use crate::table::{Table, id};

id! {
    /// An instance type.
    InstanceTypeId
    /// An instance type in one zone as one capacity type: the unit of prices and reclaims.
    OfferingId
}

/// How capacity is bought.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CapacityType {
    /// At list price, kept until it is given back.
    OnDemand,
    /// At a discount, taken back by the provider when it needs it.
    Spot,
}

/// A kind of machine.
#[derive(Clone, PartialEq, Debug)]
pub struct InstanceType {
    /// Its name, for example `m6i.large`.
    pub name: NameId,
    /// What the machine has.
    pub capacity: Resources,
    /// What pods can ask for on it: the capacity less what the system keeps.
    pub allocatable: Resources,
    /// The on-demand price.
    pub on_demand: MicroUsdPerHour,
}

/// Something a pool can launch.
#[derive(Clone, PartialEq, Debug)]
pub struct Offering {
    /// The machine.
    pub instance_type: InstanceTypeId,
    /// The availability zone.
    pub zone: NameId,
    /// How it is bought.
    pub capacity_type: CapacityType,
    /// The price at `T+0`; a market may change it.
    pub price: MicroUsdPerHour,
    /// Expected reclaims per instance-hour, as the constant market reads it. Zero for on-demand.
    pub reclaims_per_hour: f64,
    /// Identity in the market: the same for every scenario that buys the same thing, whatever
    /// else it contains, and the same for spot and on-demand.
    pub key: u64,
}

/// Everything that can be bought in a scenario.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Machines.
    pub instance_types: Table<InstanceTypeId, InstanceType>,
    /// Machines in zones.
    pub offerings: Table<OfferingId, Offering>,
}

impl Catalog {
    /// The machine behind an offering.
    pub fn instance_type(&self, offering: OfferingId) -> &InstanceType {
        &self.instance_types[self.offerings[offering].instance_type]
    }
}
