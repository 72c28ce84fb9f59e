//! Which pods Karpenter does not even look at.

use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use sim::names::{NameId, Names};

use super::pod_requirements::requirements;
use crate::karpenter::input::{Cluster, PodSpec};
use crate::karpenter::keys::Keys;
use crate::karpenter::requirement::{Expression, Operator};
use crate::karpenter::volume_topology;

/// Domains of labels that are Kubernetes' or Karpenter's own.
// Karpenter: pkg/apis/v1/labels.go RestrictedLabelDomains
const RESTRICTED: [&str; 3] = ["kubernetes.io", "k8s.io", "karpenter.sh"];
/// Domains below them that are not.
// Karpenter: pkg/apis/v1/labels.go LabelDomainExceptions
const NOT_RESTRICTED: [&str; 3] =
    ["kops.k8s.io", "node.kubernetes.io", "node-restriction.kubernetes.io"];

/// Whether a pod asks for what a node of Karpenter's could ever have.
// Karpenter: provisioner.go Validate
fn is_valid(spec: &PodSpec, cluster: &Cluster<'_>) -> bool {
    let (keys, names) = (cluster.keys, cluster.names);
    let terms = spec
        .required_node_affinity
        .iter()
        .chain(spec.preferred_node_affinity.iter().map(|(_, term)| term));
    let is_readable = |expression: &Expression| {
        may_be_asked_for(expression.key, keys, names) && has_values(expression, names)
    };
    let avoids = requirements(spec, keys, names)
        .get(keys.node_pool)
        .is_some_and(|requirement| requirement.is_empty());
    !avoids
        && spec.node_selector.iter().all(|(key, _)| may_be_asked_for(key, keys, names))
        && terms
            .into_iter()
            .all(|term| !term.has_fields && term.expressions.iter().all(is_readable))
        && volume_topology::usable(spec, cluster)
}

/// Whether a pod may require anything of a label.
// Karpenter: pkg/apis/v1/labels.go IsRestrictedLabel
fn may_be_asked_for(key: NameId, keys: &Keys, names: &Names) -> bool {
    let key = keys.normalized(key);
    if keys.is_well_known(key) {
        return true;
    }
    if key == keys.hostname {
        return false;
    }
    let domain = names.text(key).split_once('/').map_or("", |(domain, _)| domain);
    let is_below_any = |parents: [&str; 3]| parents.iter().any(|parent| domain.ends_with(parent));
    is_below_any(NOT_RESTRICTED) || !is_below_any(RESTRICTED)
}

/// Whether an expression has the values that its operator needs.
// Karpenter: pkg/apis/v1/nodeclaim_validation.go ValidateRequirement
fn has_values(expression: &Expression, names: &Names) -> bool {
    match expression.operator {
        Operator::In => !expression.values.is_empty(),
        Operator::NotIn | Operator::Exists | Operator::DoesNotExist => true,
        Operator::Gt | Operator::Lt | Operator::Gte | Operator::Lte => {
            let [value] = expression.values.as_slice() else { return false };
            names.integer(*value).is_some_and(|value| value >= 0)
        }
    }
}

/// Pods that wait, and could run on a node of Karpenter's.
// Karpenter: provisioner.go GetPendingPods
pub(super) fn pending(cluster: &Cluster<'_>) -> Vec<usize> {
    let mut known: IndexMap<*const PodSpec, bool, FxBuildHasher> = IndexMap::default();
    let mut waits = |number: &usize| {
        let pod = &cluster.pods[*number];
        let valid = || is_valid(&pod.spec, cluster);
        pod.provisionable && *known.entry(Arc::as_ptr(&pod.spec)).or_insert_with(valid)
    };
    (0..cluster.pods.len()).filter(|number| waits(number)).collect()
}
