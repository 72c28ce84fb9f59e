//! The start of a run: the nodes and pods that a real cluster already has.

use super::Simulation;

use crate::fact::{Cause, Fact};
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::table::Id;

impl Simulation<'_> {
    /// Takes over everything in the start state: nodes as they are, pods where they are.
    pub(crate) fn adopt_start(&mut self) {
        let model = self.setup.model.clone();
        for index in 0..model.start.nodes.len() {
            let (node, fact) = self.world.adopt_node(index);
            self.record(fact);
            self.await_fate(node);
            let fact = self.world.register(node);
            self.record(fact);
            if model.start.nodes[index].cordoned {
                let fact = self.world.cordon(node);
                self.record(fact);
            }
        }
        let mut workloads: Vec<_> = model.start.pods.iter().map(|pod| pod.workload).collect();
        workloads.sort_unstable();
        workloads.dedup();
        for workload in workloads {
            self.record(Fact::WorkloadCreated { workload });
        }
        for index in 0..model.start.pods.len() {
            self.adopt_pod(index);
        }
    }

    fn adopt_pod(&mut self, index: usize) {
        let model = self.setup.model.clone();
        let start = &model.start.pods[index];
        let node = start.node.map(NodeId::from_index);
        let replica = self.controllers.adopt(&self.world, start.workload);
        let (pod, fact) = self.world.adopt_pod(index, replica);
        self.record(fact);
        self.controllers.pod_created(&self.world, pod);
        self.watched.created(&self.world, pod);
        if !start.restarts.is_empty() {
            // What comes of it comes when its workload begins, and all of its pods are there.
            self.restarts.found(pod, &start.restarts);
            self.controllers.count_restarts(&self.world, pod, &start.restarts);
        }
        let Some(node) = node else {
            if let Some(nominated) = start.nominated {
                let fact = self.world.nominate(pod, Some(NodeId::from_index(nominated)));
                self.record(fact);
            }
            self.enqueue(pod);
            return;
        };
        let fact = self.world.settle(pod, node, start.started_ms);
        self.record(fact);
        self.disks.found(&self.world, pod, node);
        self.usage_begins(pod);
        self.adopted_is_ready(pod, start.terminating);
        if start.terminating {
            // Its disruption, if it is one, lies before the run.
            self.tell_to_stop(pod, Cause::InitialState, start.disruption_target());
        }
        self.await_toleration(pod);
    }

    /// A pod that was found running has long been ready, and available unless it is on its way out.
    fn adopted_is_ready(&mut self, pod: PodId, terminating: bool) {
        self.pod_becomes_ready(pod);
        let workload = self.world.pods().workload(pod);
        if !terminating
            && self.world.model().workloads[workload].controller.desired_replicas().is_some()
        {
            self.pod_becomes_available(pod);
        }
    }
}
