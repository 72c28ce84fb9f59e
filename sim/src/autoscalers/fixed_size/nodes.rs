//! Which nodes of a pool are being replaced, and by which.

use std::collections::{BTreeMap, BTreeSet};

use super::state::PoolState;
use crate::model::node::NodeId;
use crate::model::pool::{Part, PoolId, ReplaceAt};
use crate::world::World;
use crate::world::nodes::NodeState;

/// The replacements of a pool.
#[derive(Clone, Debug, Default)]
pub(super) struct Replacing {
    /// Nodes that are being replaced: they do not count any more.
    replaced: BTreeSet<NodeId>,
    /// Nodes that were launched to take the place of another, and are not ready yet.
    replacements: BTreeMap<NodeId, NodeId>,
}

impl Replacing {
    /// A node is being replaced from now on.
    pub(super) fn begin(&mut self, state: &mut PoolState, world: &World, node: NodeId) {
        if self.replaced.insert(node) {
            state.count(world, node, false);
        }
    }

    /// A node was launched to take the place of another.
    pub(super) fn launched(&mut self, node: NodeId, old: NodeId) {
        self.replacements.insert(node, old);
    }

    /// A node is ready: the one whose place it takes, which is now to leave.
    pub(super) fn ready(&mut self, world: &World, node: NodeId) -> Option<NodeId> {
        let old = self.replacements.remove(&node)?;
        (world.nodes().state(old) != NodeState::Gone).then_some(old)
    }

    /// A node is gone.
    pub(super) fn gone(&mut self, state: &mut PoolState, world: &World, node: NodeId) {
        if !self.replaced.remove(&node) {
            state.count(world, node, false);
        }
        self.lost(state, world, node);
        self.replacements.retain(|_, old| *old != node);
    }

    /// A node that was to take the place of another will not: the other stays, unless it is about to
    /// be taken and replaced for that.
    pub(super) fn lost(&mut self, state: &mut PoolState, world: &World, node: NodeId) {
        let Some(old) = self.replacements.remove(&node) else { return };
        // One that was to take its own place takes the other's.
        if let Some(next) = self.replacements.values_mut().find(|replaced| **replaced == node) {
            *next = old;
            return;
        }
        let refill = world.model().pools[world.nodes().pool(old)].refill();
        let goes = world.nodes().announced(old) && refill.replace_at >= ReplaceAt::Notice;
        if !goes && self.replaced.remove(&old) {
            state.count(world, old, true);
        }
    }

    /// Whether a node is being replaced.
    pub(super) fn is_replaced(&self, node: NodeId) -> bool {
        self.replaced.contains(&node)
    }

    /// The on-demand node of a pool that was launched last, of those that are to stay so far.
    pub(super) fn youngest_substitute(&self, world: &World, pool: PoolId) -> Option<NodeId> {
        let nodes = world.nodes();
        let spec = &world.model().pools[pool];
        let own = spec.templates_of(Part::OnDemand);
        let is_own = |node: NodeId| {
            let template = spec.template_of(nodes.offering(node));
            nodes.pool(node) == pool && template.is_some_and(|template| own.contains(&template))
        };
        let mut alive = nodes.alive().iter().rev().copied();
        alive.find(|node| is_own(*node) && !self.replaced.contains(node))
    }
}
