//! Which nodes Karpenter removes or replaces, and why.

use crate::karpenter::provisioning::NewClaim;

/// Why a node is disrupted, as budgets say it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reason {
    /// Its pods fit elsewhere, or on something cheaper.
    Underutilized,
    /// No pod would have to move.
    Empty,
    /// It is not what its NodePool would launch now.
    Drifted,
}

/// A way to find nodes that may go, in the order in which they are tried.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Method {
    /// Nodes without pods that would have to move.
    Emptiness,
    /// Nodes that drifted.
    Drift,
    /// Several nodes, for one or none.
    MultiNodeConsolidation,
    /// One node, for one or none.
    SingleNodeConsolidation,
}

/// What one pass of disruption came to.
#[derive(Clone, Debug, Default)]
pub struct Disrupted {
    /// What each method looked at, up to and with the one that acted.
    pub evaluated: Vec<Evaluated>,
    /// What is to be done, if anything.
    pub command: Option<Command>,
}

/// What a method looked at.
#[derive(Clone, PartialEq, Debug)]
pub struct Evaluated {
    /// Which method.
    pub method: Method,
    /// The nodes that are eligible, by number, each with its disruption cost; by cost, then by name.
    pub candidates: Vec<(usize, f64)>,
    /// How many nodes of each NodePool, by number, may be disrupted; none without candidates.
    pub allowed: Vec<(usize, u32)>,
}

/// What is to be done: launch replacements, then remove nodes.
#[derive(Clone, PartialEq, Debug)]
pub struct Command {
    /// Which method found it.
    pub method: Method,
    /// Why.
    pub reason: Reason,
    /// The nodes to remove, by number.
    pub nodes: Vec<usize>,
    /// What is launched first; nothing if pods fit on the nodes that are left.
    pub replacements: Vec<NewClaim>,
}
