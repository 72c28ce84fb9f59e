//! Which nodes a spread constraint counts.

use sim::model::taints::{Taint, Toleration};
use sim::names::{NameId, Names};

use crate::karpenter::input::{Inclusion, NodeTerm, PodSpec, Spread};
use crate::karpenter::keys::Keys;
use crate::karpenter::requirements::{Requirements, Undefined};
use crate::karpenter::tolerance::tolerates;

/// Which nodes are counted; the default is every node.
// Karpenter: topologynodefilter.go
#[derive(Clone, Debug, Default)]
pub(crate) struct NodeFilter {
    /// Alternatives of what the pod requires of a node.
    requirements: Vec<Requirements>,
    tolerations: Vec<Toleration>,
    by_affinity: bool,
    by_taints: bool,
}

/// What of a filter keeps two groups apart. Of what is required, only the labels do: values are private
/// fields of the Go struct that is hashed.
// mitchellh/hashstructure: hashstructure.go skips fields that are not exported
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct FilterIdentity {
    keys: Vec<Vec<NameId>>,
    tolerations: Vec<Toleration>,
    by_affinity: bool,
    by_taints: bool,
}

impl NodeFilter {
    /// Of a spread constraint of a pod.
    pub(crate) fn of(spread: &Spread, spec: &PodSpec, keys: &Keys, names: &Names) -> NodeFilter {
        let selector = Requirements::of_labels(&spec.node_selector, keys, names);
        let with_selector = |term: &NodeTerm| {
            let mut both = selector.clone();
            both.add_all(&Requirements::of(&term.expressions, keys, names), names);
            both
        };
        let mut requirements: Vec<Requirements> =
            spec.required_node_affinity.iter().map(with_selector).collect();
        if requirements.is_empty() {
            requirements.push(selector);
        }
        NodeFilter {
            requirements,
            tolerations: spec.tolerations.clone(),
            by_affinity: spread.node_affinity == Inclusion::Honor,
            by_taints: spread.node_taints == Inclusion::Honor,
        }
    }

    /// What of it keeps two groups apart.
    pub(crate) fn identity(&self) -> FilterIdentity {
        let keys = |term: &Requirements| term.iter().map(|(key, _)| key).collect();
        let mut keys: Vec<Vec<NameId>> = self.requirements.iter().map(keys).collect();
        keys.sort_unstable();
        FilterIdentity {
            keys,
            tolerations: self.tolerations.clone(),
            by_affinity: self.by_affinity,
            by_taints: self.by_taints,
        }
    }

    /// Whether taints decide, and these keep the node out.
    pub(crate) fn refuses_taints(&self, taints: &[Taint]) -> bool {
        self.by_taints && !tolerates(&self.tolerations, taints)
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
        (!self.by_affinity || self.requirements.iter().any(has_labels))
            && !self.refuses_taints(taints)
    }
}
