//! Which nodes changed, in order: what an incremental scheduler repairs its memory from.

use crate::model::node::NodeId;
use crate::model::pod::SpecId;

/// An append-only record of nodes whose state changed: bound, unbound, tainted, cordoned, joined,
/// left. It is never rewound. Only the last entries are kept; a reader whose cursor has fallen off
/// the end has missed more changes than there are nodes and is better off starting afresh.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    /// Its length is a power of two.
    ring: Vec<Change>,
    written: usize,
}

/// A node changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// Which node.
    pub node: NodeId,
    /// What the pod asks for that came, left or began to terminate, if that is all that happened.
    pub spec: Option<SpecId>,
}

/// How far a reader has read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cursor(usize);

/// The least number of entries kept, so that small clusters do not rebuild at every change.
const SHORTEST_RING: usize = 64;

impl Journal {
    /// Records a change in a world that has seen `nodes` nodes so far.
    pub(super) fn record(&mut self, change: Change, nodes: usize) {
        let capacity = nodes.next_power_of_two().max(SHORTEST_RING);
        if self.ring.len() < capacity {
            // Growing keeps what is still readable: entry `i` lives at `i % len`.
            let kept = self.written.min(self.ring.len());
            let recent: Vec<Change> = (self.written - kept..self.written)
                .map(|entry| self.ring[entry % self.ring.len()])
                .collect();
            let first = self.written - kept;
            self.ring = vec![change; capacity];
            for (offset, change) in recent.into_iter().enumerate() {
                self.ring[(first + offset) % capacity] = change;
            }
        }
        let slot = self.written & (self.ring.len() - 1);
        self.ring[slot] = change;
        self.written += 1;
    }

    /// The cursor of a reader who knows everything that has happened so far.
    pub fn now(&self) -> Cursor {
        Cursor(self.written)
    }

    /// How much has happened since `cursor`.
    pub fn behind(&self, cursor: Cursor) -> usize {
        self.written - cursor.0
    }

    /// What changed since `cursor`, oldest first; `None` when the record no longer reaches back that
    /// far.
    pub fn since(&self, cursor: Cursor) -> Option<impl ExactSizeIterator<Item = Change> + '_> {
        let behind = self.behind(cursor);
        (behind <= self.ring.len())
            .then(|| (cursor.0..self.written).map(|entry| self.ring[entry & (self.ring.len() - 1)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Id;

    #[test]
    fn a_reader_sees_every_change_or_is_told_that_it_missed_some() {
        let node = |index| Change { node: NodeId::from_index(index), spec: None };
        let mut journal = Journal::default();
        let start = journal.now();
        for index in 0..40 {
            journal.record(node(index), 1);
        }
        let halfway = journal.now();
        for index in 40..100 {
            journal.record(node(index), index);
        }
        let read: Vec<_> = journal.since(halfway).unwrap().collect();
        assert_eq!(read, (40..100).map(node).collect::<Vec<_>>());
        assert!(journal.since(start).is_some());
        for index in 100..300 {
            journal.record(node(index), 100);
        }
        assert!(journal.since(start).is_none());
        assert_eq!(journal.since(journal.now()).unwrap().len(), 0);
    }
}
