//! The verbs: the only ways in which the world changes.
//!
//! A verb asserts what must hold, changes the columns, writes the changed node to the journal and
//! returns the fact. Time is the caller's: it moves only by [`World::advance_to`].

use std::sync::Arc;

use super::World;
use super::journal::Change;
use super::nodes::NodeState;
use super::order::Spot;
use super::pods::Phase;
use super::reserved::{self, StorageChange};
use super::topology::Value;
use super::zones::MadeVolumes;
use crate::fact::Cause;
use crate::fact::Fact;
use crate::fact::refusal::RefusalRef;
use crate::model::catalog::{Capacity, OfferingId};
use crate::model::disruption::DisruptionReason;
use crate::model::images::ImageId;
use crate::model::node::{NodeId, NodeShape};
use crate::model::pod::{End, PodId, SpecId};
use crate::model::pool::PoolId;
use crate::model::taints::{Effect, Taint};
use crate::model::workload::WorkloadId;
use crate::money::MicroUsdPerHour;
use crate::names::NameId;
use crate::time::{SimTime, Span};

impl World {
    /// Moves the clock.
    ///
    /// # Panics
    /// If time would run backwards.
    pub fn advance_to(&mut self, now: SimTime) {
        assert!(now >= self.now, "time runs forwards: {now} after {}", self.now);
        self.now = now;
    }

    /// Creates a pod of the first revision: `attempt` of `replica` of `workload`, meant for one node if
    /// a DaemonSet made it.
    pub fn create_pod(
        &mut self,
        workload: WorkloadId,
        replica: u32,
        attempt: u32,
        meant_for: Option<NodeId>,
    ) -> (PodId, Fact) {
        self.create_revision((workload, 0), replica, attempt, meant_for)
    }

    /// The same of any revision.
    pub fn create_revision(
        &mut self,
        (workload, revision): (WorkloadId, u32),
        replica: u32,
        attempt: u32,
        meant_for: Option<NodeId>,
    ) -> (PodId, Fact) {
        let spec = self.spec_for((workload, revision), replica);
        self.create_pod_of(spec, (workload, revision), (replica, attempt), meant_for)
    }

    /// The same of another spec than that of the revision.
    pub fn create_pod_of(
        &mut self,
        spec: SpecId,
        (workload, revision): (WorkloadId, u32),
        (replica, attempt): (u32, u32),
        meant_for: Option<NodeId>,
    ) -> (PodId, Fact) {
        self.quota_use.count(self.specs.get(spec), true, &self.model);
        let pods = &mut self.pods;
        let pod = pods.phase.push(Phase::Pending);
        pods.workload.push(workload);
        pods.replica.push(replica);
        pods.attempt.push(attempt);
        pods.spec.push(spec);
        pods.meant_for.push(meant_for);
        pods.created_at.push(self.now);
        pods.ready_at.push(None);
        pods.available.push(false);
        pods.nominated.push(None);
        pods.reason.push(None);
        pods.started_ms.push(None);
        pods.runs_containers.push(false);
        if revision > 0 {
            pods.revision.insert(pod, revision);
        }
        (pod, Fact::PodCreated { pod, workload, replica, attempt })
    }

    /// Takes over pod number `index` of the start state, not yet on a node.
    pub fn adopt_pod(&mut self, index: usize, replica: u32) -> (PodId, Fact) {
        let start = &self.model.start.pods[index];
        let (workload, spec) = (start.workload, start.spec);
        self.create_pod_of(spec, (workload, 0), (replica, 0), None)
    }

    /// Puts an adopted pod where it was found, whether it would fit there or not.
    ///
    /// # Panics
    /// If the pod is not pending.
    pub fn settle(&mut self, pod: PodId, node: NodeId, started_ms: Option<i64>) -> Fact {
        let _ = self.place(pod, node);
        self.pods.started_ms[pod] = started_ms;
        let (workload, spec) = (self.pods.workload(pod), self.base_spec(pod));
        Fact::PodFound { pod, workload, spec, requests: self.requested(pod), node }
    }

    /// Records that no node would take a pod.
    ///
    /// # Panics
    /// If the pod is not pending.
    pub fn refuse(&mut self, pod: PodId, cause: RefusalRef) -> Fact {
        assert_eq!(self.pods.phase(pod), Phase::Pending, "only a pending pod is refused");
        let refusal = match cause {
            RefusalRef::New(refusal) => self.refusals.intern(refusal),
            RefusalRef::Known(refusal) => refusal,
        };
        Fact::PodUnschedulable { pod, workload: self.pods.workload(pod), refusal }
    }

