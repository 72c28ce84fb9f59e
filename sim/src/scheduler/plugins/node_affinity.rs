//! NodeAffinity: node selectors, required terms, and preferences with weights.

use super::share_of_max;
use crate::scheduler::framework::{Changes, Filter, NodeView, PodView, Prepared, Score, Verdict};
use crate::world::World;
use crate::world::pod::{NodeSelectorTerm, PodSpec};

/// See the module.
pub struct NodeAffinity;

impl Filter for NodeAffinity {
    fn prepare(&self, pod: PodView<'_>, world: &World) -> Prepared {
        let spec = pod.spec;
        if let Some(node) = pod.meant_for {
            return Prepared::Only(vec![node]);
        }
        match &spec.required_affinity {
            None if spec.node_selector.is_empty() => Prepared::Skip,
            // When every term names nodes, no other node can do.
            Some(terms) if !terms.is_empty() && terms.iter().all(|t| !t.name.is_empty()) => {
                let named = |term: &NodeSelectorTerm, node: NodeView<'_>| {
                    let names = &world.model().names;
                    term.name.iter().all(|wanted| wanted.allows(Some(node.name()), names))
                };
                Prepared::Only(
                    world
                        .registered()
                        .iter()
                        .copied()
                        .filter(|node| terms.iter().any(|term| named(term, world.view(*node))))
                        .collect(),
                )
            }
            _ => Prepared::Run,
        }
    }

    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict {
        let spec = pod.spec;
        let selected =
            spec.node_selector.iter().all(|(key, value)| node.label(*key) == Some(*value));
        let required = spec.required_affinity.as_ref();
        if selected && required.is_none_or(|terms| terms.iter().any(|term| matches(term, node))) {
            return Verdict::Pass;
        }
        Verdict::unresolvable("node(s) didn't match Pod's node affinity/selector")
    }

    fn woken_by(&self) -> Changes {
        Changes::NODE_ADDED
    }
}

impl Score for NodeAffinity {
    fn applies(&self, pod: &PodSpec) -> bool {
        !pod.preferred_affinity.is_empty()
    }

    /// The sum of the weights of the preferred terms that match.
    fn raw(&self, pod: &PodSpec, node: NodeView<'_>) -> i64 {
        pod.preferred_affinity
            .iter()
            .filter(|(_, term)| matches(term, node))
            .map(|(weight, _)| weight)
            .sum()
    }

    fn normalize(&self, raw: i64, _: i64, max: i64) -> i64 {
        share_of_max(raw, max, false)
    }
}

/// Whether every requirement of a term holds; a term without any matches nothing.
// kube-scheduler: component-helpers/scheduling/corev1/nodeaffinity
fn matches(term: &NodeSelectorTerm, node: NodeView<'_>) -> bool {
    let names = &node.world().model().names;
    (!term.labels.is_empty() || !term.name.is_empty())
        && term.labels.iter().all(|wanted| wanted.allows(node.label(wanted.key), names))
        && term.name.iter().all(|wanted| wanted.allows(Some(node.name()), names))
}
