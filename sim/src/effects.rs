//! From actions to verbs: the change itself, its fact, and what follows from it later.

use crate::action::Action;
use crate::engine::Simulation;
use crate::event::Event;
use crate::rng::Stream;
use crate::scheduler::framework::Happening;
use crate::scheduler::preemption;
use crate::scheduler::queue::FLUSH_EVERY;
use crate::time::SimTime;
use crate::world::catalog::Capacity;
use crate::world::fact::{Fact, Sink};
use crate::world::node::{NodeId, Why};
use crate::world::pod::{End, Phase, PodId};
use crate::world::pool::PoolId;
use crate::world::refusal::Refusal;

impl<S: Sink> Simulation<'_, S> {
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
                self.last_refusal.remove(&pod);
                self.wake_scheduler(Happening::PodPlaced(self.world.pods().spec(pod)));
                let ready_at = now + self.world.spec_of(pod).startup;
                self.agenda.schedule(ready_at, Event::PodBecomesReady(pod));
            }
            Action::Refuse { pod, refusal } => {
                self.refuse(pod, refusal);
                self.await_flush();
            }
            Action::Preempt { pod, node, victims } => self.preempt(pod, node, victims),
            Action::CreatePod { workload, replica, attempt, meant_for } => {
                let (pod, fact) = self.world.create_pod(workload, replica, attempt, meant_for);
                self.record(fact);
                self.enqueue(pod);
            }
            Action::NoticeLoss { pod, at } => self.agenda.schedule(at, Event::LossNoticed(pod)),
            Action::Cordon { node } => {
                let fact = self.world.cordon(node);
                self.record(fact);
            }
            Action::Evict { pod, why } => {
                let fact = self.world.terminate(pod, why);
                self.record(fact);
                let spec = self.world.spec_of(pod);
                let stops_at = now + spec.shutdown.min(spec.grace);
                self.agenda.schedule(stops_at, Event::PodStops(pod));
                if let Some(action) = self.controllers.pod_terminating(&self.world, pod) {
                    self.apply(action);
                }
            }
            Action::Launch { pool, template } => {
                let offering = self.setup.model.pools[pool].templates[template].offering;
                if !self.grants(offering) {
                    self.refuse_launch(pool, template);
                    return;
                }
                let node = self.launch(pool, template);
                let key = [self.offering_key(node), u64::from(self.world.nodes().ordinal(node))];
                let boot = self.setup.provider.boot;
                let took = self.root.stream(Stream::Boot, &key).lognormal(boot.median, boot.p95);
                self.agenda.schedule(now + took, Event::NodeRegisters(node));
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
                self.apply(Action::Evict { pod: victim, why: Why::Preempted });
            }
        }
    }

    /// A pod waits for the scheduler.
    pub(crate) fn enqueue(&mut self, pod: PodId) {
        match self.scheduler.enqueue(pod, &self.world) {
            Ok(()) => self.schedule_wake(),
            Err(refusal) => self.refuse(pod, refusal),
        }
    }

    fn refuse(&mut self, pod: PodId, refusal: Refusal) {
        let fact = self.world.refuse(pod, refusal);
        if let Fact::PodUnschedulable { refusal, .. } = fact {
            self.last_refusal.insert(pod, refusal);
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

    /// The provider has no instance to give: the pool will ask again.
    fn refuse_launch(&mut self, pool: PoolId, template: usize) {
        let offering = self.setup.model.pools[pool].templates[template].offering;
        self.record(Fact::LaunchRefused { pool, offering });
        self.pools.refused(pool, template);
    }

    /// A node that is there from the start, launched and registered in one instant, unless there
    /// cannot be that many.
    pub(crate) fn bear(&mut self, pool: PoolId, template: usize) {
        let offering = self.setup.model.pools[pool].templates[template].offering;
        if matches!(self.world.capacity(offering), Capacity::Holds(_)) && !self.grants(offering) {
            self.refuse_launch(pool, template);
            return;
        }
        let node = self.launch(pool, template);
        let fact = self.world.register(node);
        self.record(fact);
    }

    /// A pod ends for good; its controller reacts and others may take its room.
    pub(crate) fn end(&mut self, pod: PodId, end: End) {
        let fact = self.world.end(pod, end);
        self.record(fact);
        if let Some(action) = self.controllers.pod_ended(&self.world, pod, end) {
            self.apply(action);
        }
        self.wake_scheduler(Happening::PodLeft(self.world.pods().spec(pod)));
    }

    /// Lets pods try again that what happened may help.
    pub(crate) fn wake_scheduler(&mut self, happening: Happening) {
        if self.scheduler.has_unschedulable() && self.scheduler.wake(happening, &self.world) {
            self.schedule_wake();
        }
    }

    /// Launches an instance.
    fn launch(&mut self, pool: PoolId, template: usize) -> NodeId {
        let (node, fact) = self.world.launch(pool, template);
        self.record(fact);
        self.await_fate(node);
        node
    }

    pub(crate) fn offering_key(&self, node: NodeId) -> u64 {
        self.setup.model.catalog.offerings[self.world.nodes().offering(node)].key
    }

    pub(crate) fn schedule_wake(&mut self) {
        if !std::mem::replace(&mut self.scheduler_is_awake, true) {
            self.agenda.schedule(self.world.now(), Event::SchedulerWakes);
        }
    }
}
