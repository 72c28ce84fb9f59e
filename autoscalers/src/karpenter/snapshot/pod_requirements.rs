//! What pods require of a node's labels, preferences among them.

use sim::names::Names;

use crate::karpenter::input::{NodeTerm, PodSpec};
use crate::karpenter::keys::Keys;
use crate::karpenter::requirements::Requirements;

/// The node selector and the first alternative of the required node affinity.
// Karpenter: requirements.go NewStrictPodRequirements
pub(crate) fn strict_requirements(spec: &PodSpec, keys: &Keys, names: &Names) -> Requirements {
    let mut requirements = Requirements::of_labels(&spec.node_selector, keys, names);
    if let Some(first) = spec.required_node_affinity.first() {
        add(&mut requirements, first, keys, names);
    }
    requirements
}

/// The same, with the heaviest preference as if it were required.
// Karpenter: requirements.go NewPodRequirements
pub(crate) fn requirements(spec: &PodSpec, keys: &Keys, names: &Names) -> Requirements {
    let mut requirements = Requirements::of_labels(&spec.node_selector, keys, names);
    if let Some(at) = heaviest(&spec.preferred_node_affinity) {
        add(&mut requirements, &spec.preferred_node_affinity[at].1, keys, names);
    }
    if let Some(first) = spec.required_node_affinity.first() {
        add(&mut requirements, first, keys, names);
    }
    requirements
}

fn add(requirements: &mut Requirements, term: &NodeTerm, keys: &Keys, names: &Names) {
    requirements.add_all(&Requirements::of(&term.expressions, keys, names), names);
}

/// The place of the heaviest preference, the first of those that weigh the same.
pub(super) fn heaviest<T>(preferred: &[(i32, T)]) -> Option<usize> {
    let weights = preferred.iter().enumerate();
    weights.min_by_key(|(at, (weight, _))| (std::cmp::Reverse(*weight), *at)).map(|(at, _)| at)
}
