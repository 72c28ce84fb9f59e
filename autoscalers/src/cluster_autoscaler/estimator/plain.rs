//! Plain bins: every pod asks the scheduler's filters, of nodes that are tried out in the cluster.

use std::collections::BTreeSet;

use sim::fact::refusal::UnschedulableReason;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::scheduler::prepared_cycle::Rejection;
use sim::world::trial::Trial;

use super::bins::{Bins, Put};
use super::spreads_over_hosts;
use crate::cluster_autoscaler::node_group::NodeGroup;
use crate::cluster_autoscaler::snapshot::{Filters, NodeList};

/// What PodTopologySpread says of a node that would be too far ahead of others.
const SPREAD: UnschedulableReason =
    UnschedulableReason::Text("node(s) didn't match pod topology spread constraints");

pub(super) struct Plain<'b, 'w> {
    group: &'b NodeGroup,
    filters: &'b Filters,
    trial: &'b mut Trial<'w>,
    list: &'b mut NodeList,
    /// How many nodes there were before.
    before: usize,
    occupied: BTreeSet<NodeId>,
}

impl<'b, 'w> Plain<'b, 'w> {
    /// No new node yet.
    pub(super) fn new(
        group: &'b NodeGroup,
        filters: &'b Filters,
        trial: &'b mut Trial<'w>,
        list: &'b mut NodeList,
    ) -> Plain<'b, 'w> {
        let before = list.nodes.len();
        Plain { group, filters, trial, list, before, occupied: BTreeSet::new() }
    }

    fn newest(&self) -> Option<NodeId> {
        self.list.nodes[self.before..].last().copied()
    }

    fn put(&mut self, pod: PodId, node: NodeId) {
        self.trial.bind(pod, node);
        self.occupied.insert(node);
    }

    /// Puts a pod on the next node that takes it, of those that are accepted.
    fn put_on_any(&mut self, pod: PodId, accepts: impl Fn(NodeId) -> bool) -> bool {
        match self.filters.any_node(pod, self.trial, self.list, accepts) {
            Some(node) => {
                self.put(pod, node);
                true
            }
            None => false,
        }
    }
}

impl Bins for Plain<'_, '_> {
    fn reuse(&mut self, _: usize, pods: &[PodId]) -> usize {
        let new: BTreeSet<NodeId> = self.list.nodes[self.before..].iter().copied().collect();
        pods.iter().take_while(|pod| self.put_on_any(**pod, |node| new.contains(&node))).count()
    }

    fn has_newest(&self) -> bool {
        self.newest().is_some()
    }

    fn newest_is_empty(&self) -> bool {
        self.newest().is_some_and(|node| !self.occupied.contains(&node))
    }

    fn put_on_newest(&mut self, _: usize, pod: PodId) -> Put {
        let Some(node) = self.newest() else { return Put::Refused { by_host_spread: false } };
        match self.filters.rejection(pod, node, self.trial) {
            None => {
                self.put(pod, node);
                Put::Done
            }
            Some(Rejection { reasons, .. }) => Put::Refused {
                by_host_spread: spreads_over_hosts(self.trial.spec_of(pod))
                    && reasons.as_slice().contains(&SPREAD),
            },
        }
    }

    fn put_elsewhere(&mut self, _: usize, pod: PodId) -> bool {
        let newest = self.newest();
        self.put_on_any(pod, |node| Some(node) != newest)
    }

    fn add(&mut self) {
        let node = self.group.imagine(self.trial);
        self.list.nodes.push(node);
    }

    fn occupied(&self) -> u32 {
        u32::try_from(self.occupied.len()).unwrap_or(u32::MAX)
    }
}

impl Drop for Plain<'_, '_> {
    /// New nodes are no more; where the next search begins stays.
    fn drop(&mut self) {
        self.list.nodes.truncate(self.before);
    }
}
