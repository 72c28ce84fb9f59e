//! Why a pod finds no place on what could be launched for it.

use std::collections::BTreeSet;

/// Why NodePools take a pod not, over all that were tried.
pub type Refusals = BTreeSet<Refusal>;

/// Why a NodePool does not take a pod.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Refusal {
    /// The pod does not tolerate its taints.
    Taints,
    /// A port of the node is taken.
    HostPort,
    /// It does not have the labels that are asked for.
    Requirements,
    /// The pod's volumes are elsewhere.
    Volumes,
    /// A topology spread constraint would not hold.
    TopologySpread,
    /// There are no pods that the pod wants near.
    PodAffinity,
    /// There may be pods that are kept apart.
    PodAntiAffinity,
    /// Too few distinct values would be left.
    MinValues,
    /// Its limits leave nothing to launch.
    Limits,
    /// No instance type is large enough, meets the requirements and is offered, all at once.
    InstanceTypes,
    /// Reserved capacity exists that other NodeClaims may still need.
    Reserved,
    /// No NodePool has any instance type left.
    NoInstanceTypes,
}
