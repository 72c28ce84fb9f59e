//! Who is where: the load of every node, and who is promised which.

use std::collections::BTreeMap;

use super::load::NodeLoad;
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::table::Table;

/// The pods of every node.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Placement {
    loads: Table<NodeId, NodeLoad>,
    /// Pods that are nominated to nodes, in order of id; no entry is empty.
    nominated: BTreeMap<NodeId, Vec<PodId>>,
    /// How many pods of each priority are on nodes; no entry is zero.
    priorities: BTreeMap<i32, u32>,
}

impl Placement {
    /// What is on a node.
    pub fn load(&self, node: NodeId) -> &NodeLoad {
        &self.loads[node]
    }

    /// The pods on a node, in the order in which they were bound.
    pub fn pods_on(&self, node: NodeId) -> &[PodId] {
        self.loads[node].pods()
    }

    /// The pods that are nominated to a node: preemption is making room for them there.
    pub fn nominated_to(&self, node: NodeId) -> &[PodId] {
        self.nominated.get(&node).map_or(&[], |pods| pods)
    }

    /// The lowest priority of any pod on a node.
    pub fn lowest_priority(&self) -> Option<i32> {
        self.priorities.keys().next().copied()
    }

    /// A pod of this priority came to a node, or left it.
    pub(super) fn count(&mut self, priority: i32, came: bool) {
        let pods = self.priorities.entry(priority).or_default();
        *pods = if came { *pods + 1 } else { *pods - 1 };
        if *pods == 0 {
            self.priorities.remove(&priority);
        }
    }

    /// How many pods of each priority are on nodes.
    pub(super) fn priorities(&self) -> &BTreeMap<i32, u32> {
        &self.priorities
    }

    /// Every node that pods are nominated to, with those pods.
    pub fn nominations(&self) -> impl Iterator<Item = (NodeId, &[PodId])> {
        self.nominated.iter().map(|(node, pods)| (*node, pods.as_slice()))
    }

    pub(super) fn add_node(&mut self) {
        self.loads.push(NodeLoad::default());
    }

    pub(super) fn pop_node(&mut self) {
        self.loads.pop();
    }

    pub(super) fn load_mut(&mut self, node: NodeId) -> &mut NodeLoad {
        &mut self.loads[node]
    }

    pub(super) fn nominate(&mut self, pod: PodId, from: Option<NodeId>, to: Option<NodeId>) {
        if let Some(from) = from
            && let Some(pods) = self.nominated.get_mut(&from)
        {
            pods.retain(|p| *p != pod);
            if pods.is_empty() {
                self.nominated.remove(&from);
            }
        }
        if let Some(to) = to {
            let pods = self.nominated.entry(to).or_default();
            let at = pods.partition_point(|p| *p < pod);
            pods.insert(at, pod);
        }
    }
}
