//! Which nodes a spread constraint counts.

use sim::model::taints::{Taint, Toleration};
use sim::names::Names;

use crate::karpenter::input::{Inclusion, PodSpec, Spread};
use crate::karpenter::keys::Keys;
use crate::karpenter::requirements::{Requirements, Undefined};
use crate::karpenter::tolerance::tolerates;

/// Which nodes are counted; the default is every node.
// Karpenter: topologynodefilter.go
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct NodeFilter {
    /// Alternatives of what the pod requires of a node, if that decides.
    requirements: Vec<Requirements>,
    /// What the pod tolerates, if that decides.
    tolerations: Option<Vec<Toleration>>,
}

impl NodeFilter {
    /// Of a spread constraint of a pod.
    pub(crate) fn of(spread: &Spread, spec: &PodSpec, keys: &Keys, names: &Names) -> NodeFilter {
        let selector = Requirements::of_labels(&spec.node_selector, keys, names);
        let with_selector = |term: &crate::karpenter::input::NodeTerm| {
            let mut both = selector.clone();
            both.add_all(&Requirements::of(&term.expressions, keys, names), names);
            both
        };
        let requirements = match spread.node_affinity {
            Inclusion::Ignore => Vec::new(),
            Inclusion::Honor if spec.required_node_affinity.is_empty() => vec![selector],
            Inclusion::Honor => spec.required_node_affinity.iter().map(with_selector).collect(),
        };
        let tolerations = match spread.node_taints {
            Inclusion::Ignore => None,
            Inclusion::Honor => Some(spec.tolerations.clone()),
        };
        NodeFilter { requirements, tolerations }
    }

    /// Whether taints decide, and these keep the node out.
    pub(crate) fn refuses_taints(&self, taints: &[Taint]) -> bool {
        self.tolerations.as_ref().is_some_and(|tolerations| !tolerates(tolerations, taints))
    }

    /// Whether a node is counted.
    pub(crate) fn counts(
        &self,
        taints: &[Taint],
        node: &Requirements,
        undefined: Undefined<'_>,
        names: &Names,
    ) -> bool {
        let has_labels = |wanted: &Requirements| node.compatible(wanted, undefined, names);
        (self.requirements.is_empty() || self.requirements.iter().any(has_labels))
            && !self.refuses_taints(taints)
    }
}
