//! What a provisioning pass comes to.

use crate::karpenter::refusal::Refusals;
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
