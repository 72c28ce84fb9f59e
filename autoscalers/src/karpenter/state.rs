//! What Karpenter takes a node to be: the NodeClaim's word until the node has joined, and as much of it as
//! is needed until the node is ready for pods.

use sim::model::labels::LabelSet;
use sim::model::taints::Taint;
use sim::names::{NameId, Names};

use super::input::StateNode;
use super::keys::Keys;
use super::resources::Resources;

/// Taints of this prefix come and go while a node starts.
const READINESS: &str = "readiness.k8s.io/";

// Karpenter: pkg/controllers/state/statenode.go
impl StateNode {
    /// Whether Karpenter bought it.
    pub(crate) fn is_managed(&self) -> bool {
        self.claim.is_some()
    }

    /// Whether it has joined and taken over what its NodeClaim says.
    pub(crate) fn is_registered(&self) -> bool {
        !self.is_managed() || self.node.as_ref().is_some_and(|node| node.registered)
    }

    /// Whether it is ready for pods.
    pub(crate) fn is_initialized(&self) -> bool {
        !self.is_managed() || self.node.as_ref().is_some_and(|node| node.initialized)
    }

    /// Whether it goes away.
    pub(crate) fn is_deleting(&self) -> bool {
        self.marked_for_deletion
            || match (&self.claim, &self.node) {
                (Some(claim), _) => claim.deleting,
                (None, node) => node.as_ref().is_some_and(|node| node.deleting),
            }
    }

    /// Its name: the NodeClaim's until it has joined.
    pub(crate) fn name(&self) -> Option<NameId> {
        match (&self.node, &self.claim) {
            (Some(node), _) if self.is_registered() => Some(node.name),
            (_, Some(claim)) => Some(claim.name),
            (node, None) => node.as_ref().map(|node| node.name),
        }
    }

    /// Its labels: the NodeClaim's until it has joined.
    pub(crate) fn labels(&self) -> LabelSet {
        match (&self.node, &self.claim) {
            (Some(node), _) if self.is_registered() => node.labels.clone(),
            (_, Some(claim)) => claim.labels.clone(),
            (node, None) => node.as_ref().map(|node| node.labels.clone()).unwrap_or_default(),
        }
    }

    /// Its taints, without those that go away before it is ready for pods.
    pub(crate) fn taints(&self, keys: &Keys, names: &Names) -> Vec<Taint> {
        let taints = match (&self.node, &self.claim) {
            (Some(node), _) if self.is_registered() => &node.taints,
            (_, Some(claim)) => &claim.taints,
            (Some(node), None) => &node.taints,
            (None, None) => return Vec::new(),
        };
        let Some(claim) = self.claim.as_ref().filter(|_| !self.is_initialized()) else {
            return taints.clone();
        };
        let is_temporary = |taint: &Taint| {
            keys.ephemeral.contains(&(taint.key, taint.effect))
                || names.text(taint.key).starts_with(READINESS)
                || claim
                    .startup_taints
                    .iter()
                    .any(|startup| startup.key == taint.key && startup.effect == taint.effect)
        };
        taints.iter().filter(|taint| !is_temporary(taint)).cloned().collect()
    }

    /// What it has.
    pub(crate) fn capacity(&self) -> Resources {
        self.amounts(|node| &node.capacity, |claim| &claim.capacity)
    }

    /// What pods may use of it.
    pub(crate) fn allocatable(&self) -> Resources {
        self.amounts(|node| &node.allocatable, |claim| &claim.allocatable)
    }

    /// What the node reports, filled up with what the NodeClaim promises until it is ready.
    fn amounts(
        &self,
        of_node: impl Fn(&super::input::Node) -> &Resources,
        of_claim: impl Fn(&super::input::Claim) -> &Resources,
    ) -> Resources {
        match (&self.node, &self.claim) {
            (Some(node), Some(claim)) if !self.is_initialized() => {
                let mut amounts = of_node(node).clone();
                for (resource, amount) in of_claim(claim).iter() {
                    if amounts.get(resource) == 0 {
                        amounts.set(resource, amount);
                    }
                }
                amounts
            }
            (Some(node), _) => of_node(node).clone(),
            (None, Some(claim)) => of_claim(claim).clone(),
            (None, None) => Resources::default(),
        }
    }
}
