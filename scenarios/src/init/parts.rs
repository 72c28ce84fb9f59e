//! The pools of a draft: those of the cluster, or what the proposal makes of them.

use std::collections::BTreeMap;

use super::proposal::Proposal;
use crate::cluster::pools::{self, RecognisedPool};
use crate::file::Capacity;
use crate::kube::Node;

/// A pool as it is written.
pub(super) struct Part {
    /// Its nodes, types and labels.
    pub(super) pool: RecognisedPool,
    /// How its nodes are bought.
    pub(super) capacity: Capacity,
    /// Whether it takes its nodes by name, and not by their labels.
    pub(super) by_name: bool,
    /// Whether it may have types that stand in for its only one.
    pub(super) widened: bool,
    /// What is proposed, and why.
    pub(super) about: Option<String>,
}

/// A pool as it stands.
pub(super) fn as_it_stands(pool: &RecognisedPool) -> Part {
    let (pool, capacity) = (pool.clone(), pool.capacity);
    Part { pool, capacity, by_name: false, widened: false, about: None }
}

/// What a proposal makes of a pool: where it moves, the nodes of its base go into a pool of their own,
/// which takes them by name.
pub(super) fn proposed(pool: &RecognisedPool, proposal: &Proposal, nodes: &[&Node]) -> Vec<Part> {
    let about = Some(proposal.sentence());
    let whole = |capacity| Part {
        pool: pool.clone(),
        capacity,
        by_name: false,
        widened: capacity == Capacity::Spot,
        about: about.clone(),
    };
    if !proposal.moves {
        return vec![whole(pool.capacity)];
    }
    let mut spot = whole(Capacity::Spot);
    if proposal.base.is_empty() {
        return vec![spot];
    }
    let of = |members: Vec<usize>, name: String| {
        let mut types = BTreeMap::new();
        for name in members.iter().filter_map(|index| pools::instance_type(nodes[*index])) {
            *types.entry(name.to_owned()).or_default() += 1;
        }
        RecognisedPool { name, types, nodes: members, ..pool.clone() }
    };
    let rest = pool.nodes.iter().filter(|node| !proposal.base.contains(node)).copied();
    spot.pool = of(rest.collect(), pool.name.clone());
    let base = Part {
        pool: of(proposal.base.clone(), format!("{}-base", pool.name)),
        capacity: Capacity::OnDemand,
        by_name: true,
        widened: false,
        about: Some(format!("The on-demand base of {}.", pool.name)),
    };
    vec![base, spot]
}
