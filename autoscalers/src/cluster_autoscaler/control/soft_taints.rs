//! Soft taints: nodes that are not needed are a worse choice for pods, so that they stay so.
// Cluster Autoscaler: core/scaledown/actuation/softtaint.go UpdateSoftDeletionTaints

use sim::action::Action;
use sim::model::node::NodeId;
use sim::world::World;
use sim::world::nodes::NodeState;

use super::actuator::Actuator;
use crate::cluster_autoscaler::config::Flags;
use crate::cluster_autoscaler::node_group::NodeGroup;
use crate::cluster_autoscaler::program::Taints;

/// Takes the taint off nodes that are needed, and puts it on those that are not: a few in each round.
pub(super) fn update(
    unneeded: &[NodeId],
    (groups, actuator): (&[NodeGroup], &Actuator),
    (taints, flags): (&Taints, &Flags),
    world: &World,
) -> Vec<Action> {
    let soft = &taints.deletion_candidate;
    let has = |node: NodeId| world.view(node).shape().taints.contains(soft);
    let is_ours = |node: &NodeId| {
        let pool = world.nodes().pool(*node);
        matches!(world.nodes().state(*node), NodeState::Ready { .. })
            && groups.iter().any(|group| group.pool == pool)
            && !actuator.is_deleting(*node)
    };
    let nodes: Vec<NodeId> = world.nodes().alive().iter().copied().filter(is_ours).collect();
    let is_unneeded = |node: &&NodeId| unneeded.binary_search(*node).is_ok();
    let cleaned = nodes.iter().filter(|node| !is_unneeded(node) && has(**node));
    let tainted = nodes.iter().filter(|node| is_unneeded(node) && !has(**node));
    let changed = cleaned.chain(tainted).take(flags.max_bulk_soft_taint_count);
    let change = |node: &NodeId| {
        let mut taints = world.view(*node).shape().taints.clone();
        if has(*node) {
            taints.retain(|taint| taint != soft);
        } else {
            taints.push(soft.clone());
        }
        Action::Taint { node: *node, taints }
    };
    changed.map(change).collect()
}
