//! Following the journal: which nodes changed since the last time, or that it is better to start
//! afresh.

use crate::world::World;
use crate::world::journal::{Change, Cursor};

/// How far somebody has read who keeps one row for each registered node.
#[derive(Default)]
pub(super) struct Follower {
    read: Option<(Cursor, u64)>,
}

impl Follower {
    /// What changed since the last time, with the places of the nodes. None the first time, when
    /// nodes have joined or left, or when more has changed than there are nodes.
    pub(super) fn changes<'w>(
        &mut self,
        world: &'w World,
    ) -> Option<impl Iterator<Item = (usize, Change)> + use<'w>> {
        let (journal, generation) = (world.journal(), world.registered_generation());
        let (cursor, seen) = self.read.replace((journal.now(), generation))?;
        let changes = journal
            .since(cursor)
            .filter(|changes| seen == generation && changes.len() <= world.registered().len())?;
        Some(changes.filter_map(|change| Some((world.place_of(change.node)?, change))))
    }
}
