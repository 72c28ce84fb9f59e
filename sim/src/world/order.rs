//! The order in which the scheduler walks the nodes: zones take turns.
// kube-scheduler: backend/cache/node_tree.go

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use crate::model::node::NodeId;
use crate::names::NameId;
use crate::table::Id;

/// A node's zone as the scheduler's cache knows it: region and zone.
pub(super) type Zone = (Option<NameId>, Option<NameId>);

/// In place of a place where there is none.
const NOWHERE: u32 = u32::MAX;
/// The same of a node that has joined since the order was last asked for.
const SOMEWHERE: u32 = u32::MAX - 1;

/// Where a node is in the order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Spot {
    zone: Zone,
    /// The turn that its zone takes.
    turn: usize,
    /// Its place among the nodes of its zone.
    at: usize,
}

/// The registered nodes, by zone.
#[derive(Clone, Debug, Default)]
pub(super) struct NodeOrder {
    /// Zones in order of first appearance; nodes of each in order of registration.
    zones: Vec<(Zone, Vec<NodeId>)>,
    /// The order, once it has been asked for since a node last joined or left.
    list: OnceCell<Arc<[NodeId]>>,
    /// The place of each node in the list, by id. It outlives lists: ids only grow, and a long run
    /// sees many more nodes than there are at a time.
    places: RefCell<Vec<u32>>,
}

impl NodeOrder {
    /// A node joins.
    pub(super) fn join(&mut self, node: NodeId, zone: Zone) {
        match self.zones.iter_mut().find(|(known, _)| *known == zone) {
            Some((_, nodes)) => nodes.push(node),
            None => self.zones.push((zone, vec![node])),
        }
        self.list.take();
        self.mark(node, SOMEWHERE);
    }

    /// A node leaves: where it was. A zone without nodes is forgotten.
    pub(super) fn leave(&mut self, node: NodeId, zone: Zone) -> Option<Spot> {
        let turn = self.zones.iter().position(|(known, _)| *known == zone)?;
        let nodes = &mut self.zones[turn].1;
        let at = nodes.iter().position(|other| *other == node)?;
        nodes.remove(at);
        if nodes.is_empty() {
            self.zones.remove(turn);
        }
        self.list.take();
        self.mark(node, NOWHERE);
        Some(Spot { zone, turn, at })
    }

    /// A node is again where it was, and nothing has changed since it left.
    pub(super) fn rejoin(&mut self, node: NodeId, Spot { zone, turn, at }: Spot) {
        if self.zones.get(turn).is_none_or(|(known, _)| *known != zone) {
            self.zones.insert(turn, (zone, Vec::new()));
        }
        self.zones[turn].1.insert(at, node);
        self.list.take();
        self.mark(node, SOMEWHERE);
    }

    fn mark(&mut self, node: NodeId, place: u32) {
        let places = self.places.get_mut();
        if places.len() <= node.index() {
            places.resize(node.index() + 1, NOWHERE);
        }
        places[node.index()] = place;
    }

    /// All registered nodes: the first of each zone, then the second of each, and so on. It is
    /// another list whenever a node has joined or left.
    pub(super) fn list(&self) -> &Arc<[NodeId]> {
        self.list.get_or_init(|| {
            let longest = self.zones.iter().map(|(_, nodes)| nodes.len()).max().unwrap_or(0);
            let turn = |turn: usize| self.zones.iter().filter_map(move |(_, n)| n.get(turn));
            let nodes: Vec<NodeId> = (0..longest).flat_map(turn).copied().collect();
            let mut places = self.places.borrow_mut();
            for (place, node) in nodes.iter().enumerate() {
                places[node.index()] = u32::try_from(place).expect("fewer than 2^32 nodes");
            }
            nodes.into()
        })
    }

    /// Whether a node is registered. It does not need the order, which is long to make.
    pub(super) fn has(&self, node: NodeId) -> bool {
        self.places.borrow().get(node.index()).is_some_and(|place| *place != NOWHERE)
    }

    /// The place of a node in [`list`](Self::list), if it is registered.
    pub(super) fn place(&self, node: NodeId) -> Option<usize> {
        self.list();
        let place = *self.places.borrow().get(node.index())?;
        (place != NOWHERE).then_some(place as usize)
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
        assert_eq!(**order.list(), [0, 2, 1, 4, 3].map(node));
        assert!(order.has(node(4)) && !order.has(node(5)));
        assert_eq!(order.place(node(4)), Some(3));
        let second = order.leave(node(2), b).unwrap();
        let fourth = order.leave(node(4), b).unwrap();
        assert_eq!(order.place(node(4)), None);
        assert_eq!(**order.list(), [0, 1, 3].map(node));
        let first = order.leave(node(0), a).unwrap();
        assert!(!order.has(node(0)));
        order.rejoin(node(0), first);
        assert!(order.has(node(0)) && !order.has(node(4)), "before the order is asked for");
        order.rejoin(node(4), fourth);
        assert_eq!(**order.list(), [0, 4, 1, 3].map(node));
        order.rejoin(node(2), second);
        assert_eq!(**order.list(), [0, 2, 1, 4, 3].map(node));
        order.leave(node(2), b);
        order.leave(node(4), b);
        assert_eq!([3, 4, 5].map(node).map(|node| order.place(node)), [Some(2), None, None]);
    }
}
