//! What can be bought: instance types, and the offerings of each in a zone.

use super::resources::Resources;
use crate::digest;
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
    /// At a fixed price, kept until it is given back.
    OnDemand,
    /// At a discount, taken back by the provider when it needs it.
    Spot,
}

/// How much spot capacity an offering has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Capacity {
    /// Launches are granted, and no instance is taken.
    Ample,
    /// Some instances are taken, and sometimes launches are refused.
    Contended {
        /// Whether launches are granted now.
        open: bool,
    },
    /// Launches are refused, and no instance is taken.
    Exhausted,
    /// A number of instances at most.
    Holds(u32),
}

impl Capacity {
    /// Whether one more instance is given when `running` of them run already.
    #[must_use]
    pub fn grants(self, running: u32) -> bool {
        match self {
            Capacity::Ample => true,
            Capacity::Contended { open } => open,
            Capacity::Exhausted => false,
            Capacity::Holds(most) => running < most,
        }
    }
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
    /// The on-demand price under the contract: list price less what was negotiated.
    pub on_demand: MicroUsdPerHour,
    /// The on-demand price that the provider publishes.
    pub list_price: MicroUsdPerHour,
    /// Whether there is never much of it anywhere, as of machines with accelerators.
    pub scarce: bool,
}

impl InstanceType {
    /// A machine all of which pods can ask for.
    #[must_use]
    pub fn plain(name: NameId, size: Resources, on_demand: MicroUsdPerHour) -> InstanceType {
        InstanceType {
            name,
            capacity: size,
            allocatable: size,
            on_demand,
            list_price: on_demand,
            scarce: false,
        }
    }
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
    /// Expected reclaims per instance-hour when held for long. Zero for on-demand.
    pub reclaims_per_hour: f64,
    /// Identity in the market: the same for every scenario that buys the same thing, whatever
    /// else it contains, and the same for spot and on-demand.
    pub key: u64,
    /// Which other offerings run short at the same time.
    pub kin: Kin,
}

impl Offering {
    /// A machine at an on-demand price, without an identity in the market.
    #[must_use]
    pub fn on_demand(
        instance_type: InstanceTypeId,
        zone: NameId,
        price: MicroUsdPerHour,
    ) -> Offering {
        Offering {
            instance_type,
            zone,
            capacity_type: CapacityType::OnDemand,
            price,
            reclaims_per_hour: 0.0,
            key: 0,
            kin: Kin::alone(0),
        }
    }
}

/// The kin of an offering: three groups, by the hashes of their names, whose members tend to run
/// short of capacity at the same time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kin {
    /// The same instance type in all zones of the region.
    pub type_in_region: u64,
    /// The same family of types in the same zone.
    pub family_in_zone: u64,
    /// Everything in the region.
    pub region: u64,
}

impl Kin {
    /// The kin of a type in a zone.
    #[must_use]
    pub fn of(region: &str, instance_type: &str, family: &str, zone: &str) -> Kin {
        let hash = |parts: [&str; 2]| digest::of_name(&parts.join("/"));
        Kin {
            type_in_region: hash([region, instance_type]),
            family_in_zone: hash([zone, family]),
            region: digest::of_name(region),
        }
    }

    /// No kin: the groups of the offering of this key have no other member.
    #[must_use]
    pub fn alone(key: u64) -> Kin {
        Kin { type_in_region: key, family_in_zone: key, region: key }
    }
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
