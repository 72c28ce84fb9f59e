//! Nodes that start: their startup taints, and when those go.
//!
//! A node has them from its launch on. In a cluster something on the node takes them off, which is a DaemonSet's pod as
//! a rule; here they go once all pods of DaemonSets that were bound to the node by then have started. Nodes that are
//! there at the start of a run are initialized.
// Karpenter: pkg/controllers/nodeclaim/lifecycle/initialization.go

use sim::action::Action;
use sim::model::node::NodeId;
use sim::model::taints::Taint;
use sim::model::workload::Controller;
use sim::world::World;
use sim::world::nodes::NodeState;
use sim::world::pods::Phase;

use super::Keeper;

impl Keeper {
    /// Taints of a NodePool that its nodes have until they are initialized.
    pub(super) fn startup_taints(&self, node: NodeId, world: &World) -> &[Taint] {
        let pool = self.pool_number(world.nodes().pool(node));
        pool.map_or(&[], |pool| &self.pools[pool].startup_taints)
    }

    /// Puts startup taints on nodes that were launched, and takes them off those that have started.
    pub(super) fn initialize(&mut self, world: &World) -> Vec<Action> {
        let mut actions = Vec::new();
        for node in self.starting.clone() {
            match world.nodes().state(node) {
                NodeState::Launching if !self.is_tainted(node, world) => {
                    let mut taints = world.view(node).shape().taints.clone();
                    taints.extend_from_slice(self.startup_taints(node, world));
                    actions.push(Action::Taint { node, taints });
                }
                NodeState::Ready { .. } if !daemons_start(node, world) => {
                    self.starting.remove(&node);
                    self.nodes.update(node, |kept| kept.initialized_at = Some(world.now()));
                    self.disruption.cluster_changes();
                    let startup = self.startup_taints(node, world);
                    let mut taints = world.view(node).shape().taints.clone();
                    taints.retain(|taint| !startup.iter().any(|it| is_same(it, taint)));
                    actions.push(Action::Taint { node, taints });
                }
                NodeState::Launching | NodeState::Ready { .. } | NodeState::Gone => {}
            }
        }
        actions
    }

    /// Whether a node has any of its startup taints.
    pub(super) fn is_tainted(&self, node: NodeId, world: &World) -> bool {
        let startup = self.startup_taints(node, world);
        let mut taints = world.view(node).shape().taints.iter();
        taints.any(|taint| startup.iter().any(|it| is_same(it, taint)))
    }
}

/// Whether two taints are one, whatever their values.
// k8s.io/api/core/v1/taint.go MatchTaint
fn is_same(one: &Taint, other: &Taint) -> bool {
    (one.key, one.effect) == (other.key, other.effect)
}

/// Whether a pod of a DaemonSet has yet to start on a node.
fn daemons_start(node: NodeId, world: &World) -> bool {
    world.placement().pods_on(node).iter().any(|pod| {
        let workload = &world.model().workloads[world.pods().workload(*pod)];
        workload.controller == Controller::DaemonSet
            && matches!(world.pods().phase(*pod), Phase::Starting { .. })
    })
}
