//! The order in which the scheduler walks the nodes: zones take turns.
// kube-scheduler: backend/cache/node_tree.go

use std::cell::OnceCell;

use super::node::NodeId;
use crate::names::NameId;
use crate::table::Id;

/// A node's zone as the scheduler's cache knows it: region and zone.
pub(super) type Zone = (Option<NameId>, Option<NameId>);

/// The registered nodes, by zone.
#[derive(Clone, Debug, Default)]
pub(super) struct NodeOrder {
    /// Zones in order of first appearance; nodes of each in order of registration.
    zones: Vec<(Zone, Vec<NodeId>)>,
    list: OnceCell<Walked>,
    generation: u64,
}

/// The order, both ways.
#[derive(Clone, Debug, Default)]
struct Walked {
    nodes: Vec<NodeId>,
    /// The place of each node, or `u32::MAX`.
    places: Vec<u32>,
}

impl NodeOrder {
    /// A node joins.
    pub(super) fn join(&mut self, node: NodeId, zone: Zone) {
        match self.zones.iter_mut().find(|(known, _)| *known == zone) {
            Some((_, nodes)) => nodes.push(node),
            None => self.zones.push((zone, vec![node])),
        }
        self.changed();
    }

    /// A node leaves. A zone without nodes is forgotten.
    pub(super) fn leave(&mut self, node: NodeId, zone: Zone) {
        if let Some((_, nodes)) = self.zones.iter_mut().find(|(known, _)| *known == zone) {
            nodes.retain(|n| *n != node);
        }
        self.zones.retain(|(_, nodes)| !nodes.is_empty());
        self.changed();
    }

    /// All registered nodes: the first of each zone, then the second of each, and so on.
    pub(super) fn list(&self) -> &[NodeId] {
        &self.walked().nodes
    }

    /// The place of a node in [`list`](Self::list), if it is registered.
    pub(super) fn place(&self, node: NodeId) -> Option<usize> {
        let place = *self.walked().places.get(node.index())?;
        (place != u32::MAX).then_some(place as usize)
    }

    fn walked(&self) -> &Walked {
        self.list.get_or_init(|| {
            let longest = self.zones.iter().map(|(_, nodes)| nodes.len()).max().unwrap_or(0);
            let turn = |turn: usize| self.zones.iter().filter_map(move |(_, n)| n.get(turn));
            let nodes: Vec<NodeId> = (0..longest).flat_map(turn).copied().collect();
            let ids = nodes.iter().map(|node| node.index() + 1).max().unwrap_or(0);
            let mut places = vec![u32::MAX; ids];
            for (place, node) in nodes.iter().enumerate() {
                places[node.index()] = u32::try_from(place).expect("fewer than 2^32 nodes");
            }
            Walked { nodes, places }
        })
    }

    /// Changes whenever a node joins or leaves.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    fn changed(&mut self) {
        self.list.take();
        self.generation += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Names;

    #[test]
    fn zones_take_turns() {
        let mut names = Names::default();
        let mut zone = |name| (None, Some(names.intern(name)));
        let (a, b) = (zone("a"), zone("b"));
        let node = NodeId::from_index;
        let mut order = NodeOrder::default();
        for (index, zone) in [a, a, b, a, b].into_iter().enumerate() {
            order.join(node(index), zone);
        }
        assert_eq!(order.list(), [0, 2, 1, 4, 3].map(node));
        order.leave(node(2), b);
        order.leave(node(4), b);
        assert_eq!(order.list(), [0, 1, 3].map(node));
    }
}
