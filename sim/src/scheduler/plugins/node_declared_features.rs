//! NodeDeclaredFeatures: a pod that needs what not every kubelet can do runs where it is declared.

use crate::scheduler::framework::{Filter, NodeView, PodView, Prepared, Verdict};
use crate::world::World;

/// See the module.
pub struct NodeDeclaredFeatures;

impl Filter for NodeDeclaredFeatures {
    fn prepare(&self, pod: PodView<'_>, _: &World) -> Prepared {
        if pod.spec.features.is_empty() { Prepared::Skip } else { Prepared::Run }
    }

    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict {
        let declared = &node.shape().features;
        if pod.spec.features.iter().all(|feature| declared.binary_search(feature).is_ok()) {
            return Verdict::Pass;
        }
        Verdict::unresolvable("node(s) didn't match Pod's required features")
    }
}
