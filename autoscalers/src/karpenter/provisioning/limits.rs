//! Limits of NodePools: what may still be launched in one pass.

use crate::karpenter::input::Cluster;
use crate::karpenter::resources::Limits;
use crate::karpenter::snapshot::NodeView;

impl Limits {
    /// What is left when a node is there.
    // Karpenter: scheduler.go updateRemainingResources
    pub(super) fn take_node(&mut self, node: &NodeView) {
        for (resource, left) in &mut self.resources {
            *left = left.saturating_sub(node.capacity.get(*resource));
        }
        if let Some(nodes) = &mut self.nodes {
            *nodes -= 1;
        }
    }

    /// The types of which one more would not be too much. How many nodes there may be is not counted down
    /// within a pass.
    // Karpenter: scheduler.go filterByRemainingResources
    pub(super) fn allowed(&self, types: &[usize], cluster: &Cluster<'_>) -> Vec<usize> {
        if self.nodes.is_some_and(|nodes| nodes <= 0) {
            return Vec::new();
        }
        let is_allowed = |number: &usize| {
            let capacity = &cluster.instance_types[*number].capacity;
            self.resources.iter().all(|(resource, left)| capacity.get(*resource) <= *left)
        };
        types.iter().copied().filter(is_allowed).collect()
    }

    /// Takes the most that any of the types would need, as any of them may be launched.
    // Karpenter: scheduler.go subtractMax
    pub(super) fn take_most(&mut self, types: &[usize], cluster: &Cluster<'_>) {
        for (resource, left) in &mut self.resources {
            let capacity = |number: &usize| cluster.instance_types[*number].capacity.get(*resource);
            *left = left.saturating_sub(types.iter().map(capacity).max().unwrap_or_default());
        }
    }
}
