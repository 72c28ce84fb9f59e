//! The pools of a draft: those of the cluster, or what the proposal makes of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::proposal::Proposal;
use crate::cluster::pools::{self, RecognisedPool};
use crate::file::Capacity;
use crate::kube::{Node, NodePool};
use crate::node_autoscaler::node_pools;

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
    /// What its NodePool says, if it is one of Karpenter.
    pub(super) node_pool: Option<Value>,
}

/// A pool as it stands.
pub(super) fn as_it_stands(pool: &RecognisedPool) -> Part {
    let (pool, capacity) = (pool.clone(), pool.capacity);
    Part { pool, capacity, by_name: false, widened: false, about: None, node_pool: None }
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
        node_pool: None,
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
        node_pool: None,
    };
    vec![base, spot]
}

/// The pools of a cluster in which Karpenter buys nodes: its NodePools, with or without nodes, and the other
/// pools as they stand.
pub(super) fn under_karpenter(recognised: &[RecognisedPool], all: &[&NodePool]) -> Vec<Part> {
    let name_of = |pool: &RecognisedPool| pool.match_labels.get(NODE_POOL_LABEL).cloned();
    let zones: BTreeSet<String> =
        recognised.iter().flat_map(|pool| pool.zones.iter().cloned()).collect();
    let mut parts: Vec<Part> = all
        .iter()
        .map(|node_pool| {
            let name = &node_pool.metadata.name;
            let own = || recognised.iter().filter(|pool| name_of(pool).as_ref() == Some(name));
            let mut types = BTreeMap::new();
            for (machine, count) in own().flat_map(|pool| &pool.types) {
                *types.entry(machine.clone()).or_default() += count;
            }
            let match_labels = [(NODE_POOL_LABEL.to_owned(), name.clone())];
            let pool = RecognisedPool {
                name: name.clone(),
                platform: "Karpenter NodePool",
                capacity: Capacity::OnDemand,
                match_labels: BTreeMap::from(match_labels),
                nodes: own().flat_map(|pool| pool.nodes.iter().copied()).collect(),
                types,
                zones: zones.clone(),
                labels: BTreeMap::new(),
                taints: Vec::new(),
            };
            Part { node_pool: Some(node_pools::fields(node_pool)), ..as_it_stands(&pool) }
        })
        .collect();
    let is_ours = |pool: &RecognisedPool| {
        name_of(pool).is_some_and(|name| all.iter().any(|it| it.metadata.name == name))
    };
    parts.extend(recognised.iter().filter(|pool| !is_ours(pool)).map(as_it_stands));
    parts
}

/// The label by which nodes name their NodePool.
const NODE_POOL_LABEL: &str = "karpenter.sh/nodepool";
