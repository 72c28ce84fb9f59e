//! NodeName: a pod that names its node runs there or nowhere.

use crate::model::pod::PodSpec;
use crate::scheduler::framework::{Filter, NodeView, PodView, Prepared, Verdict};
use crate::world::World;

/// See the module.
pub struct NodeName;

/// Whether a pod that names its node names this one, or names none.
#[must_use]
pub fn allows(pod: &PodSpec, node: NodeView<'_>) -> bool {
    pod.node_name.is_none_or(|name| name == node.name())
}

impl Filter for NodeName {
    fn prepare(&self, pod: PodView<'_>, _: &World) -> Prepared {
        if pod.spec.node_name.is_none() { Prepared::Skip } else { Prepared::Run }
    }

    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict {
        if allows(pod.spec, node) {
            return Verdict::Pass;
        }
        Verdict::unresolvable("node(s) didn't match the requested node name")
    }
}
