//! Consequences of usage: containers are killed when memory is out and start again, kubelets evict pods
//! from nodes that are short of it, and pods that get too little CPU get on more slowly.
//!
//! What has changed is looked at once an event has done all that it does, so that whatever an event
//! does meets pods as they were when it began.

use super::Simulation;
use super::leaving::Exit;
use crate::action::Action;
use crate::event::Event;
use crate::fact::{Cause, Fact};
use crate::kubelet::config::KubeletConfig;
use crate::lifecycle::disk;
use crate::lifecycle::memory::{self, Candidate};
use crate::lifecycle::node_pressure::HEARD_AFTER;
use crate::model::containers::RestartPolicy;
use crate::model::disruption::DisruptionReason;
use crate::model::node::NodeId;
use crate::model::pod::{End, PodId};
use crate::model::pressure::Pressure;
use crate::model::workload::Controller;
use crate::time::Span;
use crate::world::nodes::NodeState;
use crate::world::pods::Phase;

impl Simulation<'_> {
    /// What a pod uses has changed.
    pub(crate) fn usage_changed(&mut self, pod: PodId) {
        self.unsettled.insert(pod);
    }

    /// Looks at all pods of which that is so.
    pub(super) fn settle_usage(&mut self) {
        while let Some(pod) = self.unsettled.pop_first() {
            let Some(node) = self.world.pods().phase(pod).node() else { continue };
            self.kill_above_limits(pod, node);
            self.settle_memory(node);
            self.settle_disk(pod, node);
            self.settle_cpu(node, Some(pod));
        }
    }

    fn kubelet_of(&self, node: NodeId) -> &KubeletConfig {
        self.setup.kubelets.of(self.world.nodes().pool(node))
    }

    /// Containers that use more memory than they may are killed.
    // linux: mm/memcontrol.c mem_cgroup_out_of_memory
    fn kill_above_limits(&mut self, pod: PodId, node: NodeId) {
        let list = &self.world.spec_of(pod).containers.list;
        let above: Vec<Candidate> = list
            .iter()
            .enumerate()
            .filter_map(|(place, container)| {
                let used = self.world.usage_of(pod, place)?.memory;
                let above = container.resources.limits.memory.is_some_and(|limit| used > limit);
                let container = u32::try_from(place).ok()?;
                above.then_some(Candidate { pod, container, used })
            })
            .collect();
        for candidate in above {
            self.oom_kill(candidate, node, false);
        }
    }

    /// The kernel kills containers for as long as a node's pods use more than there is; its kubelet looks
    /// before that, if what is left shrinks slowly enough.
    fn settle_memory(&mut self, node: NodeId) {
        let eviction = &self.kubelet_of(node).eviction;
        let limit = memory::limit_of_pods(&self.world, node, eviction);
        // Most nodes have so much left that what each pod uses need not be added up.
        if memory::at_most_used_on(&self.world, node) < limit / 2 && !eviction.reaches_half(limit) {
            return;
        }
        while memory::used_on(&self.world, &self.restarts, node) > limit {
            let killed = memory::killed_first(&self.world, &self.restarts, node, limit);
            let Some(candidate) = killed else { break };
            self.oom_kill(candidate, node, true);
        }
        let used = memory::used_on(&self.world, &self.restarts, node);
        let eviction = &self.setup.kubelets.of(self.world.nodes().pool(node)).eviction;
        if let Some(at) = self.pressure.changed(&self.world, node, used, eviction) {
            self.agenda.schedule(at, Event::KubeletSync(node));
        }
    }

    /// A kubelet looks once a pod has more on the disk than it may, or the node little of it left, or few
    /// processes.
    fn settle_disk(&mut self, pod: PodId, node: NodeId) {
        if self.world.held_by(pod).is_empty() {
            return;
        }
        let used = memory::used_on(&self.world, &self.restarts, node);
        let eviction = &self.setup.kubelets.of(self.world.nodes().pool(node)).eviction;
        let looks_at = match disk::is_above_own_limit(&self.world, pod, eviction) {
            true => self.pressure.watch(&self.world, node),
            false => self.pressure.changed(&self.world, node, used, eviction),
        };
        if let Some(at) = looks_at {
            self.agenda.schedule(at, Event::KubeletSync(node));
        }
    }

    /// Pods of a node get another share of its CPU, and those that do work another speed.
    pub(super) fn settle_cpu(&mut self, node: NodeId, pod: Option<PodId>) {
        for (fact, pod, speed) in self.cpu.changed(&self.world, node, pod) {
            self.record(fact);
            if let Some((takes, gang)) = self.gangs.speed_changed(&self.world, pod, speed) {
                for member in gang {
                    self.agenda.schedule(self.world.now() + takes, Event::PodFinishes(member));
                }
            }
        }
    }

    /// The kernel kills a container; its kubelet starts it again, or its pod has failed.
    fn oom_kill(
        &mut self,
        Candidate { pod, container, used }: Candidate,
        node: NodeId,
        of_node: bool,
    ) {
        let phase = self.world.pods().phase(pod);
        if !matches!(phase, Phase::Starting { .. } | Phase::Running { .. }) {
            return;
        }
        let workload = self.world.pods().workload(pod);
        self.record(Fact::ContainerOomKilled { pod, workload, node, container, used, of_node });
        let ran = self
            .metrics
            .as_ref()
            .and_then(|metrics| metrics.runs_for(pod, container as usize, self.world.now()));
        self.vpas.out_of_memory(&self.world, pod, container, ran);
        if self.world.spec_of(pod).restart_policy == RestartPolicy::Never {
            self.pod_leaves(pod, Exit::Ended(End::OomKilled));
            return;
        }
        let limits = self.kubelet_of(node).back_off;
        let restart = self.restarts.killed(pod, container, self.world.now(), limits);
        if let Some(wait) = restart.back_off {
            self.record(Fact::ContainerBacksOff { pod, workload, container, wait });
        }
        self.agenda.schedule(restart.at, Event::ContainerStarts { pod, container });
        if matches!(phase, Phase::Running { .. }) {
            self.gangs.pod_stops(&self.world, pod);
            let fact = self.world.become_unready(pod);
            self.record(fact);
            self.watched.readiness_changes(&self.world, pod);
            self.readiness_changes(pod);
        }
        self.container_runs(pod, container as usize, false);
    }

    /// A kubelet starts a container again, whose pod is ready again after the time that it takes to
    /// start.
    pub(super) fn container_starts(&mut self, pod: PodId, container: u32) {
        let Phase::Starting { on: node } = self.world.pods().phase(pod) else { return };
        let now = self.world.now();
        let Some(restarts) = self.restarts.starts(pod, container, now) else { return };
        let workload = self.world.pods().workload(pod);
        self.record(Fact::ContainerRestarted { pod, workload, node, container, restarts });
        self.container_runs(pod, container as usize, true);
        self.usage_changed(pod);
        let ready_at = now + self.world.spec_of(pod).startup;
        if self.restarts.awaits_readiness(pod, ready_at) {
            self.agenda.schedule(ready_at, Event::PodBecomesReady(pod));
        }
        let restarts = self.restarts.of(pod);
        let actions = self.controllers.container_restarted(&self.world, pod, &restarts);
        self.apply_all(actions);
    }

    /// A kubelet compares what is left on its node with its thresholds.
    pub(super) fn kubelet_sync(&mut self, node: NodeId) {
        if !matches!(self.world.nodes().state(node), NodeState::Ready { .. }) {
            return;
        }
        let eviction = &self.setup.kubelets.of(self.world.nodes().pool(node)).eviction;
        let decision = self.pressure.look(&self.world, &self.restarts, node, eviction);
        let Some(decision) = decision else { return };
        for (condition, status) in &decision.changed {
            let (condition, status) = (*condition, *status);
            self.record(Fact::NodeConditionChanged { node, condition, status });
        }
        if !decision.changed.is_empty() {
            let heard_at = self.world.now() + HEARD_AFTER;
            self.agenda.schedule(heard_at, Event::ConditionsHeard(node));
        }
        for (pod, grace, condition) in decision.evicted {
            self.evict_from_node(pod, node, grace, condition);
        }
        if let Some(at) = decision.again_at {
            self.agenda.schedule(at, Event::KubeletSync(node));
        }
    }

    /// A kubelet evicts a pod. It asks no budget, and the pod is not deleted but fails.
    fn evict_from_node(&mut self, pod: PodId, node: NodeId, grace: Span, condition: Pressure) {
        let workload = self.world.pods().workload(pod);
        self.record(Fact::PodEvicted { pod, workload, node, condition });
        self.graces.insert(pod, grace);
        self.terminate(pod, Cause::NodePressure, Some(DisruptionReason::TerminationByKubelet));
    }

    /// A pod has ended that its kubelet evicted: its DaemonSet creates another one there.
    pub(super) fn evicted_pod_ended(&mut self, pod: PodId, node: NodeId) {
        let actions = self.next_daemon_pod(pod, node);
        self.place_daemons(actions);
    }

    /// A pod has ended that was deleted, but not by its workload: its DaemonSet creates another one there,
    /// unless the node is about to go, too.
    pub(super) fn disrupted_pod_ended(&mut self, pod: PodId, node: NodeId) {
        let goes = self.doomed.contains(&node) || self.given_back.contains_key(&node);
        if !goes {
            let actions = self.next_daemon_pod(pod, node);
            self.apply_all(actions);
        }
    }

    fn next_daemon_pod(&mut self, pod: PodId, node: NodeId) -> Vec<Action> {
        let workload = self.world.pods().workload(pod);
        let is_ready = matches!(self.world.nodes().state(node), NodeState::Ready { .. });
        if !is_ready || self.setup.model.workloads[workload].controller != Controller::DaemonSet {
            return Vec::new();
        }
        self.controllers.daemon_pod_ended(&self.world, workload, node)
    }

    /// The cluster hears what conditions a kubelet reports, and taints the node accordingly.
    pub(super) fn conditions_heard(&mut self, node: NodeId) {
        if !matches!(self.world.nodes().state(node), NodeState::Ready { .. }) {
            return;
        }
        let Some(taints) = self.pressure.taints(&self.world, node) else { return };
        self.apply(Action::Taint { node, taints });
    }
}
