//! The contract with the provider: what was committed to, and what is paid beside the instances.

use crate::model::catalog::InstanceTypeId;
use crate::money::MicroUsdPerHour;
use crate::names::NameId;
use crate::time::SimTime;

/// What is agreed beyond the price of each instance.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Contract {
    /// Commitments, in the order in which they are applied.
    pub commitments: Vec<Commitment>,
    /// The control plane of the cluster.
    pub control_plane: MicroUsdPerHour,
    /// The boot volume of each node.
    pub boot_volume: MicroUsdPerHour,
    /// The persistent volumes that have a price.
    pub volumes: Vec<PaidVolumes>,
}

/// Persistent volumes that are paid for alike. They outlive pods and nodes, so that what they cost
/// depends on nothing that happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaidVolumes {
    /// Their name, or what their names have in common.
    pub name: NameId,
    /// How many they are.
    pub count: u64,
    /// How large each is, in bytes.
    pub size: u64,
    /// When they are provisioned.
    pub from: SimTime,
    /// What all of them cost together.
    pub rate: MicroUsdPerHour,
}

/// A quantity that is paid for whether it is used or not: reserved instances, committed use, a
/// savings plan. It covers on-demand instances, never spot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Commitment {
    /// Its name.
    pub name: NameId,
    /// The instance types that it covers.
    pub instance_types: Vec<InstanceTypeId>,
    /// The only zone in which it covers them, if it is bound to one.
    pub zone: Option<NameId>,
    /// What is counted.
    pub unit: Unit,
    /// How much of it is covered at once; never nothing.
    pub amount: u64,
    /// What all of it costs at every moment, used or not.
    pub rate: MicroUsdPerHour,
    /// The part of the rate that was paid in advance.
    pub prepaid: MicroUsdPerHour,
}

/// What a commitment counts, in the order in which providers apply them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Unit {
    /// Whole instances (reserved instances).
    Instance,
    /// Thousandths of a vCPU (committed use).
    MilliCpu,
    /// Bytes of memory (committed use).
    MemoryByte,
    /// Micro-dollars an hour of what instances cost under the contract (savings plans).
    MicroUsdPerHour,
}

impl Commitment {
    /// What so much of its amount costs. Rounded down, so that the shares of several users, each
    /// apart by how much was used before, sum to the rate exactly.
    #[must_use]
    pub fn rate_of(&self, used: u64) -> MicroUsdPerHour {
        let share = u128::from(self.rate.0) * u128::from(used) / u128::from(self.amount.max(1));
        MicroUsdPerHour(u64::try_from(share).expect("at most the rate"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Names;

    #[test]
    fn shares_sum_to_the_rate() {
        let commitment = Commitment {
            name: Names::default().intern("three"),
            instance_types: Vec::new(),
            zone: None,
            unit: Unit::Instance,
            amount: 3,
            rate: MicroUsdPerHour(100),
            prepaid: MicroUsdPerHour(0),
        };
        let rates = [0, 1, 2, 3].map(|used| commitment.rate_of(used).0);
        assert_eq!(rates, [0, 33, 66, 100]);
    }
}
