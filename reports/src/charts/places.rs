//! Places in pools: which node was in which, one after the other.

use std::collections::{BTreeMap, VecDeque};

use sim::fact::Fact;
use sim::model::node::NodeId;
use sim::model::pool::PoolId;

use crate::recording::Recording;

/// A place in a pool, with the nodes that were in it one after the other.
pub(super) struct Place {
    pub(super) pool: PoolId,
    pub(super) nodes: Vec<NodeId>,
}

/// All places, pool after pool. A node takes the place of the one that it replaces, or else of the one
/// in its pool that has been gone for longest, or, in a pool that is complete, of the one that has
/// been announced to go; only then a new one. So a pool has as many places as nodes, although a
/// replacement is launched before its predecessor is gone.
pub(super) fn of(recording: Recording<'_>) -> Vec<Place> {
    let legend = recording.legend;
    let replaces: BTreeMap<NodeId, NodeId> = recording
        .facts
        .iter()
        .filter_map(|(_, fact)| match *fact {
            Fact::ReplacementLaunched { node, replaces, .. } => Some((node, replaces)),
            _ => None,
        })
        .collect();
    let mut board = Board::default();
    for (_, fact) in recording.facts {
        match *fact {
            Fact::NodeLaunched { node, pool, .. } => {
                let size = legend.model.pools[pool].size() as usize;
                board.enter(node, pool, size, replaces.get(&node));
            }
            Fact::NoticeGiven { node, .. } | Fact::RebalanceRecommended { node } => {
                board.announce(node);
            }
            Fact::NodeGone { node, .. } => board.leave(node),
            _ => {}
        }
    }
    board.places.sort_by_key(|place| place.pool);
    board.places
}

/// Places while they are being filled.
#[derive(Default)]
struct Board {
    places: Vec<Place>,
    /// Places without a node, by pool, the one that has been empty for longest first.
    vacant: BTreeMap<PoolId, VecDeque<usize>>,
    /// Nodes that have been announced to go and have no successor, by pool.
    leaving: BTreeMap<PoolId, VecDeque<NodeId>>,
    /// The place of each node that is there.
    alive: BTreeMap<NodeId, usize>,
}

impl Board {
    fn enter(&mut self, node: NodeId, pool: PoolId, size: usize, replaces: Option<&NodeId>) {
        let complete = self.places.iter().filter(|place| place.pool == pool).count() >= size;
        let of = |board: &Board, node: &NodeId| board.alive.get(node).copied();
        let succeeds = replaces.and_then(|node| of(self, node));
        if let Some(node) = replaces {
            self.leaving.entry(pool).or_default().retain(|leaving| leaving != node);
        }
        let index = succeeds
            .or_else(|| self.vacant.entry(pool).or_default().pop_front())
            .or_else(|| {
                let leaving = self.leaving.entry(pool).or_default();
                let next = if complete { leaving.pop_front() } else { None };
                next.and_then(|node| of(self, &node))
            })
            .unwrap_or_else(|| {
                self.places.push(Place { pool, nodes: Vec::new() });
                self.places.len() - 1
            });
        self.alive.insert(node, index);
        self.places[index].nodes.push(node);
    }

    fn announce(&mut self, node: NodeId) {
        let Some(place) = self.alive.get(&node) else { return };
        let leaving = self.leaving.entry(self.places[*place].pool).or_default();
        if !leaving.contains(&node) {
            leaving.push_back(node);
        }
    }

    fn leave(&mut self, node: NodeId) {
        let Some(place) = self.alive.remove(&node) else { return };
        let pool = self.places[place].pool;
        self.leaving.entry(pool).or_default().retain(|leaving| *leaving != node);
        // Unless its successor is there already.
        if self.alive.values().all(|other| *other != place) {
            self.vacant.entry(pool).or_default().push_back(place);
        }
    }
}
