//! NodePools: which nodes may be bought, up to which limits, and when they may go.

use sim::model::labels::LabelSet;
use sim::model::taints::Taint;
use sim::names::NameId;

use super::{Budget, Duration};
use crate::karpenter::requirement::Expression;
use crate::karpenter::resources::Limits;

/// A NodePool.
#[derive(Clone, Debug)]
pub struct NodePool {
    /// Its name.
    pub name: NameId,
    /// Greater weights are tried first.
    pub weight: i32,
    /// `spec.template.spec.requirements`.
    pub requirements: Vec<Expression>,
    /// `spec.template.metadata.labels`.
    pub labels: LabelSet,
    /// The label by which nodes name their node class, and its value.
    pub node_class: (NameId, NameId),
    /// `spec.template.spec.taints`.
    pub taints: Vec<Taint>,
    /// `spec.limits`.
    pub limits: Limits,
    /// The types that it may buy, by number.
    pub instance_types: Vec<usize>,
    /// `spec.replicas` is set: its nodes are a fixed number, and no pass adds to them.
    pub is_static: bool,
    /// `spec.disruption`.
    pub disruption: Disruption,
}

/// When nodes of a NodePool may be removed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Disruption {
    /// Which nodes are consolidated.
    pub policy: ConsolidationPolicy,
    /// How long no pod may have come or gone; `None` is `Never`, and nothing is consolidated.
    pub consolidate_after: Option<Duration>,
    /// How many nodes at a time.
    pub budgets: Vec<Budget>,
}

/// `consolidationPolicy`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConsolidationPolicy {
    /// Nodes without pods that would have to move.
    WhenEmpty,
    /// Also nodes whose pods fit elsewhere, or on something cheaper.
    WhenEmptyOrUnderutilized,
}
