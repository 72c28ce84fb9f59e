//! What a provisioning pass comes to.

use std::collections::BTreeSet;

use crate::karpenter::requirements::Requirements;
use crate::karpenter::resources::Resources;

/// Where each pod is expected, and what is launched for it. Pods, nodes, pools and types are numbers.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Solution {
    /// What is launched, in the order in which it was opened.
    pub claims: Vec<NewClaim>,
    /// Pods on nodes that exist or are on their way: the node and its pods, nodes with pods only.
    pub existing: Vec<(usize, Vec<usize>)>,
    /// Pods for which there is no place, and why.
    pub errors: Vec<(usize, Refusals)>,
}

/// A NodeClaim to be launched.
#[derive(Clone, PartialEq, Debug)]
pub struct NewClaim {
    /// The NodePool that it is of.
    pub pool: usize,
    /// The pods that it is for.
    pub pods: Vec<usize>,
    /// What it requires of labels, instance types and capacity types among them.
    pub requirements: Requirements,
    /// What its pods and its DaemonSets request.
    pub requests: Resources,
    /// The types that it may be launched as, the cheapest first, each at the price of its cheapest
    /// offering.
    pub instance_types: Vec<(usize, f64)>,
    /// Whether `minValues` has given way.
    pub min_values_relaxed: bool,
}

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
