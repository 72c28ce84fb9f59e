//! Pods that name their node themselves: `spec.nodeName` passes by the scheduler, its queue, cordons
//! and `NoSchedule` taints; what is left is what the kubelet of that node admits.
//!
//! A pod whose node is not there, or does not admit it, waits here as if it had been left to the
//! scheduler. In a cluster the kubelet fails it, or pod garbage collection deletes it, and its
//! controller makes it again about once a second for as long as that stays so.

use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::model::taints::{Effect, tolerated};
use crate::scheduler::framework::{Filter, PodView, Verdict};
use crate::scheduler::plugins::node_ports::NodePorts;
use crate::world::World;

/// The node that a pending pod names, if it is there and its kubelet admits the pod.
// kubelet: pkg/kubelet/lifecycle/predicate.go generalFilter
#[must_use]
pub fn of(pod: PodId, world: &World) -> Option<NodeId> {
    let spec = world.spec_of(pod);
    let name = spec.node_name.filter(|_| spec.gates.is_empty())?;
    let node = world.registered().iter().copied().find(|node| world.view(*node).name() == name)?;
    let view = world.view(node);
    let stays = view
        .shape()
        .taints
        .iter()
        .all(|taint| taint.effect != Effect::NoExecute || tolerated(&spec.tolerations, taint));
    let fits = spec.requests.fits(view.load().requested(), &view.shape().allocatable);
    let free = matches!(NodePorts.check(PodView::of(pod, world), view), Verdict::Pass);
    let admits = !view.is_lost() && stays && fits && free && view.is_required_by(spec);
    admits.then_some(node)
}
