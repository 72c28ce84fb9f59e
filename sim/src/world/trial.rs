//! What if: changes to the real world that are taken back when the trial ends.
//!
//! A trial undoes its changes in reverse order, from what was there before, so that nothing of it
//! is left. Only the journal remembers: readers of the journal see the nodes change back, too.

use std::ops::Deref;

use super::World;
use super::load::NodeLoad;
use super::nodes::{NodeState, ShapeId};
use super::pods::Phase;
use super::reserved::Reserved;
use super::zones::Zones;
use crate::model::node::NodeId;
use crate::model::pod::{PodId, SpecId};
use crate::model::pool::PoolId;
use crate::model::taints::Taint;
use crate::table::{Id, Table};

/// A world in which things may be tried out. It is itself a [`World`] to everybody who looks.
pub struct Trial<'w> {
    world: &'w mut World,
    undo: Vec<Undo>,
}

/// What was there before a change.
enum Undo {
    Load(NodeId, Box<NodeLoad>),
    Pod { pod: PodId, phase: Phase, available: bool, started_ms: Option<i64>, runs: bool },
    Nominated(PodId, Option<NodeId>),
    Reserved(Box<Reserved>),
    Volumes(Box<(Zones, Table<PodId, SpecId>)>),
    Cordoned(NodeId, bool),
    Shape(NodeId, ShapeId),
    Imagined(NodeId),
}

impl World {
    /// Begins a trial, which ends when it is dropped.
    pub fn trial(&mut self) -> Trial<'_> {
        Trial { world: self, undo: Vec::new() }
    }

    /// Whether two worlds are in the same state; how they came there does not matter.
    #[must_use]
    pub fn same_state_as(&self, other: &World) -> bool {
        self.now == other.now
            && self.nodes == other.nodes
            && self.pods == other.pods
            && self.placement == other.placement
            && self.images == other.images
            && self.reserved == other.reserved
            && self.volume_zones == other.volume_zones
            && self.health == other.health
            && self.desired == other.desired
            && self.usage == other.usage
            && self.topology.agrees_with(&other.topology)
            && self.registered() == other.registered()
            && self.capacities == other.capacities
            && self.prices == other.prices
            && self.launches == other.launches
            && self.running == other.running
            && self.pool_sizes == other.pool_sizes
    }
}

impl Trial<'_> {
    /// Puts a pending pod on a node.
    ///
    /// # Panics
    /// As [`World::bind`].
    pub fn bind(&mut self, pod: PodId, node: NodeId) {
        self.remember(pod, node);
        if !self.world.spec_of(pod).volumes.claims.is_empty() {
            self.undo.push(Undo::Reserved(Box::new(self.world.reserved.clone())));
        }
        if self.world.would_make_volumes(pod) {
            let before = (self.world.volume_zones.clone(), self.world.pods.spec.clone());
            self.undo.push(Undo::Volumes(Box::new(before)));
        }
        if let Some(nominated) = self.world.pods.nominated(pod) {
            self.undo.push(Undo::Nominated(pod, Some(nominated)));
        }
        let _ = self.world.bind(pod, node);
    }

    /// Takes a pod off its node, at once, and lets it wait again.
    ///
    /// # Panics
    /// If it is not on a node.
    pub fn evict(&mut self, pod: PodId) {
        let node = self.world.pods.phase(pod).node().expect("only a pod on a node is evicted");
        self.remember(pod, node);
        let terminating = matches!(self.world.pods.phase(pod), Phase::Terminating { .. });
        let spec = self.world.pods.spec(pod);
        self.world.placement.load_mut(node).remove(pod, spec, terminating, &self.world.model);
        self.world.enter(pod, Phase::Pending);
        self.world.pods.available[pod] = false;
        self.world.pods.started_ms[pod] = None;
        self.world.changed(node);
    }

    /// A node takes no more pods.
    ///
    /// # Panics
    /// As [`World::cordon`].
    pub fn cordon(&mut self, node: NodeId) {
        let _ = self.world.cordon(node);
        self.undo.push(Undo::Cordoned(node, false));
    }

    /// A cordoned node takes pods again, and loses the taint that goes with being cordoned.
    ///
    /// # Panics
    /// As [`World::uncordon`].
    // Node lifecycle controller: pkg/controller/nodelifecycle doNoScheduleTaintingPass
    pub fn uncordon(&mut self, node: NodeId) {
        let _ = self.world.uncordon(node);
        self.undo.push(Undo::Cordoned(node, true));
        let mut taints = self.world.view(node).shape().taints.clone();
        taints.retain(|taint| taint.key != self.world.model.unschedulable_key);
        self.taint(node, taints);
    }

    /// A node's taints become these.
    ///
    /// # Panics
    /// As [`World::taint`].
    pub fn taint(&mut self, node: NodeId, taints: Vec<Taint>) {
        let nodes = &self.world.nodes;
        self.undo.push(Undo::Shape(node, nodes.shape(node)));
        let _ = self.world.taint(node, taints);
    }

    /// One more node of a pool's template, as if it were there. Its id will be given out again.
    pub fn imagine(&mut self, pool: PoolId, template: usize) -> NodeId {
        let (node, _) = self.world.launch(pool, template);
        let _ = self.world.register(node);
        self.undo.push(Undo::Imagined(node));
        node
    }

    fn remember(&mut self, pod: PodId, node: NodeId) {
        let pods = &self.world.pods;
        self.undo.push(Undo::Pod {
            pod,
            phase: pods.phase(pod),
            available: pods.available(pod),
            started_ms: pods.started_ms(pod),
            runs: pods.runs_containers(pod),
        });
        self.undo.push(Undo::Load(node, Box::new(self.world.placement.load(node).clone())));
    }
}

impl Deref for Trial<'_> {
    type Target = World;
    fn deref(&self) -> &World {
        self.world
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        while let Some(step) = self.undo.pop() {
            self.world.undo(step);
        }
    }
}

impl World {
    fn undo(&mut self, step: Undo) {
        match step {
            Undo::Load(node, load) => {
                *self.placement.load_mut(node) = *load;
                self.changed(node);
            }
            Undo::Pod { pod, phase, available, started_ms, runs } => {
                self.enter(pod, phase);
                self.pods.available[pod] = available;
                self.pods.started_ms[pod] = started_ms;
                self.pods.runs_containers[pod] = runs;
            }
            Undo::Nominated(pod, node) => {
                self.pods.nominated[pod] = node;
                self.placement.nominate(pod, None, node);
            }
            Undo::Reserved(reserved) => self.reserved = *reserved,
            Undo::Volumes(before) => (self.volume_zones, self.pods.spec) = *before,
            Undo::Cordoned(node, cordoned) => {
                self.nodes.state[node] = NodeState::Ready { cordoned };
                self.changed(node);
            }
            Undo::Shape(node, shape) => {
                self.nodes.shape[node] = shape;
                self.changed(node);
            }
            Undo::Imagined(node) => self.forget(node),
        }
    }

    /// Takes out the last node, on which nothing is left.
    fn forget(&mut self, node: NodeId) {
        assert_eq!(node.index() + 1, self.nodes.len(), "only the last node is forgotten");
        self.order.leave(node, self.zone(node));
        self.images.leave(node);
        self.pool_sizes[self.nodes.pool(node)] -= 1;
        self.running[self.nodes.offering(node)] -= 1;
        self.launches[self.nodes.offering(node)] -= 1;
        self.nodes.pop();
        self.placement.pop_node();
        self.images.pop_node();
        self.topology.pop_node();
        self.changed(node);
    }
}
