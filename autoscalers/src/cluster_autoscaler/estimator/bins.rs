//! Bins: nodes that are added one after the other, and pods that are put on them.

use sim::model::pod::PodId;

/// What became of an attempt to put a pod on a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Put {
    /// It is there.
    Done,
    /// It does not fit.
    Refused {
        /// Because of a topology spread constraint, and the pod has one over hosts.
        by_host_spread: bool,
    },
}

/// New nodes of one group.
pub(super) trait Bins {
    /// Puts pods of a group on nodes that were added before, until one fits on none: how many.
    fn reuse(&mut self, group: usize, pods: &[PodId]) -> usize;

    /// Whether a node was added.
    fn has_newest(&self) -> bool;

    /// Whether no pod was put on the newest node.
    fn newest_is_empty(&self) -> bool;

    /// Puts a pod on the newest node.
    fn put_on_newest(&mut self, group: usize, pod: PodId) -> Put;

    /// Puts a pod on any other node, of those that were there before, too: whether it fits on one.
    fn put_elsewhere(&mut self, group: usize, pod: PodId) -> bool;

    /// Adds a node.
    fn add(&mut self);

    /// On how many nodes a pod was put.
    fn occupied(&self) -> u32;
}
