//! The life of a node, from its registration to the deletion of its object: notices, drains, shutdowns,
//! and what the cluster finds out about a node that is lost.

use super::Simulation;
use crate::action::Action;
use crate::event::Event;
use crate::fact::Cause;
use crate::lifecycle::{drain, shutdown};
use crate::model::node::NodeId;
use crate::providers::interruption::{DrainedBy, NodeObject};
use crate::scheduler::framework::Happening;
use crate::time::SimTime;
use crate::world::nodes::NodeState;

impl Simulation<'_> {
    pub(super) fn notice_given(&mut self, node: NodeId, deadline: SimTime) {
        if self.world.nodes().state(node) == NodeState::Gone || self.world.nodes().announced(node) {
            return;
        }
        let fact = self.world.announce(node, deadline.since(self.world.now()));
        self.record(fact);
        self.act_on_notice(node, deadline);
        self.ask_autoscalers();
        if self.is_terminated_when_drained(node) {
            self.release_when_empty(node);
        }
    }

    pub(crate) fn node_taken(&mut self, node: NodeId) {
        if self.world.nodes().state(node) == NodeState::Gone {
            return;
        }
        let why = if self.failing.contains(&node) {
            Cause::Failed
        } else if self.outbid.get(&node).is_some_and(|at| *at <= self.world.now()) {
            Cause::Outbid
        } else {
            Cause::Reclaimed
        };
        self.node_leaves(node, why);
        self.ask_autoscalers();
    }

    pub(super) fn node_registers(&mut self, node: NodeId) {
        if self.world.nodes().state(node) != NodeState::Launching {
            return;
        }
        let fact = self.world.register(node);
        self.record(fact);
        if let Some(deadline) = self.world.nodes().deadline(node) {
            self.act_on_notice(node, deadline);
        }
        if !self.world.view(node).cordoned() {
            let actions = self.controllers.node_joined(&self.world, node);
            self.place_daemons(actions);
            self.wake_scheduler(Happening::NodeJoined(node));
        }
        self.ask_autoscalers();
        if self.is_terminated_when_drained(node) {
            self.release_when_empty(node);
        }
        self.await_look_at_zones();
    }

    /// A handler of notices acts, where there is one.
    fn act_on_notice(&mut self, node: NodeId, deadline: SimTime) {
        let interruption = &self.setup.interruption;
        match interruption.drained_by {
            // A drain that has begun goes on.
            DrainedBy::Handler if self.given_back.contains_key(&node) => {}
            DrainedBy::Handler => {
                let actions = drain::begin(&self.world, node, Cause::Reclaimed);
                self.drain(node, actions);
            }
            DrainedBy::Kubelet => {
                let at = deadline.back(interruption.shutdown_signal).max(self.world.now());
                self.agenda.schedule(at, Event::NodeShutsDown(node));
            }
            DrainedBy::Nothing => {}
        }
    }

    /// Does a round of evictions, and asks again later for those that were refused.
    pub(crate) fn drain(&mut self, node: NodeId, mut actions: Vec<Action>) {
        actions.retain(|action| match action {
            Action::Evict { pod, .. } => !self.autoscalers.spare(*pod, &self.world),
            _ => true,
        });
        self.apply_all(actions);
        if drain::left(&self.world, node).next().is_some() {
            let again_at = self.world.now() + drain::RETRY_AFTER;
            self.agenda.schedule(again_at, Event::DrainGoesOn(node));
        }
    }

    pub(super) fn node_shuts_down(&mut self, node: NodeId) {
        let now = self.world.now();
        if self.world.nodes().deadline(node).is_none_or(|gone| gone <= now) {
            return;
        }
        if matches!(self.world.nodes().state(node), NodeState::Ready { .. }) {
            self.kubelets.shuts_down(node);
        }
        let takes = shutdown::ordinary_take(&self.world, node, &self.setup.interruption.shutdown);
        self.apply_all(shutdown::begin(&self.world, node));
        self.agenda.schedule(now + takes, Event::CriticalPodsStop(node));
    }

    pub(super) fn node_becomes_unreachable(&mut self, node: NodeId) {
        let fact = self.world.find_unreachable(node);
        self.record(fact);
        self.wake_scheduler(Happening::NodeLeft);
        self.eviction_rate.unreachable(node);
        self.await_look_at_zones();
        if let NodeObject::Deleted { after, .. } = self.setup.interruption.loss.object {
            self.agenda.schedule(self.world.now() + after, Event::NodeIsDeleted(node));
        }
    }

    pub(super) fn node_is_deleted(&mut self, node: NodeId) {
        let fact = self.world.delete_node(node);
        self.record(fact);
        self.wake_scheduler(Happening::NodeLeft);
        let gone_at = self.world.now() + self.collected_after(node);
        for (pod, at) in self.eviction_rate.deleted(node, gone_at) {
            self.agenda.schedule(at, Event::LossNoticed(pod));
        }
        let actions = self.controllers.node_left(&self.world);
        self.apply_all(actions);
        self.await_look_at_zones();
    }

    /// Has the zones looked at once all is done that happens now, if a node waits for that.
    fn await_look_at_zones(&mut self) {
        if self.eviction_rate.is_behind() {
            self.plan_look_at_zones(self.world.now());
        }
    }

    fn plan_look_at_zones(&mut self, at: SimTime) {
        if self.eviction_rate.plans(at) {
            self.agenda.schedule(at, Event::ZoneHealthSync);
        }
    }

    pub(super) fn sync_zone_health(&mut self) {
        if !self.eviction_rate.is_planned(self.world.now()) {
            return;
        }
        let look = self.eviction_rate.look(&self.world);
        for (pod, at) in look.given_up {
            self.agenda.schedule(at, Event::LossNoticed(pod));
        }
        if let Some(again_at) = look.again_at {
            self.plan_look_at_zones(again_at);
        }
    }
}
