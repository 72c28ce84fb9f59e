//! Pods that are nominated to a node and hold their place there: the node is judged as if they were on
//! it already.

use super::framework::PodView;
use crate::world::NodeView;
use crate::world::load::NodeLoad;

/// A load of a node with the pods that are nominated to it and hold their place against `pod`;
/// none when there are no such pods.
#[must_use]
pub fn with_nominated(pod: PodView<'_>, node: NodeView<'_>, load: &NodeLoad) -> Option<NodeLoad> {
    let world = node.world();
    let mut with: Option<NodeLoad> = None;
    for other in world.placement().nominated_to(node.id()) {
        if pod.id != Some(*other) && world.spec_of(*other).priority >= pod.spec.priority {
            let spec = world.pods().spec(*other);
            with.get_or_insert_with(|| load.clone()).add(*other, spec, false, world.specs());
        }
    }
    with
}
