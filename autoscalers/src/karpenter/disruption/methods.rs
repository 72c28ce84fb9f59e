//! The methods by which nodes are found that may go: which nodes each looks at, and what it does with them.

use super::budgets::take;
use super::candidate::{Candidate, Class, by_cost};
use super::{Command, Method, Reason, consolidation, multi_node, simulation, single_node};
use crate::karpenter::provisioning::{Known, Launches, NewClaim};
use crate::karpenter::snapshot::Snapshot;

/// In the order in which they are tried.
// Karpenter: disruption/controller.go NewMethods
pub(super) const METHODS: [Method; 4] = [
    Method::Emptiness,
    Method::Drift,
    Method::MultiNodeConsolidation,
    Method::SingleNodeConsolidation,
];

impl Method {
    /// Why nodes go that it finds.
    #[must_use]
    pub fn reason(self) -> Reason {
        match self {
            Method::Emptiness => Reason::Empty,
            Method::Drift => Reason::Drifted,
            Method::MultiNodeConsolidation | Method::SingleNodeConsolidation => {
                Reason::Underutilized
            }
        }
    }

    /// Whether pods may keep the nodes that it looks at for ever.
    pub(super) fn class(self) -> Class {
        if self == Method::Drift { Class::Eventual } else { Class::Graceful }
    }

    /// The nodes that it looks at, of those that could be disrupted.
    pub(super) fn candidates<'c>(
        self,
        of_class: &'c [Candidate],
        snapshot: &Snapshot<'_>,
    ) -> Vec<&'c Candidate> {
        of_class.iter().filter(|candidate| self.looks_at(candidate, snapshot)).collect()
    }

    // Karpenter: ShouldDisrupt of each method
    fn looks_at(self, candidate: &Candidate, snapshot: &Snapshot<'_>) -> bool {
        let cluster = &snapshot.cluster;
        let is_static = cluster.node_pools[candidate.pool].is_static;
        match self {
            Method::Emptiness => {
                !is_static && candidate.pods.is_empty() && candidate.is_quiet(cluster)
            }
            Method::Drift => {
                !is_static && candidate.claim(cluster).is_some_and(|claim| claim.drifted.is_some())
            }
            Method::MultiNodeConsolidation | Method::SingleNodeConsolidation => {
                consolidation::may_be(candidate, snapshot)
            }
        }
    }

    /// What it would do, given how many nodes of each NodePool may be disrupted.
    pub(super) fn command(
        self,
        candidates: Vec<&Candidate>,
        left: Vec<u32>,
        known: &mut Known,
        snapshot: &Snapshot<'_>,
    ) -> Option<Command> {
        match self {
            Method::Emptiness => emptiness(candidates, left),
            Method::Drift => drift(candidates, &left, known, snapshot),
            Method::MultiNodeConsolidation => {
                multi_node::command(candidates, left, known, snapshot)
            }
            Method::SingleNodeConsolidation => {
                single_node::command(candidates, &left, known, snapshot)
            }
        }
    }

    pub(super) fn acts_on(self, candidates: &[&Candidate], replacements: Vec<NewClaim>) -> Command {
        let nodes = candidates.iter().map(|candidate| candidate.node).collect();
        Command { method: self, reason: self.reason(), nodes, replacements }
    }
}

/// All empty nodes go at once, as many as budgets allow.
// Karpenter: disruption/emptiness.go ComputeCommands
fn emptiness(mut candidates: Vec<&Candidate>, mut left: Vec<u32>) -> Option<Command> {
    by_cost(&mut candidates);
    candidates.retain(|candidate| candidate.pods.is_empty() && take(&mut left, candidate.pool));
    (!candidates.is_empty()).then(|| Method::Emptiness.acts_on(&candidates, Vec::new()))
}

/// One node at a time, whatever it costs: empty ones first, then what drifted first.
// Karpenter: disruption/drift.go ComputeCommands
fn drift(
    mut candidates: Vec<&Candidate>,
    left: &[u32],
    known: &mut Known,
    snapshot: &Snapshot<'_>,
) -> Option<Command> {
    let cluster = &snapshot.cluster;
    let since = |candidate: &Candidate| candidate.claim(cluster).and_then(|claim| claim.drifted);
    candidates.sort_by_key(|candidate| (!candidate.pods.is_empty(), since(candidate)));
    candidates.iter().filter(|candidate| left[candidate.pool] > 0).find_map(|candidate| {
        let alone = std::slice::from_ref(candidate);
        let replacements = simulation::without(alone, Launches::Any, known, snapshot)?;
        Some(Method::Drift.acts_on(alone, replacements))
    })
}