    /// Puts a pending pod on a node.
    ///
    /// # Panics
    /// If the pod is not pending, the node takes no pods, or the pod does not fit: no scheduling
    /// decision over-commits a node.
    pub fn bind(&mut self, pod: PodId, node: NodeId) -> Fact {
        let _ = self.put(pod, node);
        let waited = self.now.since(self.pods.created_at(pod));
        let (workload, spec) = (self.pods.workload(pod), self.base_spec(pod));
        Fact::PodScheduled { pod, workload, spec, requests: self.requested(pod), node, waited }
    }

    /// Puts a pending pod on a node, as [`bind`](Self::bind) does: what it changed of storage.
    pub(super) fn put(&mut self, pod: PodId, node: NodeId) -> StorageChange {
        assert_eq!(self.pods.phase(pod), Phase::Pending, "only a pending pod is bound");
        assert!(
            matches!(self.nodes.state(node), NodeState::Ready { .. }),
            "pods are bound to registered nodes"
        );
        let spec = self.spec_of(pod);
        let allocatable = &self.shapes[self.nodes.shape(node)].allocatable;
        assert!(
            spec.requests.fits(self.placement.load(node).requested(), allocatable),
            "a decision never over-commits a node"
        );
        let mut reserved = None;
        if !spec.volumes.claims.is_empty() {
            // A profile without VolumeBinding does not care.
            if let Ok(gets) = reserved::find(&spec.volumes.claims, self.view(node)) {
                reserved = Some(self.reserved.take(gets, node));
            }
        }
        StorageChange { reserved, made: self.place(pod, node) }
    }

    fn place(&mut self, pod: PodId, node: NodeId) -> Option<MadeVolumes> {
        assert_eq!(self.pods.phase(pod), Phase::Pending, "only a pending pod is bound");
        let spec = self.pods.spec(pod);
        self.placement.nominate(pod, self.pods.nominated[pod].take(), None);
        self.placement.load_mut(node).add(pod, spec, false, &self.specs);
        self.enter(pod, Phase::Starting { on: node });
        self.pods.started_ms[pod] = i64::try_from(self.now.as_ms()).ok();
        self.pods.runs_containers[pod] = false;
        self.changed_by(node, spec);
        self.make_volumes(pod, node)
    }

    /// Room is being made for a pending pod on a node; `None` ends that.
    ///
    /// # Panics
    /// If the pod is not pending.
    pub fn nominate(&mut self, pod: PodId, node: Option<NodeId>) -> Fact {
        assert_eq!(self.pods.phase(pod), Phase::Pending, "only a pending pod is nominated");
        let before = std::mem::replace(&mut self.pods.nominated[pod], node);
        self.placement.nominate(pod, before, node);
        before.into_iter().chain(node).for_each(|node| self.changed(node));
        Fact::PodNominated { pod, workload: self.pods.workload(pod), node }
    }

    /// A pod that waits for a node is deleted.
    ///
    /// # Panics
    /// If the pod is not pending.
    pub fn withdraw(&mut self, pod: PodId) -> Fact {
        assert_eq!(self.pods.phase(pod), Phase::Pending, "only a pending pod is withdrawn");
        if let Some(node) = self.pods.nominated[pod].take() {
            self.placement.nominate(pod, Some(node), None);
            self.changed(node);
        }
        self.enter(pod, Phase::Withdrawn);
        let waited = self.now.since(self.pods.created_at(pod));
        Fact::PodWithdrawn { pod, workload: self.pods.workload(pod), waited }
    }

    /// The containers of a pod on a node start. No report asks for it, so that it is no fact.
    ///
    /// # Panics
    /// If it is not on a node.
    pub fn run_containers(&mut self, pod: PodId) {
        assert!(self.pods.phase(pod).node().is_some(), "containers run on a node");
        self.pods.runs_containers[pod] = true;
    }

    /// A starting pod becomes ready.
    ///
    /// # Panics
    /// If it is not starting.
    pub fn become_ready(&mut self, pod: PodId) -> Fact {
        let Phase::Starting { on: node } = self.pods.phase(pod) else {
            panic!("only a starting pod becomes ready");
        };
        self.enter(pod, Phase::Running { on: node });
        self.pods.ready_at[pod].get_or_insert(self.now);
        self.pods.runs_containers[pod] = true;
        Fact::PodReady { pod, workload: self.pods.workload(pod), node }
    }

