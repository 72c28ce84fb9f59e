//! Removing a node in the simulation: whether all of its pods fit elsewhere.
//!
//! While its pods are placed the node is still there, empty and tainted, as it is while it is drained: a
//! topology spread constraint goes on counting its domain. Then it is no more. What succeeds is kept, so
//! that nodes after it see the pods where they are by then.
// Cluster Autoscaler: simulator/cluster.go SimulateNodeRemoval

use std::collections::{BTreeMap, BTreeSet};

use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::taints::Taint;
use sim::world::trial::Trial;

use super::budgets::RemainingBudgets;
use super::drain::{BlockingReason, Context, Drainability, PodTraits, drainability};
use crate::cluster_autoscaler::config::DrainFlags;
use crate::cluster_autoscaler::snapshot::{Filters, NodeList};

/// A node that can be removed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Removable {
    /// Which node.
    pub node: NodeId,
    /// The pods that have to move.
    pub to_reschedule: Vec<PodId>,
    /// The pods of DaemonSets on it.
    pub of_daemon_sets: Vec<PodId>,
    /// The pods whose end is awaited.
    pub awaited: Vec<PodId>,
    /// Whether budgets do not let all of them go at once.
    pub is_risky: bool,
}

/// Why a node cannot be removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unremovable {
    /// A pod keeps it.
    BlockedByPod(PodId, BlockingReason),
    /// Its pods do not fit elsewhere.
    NoPlaceToMovePods,
}

/// Removes nodes, one after the other.
pub struct RemovalSimulator<'r> {
    flags: &'r DrainFlags,
    filters: &'r Filters,
    /// What a node is tainted with that is to be deleted.
    taint: Taint,
    /// The nodes, and where the next search begins.
    pub list: NodeList,
    /// Nodes that pods may move to.
    pub destinations: BTreeSet<NodeId>,
    /// What budgets have left.
    pub budgets: RemainingBudgets,
    /// Where each pod was placed when it was last looked at.
    pub hints: BTreeMap<PodId, NodeId>,
}

impl<'r> RemovalSimulator<'r> {
    /// No node has been removed.
    #[must_use]
    pub fn new(
        flags: &'r DrainFlags,
        filters: &'r Filters,
        taint: Taint,
        list: NodeList,
        budgets: RemainingBudgets,
    ) -> RemovalSimulator<'r> {
        let destinations = list.nodes.iter().copied().collect();
        let hints = BTreeMap::new();
        RemovalSimulator { flags, filters, taint, list, destinations, budgets, hints }
    }

    /// Removes a node with these pods. Its pods stay where they fit.
    ///
    /// # Errors
    /// Why it cannot be removed. Then nothing has changed.
    pub fn remove(
        &mut self,
        node: NodeId,
        pods: &[PodTraits],
        trial: &mut Trial<'_>,
    ) -> Result<Removable, Unremovable> {
        let mut removable = self.sort_out(node, pods, trial)?;
        let moves = &removable.to_reschedule;
        let mut fork = trial.fork();
        let left: Vec<PodId> = fork.placement().pods_on(node).to_vec();
        for pod in left {
            fork.evict(pod);
        }
        let mut taints = fork.view(node).shape().taints.clone();
        taints.push(self.taint.clone());
        fork.taint(node, taints);
        let mut touched = BTreeSet::new();
        for pod in moves {
            let found = self.place(*pod, node, &fork);
            let Some(found) = found else { return Err(Unremovable::NoPlaceToMovePods) };
            fork.bind(*pod, found);
            touched.insert(found);
        }
        fork.remove_node(node);
        fork.keep();
        removable.is_risky = !self.budgets.allow_at_once(moves, trial);
        self.budgets.take(moves, trial);
        self.destinations.remove(&node);
        self.forget(node, &touched);
        Ok(removable)
    }

    /// What comes of each pod.
    // GetPodsToMove
    fn sort_out(
        &self,
        node: NodeId,
        pods: &[PodTraits],
        trial: &Trial<'_>,
    ) -> Result<Removable, Unremovable> {
        let context = Context { flags: self.flags, budgets: &self.budgets, world: trial };
        let mut removable = Removable {
            node,
            to_reschedule: Vec::new(),
            of_daemon_sets: Vec::new(),
            awaited: Vec::new(),
            is_risky: false,
        };
        for pod in pods {
            match drainability(pod, &context) {
                Drainability::Skipped => {}
                Drainability::Moves if pod.is_of_daemon_set => {
                    removable.of_daemon_sets.push(pod.pod);
                }
                Drainability::Moves => removable.to_reschedule.push(pod.pod),
                Drainability::Awaited => removable.awaited.push(pod.pod),
                Drainability::Blocks(reason) => {
                    return Err(Unremovable::BlockedByPod(pod.pod, reason));
                }
            }
        }
        Ok(removable)
    }

    /// Where a pod fits: where it did the last time, or on the next node.
    // Cluster Autoscaler: simulator/scheduling/hinting_simulator.go
    fn place(&mut self, pod: PodId, removed: NodeId, trial: &Trial<'_>) -> Option<NodeId> {
        let destinations = &self.destinations;
        let accepts = |node: NodeId| node != removed && destinations.contains(&node);
        let hint = self.hints.get(&pod).copied().filter(|node| accepts(*node));
        let hint = hint.filter(|node| self.filters.rejection(pod, *node, trial).is_none());
        let found = hint.or_else(|| self.filters.any_node(pod, trial, &mut self.list, accepts))?;
        self.hints.insert(pod, found);
        Some(found)
    }

    /// The node is no more, and nodes that have got pods move to the end of the list.
    // Cluster Autoscaler: simulator/clustersnapshot/store/delta.go commit
    fn forget(&mut self, removed: NodeId, touched: &BTreeSet<NodeId>) {
        self.list.nodes.retain(|node| *node != removed);
        let (moved, mut kept): (Vec<NodeId>, Vec<NodeId>) =
            self.list.nodes.iter().partition(|node| touched.contains(node));
        kept.extend(moved);
        self.list.nodes = kept;
    }
}
