//! How each step of a trial is taken back: from what it changed, once all later steps have been.

use crate::model::node::NodeId;
use crate::model::pod::{HostPort, PodId, SpecId};
use crate::table::Id;
use crate::world::World;
use crate::world::nodes::{NodeState, ShapeId};
use crate::world::order::Spot;
use crate::world::pods::Phase;
use crate::world::reserved::StorageChange;
use crate::world::usage::PodUsage;

/// What a step changed.
pub(super) enum Undo {
    /// A pod was put on a node.
    Bound {
        pod: PodId,
        node: NodeId,
        before: PodState,
        nominated: Option<NodeId>,
        ports: Option<Vec<HostPort>>,
        storage: StorageChange,
    },
    /// A pod was taken off its node, where it was `at` in the order of binding.
    TakenOff {
        pod: PodId,
        node: NodeId,
        before: PodState,
        at: usize,
        ports: Option<Vec<HostPort>>,
        usage: Option<PodUsage>,
    },
    Cordoned {
        node: NodeId,
        before: bool,
    },
    Tainted {
        node: NodeId,
        before: ShapeId,
    },
    ImaginedNode(NodeId),
    ImaginedPod(PodId),
    Removed {
        node: NodeId,
        before: NodeState,
        spot: Spot,
    },
}

/// What of a pod changes when it comes to a node or leaves it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PodState {
    pub(super) phase: Phase,
    pub(super) spec: SpecId,
    available: bool,
    started_ms: Option<i64>,
    runs: bool,
}

impl PodState {
    pub(super) fn of(pod: PodId, world: &World) -> PodState {
        PodState {
            phase: world.pods.phase(pod),
            spec: world.pods.spec(pod),
            available: world.pods.available(pod),
            started_ms: world.pods.started_ms(pod),
            runs: world.pods.runs_containers(pod),
        }
    }

    pub(super) fn is_terminating(self) -> bool {
        matches!(self.phase, Phase::Terminating { .. })
    }
}

impl World {
    pub(super) fn undo(&mut self, step: Undo) {
        match step {
            Undo::Bound { pod, node, before, nominated, ports, storage } => {
                if let Some(made) = storage.made {
                    self.unmake_volumes(made);
                }
                if let Some(taken) = storage.reserved {
                    self.reserved.give_back(&taken);
                }
                self.placement.load_mut(node).remove(pod, before.spec, false, &self.specs);
                self.restore(pod, node, before, ports);
                if let Some(nominated) = nominated {
                    self.pods.nominated[pod] = Some(nominated);
                    self.placement.nominate(pod, None, Some(nominated));
                    self.changed(nominated);
                }
            }
            Undo::TakenOff { pod, node, before, at, ports, usage } => {
                let (spec, terminating) = (before.spec, before.is_terminating());
                self.placement.load_mut(node).insert(at, pod, spec, terminating, &self.specs);
                if let Some(usage) = usage {
                    self.usage.come_back(pod, self.pods.workload(pod), usage);
                }
                self.restore(pod, node, before, ports);
            }
            Undo::Cordoned { node, before } => {
                self.nodes.state[node] = NodeState::Ready { cordoned: before };
                self.changed(node);
            }
            Undo::Tainted { node, before } => {
                self.nodes.shape[node] = before;
                self.changed(node);
            }
            Undo::ImaginedNode(node) => self.forget_node(node),
            Undo::ImaginedPod(pod) => {
                assert_eq!(pod.index() + 1, self.pods.len(), "only the last pod is forgotten");
                self.quota_use.count(self.specs.get(self.pods.spec(pod)), false, &self.model);
                self.pods.pop();
            }
            Undo::Removed { node, before, spot } => self.restore_node(node, before, spot),
        }
    }

    /// A pod is what it was before it came to a node or left it.
    fn restore(
        &mut self,
        pod: PodId,
        node: NodeId,
        before: PodState,
        ports: Option<Vec<HostPort>>,
    ) {
        self.pods.spec[pod] = before.spec;
        self.enter(pod, before.phase);
        self.pods.available[pod] = before.available;
        self.pods.started_ms[pod] = before.started_ms;
        self.pods.runs_containers[pod] = before.runs;
        match ports {
            Some(ports) => {
                self.placement.load_mut(node).set_ports(ports);
                self.changed(node);
            }
            None => self.changed_by(node, before.spec),
        }
    }

    /// Takes out the last node, on which nothing is left.
    fn forget_node(&mut self, node: NodeId) {
        assert_eq!(node.index() + 1, self.nodes.len(), "only the last node is forgotten");
        let _ = self.unregister(node);
        self.pool_sizes[self.nodes.pool(node)] -= 1;
        self.running[self.nodes.offering(node)] -= 1;
        self.launches[self.nodes.offering(node)] -= 1;
        self.nodes.pop();
        self.placement.pop_node();
        self.images.pop_node();
        self.topology.pop_node();
        self.changed(node);
    }

    /// A removed node is there again.
    fn restore_node(&mut self, node: NodeId, before: NodeState, spot: Spot) {
        self.nodes.state[node] = before;
        let alive = &mut self.nodes.alive;
        alive.insert(alive.partition_point(|other| *other < node), node);
        self.pool_sizes[self.nodes.pool(node)] += 1;
        self.running[self.nodes.offering(node)] += 1;
        self.images.join(node);
        self.order.rejoin(node, spot);
        self.changed(node);
    }
}
