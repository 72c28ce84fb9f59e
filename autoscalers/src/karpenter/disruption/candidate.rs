//! Candidates: nodes that could be disrupted, and what that would cost.

use crate::karpenter::input::{Claim, Cluster, Disruption};
use crate::karpenter::pods::{eviction_cost, is_reschedulable, let_go};
use crate::karpenter::snapshot::Snapshot;

/// A node that could be disrupted.
// Karpenter: disruption/types.go Candidate
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Candidate {
    /// By number.
    pub(super) node: usize,
    /// Its NodePool, by number.
    pub(super) pool: usize,
    /// Its type, if it can still be bought, by number.
    pub(super) instance_type: Option<usize>,
    /// Its pods that would have to move.
    pub(super) pods: Vec<usize>,
    pub(super) cost: f64,
}

/// Whether pods may keep a node for ever.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// They may.
    Graceful,
    /// They may not, if the NodeClaim says for how long at most.
    Eventual,
}

impl Candidate {
    /// All nodes that could be disrupted, in the order of their names.
    // Karpenter: disruption/helpers.go GetCandidates
    pub(super) fn all(class: Class, snapshot: &Snapshot<'_>) -> Vec<Candidate> {
        // All of them are ready for pods, and those are in this order.
        let nodes = snapshot.in_order.iter();
        nodes.filter_map(|node| Candidate::of(*node, class, snapshot)).collect()
    }

    // Karpenter: disruption/types.go NewCandidate, statenode.go ValidateNodeDisruptable
    fn of(number: usize, class: Class, snapshot: &Snapshot<'_>) -> Option<Candidate> {
        let cluster = &snapshot.cluster;
        let (state, view) = (&cluster.nodes[number], &snapshot.nodes[number]);
        let (node, claim) = (state.node.as_ref()?, state.claim.as_ref()?);
        // Drift alone looks at these, and at nothing else.
        if class == Class::Eventual && claim.drifted.is_none() {
            return None;
        }
        if !view.initialized || view.deleting || state.nominated || node.do_not_disrupt {
            return None;
        }
        let pool = view.pool?;
        let types = &cluster.node_pools[pool].instance_types;
        if types.is_empty() {
            return None;
        }
        let pods = snapshot.pods_of(number);
        let eventual = class == Class::Eventual && claim.has_termination_grace_period;
        if !eventual && !let_go(pods, cluster) {
            return None;
        }
        let name = view.bought.instance_type;
        let is_type = |of: &usize| Some(cluster.instance_types[*of].name) == name;
        let cost: f64 = pods.iter().map(|pod| eviction_cost(&cluster.pods[*pod])).sum();
        let moves = |pod: &usize| is_reschedulable(&cluster.pods[*pod]);
        Some(Candidate {
            node: number,
            pool,
            instance_type: types.iter().copied().find(is_type),
            pods: pods.iter().copied().filter(moves).collect(),
            cost: cost * life_left(claim, cluster),
        })
    }

    pub(super) fn claim<'a>(&self, cluster: &Cluster<'a>) -> Option<&'a Claim> {
        cluster.nodes[self.node].claim.as_ref()
    }

    pub(super) fn settings<'a>(&self, cluster: &Cluster<'a>) -> &'a Disruption {
        &cluster.node_pools[self.pool].disruption
    }

    /// Whether nothing has come or gone for as long as the NodePool wants.
    pub(super) fn is_quiet(&self, cluster: &Cluster<'_>) -> bool {
        self.settings(cluster).consolidate_after.is_some()
            && self.claim(cluster).is_some_and(|claim| claim.consolidatable)
    }
}

/// Which part of its life a node has before it.
// Karpenter: pkg/utils/disruption/disruption.go LifetimeRemaining
fn life_left(claim: &Claim, cluster: &Cluster<'_>) -> f64 {
    // Milliseconds of any age are far below where a float is not exact.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of an age are exact")]
    let seconds = |milliseconds: i64| milliseconds as f64 / 1_000.0;
    claim.expire_after.map_or(1.0, |whole| {
        let whole = seconds(whole);
        ((whole - seconds(cluster.now - claim.created)) / whole).clamp(0.0, 1.0)
    })
}

/// Sorts candidates by what disrupting them costs; those that cost the same stay in order.
pub(super) fn by_cost(candidates: &mut [&Candidate]) {
    candidates.sort_by(|one, two| one.cost.total_cmp(&two.cost));
}
