//! What if: changes to the real world that are taken back when the trial ends.
//!
//! A step keeps what it changed and no more, so that it costs the same in a cluster of any size. Steps
//! are undone in reverse order, and nothing of them is left. Only the journal remembers: its readers see
//! the nodes change back, too.
//!
//! ```text
//! let mut trial = world.trial();
//! trial.evict(pod);                    // what a node's pods would do without it
//! trial.remove_node(node);
//! let mut fork = trial.fork();         // one way to go on from there
//! fork.bind(pod, other);
//! fork.keep();                         // or drop it, and the trial is where it was
//! ```

mod undo;

use std::ops::{Deref, DerefMut};

use super::World;
use super::nodes::NodeState;
use super::pods::Phase;
use crate::fact::Cause;
use crate::model::node::NodeId;
use crate::model::pod::{End, PodId, SpecId};
use crate::model::pool::PoolId;
use crate::model::taints::Taint;
use crate::model::workload::WorkloadId;
use undo::{PodState, Undo};

/// A world in which things may be tried out. It can be read as any [`World`].
pub struct Trial<'w> {
    world: &'w mut World,
    undo: Vec<Undo>,
}

/// A part of a trial that is taken back by itself, unless it is kept.
pub struct Fork<'t, 'w> {
    trial: &'t mut Trial<'w>,
    /// How many steps the trial had before.
    from: usize,
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
            && self.quota_use == other.quota_use
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

impl<'w> Trial<'w> {
    /// Begins a part that is taken back by itself, when it is dropped.
    pub fn fork(&mut self) -> Fork<'_, 'w> {
        let from = self.undo.len();
        Fork { trial: self, from }
    }

    /// Puts a pending pod on a node.
    ///
    /// # Panics
    /// As [`World::bind`].
    pub fn bind(&mut self, pod: PodId, node: NodeId) {
        let before = PodState::of(pod, self.world);
        let nominated = self.world.pods.nominated(pod);
        let spec = self.world.spec_of(pod);
        let ports = self.world.placement.load(node).ports_before(spec);
        let storage = self.world.put(pod, node);
        self.undo.push(Undo::Bound { pod, node, before, nominated, ports, storage });
    }

    /// Takes a pod off its node, at once, and lets it wait as its replacement would: for a node in the
    /// zone of its zonal volumes.
    ///
    /// # Panics
    /// If it is not on a node.
    pub fn evict(&mut self, pod: PodId) {
        self.take_off(pod, Phase::Pending);
        self.world.pods.spec[pod] = self.world.replacement_spec(pod);
    }

    /// A node takes no more pods.
    ///
    /// # Panics
    /// As [`World::cordon`].
    pub fn cordon(&mut self, node: NodeId) {
        let _ = self.world.cordon(node);
        self.undo.push(Undo::Cordoned { node, before: false });
    }

    /// A cordoned node takes pods again, and loses the taint that goes with being cordoned.
    ///
    /// # Panics
    /// As [`World::uncordon`].
    // Node lifecycle controller: pkg/controller/nodelifecycle doNoScheduleTaintingPass
    pub fn uncordon(&mut self, node: NodeId) {
        let _ = self.world.uncordon(node);
        self.undo.push(Undo::Cordoned { node, before: true });
        let mut taints = self.world.view(node).shape().taints.clone();
        taints.retain(|taint| taint.key != self.world.model.unschedulable_key);
        self.taint(node, taints);
    }

    /// A node's taints become these.
    ///
    /// # Panics
    /// As [`World::taint`].
    pub fn taint(&mut self, node: NodeId, taints: Vec<Taint>) {
        let before = self.world.nodes.shape(node);
        let _ = self.world.taint(node, taints);
        self.undo.push(Undo::Tainted { node, before });
    }

    /// One more node of a pool's template, as if it had registered. Its id will be given out again.
    pub fn imagine_node(&mut self, pool: PoolId, template: usize) -> NodeId {
        let (node, _) = self.world.launch(pool, template);
        let _ = self.world.register(node);
        self.undo.push(Undo::ImaginedNode(node));
        node
    }

    /// One more pod of a workload that asks for this, as if it had been created and were waiting for a
    /// node. Its id will be given out again.
    pub fn imagine_pod(&mut self, workload: WorkloadId, replica: u32, spec: SpecId) -> PodId {
        let (pod, _) = self.world.create_pod_of(spec, (workload, 0), (replica, 0), None);
        self.undo.push(Undo::ImaginedPod(pod));
        pod
    }

    /// A node is no more, and with it the pods that are still on it, as those of DaemonSets are.
    ///
    /// # Panics
    /// If it is not a registered node with its instance.
    pub fn remove_node(&mut self, node: NodeId) {
        let before = self.world.nodes.state(node);
        assert!(matches!(before, NodeState::Ready { .. }), "only a registered node is removed");
        while let Some(pod) = self.world.placement.pods_on(node).last() {
            self.take_off(*pod, Phase::Ended(End::Clean));
        }
        let _ = self.world.end_instance(node, Cause::Released);
        let spot = self.world.unregister(node).expect("a registered node is in the order");
        self.undo.push(Undo::Removed { node, before, spot });
    }

    fn take_off(&mut self, pod: PodId, to: Phase) {
        let before = PodState::of(pod, self.world);
        let node = before.phase.node().expect("only a pod on a node is taken off it");
        let world = &mut *self.world;
        let load = world.placement.load_mut(node);
        let ports = load.ports_before(world.specs.get(before.spec));
        let at = load.remove(pod, before.spec, before.is_terminating(), &world.specs);
        let usage = world.usage.leave(pod, world.pods.workload(pod));
        world.enter(pod, to);
        world.pods.available[pod] = false;
        world.pods.started_ms[pod] = None;
        world.changed_by(node, before.spec);
        self.undo.push(Undo::TakenOff { pod, node, before, at, ports, usage });
    }

    /// Undoes all steps but the first ones.
    fn back_to(&mut self, steps: usize) {
        while self.undo.len() > steps
            && let Some(step) = self.undo.pop()
        {
            self.world.undo(step);
        }
    }
}

impl Fork<'_, '_> {
    /// What was done becomes a part of the trial, and is taken back with it.
    pub fn keep(mut self) {
        self.from = self.trial.undo.len();
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
        self.back_to(0);
    }
}

impl<'w> Deref for Fork<'_, 'w> {
    type Target = Trial<'w>;
    fn deref(&self) -> &Trial<'w> {
        self.trial
    }
}

impl<'w> DerefMut for Fork<'_, 'w> {
    fn deref_mut(&mut self) -> &mut Trial<'w> {
        self.trial
    }
}

impl Drop for Fork<'_, '_> {
    fn drop(&mut self) {
        self.trial.back_to(self.from);
    }
}
