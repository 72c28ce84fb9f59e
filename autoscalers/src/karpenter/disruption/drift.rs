//! Drift: whether a node is still what its NodePool would launch.

use crate::karpenter::input::{Cluster, NodePool};
use crate::karpenter::requirements::{Requirements, Undefined};

/// Why a node has drifted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Drift {
    /// Its labels are not what its NodePool requires now.
    RequirementsDrifted,
    /// Its instance type is not sold any more, or not in its zone as its capacity type.
    InstanceTypeNotFound,
}

/// Why a node has drifted, if it has: its NodePool's requirements or the offerings for sale have changed.
/// Changes of static fields (labels, taints, the node class) are not detected here: they show in a hash on
/// the NodeClaim, which the caller keeps.
// Karpenter: nodeclaim/disruption/drift.go isDrifted
#[must_use]
pub fn drift(node: usize, cluster: &Cluster<'_>) -> Option<Drift> {
    let claim = cluster.nodes.get(node)?.claim.as_ref()?;
    let name = claim.labels.get(cluster.keys.node_pool)?;
    let pool: &NodePool = cluster.node_pools.iter().find(|pool| pool.name == name)?;
    let labels = Requirements::of_labels(&claim.labels, cluster.keys, cluster.names);
    let wanted = Requirements::of(&pool.requirements, cluster.keys, cluster.names);
    if !labels.compatible(&wanted, Undefined::None, cluster.names) {
        return Some(Drift::RequirementsDrifted);
    }
    let of_node = claim.labels.get(cluster.keys.instance_type);
    let types = pool.instance_types.iter().map(|number| &cluster.instance_types[*number]);
    let is_sold = types
        .filter(|instance_type| Some(instance_type.name) == of_node)
        .flat_map(|instance_type| &instance_type.offerings)
        .any(|offering| offering.is_compatible(&labels, cluster.keys, cluster.names));
    (!is_sold).then_some(Drift::InstanceTypeNotFound)
}
