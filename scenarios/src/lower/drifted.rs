//! Nodes of a cluster that their NodePools would not launch today: Karpenter calls them drifted, and replaces them.

use autoscalers::karpenter::keeper::settings::Found;
use jiff::Timestamp;
use sim::model::catalog::OfferingId;

use super::Lowering;
use super::start::started;
use crate::assumption;
use crate::bought::Bought;
use crate::cluster::{Cluster, counted, pools};
use crate::file::{self, Instance, Pool};
use crate::kube::{Node, NodeClaim};
use crate::node_autoscaler::{DO_NOT_DISRUPT, requirements};

/// The label by which nodes name their NodePool.
const NODE_POOL: &str = "karpenter.sh/nodepool";

impl Lowering<'_> {
    /// How a node was bought that its NodePool would not launch today; nothing if Karpenter does not keep it, or if
    /// the catalogue does not know its price.
    pub(super) fn drifted_offering(&mut self, node: &Node, pool: usize) -> Option<OfferingId> {
        let of_file = &self.file.pools[pool];
        let zone = pools::zone(node)?;
        if !is_of_node_pool(node, of_file) {
            return None;
        }
        let name = pools::instance_type(node)?;
        let is_it = |it: &&Instance| match it {
            Instance::Named(listed) => listed == name,
            Instance::Inline(described) => described.name == name,
        };
        let listed = of_file.instance_types.iter().find(is_it).cloned();
        let instance = listed.unwrap_or_else(|| Instance::Named(name.to_owned()));
        let bought = Bought::of(&instance, self.provider, &self.file.region).ok()?;
        let spot = pools::is_spot(node);
        if spot && bought.spot.is_none() {
            return None;
        }
        self.offering(spot, &bought, zone, &[])
    }

    /// Counts a node that is not what its NodePool would launch.
    pub(super) fn count_drifted(&mut self, node: &Node, cluster: &Cluster<'_>, pool: usize) {
        let of_file = &self.file.pools[pool];
        if !is_of_node_pool(node, of_file) {
            return;
        }
        let labels = &node.metadata.labels;
        let wanted = requirements::of(of_file);
        let is_other = requirements::unmet_by_node(&wanted, labels).is_some()
            || of_file.labels.iter().any(|(key, value)| labels.get(key) != Some(value))
            || self.template_like(node, pool).is_none();
        if is_other || claim_of(node, cluster).is_some_and(|claim| drifted_at(claim).is_some()) {
            *self.drifted.entry(of_file.name.clone()).or_insert(0) += 1;
        }
    }

    /// Says which NodePools have nodes that they would not launch.
    pub(super) fn assume_of_drifted(&mut self) {
        let drifted = std::mem::take(&mut self.drifted);
        let of_pools = drifted.iter().map(|(pool, nodes)| {
            let nodes = counted(*nodes, "node");
            format!("{nodes} of NodePool `{pool}`")
        });
        let of_pools: Vec<String> = of_pools.collect();
        if !of_pools.is_empty() {
            self.assumptions.push(assumption::DRIFTED_NODES.about(&[&of_pools.join(", ")]));
        }
    }
}

/// Whether Karpenter keeps a node for a pool.
fn is_of_node_pool(node: &Node, pool: &Pool) -> bool {
    pool.keeper == file::Keeper::Karpenter
        && node.metadata.labels.get(NODE_POOL) == Some(&pool.name)
}

/// The NodeClaim of a node.
fn claim_of<'c>(node: &Node, cluster: &Cluster<'c>) -> Option<&'c NodeClaim> {
    let mut claims = cluster.node_claims.iter().copied();
    claims.find(|claim| claim.status.node_name == node.metadata.name)
}

/// Since when a NodeClaim has drifted, if it has and if that is said.
fn drifted_at(claim: &NodeClaim) -> Option<Option<&str>> {
    let is_so = |it: &&crate::kube::Condition| it.kind == "Drifted" && it.status == "True";
    let drifted = claim.status.conditions.iter().find(is_so)?;
    Some(drifted.last_transition_time.as_deref())
}

/// What is known of the nodes of a cluster, in their order. `T+0` is just after the youngest pod has started.
pub(crate) fn known_nodes(cluster: &Cluster<'_>) -> Vec<Found> {
    let newest = cluster.pods.iter().filter_map(|member| started(member.pod)).max();
    let before = |text: Option<&str>| {
        let at: Timestamp = text?.parse().ok()?;
        Some((newest? - at.as_millisecond()).max(0))
    };
    let known = |node: &Node| {
        let claim = claim_of(node, cluster);
        let metadata = claim.map_or(&node.metadata, |claim| &claim.metadata);
        let drifted = claim.and_then(drifted_at);
        let annotated = [Some(&node.metadata), claim.map(|claim| &claim.metadata)];
        let stays = annotated.into_iter().flatten().any(|metadata| {
            metadata.annotations.get(DO_NOT_DISRUPT).is_some_and(|it| it == "true")
        });
        Found {
            age_ms: before(metadata.creation_timestamp.as_deref()).unwrap_or(0),
            drifted_ms: drifted.map(|since| before(since).unwrap_or(0)),
            do_not_disrupt: stays,
        }
    };
    cluster.nodes.iter().map(|(node, _)| known(node)).collect()
}
