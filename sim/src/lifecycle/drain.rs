//! How a node is emptied: cordon it, then evict its pods as `kubectl drain` does, as often as budgets
//! make it ask. A termination handler does so at a notice, a pool before it gives a node back.

use crate::action::Action;
use crate::fact::Cause;
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::model::workload::Controller;
use crate::time::Span;
use crate::world::World;
use crate::world::nodes::NodeState;
use crate::world::pods::Phase;

/// How long an eviction that was refused waits for the next attempt.
// kubectl: pkg/drain/drain.go evictPods
pub const RETRY_AFTER: Span = Span::from_secs(5);

/// `node` is to be emptied: no more pods, and those that are there are asked to leave.
#[must_use]
pub fn begin(world: &World, node: NodeId, why: Cause) -> Vec<Action> {
    let NodeState::Ready { cordoned } = world.nodes().state(node) else { return Vec::new() };
    let cordon = (!cordoned).then_some(Action::Cordon { node });
    cordon.into_iter().chain(evictions(world, node, why)).collect()
}

/// Asks for the eviction of every pod that is still there.
#[must_use]
pub fn evictions(world: &World, node: NodeId, why: Cause) -> Vec<Action> {
    left(world, node).map(|pod| Action::Evict { pod, why }).collect()
}

/// The pods that a drain has yet to evict.
pub fn left(world: &World, node: NodeId) -> impl Iterator<Item = PodId> {
    let pods = world.placement().pods_on(node).iter().copied();
    pods.filter(|pod| {
        let workload = &world.model().workloads[world.pods().workload(*pod)];
        let runs =
            matches!(world.pods().phase(*pod), Phase::Starting { .. } | Phase::Running { .. });
        // As `kubectl drain --ignore-daemonsets`: a DaemonSet would only put the pod back.
        runs && workload.controller != Controller::DaemonSet
    })
}
