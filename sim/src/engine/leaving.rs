//! The one way out. Whatever ends a pod or a node ends it here, so that nothing that knows of it is
//! forgotten: gangs, disks, pulls, kubelets, controllers, pools, the queue.

use super::Simulation;
use crate::event::Event;
use crate::fact::{Cause, Fact};
use crate::lifecycle::loss::{self, Aftermath};
use crate::model::disruption::DisruptionReason;
use crate::model::node::NodeId;
use crate::model::pod::{End, Limit, PodId};
use crate::providers::interruption::NodeObject;
use crate::rng::Stream;
use crate::scheduler::framework::Happening;
use crate::time::{SimTime, Span};
use crate::world::nodes::NodeState;
use crate::world::pods::Phase;

/// How a pod leaves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Exit {
    /// It ends on a node that goes on.
    Ended(End),
    /// It ends with its node, and its controller learns of that when the cluster does.
    Lost(NodeId),
    /// It is deleted before it has a node.
    Withdrawn,
}

impl Simulation<'_> {
    /// A pod is no more.
    pub(crate) fn pod_leaves(&mut self, pod: PodId, exit: Exit) {
        self.gangs.pod_stops(&self.world, pod);
        self.tell_work(pod);
        self.restarts.gone(pod);
        self.cpu.pod_ends(pod);
        *self.last_refusal.slot(pod) = None;
        match exit {
            Exit::Ended(end) => self.pod_ended(pod, end),
            Exit::Lost(node) => self.pod_lost(pod, node),
            Exit::Withdrawn => {
                let fact = self.world.withdraw(pod);
                self.record(fact);
                self.watched.gone(&self.world, pod);
                self.scheduler.forget(pod);
                let actions = self.controllers.pod_withdrawn(&self.world, pod);
                self.apply_all(actions);
            }
        }
        self.forget_arrival(pod);
    }

    fn pod_ended(&mut self, pod: PodId, end: End) {
        let node = self.world.pods().phase(pod).node();
        let fact = self.world.end(pod, end);
        self.record(fact);
        self.watched.gone(&self.world, pod);
        self.usage_ends(pod);
        if let Some(node) = node.filter(|node| self.cpu.is_full(*node)) {
            self.settle_cpu(node, None);
        }
        self.retry_resizes(node);
        let evicted = self.graces.remove(&pod).is_some();
        self.hurried.remove(&pod);
        self.free_disks(pod, Some(self.world.now() + self.setup.start_up.detach));
        let actions = self.controllers.pod_ended(&self.world, pod, end);
        self.apply_all(actions);
        let disrupted = matches!(
            self.world.pods().reason(pod),
            Some(
                DisruptionReason::PreemptionByScheduler
                    | DisruptionReason::DeletionByTaintManager
                    | DisruptionReason::EvictionByEvictionApi
            )
        );
        match node {
            Some(node) if evicted => self.evicted_pod_ended(pod, node),
            Some(node) if disrupted => self.disrupted_pod_ended(pod, node),
            _ => {}
        }
        self.wake_scheduler(Happening::PodLeft(self.world.base_spec(pod)));
        let goes =
            |node| self.given_back.contains_key(&node) || self.is_terminated_when_drained(node);
        if let Some(node) = node.filter(|node| goes(*node)) {
            self.release_when_empty(node);
        }
    }

    fn pod_lost(&mut self, pod: PodId, node: NodeId) {
        let found = &self.setup.interruption.loss;
        let aftermath = loss::aftermath(&self.world, pod, found, self.collected_after(node));
        let was_terminating = matches!(self.world.pods().phase(pod), Phase::Terminating { .. });
        let fact = match was_terminating {
            true => self.world.end(pod, End::CutShort(Limit::Deadline)),
            false => self.world.lose(pod, aftermath.reason),
        };
        self.record(fact);
        match was_terminating {
            true => self.watched.gone(&self.world, pod),
            false => self.watched.lost(&self.world, pod),
        }
        self.usage_ends(pod);
        self.graces.remove(&pod);
        self.hurried.remove(&pod);
        self.free_disks(pod, self.detached_by_force(&aftermath));
        let at = (pod, node);
        let actions = self.controllers.pod_lost(&self.world, at, was_terminating, aftermath);
        self.apply_all(actions);
        self.wake_scheduler(Happening::PodLeft(self.world.base_spec(pod)));
    }

    /// When the disks of a lost pod are detached. They are still mounted, and so they are the pod's for
    /// as long as its object exists.
    // kube-controller-manager: attachdetach, util.DetermineVolumeAction, reconciler.go
    fn detached_by_force(&self, aftermath: &Aftermath) -> Option<SimTime> {
        aftermath.gone_at.map(|gone| gone + self.setup.start_up.force_detach)
    }

    /// An instance ceases to exist, with the pods that are on it. The object of its node goes with it,
    /// unless the cluster has yet to find out.
    pub(crate) fn node_leaves(&mut self, node: NodeId, why: Cause) {
        let now = self.world.now();
        let is_node = matches!(self.world.nodes().state(node), NodeState::Ready { .. });
        let is_lost = matches!(why, Cause::Reclaimed | Cause::Outbid | Cause::Failed);
        if is_lost {
            for pod in self.world.placement().pods_on(node).to_vec() {
                self.pod_rejected(pod);
            }
            for pod in self.world.placement().pods_on(node).to_vec() {
                self.pod_leaves(pod, Exit::Lost(node));
            }
        }
        if is_lost && is_node {
            let zone = self.setup.model.catalog.offerings[self.world.nodes().offering(node)].zone;
            self.eviction_rate.lost(zone, node, !self.world.view(node).is_not_ready());
            let unreachable_at = now + self.setup.interruption.loss.unreachable_after;
            self.agenda.schedule(unreachable_at, Event::NodeBecomesUnreachable(node));
        }
        self.doomed.remove(&node);
        self.failing.remove(&node);
        self.outbid.remove(&node);
        self.given_back.remove(&node);
        self.deadlines.lost(node, now);
        self.kubelets.gone(node);
        self.pressure.gone(node);
        self.cpu.node_ends(node);
        self.pulls.lost(node);
        let fact = match is_lost && is_node {
            true => self.world.lose_instance(node, why),
            false => self.world.remove(node, why),
        };
        let wasted = self.autoscalers.was_of_no_use(node);
        self.record(fact);
        if wasted {
            let pool = self.world.nodes().pool(node);
            let lived = now.since(self.world.nodes().launched_at(node));
            self.record(Fact::LaunchWasted { node, pool, lived });
        }
        let actions = self.controllers.node_left(&self.world);
        self.apply_all(actions);
    }

    /// A pod no longer uses its disks: others may that have waited for them.
    pub(crate) fn free_disks(&mut self, pod: PodId, free_at: Option<SimTime>) {
        let attach = self.setup.start_up.attach;
        for (pod, at) in self.disks.ended(&self.world, pod, free_at, attach) {
            self.agenda.schedule(at, Event::VolumesAttach(pod));
        }
    }

    /// Says what became of the time of a pod that does work, if it has been ready.
    pub(crate) fn tell_work(&mut self, pod: PodId) {
        let worked = self.gangs.pod_worked(&self.world, pod);
        if let Some((worked, node)) = worked.zip(self.world.pods().phase(pod).node()) {
            let (world, workload) = (&self.world, self.world.pods().workload(pod));
            let (spec, requests) = (world.base_spec(pod), world.requested(pod));
            self.record(Fact::PodWorked { pod, workload, spec, requests, node, worked });
        }
    }

    /// How long after the object of a node is deleted pod garbage collection deletes its pods.
    pub(crate) fn collected_after(&self, node: NodeId) -> Span {
        let object = self.setup.interruption.loss.object;
        let NodeObject::Deleted { orphans_after, orphans_within, .. } = object else {
            return Span::ZERO;
        };
        let spread = orphans_within.as_ms().saturating_sub(orphans_after.as_ms()) as f64;
        let share = self.root.stream(Stream::PodGc, &self.instance_key(node)).uniform();
        orphans_after + Span::from_secs_f64(share * spread / 1_000.0)
    }
}
