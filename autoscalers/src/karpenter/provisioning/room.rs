//! Room: which nodes may take pods of a class at all, found out once for all questions about a snapshot.

use super::existing_node::has_too_many_volumes;
use super::pod_class::{PodClass, PodClasses};
use crate::karpenter::requirements::{Tightened, Undefined};
use crate::karpenter::snapshot::{NodeView, Snapshot};
use crate::karpenter::tolerance::tolerates;

/// A class, with the room that there is for it.
pub(super) fn with_room<'c>(
    classes: &'c mut PodClasses,
    class: usize,
    snapshot: &Snapshot<'_>,
) -> &'c PodClass {
    if !classes.get(class).has_room() {
        let of = classes.get(class);
        let may_take = |place: &usize| {
            let view = &snapshot.nodes[snapshot.in_order[*place]];
            !view.deleting && (classes.is_plain() || takes_alone(view, of, snapshot))
        };
        let room = (0..snapshot.in_order.len()).filter(may_take).collect();
        classes.have_been_asked(snapshot.in_order.len() as u64);
        classes.set_room(class, room);
    }
    classes.get(class)
}

/// Whether a node would take a pod of a class if it were the only one, as far as it is concerned itself.
fn takes_alone(view: &NodeView, class: &PodClass, snapshot: &Snapshot<'_>) -> bool {
    class.requests.fits(&view.remaining)
        && tolerates(&class.spec.tolerations, &view.taints)
        && !view.ports.conflict(&class.spec.host_ports)
        && !has_too_many_volumes(view, &[], class)
        && Tightened::of(&view.requirements).compatible(
            &class.requirements,
            Undefined::None,
            snapshot.cluster.names,
        )
}
