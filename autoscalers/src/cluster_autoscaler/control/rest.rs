//! Rest: rounds that cannot come to anything, because nothing has happened since one that did not either.
//!
//! The program looks at the whole cluster every 10 s, and most of the time nothing has changed in it. What a
//! round reads but the nodes and their pods is checked here: whatever may come of it with time alone ends the
//! rest.

use sim::time::SimTime;
use sim::world::World;
use sim::world::journal::Cursor;

/// A cluster in which a round found nothing to do, and nothing that might come to be so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    /// Up to where nodes and their pods are as they were.
    read: Cursor,
    /// When a node is looked at again that could not be removed.
    until: Option<SimTime>,
}

impl Rest {
    pub(super) fn since_now(until: Option<SimTime>, world: &World) -> Rest {
        Rest { read: world.journal().now(), until }
    }

    /// Whether it lasts.
    pub(super) fn lasts(&self, world: &World) -> bool {
        world.journal().behind(self.read) == 0 && self.until.is_none_or(|until| world.now() < until)
    }
}
