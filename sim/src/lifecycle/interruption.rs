//! What a termination handler does with a reclaim notice: cordon, then evict.

use crate::action::Action;
use crate::world::World;
use crate::world::node::{NodeId, NodeState, Why};
use crate::world::pod::Phase;
use crate::world::workload::Controller;

/// The provider has said that it will take `node`, or a node that it has already said so of has
/// just registered: no more pods, and those that are there are told to stop.
#[must_use]
pub fn drain(world: &World, node: NodeId) -> Vec<Action> {
    if world.nodes().state(node) != (NodeState::Ready { cordoned: false }) {
        return Vec::new();
    }
    let mut actions = vec![Action::Cordon { node }];
    let pods = world.pods();
    actions.extend(
        world
            .placement()
            .pods_on(node)
            .iter()
            .copied()
            .filter(|pod| {
                matches!(pods.phase(*pod), Phase::Starting { .. } | Phase::Running { .. })
            })
            // As `kubectl drain --ignore-daemonsets`: a DaemonSet would only put the pod back.
            .filter(|pod| {
                let workload = &world.model().workloads[pods.workload(*pod)];
                workload.controller != Controller::DaemonSet
            })
            .map(|pod| Action::Evict { pod, why: Why::Reclaimed }),
    );
    actions
}
