//! Following the journal: which nodes changed since the last time, which joined and left, or that it
//! is better to start afresh.

use std::sync::Arc;

use crate::model::images::ImageId;
use crate::model::node::NodeId;
use crate::world::World;
use crate::world::journal::{Change, Cursor};

/// How far a reader has read that keeps one row for each registered node.
#[derive(Default)]
pub(super) struct JournalReader {
    read: Option<(Cursor, Arc<[NodeId]>, usize)>,
}

/// What has happened since the last time.
pub(super) struct News {
    /// Where rows go, if nodes have joined or left.
    pub moves: Option<Arc<Moves>>,
    /// Whether images of the pod's are as common no more as they were: a node has pulled one, or
    /// there are other nodes. Nodes that have any say something else of themselves, then.
    pub images: bool,
    /// What changed, by the places that nodes have now.
    pub changes: Vec<(usize, Change)>,
}

/// Where rows go when nodes have joined or left.
pub(super) struct Moves {
    /// The place that each node of the new list had in the old one, or [`NEW`].
    from: Vec<u32>,
    /// The places that nodes had that have left.
    pub(super) left: Vec<usize>,
}

/// A list of nodes, by which moves are from one to another.
type Nodes = Arc<[NodeId]>;

/// The moves that were found last, from one list of nodes to another: nearly all rankings follow the
/// same ones.
#[derive(Default)]
pub(super) struct LastMoves(Option<([Nodes; 2], Arc<Moves>)>);

impl LastMoves {
    /// Where rows go that were made for the nodes `before`.
    fn from(&mut self, before: &Nodes, world: &World) -> Arc<Moves> {
        let after = world.registered_list();
        if let Some(([from, to], moves)) = &self.0
            && Arc::ptr_eq(from, before)
            && Arc::ptr_eq(to, after)
        {
            return Arc::clone(moves);
        }
        let moves = Arc::new(Moves::between(before, world));
        self.0 = Some(([Arc::clone(before), Arc::clone(after)], Arc::clone(&moves)));
        moves
    }
}

/// In place of where a node was that was not there.
const NEW: u32 = u32::MAX;

impl JournalReader {
    /// How many changes it has not read yet.
    pub(super) fn behind(&self, world: &World) -> usize {
        self.read.as_ref().map_or(usize::MAX, |(cursor, ..)| world.journal().behind(*cursor))
    }

    /// What has happened since the last time that may matter to a pod with these images; of one place
    /// one after the other. None the first time, and when more has happened than there are nodes.
    pub(super) fn news(
        &mut self,
        images: &[ImageId],
        world: &World,
        last: &mut LastMoves,
    ) -> Option<News> {
        let (journal, nodes) = (world.journal(), world.registered_list());
        // While nodes neither join nor leave, it only rises.
        let holders = images.iter().map(|image| world.holders(*image)).sum();
        let now = (journal.now(), Arc::clone(nodes), holders);
        let (cursor, before, held) = self.read.replace(now)?;
        let changes = journal.since(cursor).filter(|changes| changes.len() <= nodes.len())?;
        let mut changes: Vec<_> =
            changes.filter_map(|change| Some((world.place_of(change.node)?, change))).collect();
        changes.sort_by_key(|(place, _)| *place);
        let moves = (!Arc::ptr_eq(&before, nodes)).then(|| last.from(&before, world));
        let images = !images.is_empty() && (moves.is_some() || holders != held);
        Some(News { moves, images, changes })
    }
}

impl Moves {
    fn between(before: &[NodeId], world: &World) -> Moves {
        let mut moves = Moves { from: vec![NEW; world.registered().len()], left: Vec::new() };
        for (old, node) in before.iter().enumerate() {
            match world.place_of(*node) {
                Some(place) => moves.from[place] = u32::try_from(old).expect("few nodes"),
                None => moves.left.push(old),
            }
        }
        moves
    }

    /// The places of nodes that have joined.
    pub(super) fn joined(&self) -> impl Iterator<Item = usize> + '_ {
        self.from.iter().enumerate().filter(|(_, from)| **from == NEW).map(|(place, _)| place)
    }

    /// Rows of a number of entries each in their new order; those of nodes that have joined have
    /// `blank` in them.
    pub(super) fn carry<T: Copy>(&self, rows: &[T], entries: usize, blank: T) -> Vec<T> {
        if entries == 1 {
            let old = |from: &u32| rows.get(*from as usize).copied().unwrap_or(blank);
            return self.from.iter().map(old).collect();
        }
        let mut carried = Vec::with_capacity(self.from.len() * entries);
        for from in &self.from {
            let old = *from as usize * entries;
            match *from {
                NEW => carried.extend(std::iter::repeat_n(blank, entries)),
                _ => carried.extend_from_slice(&rows[old..old + entries]),
            }
        }
        carried
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_their_nodes() {
        let moves = Moves { from: vec![2, NEW, 0], left: vec![1] };
        assert_eq!(moves.joined().collect::<Vec<_>>(), [1]);
        assert_eq!(moves.carry(&["a", "b", "c"], 1, "?"), ["c", "?", "a"]);
        assert_eq!(moves.carry(&[1, 2, 3, 4, 5, 6], 2, 0), [5, 6, 0, 0, 1, 2]);
        assert!(moves.carry(&[0; 0], 0, 0).is_empty());
    }
}
