//! The engine's side of autoscalers: when they are asked, what they buy, and nodes that are given back.

use super::Simulation;
use crate::action::{Action, Decision, Purpose, Reason};
use crate::autoscalers::{AutoscalerId, Autoscalers, Occasion};
use crate::event::Event;
use crate::fact::{Cause, Fact};
use crate::lifecycle::drain;
use crate::model::catalog::Capacity;
use crate::model::node::NodeId;
use crate::model::pool::PoolId;
use crate::providers::interruption::DrainedBy;
use crate::rng::Stream;
use crate::scheduler::framework::Happening;
use crate::world::nodes::NodeState;
use crate::world::pods::Phase;

impl Simulation<'_> {
    /// Has pools filled that lack something at `T+0`. What is launched then is ready at once.
    pub(crate) fn fill_pools_at_start(&mut self) {
        self.launch_initial_nodes();
        self.autoscalers = Autoscalers::of(&self.world, &self.setup.programs, self.root);
        for id in self.autoscalers.ids() {
            loop {
                let decision = self.decide(id, Occasion::Start);
                if decision.actions.is_empty() || self.stop.is_wanted() {
                    break;
                }
                for action in decision.actions {
                    match action {
                        Action::Launch { pool, choices, purpose } => {
                            self.launch_at_start(pool, &choices, purpose);
                        }
                        other => self.apply(other),
                    }
                }
                // What it asks for instead of what it was refused has yet to boot.
                self.ask(id, Occasion::News);
            }
        }
        self.ask_autoscalers();
    }

    /// The nodes with which pools begin whose nodes follow demand: zones and types take turns.
    fn launch_initial_nodes(&mut self) {
        let model = std::sync::Arc::clone(&self.setup.model);
        for (id, pool) in model.pools.iter() {
            let Some(bounds) = pool.autoscaled() else { continue };
            let templates = pool.templates.len();
            for number in self.world.pool_size(id)..bounds.initial {
                let first = usize::try_from(number).unwrap_or(usize::MAX) % templates.max(1);
                let choices: Vec<usize> = (first..templates).chain(0..first).collect();
                self.launch_at_start(id, &choices, Purpose::Fill);
            }
        }
    }

    /// Writes down why an autoscaler decides as it does.
    pub(crate) fn write_down(&mut self, reason: Reason) {
        self.record(match reason {
            Reason::Launch { pool, pods, choices, why } => {
                Fact::LaunchDecided { pool, pods, choices, reason: why }
            }
            Reason::Removal { node, why, replacements, decision } => {
                Fact::RemovalDecided { node, reason: why, replacements, decision }
            }
            Reason::Refusal { node, why, pod, budget, until } => {
                Fact::RemovalRefused { node, reason: why, pod, budget, until }
            }
            Reason::Cancellation { node, why } => Fact::RemovalCancelled { node, reason: why },
        });
    }

    /// Asks the autoscalers that have seen something.
    pub(crate) fn ask_autoscalers(&mut self) {
        while let Some(id) = self.autoscalers.next_stirred() {
            self.ask(id, Occasion::News);
        }
    }

    /// Asks an autoscaler until it wants nothing more.
    pub(crate) fn ask(&mut self, id: AutoscalerId, occasion: Occasion) {
        loop {
            let decision = self.decide(id, occasion);
            if decision.actions.is_empty() {
                return;
            }
            self.apply_all(decision.actions);
        }
    }

    /// What an autoscaler wants now. It is asked again when it wants to be.
    fn decide(&mut self, id: AutoscalerId, occasion: Occasion) -> Decision {
        let decision = self.autoscalers.decide(id, occasion, &mut self.world.trial());
        if let Some(again_in) = decision.again_in {
            let again_at = self.world.now() + again_in;
            self.agenda.schedule(again_at, Event::AutoscalerWakes(id));
        }
        decision
    }

    /// Buys the first of several choices that the provider gives, if it gives one.
    pub(crate) fn buy(&mut self, pool: PoolId, choices: &[usize], purpose: Purpose) {
        for template in choices {
            let offering = self.setup.model.pools[pool].templates[*template].offering;
            if !self.world.grants(offering) || !self.world.pays(pool, offering) {
                self.refuse_launch(pool, *template);
                continue;
            }
            let node = self.launch(pool, *template, purpose);
            let key = self.instance_key(node);
            let boot = self.setup.provider.boot;
            let took = self.root.stream(Stream::Boot, &key).lognormal(boot.median, boot.p95);
            self.agenda.schedule(self.world.now() + took, Event::NodeRegisters(node));
            return;
        }
    }

    /// A node that is there from the start, launched and registered in one instant, unless there
    /// cannot be that many.
    fn launch_at_start(&mut self, pool: PoolId, choices: &[usize], purpose: Purpose) {
        for template in choices {
            let offering = self.setup.model.pools[pool].templates[*template].offering;
            let full = matches!(self.world.capacity(offering), Capacity::Holds(_))
                && !self.world.grants(offering);
            if full || !self.world.pays(pool, offering) {
                self.refuse_launch(pool, *template);
                continue;
            }
            let node = self.launch(pool, *template, purpose);
            let fact = self.world.register(node);
            self.record(fact);
            return;
        }
    }

    /// The provider gives no instance.
    fn refuse_launch(&mut self, pool: PoolId, template: usize) {
        let offering = self.setup.model.pools[pool].templates[template].offering;
        let outbid = !self.world.pays(pool, offering);
        self.record(Fact::LaunchRefused { pool, offering, outbid });
    }

    /// Launches an instance.
    pub(crate) fn launch(&mut self, pool: PoolId, template: usize, purpose: Purpose) -> NodeId {
        let (node, fact) = self.world.launch(pool, template);
        self.record(fact);
        let of_pool = &self.setup.model.pools[pool];
        if of_pool.template_of(of_pool.templates[template].offering) != Some(template) {
            let template = u32::try_from(template).expect("a pool has few templates");
            self.record(Fact::NodeLabelled { node, pool, template });
        }
        match purpose {
            Purpose::Fill => {}
            Purpose::FallBack => self.record(Fact::PoolFellBack { pool, node }),
            Purpose::Replace(replaces) => {
                let nodes = self.world.nodes();
                let back_to_spot =
                    self.is_spot(nodes.offering(node)) && !self.is_spot(nodes.offering(replaces));
                self.record(Fact::ReplacementLaunched { node, replaces, back_to_spot });
            }
        }
        self.await_fate(node);
        node
    }

    /// An autoscaler wants a node emptied and given back.
    pub(crate) fn give_back(&mut self, node: NodeId, cause: Cause) {
        self.given_back.insert(node, cause);
        // A handler that drains it already goes on.
        if !self.world.nodes().announced(node) {
            let actions = drain::begin(&self.world, node, cause);
            self.drain(node, actions);
        }
        self.release_when_empty(node);
    }

    /// Why the pods of a node that is drained terminate.
    pub(crate) fn drained_because(&self, node: NodeId) -> Cause {
        match self.given_back.get(&node) {
            Some(cause) if !self.world.nodes().announced(node) => *cause,
            _ => Cause::Reclaimed,
        }
    }

    /// Whether a node that the provider is about to take is terminated as soon as it is drained.
    pub(crate) fn is_terminated_when_drained(&self, node: NodeId) -> bool {
        let pool = self.world.nodes().pool(node);
        self.setup.interruption.drained_by == DrainedBy::Handler
            && self.world.nodes().announced(node)
            && self.setup.model.pools[pool].terminates_drained()
    }

    /// Gives a drained node back once its pods have ended; those of DaemonSets terminate last.
    pub(crate) fn release_when_empty(&mut self, node: NodeId) {
        if self.world.nodes().state(node) == NodeState::Gone
            || drain::left(&self.world, node).next().is_some()
        {
            return;
        }
        let given_back = self.given_back.get(&node).copied();
        let pods = self.world.placement().pods_on(node).to_vec();
        let stopping = |pod| matches!(self.world.pods().phase(pod), Phase::Terminating { .. });
        let (stopping, left): (Vec<_>, Vec<_>) = pods.into_iter().partition(|pod| stopping(*pod));
        if !stopping.is_empty() {
            return;
        }
        if !left.is_empty() {
            let why = given_back.unwrap_or(Cause::Reclaimed);
            left.into_iter().for_each(|pod| self.terminate(pod, why, None));
            return;
        }
        self.node_leaves(node, given_back.unwrap_or(Cause::Drained));
        self.wake_scheduler(Happening::NodeLeft);
        self.ask_autoscalers();
    }
}
