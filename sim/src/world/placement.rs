//! Who is where: the pods on each node and what they take of it.
//!
//! What is kept is what was *requested*, never what is free: a real node may be over-committed, and
//! an unsigned "free" would then have no value.

use super::node::NodeId;
use super::pod::{HostPort, PodId, PodSpec};
use super::resources::Resources;
use crate::table::Table;

/// The pods of every node.
#[derive(Clone, Debug, Default)]
pub struct Placement {
    requested: Table<NodeId, Resources>,
    nonzero_requested: Table<NodeId, Resources>,
    pods: Table<NodeId, Vec<PodId>>,
    host_ports: Table<NodeId, Vec<HostPort>>,
}

impl Placement {
    /// Makes room for one more node, without pods.
    pub(super) fn add_node(&mut self) {
        self.requested.push(Resources::ZERO);
        self.nonzero_requested.push(Resources::ZERO);
        self.pods.push(Vec::new());
        self.host_ports.push(Vec::new());
    }

    /// Puts a pod on a node.
    pub(super) fn add(&mut self, pod: PodId, spec: &PodSpec, node: NodeId) {
        self.requested[node] += &spec.requests;
        self.nonzero_requested[node] += &spec.nonzero_requests;
        self.pods[node].push(pod);
        self.host_ports[node].extend(spec.host_ports.iter().cloned());
    }

    /// Takes a pod off its node.
    ///
    /// # Panics
    /// If it is not there.
    pub(super) fn remove(&mut self, pod: PodId, spec: &PodSpec, node: NodeId) {
        let at = self.pods[node].iter().position(|p| *p == pod).expect("the pod is on its node");
        self.pods[node].remove(at);
        self.requested[node] -= &spec.requests;
        self.nonzero_requested[node] -= &spec.nonzero_requests;
        for port in &spec.host_ports {
            let ports = &mut self.host_ports[node];
            let at = ports.iter().position(|p| p == port).expect("its ports are taken");
            ports.swap_remove(at);
        }
    }

    /// What the pods on a node ask for in all, terminating ones included.
    pub fn requested(&self, node: NodeId) -> &Resources {
        &self.requested[node]
    }

    /// The same with the scheduler's defaults for containers that ask for nothing.
    pub fn nonzero_requested(&self, node: NodeId) -> &Resources {
        &self.nonzero_requested[node]
    }

    /// The pods on a node, in the order in which they were bound.
    pub fn pods_on(&self, node: NodeId) -> &[PodId] {
        &self.pods[node]
    }

    /// The host ports in use on a node.
    pub fn host_ports(&self, node: NodeId) -> &[HostPort] {
        &self.host_ports[node]
    }
}