    /// A ready pod is no longer ready: one of its containers does not run.
    ///
    /// # Panics
    /// If it is not ready.
    pub fn become_unready(&mut self, pod: PodId) -> Fact {
        let Phase::Running { on: node } = self.pods.phase(pod) else {
            panic!("only a ready pod becomes unready");
        };
        self.enter(pod, Phase::Starting { on: node });
        let was_available = std::mem::take(&mut self.pods.available[pod]);
        Fact::PodUnready { pod, workload: self.pods.workload(pod), node, was_available }
    }

    /// A ready pod begins to count as available.
    ///
    /// # Panics
    /// If it is not ready, or available already.
    pub fn become_available(&mut self, pod: PodId) -> Fact {
        assert!(
            matches!(self.pods.phase(pod), Phase::Running { .. }),
            "only a ready pod becomes available"
        );
        let before = std::mem::replace(&mut self.pods.available[pod], true);
        assert!(!before, "a pod becomes available once");
        Fact::PodAvailable { pod, workload: self.pods.workload(pod) }
    }

    /// The disks of a starting pod are attached to its node.
    ///
    /// # Panics
    /// If it is not starting.
    pub fn attach(&mut self, pod: PodId) -> Fact {
        let Phase::Starting { on: node } = self.pods.phase(pod) else {
            panic!("only a starting pod waits for its disks");
        };
        let bound_at = self.pods.started_ms(pod).and_then(|ms| u64::try_from(ms).ok());
        let waited = self.now.since(bound_at.map_or(self.now, SimTime::from_ms));
        Fact::VolumesAttached { pod, workload: self.pods.workload(pod), node, waited }
    }

    /// A node has pulled an image.
    ///
    /// # Panics
    /// If it is not registered.
    pub fn pull(&mut self, node: NodeId, image: ImageId, took: Span) -> Fact {
        assert!(
            matches!(self.nodes.state(node), NodeState::Ready { .. }),
            "images are pulled by registered nodes"
        );
        self.images.pull(node, image);
        self.changed(node);
        Fact::ImagePulled { node, image, took }
    }

    /// A pod receives SIGTERM.
    ///
    /// # Panics
    /// If it is not starting or running.
    pub fn terminate(&mut self, pod: PodId, why: Cause, reason: Option<DisruptionReason>) -> Fact {
        let (Phase::Starting { on } | Phase::Running { on }) = self.pods.phase(pod) else {
            panic!("only a pod that runs terminates");
        };
        let was_ready = self.is_ready(pod);
        self.enter(pod, Phase::Terminating { on });
        self.placement.load_mut(on).retire(self.pods.spec(pod), &self.specs);
        self.pods.reason[pod] = reason;
        self.changed_by(on, self.pods.spec(pod));
        let was_available = std::mem::take(&mut self.pods.available[pod]);
        let workload = self.pods.workload(pod);
        Fact::PodTerminating { pod, workload, was_ready, was_available, why, reason }
    }

    /// A pod is killed with its node before it was asked to terminate. What is known of why it ended
    /// is what the cluster will say when it finds out.
    ///
    /// # Panics
    /// As [`end`](Self::end).
    pub fn lose(&mut self, pod: PodId, reason: Option<DisruptionReason>) -> Fact {
        self.pods.reason[pod] = reason;
        self.end(pod, End::KilledWithoutWarning)
    }

    /// A pod ends for good and leaves its node.
    ///
    /// # Panics
    /// If it is not on a node.
    pub fn end(&mut self, pod: PodId, end: End) -> Fact {
        let node = self.pods.phase(pod).node().expect("only a pod on a node ends");
        let terminating = matches!(self.pods.phase(pod), Phase::Terminating { .. });
        let spec = self.pods.spec(pod);
        self.placement.load_mut(node).remove(pod, spec, terminating, &self.specs);
        let was_ready = self.is_ready(pod);
        self.enter(pod, Phase::Ended(end));
        self.changed_by(node, spec);
        let was_available = std::mem::take(&mut self.pods.available[pod]);
        let workload = self.pods.workload(pod);
        let _ = self.usage.leave(pod, workload);
        Fact::PodEnded {
            pod,
            workload,
            spec: self.base_spec(pod),
            requests: self.requested(pod),
            node,
            end,
            reason: self.pods.reason(pod),
            was_ready,
            was_available,
            ran: self.ran(pod),
        }
    }

    /// The provider accepts a launch of one of a pool's templates.
    pub fn launch(&mut self, pool: PoolId, template: usize) -> (NodeId, Fact) {
        let template = &self.model.pools[pool].templates[template];
        let (offering, shape) = (template.offering, template.shape.clone());
        let name = self.model.node_name(self.nodes.state.next_id(), pool);
        let name = self.model.names.find(&name).unwrap_or(self.model.unmentioned_host);
        self.add_node((pool, offering), shape, (name, Some(name)), Vec::new())
    }

