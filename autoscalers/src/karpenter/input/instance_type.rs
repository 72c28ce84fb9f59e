//! What a provider sells: instance types, and where and how each is offered.

use sim::names::NameId;

use crate::karpenter::requirements::Requirements;
use crate::karpenter::resources::Resources;

/// A type of instances.
#[derive(Clone, Debug)]
pub struct InstanceType {
    /// Its name, which is also the value of its label.
    pub name: NameId,
    /// The values that its labels may have; a label that it never has is required not to exist.
    pub requirements: Requirements,
    /// What an instance has.
    pub capacity: Resources,
    /// What is left of that for pods.
    pub allocatable: Resources,
    /// Where and how it is sold.
    pub offerings: Vec<Offering>,
}

/// One way to buy an instance type.
#[derive(Clone, PartialEq, Debug)]
pub struct Offering {
    /// In this zone.
    pub zone: NameId,
    /// `spot`, `on-demand` or `reserved`.
    pub capacity_type: NameId,
    /// Dollars an hour.
    pub price: f64,
    /// Whether the provider is thought to have any.
    pub available: bool,
    /// The reservation that it draws on.
    pub reservation: Option<Reservation>,
}

/// Capacity that has been reserved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reservation {
    /// Which reservation.
    pub id: NameId,
    /// How many instances of it are not in use.
    pub capacity: u32,
}
