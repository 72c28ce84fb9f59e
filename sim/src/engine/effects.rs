//! From actions to verbs: the change itself, its fact, and what follows from it later.

use std::cmp::Reverse;

use super::Simulation;
use super::leaving::Exit;
use crate::action::{Action, Purpose, Waiting};
use crate::event::Event;

use crate::fact::refusal::RefusalRef;
use crate::fact::{Cause, Fact};
use crate::lifecycle::{kubelets, named_node, shutdown};
use crate::model::disruption::DisruptionReason;
use crate::model::node::NodeId;
use crate::model::pod::{End, PodId};
use crate::model::taints::{Effect, Taint};
use crate::scheduler::framework::Happening;
use crate::scheduler::preemption;
use crate::scheduler::queue::FLUSH_EVERY;
use crate::time::{SimTime, Span};
use crate::world::nodes::NodeState;
use crate::world::pods::Phase;

impl Simulation<'_> {
    /// Does several things in order.
    pub(crate) fn apply_all(&mut self, actions: Vec<Action>) {
        actions.into_iter().for_each(|action| self.apply(action));
    }

    /// Does what a policy wants.
    pub(crate) fn apply(&mut self, action: Action) {
        let now = self.world.now();
        match action {
            Action::Bind { pod, node } => {
                let fact = self.world.bind(pod, node);
                self.record(fact);
                *self.last_refusal.slot(pod) = None;
                self.wake_scheduler(Happening::PodPlaced(self.world.base_spec(pod)));
                let under_pressure = !self.pressure.admits(&self.world, pod, node);
                if self.kubelets.admits(pod, node, under_pressure) {
                    self.start(pod, node);
                } else {
                    self.agenda.schedule(now + kubelets::HEARD_AFTER, Event::PodRejected(pod));
                }
                self.await_toleration(pod);
            }
            Action::Refuse { pod, cause } => {
                self.refuse(pod, cause);
                self.await_flush();
            }
            Action::Preempt { pod, node, victims } => self.preempt(pod, node, victims),
            // One event makes all pods of a workload.
            Action::CreatePod { .. } if self.stop.is_wanted() => {}
            Action::CreatePod { workload, replica, attempt, meant_for } => {
                if let Some(pod) = self.create((workload, replica, attempt), meant_for) {
                    self.enqueue(pod);
                }
            }
            Action::Scale { workload, replicas } => {
                let before = self.world.replicas(workload).unwrap_or(0);
                let fact = self.world.scale(workload, replicas);
                self.record(fact);
                let actions = self.controllers.scaled(&self.world, workload, before);
                self.apply_all(actions);
            }
            Action::BeginRollout { workload } => {
                let fact = self.world.revise(workload);
                self.record(fact);
                let actions = self.controllers.rollout_begins(&self.world, workload);
                self.apply_all(actions);
            }
            Action::EndRollout { workload, revision, took } => {
                self.record(Fact::RolloutEnded { workload, revision, took });
            }
            Action::StallRollout { workload, revision } => {
                self.record(Fact::RolloutStalled { workload, revision });
            }
            Action::Resize { pod, spec } => {
                let fact = self.world.resize(pod, spec);
                self.record(fact);
                // A pod that shrinks leaves room, as one that goes does.
                self.wake_scheduler(Happening::PodLeft(spec));
            }
            // Of several pods that are to go, one may have taken others with it.
            Action::Withdraw { pod } if self.world.pods().phase(pod) != Phase::Pending => {}
            Action::Withdraw { pod } => self.pod_leaves(pod, Exit::Withdrawn),
            Action::EndJob { workload, run, outcome } => {
                self.record(Fact::JobEnded { workload, run, outcome });
            }
            Action::CreateJob { workload, run, due } => {
                self.record(Fact::JobCreated { workload, run, due });
            }
            Action::SkipJob { workload, due } => self.record(Fact::JobSkipped { workload, due }),
            Action::Wake { at, who } => {
                let event = match who {
                    Waiting::Job { workload, run } => Event::JobSync { workload, run },
                    Waiting::CronJob(workload) => Event::JobIsDue(workload),
                    Waiting::LostPod(pod) => Event::LossNoticed(pod),
                    Waiting::Rollout(workload) => Event::RolloutSync(workload),
                };
                self.agenda.schedule(at, event);
            }
            Action::AwaitTaint { pod, node, tolerates } => {
                self.eviction_rate.awaits_taint(pod, node, tolerates);
            }
            Action::Cordon { node } => {
                let fact = self.world.cordon(node);
                self.record(fact);
            }
            Action::Uncordon { node } => {
                let fact = self.world.uncordon(node);
                self.record(fact);
                self.wake_scheduler(Happening::NodeJoined(node));
            }
            Action::Taint { node, taints } => {
                let fewer = hard(&taints) < hard(&self.world.view(node).shape().taints);
                let fact = self.world.taint(node, taints);
                self.record(fact);
                for pod in self.world.placement().pods_on(node).to_vec() {
                    self.await_toleration(pod);
                }
                if fewer && matches!(self.world.nodes().state(node), NodeState::Ready { .. }) {
                    let actions = self.controllers.taints_went(&self.world, node);
                    self.place_daemons(actions);
                    self.wake_scheduler(Happening::NodeJoined(node));
                }
            }
            Action::Evict { pod, why } => {
                self.evict(pod, why);
            }
            Action::Terminate { pod, why, reason } => self.terminate(pod, why, reason),
            Action::Delete { pod, why, within } => {
                if self.runs(pod) && within < self.world.spec_of(pod).grace {
                    self.hurried.insert(pod, within);
                }
                self.terminate(pod, why, None);
            }
            Action::Launch { pool, choices, purpose } => self.buy(pool, &choices, purpose),
            Action::Drain { node, cause } => self.give_back(node, cause),
            Action::Hold { workload, pool, buys } => {
                let node = self.launch(pool, buys.template(), Purpose::Fill);
                self.deadlines.got(workload, node, buys);
            }
            Action::Release { node } => self.node_leaves(node, Cause::Released),
            Action::Reason(reason) => self.write_down(reason),
        }
    }

    /// Creates the pods of DaemonSets for a node that has just registered, and places them before any
    /// other: their controller makes them when it sees the node, and they tolerate that it is not
    /// ready, which keeps all others away until it is.
    // Kubernetes documentation, "DaemonSet", taints and tolerations: node.kubernetes.io/not-ready
    pub(crate) fn place_daemons(&mut self, actions: Vec<Action>) {
        let mut pods = Vec::new();
        for action in actions {
            match action {
                Action::CreatePod { workload, replica, attempt, meant_for } => {
                    pods.extend(self.create((workload, replica, attempt), meant_for));
                }
                other => self.apply(other),
            }
        }
        pods.sort_by_key(|pod| Reverse(self.world.spec_of(*pod).priority));
        for pod in pods {
            if self.stop.is_wanted() {
                return;
            }
            match self.scheduler.try_first(pod, &self.world) {
                Ok((action, then)) => {
                    self.apply(action);
                    then.into_iter().for_each(|action| self.apply(action));
                }
                Err(refusal) => self.refuse(pod, RefusalRef::New(refusal)),
            }
        }
    }

    /// Nominates a pod to a node, tells its victims to stop, and lets pods of lower priority that
    /// were nominated there look elsewhere.
    // kube-scheduler: framework/preemption prepareCandidate
    fn preempt(&mut self, pod: PodId, node: Option<NodeId>, victims: Vec<PodId>) {
        if let Some(node) = node {
            for other in preemption::outbid(pod, node, &self.world) {
                let fact = self.world.nominate(other, None);
                self.record(fact);
            }
        }
        if self.world.pods().nominated(pod) != node {
            let fact = self.world.nominate(pod, node);
            self.record(fact);
        }
        for victim in victims {
            let phase = self.world.pods().phase(victim);
            if !matches!(phase, Phase::Terminating { .. }) {
                let reason = Some(DisruptionReason::PreemptionByScheduler);
                self.terminate(victim, Cause::Preempted, reason);
            }
        }
    }

    /// The eviction API is asked, which asks budgets. Whether it evicts the pod.
    pub(super) fn evict(&mut self, pod: PodId, why: Cause) -> bool {
        if !self.runs(pod) {
            return false;
        }
        let refused = self.world.may_be_evicted(pod).err();
        match refused {
            None => self.terminate(pod, why, Some(DisruptionReason::EvictionByEvictionApi)),
            Some(budget) => {
                let workload = self.world.pods().workload(pod);
                self.record(Fact::EvictionRefused { pod, workload, budget });
            }
        }
        refused.is_none()
    }

    /// Whether a pod is not terminating. Of several pods that are to go, one may have taken
    /// others with it: those of its Job.
    fn runs(&self, pod: PodId) -> bool {
        matches!(self.world.pods().phase(pod), Phase::Starting { .. } | Phase::Running { .. })
    }

    /// A pod terminates, unless it does already, and its controller reacts.
    pub(crate) fn terminate(&mut self, pod: PodId, why: Cause, reason: Option<DisruptionReason>) {
        if !self.runs(pod) {
            return;
        }
        self.tell_to_stop(pod, why, reason);
        let actions = self.controllers.pod_terminating(&self.world, pod);
        self.apply_all(actions);
    }

    /// A pod is terminating, and stops once it needs no more time or gets none.
    pub(crate) fn tell_to_stop(
        &mut self,
        pod: PodId,
        why: Cause,
        reason: Option<DisruptionReason>,
    ) {
        self.gangs.pod_stops(&self.world, pod);
        let fact = self.world.terminate(pod, why, reason);
        self.record(fact);
        self.readiness_changes(pod);
        let stops_at = self.world.now() + self.world.spec_of(pod).shutdown.min(self.granted(pod));
        self.agenda.schedule(stops_at, Event::PodStops(pod));
    }

    /// How long a terminating pod may take.
    pub(crate) fn granted(&self, pod: PodId) -> Span {
        if let Some(grace) = self.graces.get(&pod).or(self.hurried.get(&pod)) {
            return *grace;
        }
        let reason = self.world.pods().reason(pod);
        shutdown::granted(self.world.spec_of(pod), reason, &self.setup.interruption.shutdown)
    }

    /// Looks after a pod again when it no longer tolerates its node's taints, if that comes.
    pub(crate) fn await_toleration(&mut self, pod: PodId) {
        if let Some(at) = self.taint_manager.review(&self.world, pod) {
            self.agenda.schedule(at, Event::TolerationEnds(pod));
        }
    }

    /// A pod goes to the node that it names, or waits for the scheduler.
    pub(crate) fn enqueue(&mut self, pod: PodId) {
        if let Some(node) = named_node::of(pod, &self.world) {
            self.apply(Action::Bind { pod, node });
            return;
        }
        match self.scheduler.enqueue(pod, &self.world) {
            Ok(()) => self.schedule_wake(),
            Err(refusal) => self.refuse(pod, RefusalRef::New(refusal)),
        }
    }

    fn refuse(&mut self, pod: PodId, cause: RefusalRef) {
        let fact = self.world.refuse(pod, cause);
        if let Fact::PodUnschedulable { refusal, .. } = fact {
            *self.last_refusal.slot(pod) = Some(refusal);
        }
        self.record(fact);
    }

    /// Looks after pods that were set aside at the next tick of the queue's clock.
    pub(crate) fn await_flush(&mut self) {
        if self.scheduler.has_unschedulable() && !std::mem::replace(&mut self.flush_is_due, true) {
            let tick = FLUSH_EVERY.as_ms();
            let at = SimTime::from_ms((self.world.now().as_ms() / tick + 1) * tick);
            self.agenda.schedule(at, Event::QueueFlushes);
        }
    }

    /// The cluster hears that a kubelet has turned a pod away.
    pub(crate) fn pod_rejected(&mut self, pod: PodId) {
        if self.kubelets.turned_away(pod) && self.runs(pod) {
            self.pod_leaves(pod, Exit::Ended(End::Rejected));
        }
    }

    /// Lets pods try again that what happened may help.
    pub(crate) fn wake_scheduler(&mut self, happening: Happening) {
        if self.scheduler.has_unschedulable() && self.scheduler.wake(happening, &self.world) {
            self.schedule_wake();
        }
    }

    pub(crate) fn schedule_wake(&mut self) {
        if !std::mem::replace(&mut self.scheduler_is_awake, true) {
            self.agenda.schedule(self.world.now(), Event::SchedulerWakes);
        }
    }
}

/// How many taints keep pods away that do not tolerate them.
fn hard(taints: &[Taint]) -> usize {
    taints.iter().filter(|taint| taint.effect != Effect::PreferNoSchedule).count()
}