    /// Takes over node number `index` of the start state; it has yet to register.
    pub fn adopt_node(&mut self, index: usize) -> (NodeId, Fact) {
        let model = Arc::clone(&self.model);
        let start = &model.start.nodes[index];
        let names = (start.name, start.hostname);
        let (shape, images) = (start.shape.clone(), start.images.clone());
        self.add_node((start.pool, start.offering), shape, names, images)
    }

    fn add_node(
        &mut self,
        (pool, offering): (PoolId, OfferingId),
        shape: NodeShape,
        (name, hostname): (NameId, Option<NameId>),
        images: Vec<ImageId>,
    ) -> (NodeId, Fact) {
        let nodes = &mut self.nodes;
        let node = nodes.state.push(NodeState::Launching);
        nodes.shape.push(self.shapes.intern(shape));
        nodes.pool.push(pool);
        nodes.offering.push(offering);
        nodes.ordinal.push(self.launches[offering]);
        nodes.launched_at.push(self.now);
        nodes.alive.push(node);
        nodes.deadline.push(None);
        nodes.name.push(name);
        nodes.hostname.push(hostname);
        self.launches[offering] += 1;
        self.pool_sizes[pool] += 1;
        self.running[offering] += 1;
        self.placement.add_node();
        self.images.add_node(images);
        let labels = &self.shapes[self.nodes.shape(node)].labels;
        let model = &self.model;
        self.topology.add_node(|key| {
            let label = model.selectors.key(key);
            if label != model.hostname_key {
                return labels.get(label).map(Value::Label);
            }
            // Hosts that no selector mentions share a name, and yet each is a domain of its own.
            let unmentioned = hostname == Some(model.unmentioned_host);
            if unmentioned { Some(Value::Host(node)) } else { hostname.map(Value::Label) }
        });
        (node, Fact::NodeLaunched { node, pool, offering, price: self.prices[offering] })
    }

    /// A launched instance registers as a node and takes pods.
    ///
    /// # Panics
    /// If it is not launching.
    pub fn register(&mut self, node: NodeId) -> Fact {
        assert_eq!(self.nodes.state(node), NodeState::Launching, "a node registers once");
        self.nodes.state[node] = NodeState::Ready { cordoned: false };
        self.order.join(node, self.zone(node));
        self.images.join(node);
        self.changed(node);
        Fact::NodeReady { node }
    }

    /// The provider announces that it will take an instance.
    ///
    /// # Panics
    /// If the instance is gone.
    pub fn announce(&mut self, node: NodeId, lead: Span) -> Fact {
        assert_ne!(self.nodes.state(node), NodeState::Gone, "a notice is about something");
        self.nodes.deadline[node] = Some(self.now + lead);
        Fact::NoticeGiven { node, lead }
    }

    /// A node takes no more pods.
    ///
    /// # Panics
    /// If it is not an uncordoned, registered node.
    pub fn cordon(&mut self, node: NodeId) -> Fact {
        assert_eq!(
            self.nodes.state(node),
            NodeState::Ready { cordoned: false },
            "a node is cordoned once"
        );
        self.nodes.state[node] = NodeState::Ready { cordoned: true };
        self.changed(node);
        Fact::NodeCordoned { node }
    }

    /// A cordoned node takes pods again.
    ///
    /// # Panics
    /// If it is not a cordoned, registered node.
    pub fn uncordon(&mut self, node: NodeId) -> Fact {
        assert_eq!(self.nodes.state(node), NodeState::Ready { cordoned: true });
        self.nodes.state[node] = NodeState::Ready { cordoned: false };
        self.changed(node);
        Fact::NodeUncordoned { node }
    }

    /// A node's taints become these.
    ///
    /// # Panics
    /// If the node is gone.
    pub fn taint(&mut self, node: NodeId, taints: Vec<Taint>) -> Fact {
        assert_ne!(self.nodes.state(node), NodeState::Gone, "a taint is on something");
        let count = u32::try_from(taints.len()).expect("few taints");
        let shape = NodeShape { taints, ..self.shapes[self.nodes.shape(node)].clone() };
        self.nodes.shape[node] = self.shapes.intern(shape);
        self.changed(node);
        Fact::NodeTainted { node, taints: count }
    }

