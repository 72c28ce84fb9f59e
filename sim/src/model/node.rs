//! What a node is: labels, taints and size.

use super::labels::LabelSet;
use super::resources::Resources;
use super::taints::Taint;
use crate::names::NameId;
use crate::table::id;

id! {
    /// A node: one instance, from its launch to its end.
    NodeId
}

/// What a node is, apart from its name. Nodes of one pool and offering share one shape.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NodeShape {
    /// Labels, without `kubernetes.io/hostname`, which is each node's own.
    pub labels: LabelSet,
    /// Taints, in the order of the node object.
    pub taints: Vec<Taint>,
    /// What pods can ask for.
    pub allocatable: Resources,
    /// What it declares that it can do, sorted.
    pub features: Vec<NameId>,
    /// How many volumes of a driver can be attached to it, where that is limited.
    pub volume_limits: Vec<(NameId, u32)>,
}

impl NodeShape {
    /// A node of this size without labels and taints.
    #[must_use]
    pub fn plain(allocatable: Resources) -> NodeShape {
        NodeShape {
            labels: LabelSet::default(),
            taints: Vec::new(),
            allocatable,
            features: Vec::new(),
            volume_limits: Vec::new(),
        }
    }
}
