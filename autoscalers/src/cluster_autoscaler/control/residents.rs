//! What the rules of draining read of the pods on a node.

use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::workload::Controller;
use sim::time::Span;
use sim::world::World;

use crate::cluster_autoscaler::program::ClusterAutoscaler;
use crate::cluster_autoscaler::scale_down::drain::{Owner, OwnerKind, PodTraits};

/// The pods on a node, in the order in which they came.
pub(super) fn of(node: NodeId, program: &ClusterAutoscaler, world: &World) -> Vec<PodTraits> {
    let pods = world.placement().pods_on(node).iter();
    pods.map(|pod| traits(*pod, program, world)).collect()
}

fn traits(pod: PodId, program: &ClusterAutoscaler, world: &World) -> PodTraits {
    let id = world.pods().workload(pod);
    let workload = &world.model().workloads[id];
    let marks = program.marks.get(&id).copied().unwrap_or_default();
    let owner = |kind, replicas: Option<u32>| {
        Some(Owner { kind, exists: true, replicas: replicas.map(i64::from) })
    };
    let controller = match workload.controller {
        Controller::Deployment { .. } => owner(OwnerKind::ReplicaSet, world.replicas(id)),
        Controller::StatefulSet { .. } => owner(OwnerKind::StatefulSet, world.replicas(id)),
        Controller::DaemonSet => owner(OwnerKind::DaemonSet, None),
        Controller::Job(_) | Controller::CronJob { .. } | Controller::ArrivingJobs { .. } => {
            owner(OwnerKind::Job, None)
        }
        Controller::Pod { .. } | Controller::DeadlineJob(_) | Controller::ArrivingPods { .. } => {
            None
        }
    };
    PodTraits {
        pod,
        is_mirror: false,
        is_of_daemon_set: workload.controller == Controller::DaemonSet,
        // A pod that terminates does so within its grace period here.
        is_long_terminating: false,
        is_terminal: false,
        controller,
        safe_to_evict: marks.safe_to_evict,
        is_of_system: workload.namespace == program.taints.kube_system,
        age: age(pod, world),
        has_local_storage: marks.has_local_storage,
    }
}

/// How old a pod is. One that was found at the start was bound before.
fn age(pod: PodId, world: &World) -> Span {
    let found = world.pods().started_ms(pod).filter(|at| *at < 0);
    let before = found.map_or(0, i64::unsigned_abs);
    world.now().since(world.pods().created_at(pod)) + Span::from_ms(before)
}