    /// An instance ceases to exist, and with it its node. Its pods must have ended before.
    ///
    /// # Panics
    /// If it is gone already, or a pod is still on it.
    pub fn remove(&mut self, node: NodeId, why: Cause) -> Fact {
        let was_node = matches!(self.nodes.state(node), NodeState::Ready { .. });
        let fact = self.end_instance(node, why);
        if was_node {
            let _ = self.unregister(node);
        }
        fact
    }

    /// An instance ceases to exist under its node, whose object stays: it takes no pods, and yet it is
    /// a node of its zone until it is deleted.
    ///
    /// # Panics
    /// If it is not a registered node, or a pod is still on it.
    pub fn lose_instance(&mut self, node: NodeId, why: Cause) -> Fact {
        assert!(matches!(self.nodes.state(node), NodeState::Ready { .. }), "it is a node");
        self.end_instance(node, why)
    }

    /// The cluster finds a node whose instance is gone to be unreachable, and taints it.
    ///
    /// # Panics
    /// If there is no object of such a node.
    // Node lifecycle controller: pkg/controller/nodelifecycle doNoScheduleTaintingPass
    pub fn find_unreachable(&mut self, node: NodeId) -> Fact {
        assert!(self.view(node).is_lost(), "a node whose instance is there is reached");
        let (key, value) = (self.model.unreachable_key, self.model.empty);
        let mut shape = self.shapes[self.nodes.shape(node)].clone();
        shape.taints.push(Taint { key, value, effect: Effect::NoSchedule });
        self.nodes.shape[node] = self.shapes.intern(shape);
        self.changed(node);
        Fact::NodeUnreachable { node }
    }

    /// The object of a node whose instance is gone is deleted.
    ///
    /// # Panics
    /// If there is none.
    pub fn delete_node(&mut self, node: NodeId) -> Fact {
        assert!(self.view(node).is_lost(), "only what is left of a node is deleted");
        let _ = self.unregister(node);
        self.changed(node);
        Fact::NodeDeleted { node }
    }

    /// A node leaves the list of nodes: where in the order it was.
    pub(super) fn unregister(&mut self, node: NodeId) -> Option<Spot> {
        self.images.leave(node);
        self.order.leave(node, self.zone(node))
    }

    pub(super) fn end_instance(&mut self, node: NodeId, why: Cause) -> Fact {
        assert_ne!(self.nodes.state(node), NodeState::Gone, "an instance goes once");
        assert!(self.placement.pods_on(node).is_empty(), "no pod outlives its node");
        self.nodes.state[node] = NodeState::Gone;
        let alive = &mut self.nodes.alive;
        let at = alive.binary_search(&node).expect("a node that is not gone is alive");
        alive.remove(at);
        self.pool_sizes[self.nodes.pool[node]] -= 1;
        self.running[self.nodes.offering[node]] -= 1;
        self.changed(node);
        Fact::NodeGone { node, why, announced: self.nodes.announced(node) }
    }

    /// The price of an offering changes.
    pub fn reprice(&mut self, offering: OfferingId, price: MicroUsdPerHour) -> Fact {
        self.prices[offering] = price;
        Fact::PriceChanged { offering, price }
    }

    /// There is more or less spot capacity of an offering.
    pub fn set_capacity(&mut self, offering: OfferingId, capacity: Capacity) -> Fact {
        self.capacities[offering] = capacity;
        Fact::CapacityChanged { offering, capacity }
    }

    /// How long ago a pod was ready for the first time.
    pub fn ran(&self, pod: PodId) -> Span {
        self.pods.ready_at[pod].map_or(Span::ZERO, |ready| self.now.since(ready))
    }

    /// A pod is in another phase from now on.
    pub(super) fn enter(&mut self, pod: PodId, phase: Phase) {
        let before = std::mem::replace(&mut self.pods.phase[pod], phase);
        if before.node().is_some() != phase.node().is_some() {
            self.placement.count(self.spec_of(pod).priority, phase.node().is_some());
        }
        let spec = self.pods.spec[pod];
        self.health.moved(spec, before, phase, &self.specs);
        self.quota_use.moved(self.specs.get(spec), before, phase, &self.model);
    }

    fn is_ready(&self, pod: PodId) -> bool {
        matches!(self.pods.phase(pod), Phase::Running { .. })
    }

    /// A node changed in itself.
    pub(super) fn changed(&mut self, node: NodeId) {
        self.journal.record(Change { node, spec: None }, self.nodes.len());
    }

    /// A pod came to a node, left it, or began to terminate there.
    pub(super) fn changed_by(&mut self, node: NodeId, spec: SpecId) {
        let spec = self.specs.base(spec);
        self.journal.record(Change { node, spec: Some(spec) }, self.nodes.len());
    }
}
