//! The verbs: the only ways in which the world changes.
//!
//! A verb asserts what must hold, changes the columns, writes the changed node to the journal and
//! returns the fact. Time is the caller's: it moves only by [`World::advance_to`].

use super::World;
use super::catalog::OfferingId;
use super::fact::Fact;
use super::node::{NodeId, NodeState, Why};
use super::pod::{End, Phase, PodId};
use super::pool::PoolId;
use super::refusal::Refusal;
use super::workload::WorkloadId;
use crate::money::MicroUsdPerHour;
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

    /// Creates a pod: `attempt` of `replica` of `workload`, meant for one node if a DaemonSet made
    /// it.
    pub fn create_pod(
        &mut self,
        workload: WorkloadId,
        replica: u32,
        attempt: u32,
        meant_for: Option<NodeId>,
    ) -> (PodId, Fact) {
        let pods = &mut self.pods;
        let pod = pods.phase.push(Phase::Pending);
        pods.workload.push(workload);
        pods.replica.push(replica);
        pods.attempt.push(attempt);
        pods.spec.push(self.model.workloads[workload].spec);
        pods.meant_for.push(meant_for);
        pods.created_at.push(self.now);
        pods.ready_at.push(None);
        pods.available.push(false);
        (pod, Fact::PodCreated { pod, workload, replica, attempt })
    }

    /// Records that no node would take a pod.
    ///
    /// # Panics
    /// If the pod is not pending.
    pub fn refuse(&mut self, pod: PodId, refusal: Refusal) -> Fact {
        assert_eq!(self.pods.phase(pod), Phase::Pending, "only a pending pod is refused");
        let refusal = self.refusals.intern(refusal);
        Fact::PodUnschedulable { pod, workload: self.pods.workload(pod), refusal }
    }

    /// Puts a pending pod on a node.
    ///
    /// # Panics
    /// If the pod is not pending, the node takes no pods, or the pod does not fit: no scheduling
    /// decision over-commits a node.
    pub fn bind(&mut self, pod: PodId, node: NodeId) -> Fact {
        assert_eq!(self.pods.phase(pod), Phase::Pending, "only a pending pod is bound");
        assert!(
            matches!(self.nodes.state(node), NodeState::Ready { .. }),
            "pods are bound to registered nodes"
        );
        let spec = &self.model.specs[self.pods.spec(pod)];
        let allocatable = &self.shapes[self.nodes.shape(node)].allocatable;
        assert!(
            spec.requests.fits(self.placement.requested(node), allocatable),
            "a decision never over-commits a node"
        );
        self.placement.add(pod, spec, node);
        self.pods.phase[pod] = Phase::Starting { on: node };
        self.changed(node);
        let waited = self.now.since(self.pods.created_at(pod));
        Fact::PodScheduled { pod, workload: self.pods.workload(pod), node, waited }
    }

    /// A starting pod becomes ready.
    ///
    /// # Panics
    /// If it is not starting.
    pub fn become_ready(&mut self, pod: PodId) -> Fact {
        let Phase::Starting { on: node } = self.pods.phase(pod) else {
            panic!("only a starting pod becomes ready");
        };
        self.pods.phase[pod] = Phase::Running { on: node };
        self.pods.ready_at[pod] = Some(self.now);
        Fact::PodReady { pod, workload: self.pods.workload(pod), node }
    }

    /// A ready pod begins to count as available.
    ///
    /// # Panics
    /// If it is not ready.
    pub fn become_available(&mut self, pod: PodId) -> Fact {
        assert!(
            matches!(self.pods.phase(pod), Phase::Running { .. }),
            "only a ready pod becomes available"
        );
        self.pods.available[pod] = true;
        Fact::PodAvailable { pod, workload: self.pods.workload(pod) }
    }

    /// A pod receives SIGTERM.
    ///
    /// # Panics
    /// If it is not starting or running.
    pub fn terminate(&mut self, pod: PodId, why: Why) -> Fact {
        let (Phase::Starting { on } | Phase::Running { on }) = self.pods.phase(pod) else {
            panic!("only a pod that runs is told to stop");
        };
        self.pods.phase[pod] = Phase::Terminating { on };
        self.changed(on);
        let was_available = std::mem::take(&mut self.pods.available[pod]);
        Fact::PodTerminating { pod, workload: self.pods.workload(pod), was_available, why }
    }

    /// A pod ends for good and leaves its node.
    ///
    /// # Panics
    /// If it is not on a node.
    pub fn end(&mut self, pod: PodId, end: End) -> Fact {
        let node = self.pods.phase(pod).node().expect("only a pod on a node ends");
        self.placement.remove(pod, &self.model.specs[self.pods.spec(pod)], node);
        self.pods.phase[pod] = Phase::Ended(end);
        self.changed(node);
        let was_available = std::mem::take(&mut self.pods.available[pod]);
        let ran = self.ran(pod);
        Fact::PodEnded { pod, workload: self.pods.workload(pod), node, end, was_available, ran }
    }

    /// The provider accepts a launch of one of a pool's templates.
    pub fn launch(&mut self, pool: PoolId, template: usize) -> (NodeId, Fact) {
        let template = &self.model.pools[pool].templates[template];
        let offering = template.offering;
        let shape = self.shapes.intern(template.shape.clone());
        let nodes = &mut self.nodes;
        let node = nodes.state.push(NodeState::Launching);
        nodes.shape.push(shape);
        nodes.pool.push(pool);
        nodes.offering.push(offering);
        nodes.ordinal.push(self.launches[offering]);
        nodes.launched_at.push(self.now);
        nodes.alive.push(node);
        nodes.announced.push(false);
        self.launches[offering] += 1;
        self.pool_sizes[pool] += 1;
        self.placement.add_node();
        let names = &self.model.names;
        let hostname = names.find(&self.node_name(node)).unwrap_or(self.model.unmentioned_host);
        self.nodes.hostname.push(hostname);
        (node, Fact::NodeLaunched { node, pool, offering, price: self.prices[offering] })
    }

    /// A launched instance registers as a node and takes pods.
    ///
    /// # Panics
    /// If it is not launching.
    pub fn register(&mut self, node: NodeId) -> Fact {
        assert_eq!(self.nodes.state(node), NodeState::Launching, "a node registers once");
        self.nodes.state[node] = NodeState::Ready { cordoned: false };
        self.changed(node);
        Fact::NodeReady { node }
    }

    /// The provider announces that it will take an instance.
    ///
    /// # Panics
    /// If the instance is gone.
    pub fn announce(&mut self, node: NodeId, lead: Span) -> Fact {
        assert_ne!(self.nodes.state(node), NodeState::Gone, "a notice is about something");
        self.nodes.announced[node] = true;
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

    /// An instance ceases to exist. Its pods must have ended before.
    ///
    /// # Panics
    /// If it is gone already, or a pod is still on it.
    pub fn remove(&mut self, node: NodeId, why: Why) -> Fact {
        assert_ne!(self.nodes.state(node), NodeState::Gone, "an instance goes once");
        assert!(self.placement.pods_on(node).is_empty(), "no pod outlives its node");
        self.nodes.state[node] = NodeState::Gone;
        let alive = &mut self.nodes.alive;
        let at = alive.binary_search(&node).expect("a node that is not gone is alive");
        alive.remove(at);
        self.pool_sizes[self.nodes.pool[node]] -= 1;
        self.changed(node);
        Fact::NodeGone { node, why, announced: self.nodes.announced[node] }
    }

    /// The price of an offering changes.
    pub fn reprice(&mut self, offering: OfferingId, price: MicroUsdPerHour) -> Fact {
        self.prices[offering] = price;
        Fact::PriceChanged { offering, price }
    }

    /// How long a pod has been ready until now.
    pub fn ran(&self, pod: PodId) -> Span {
        self.pods.ready_at[pod].map_or(Span::ZERO, |ready| self.now.since(ready))
    }

    fn changed(&mut self, node: NodeId) {
        self.journal.record(node, self.nodes.len());
    }
}
