//! Disruption in a run: when Karpenter looks for nodes that may go, and how a removal takes its course.
// Karpenter: pkg/controllers/disruption/controller.go, queue.go

use sim::action::{Action, Purpose, Reason as Said};
use sim::model::node::NodeId;
use sim::time::{SimTime, Span};
use sim::world::World;
use sim::world::nodes::NodeState;

use super::view::View;
use super::{Keeper, quiet_since};
use crate::karpenter::disruption::{Command, Disrupted, Method, Reason, VALIDATION_AFTER};
use crate::karpenter::{Memory, Since};

/// How often it looks.
// Karpenter: pkg/controllers/disruption/controller.go pollingPeriod
const POLLS_EVERY: Span = Span::from_secs(10);
/// For how long a look that found nothing holds in a cluster that has not changed.
// Karpenter: pkg/controllers/state/cluster.go ConsolidationState
const FOUND_NOTHING_FOR: Span = Span::from_secs(300);
/// How long replacements may take.
// Karpenter: pkg/controllers/disruption/queue.go maxRetryDuration
const GIVES_UP_AFTER: Span = Span::from_secs(600);

/// Where disruption stands.
#[derive(Debug, Default)]
pub(super) struct Disruption {
    next_look: Option<SimTime>,
    /// When a look found nothing, and the cluster has not changed since.
    found_nothing: Option<SimTime>,
    /// How many nodes were quiet then.
    quiet: usize,
    found: Option<Found>,
    at_work: Vec<AtWork>,
    decisions: u32,
}

/// A command that is to be validated.
#[derive(Debug)]
struct Found {
    command: Command,
    nodes: Vec<NodeId>,
    at: SimTime,
}

/// A command whose replacements are on their way.
#[derive(Debug)]
struct AtWork {
    number: u32,
    nodes: Vec<NodeId>,
    replacements: Vec<NodeId>,
    wants: usize,
    failed: bool,
    since: SimTime,
}

impl Disruption {
    /// Something has changed in the cluster.
    pub(super) fn cluster_changes(&mut self) {
        self.found_nothing = None;
    }

    /// A replacement of a command was launched.
    pub(super) fn replaced(&mut self, command: u32, node: NodeId) {
        if let Some(at_work) = self.at_work.iter_mut().find(|it| it.number == command) {
            at_work.replacements.push(node);
        }
    }

    /// A replacement of a command cannot be had.
    pub(super) fn fails(&mut self, command: u32) {
        if let Some(at_work) = self.at_work.iter_mut().find(|it| it.number == command) {
            at_work.failed = true;
        }
    }

    /// When it looks next, or validates.
    pub(super) fn next(&self) -> Option<SimTime> {
        let found = self.found.as_ref().map(|found| found.at);
        found.or(Some(self.next_look.unwrap_or(SimTime::ZERO)))
    }

    /// Says that a node is to be removed.
    pub(super) fn says(&self, node: NodeId, why: &'static str, replacements: u32) -> Action {
        Action::Reason(Said::Removal { node, why, replacements, decision: self.decisions })
    }

    /// What comes is another decision.
    pub(super) fn next_decision(&mut self) {
        self.decisions += 1;
    }
}

impl Keeper {
    /// Whatever is due of disruption.
    pub(super) fn disrupt(&mut self, world: &World) -> Vec<Action> {
        let mut actions = self.go_on(world);
        if !actions.is_empty() || self.nodes.is_empty() {
            return actions;
        }
        let now = world.now();
        if self.disruption.found.as_ref().is_some_and(|found| found.at <= now) {
            actions.extend(self.validate(world));
        } else if self.disruption.found.is_none()
            && self.disruption.next_look.is_none_or(|at| at <= now)
        {
            actions.extend(self.look(world));
        }
        actions
    }

    /// Looks for nodes that may go.
    fn look(&mut self, world: &World) -> Vec<Action> {
        let now = world.now();
        self.disruption.next_look = Some(now + POLLS_EVERY);
        let quiet = self.quiet_nodes(world);
        let held =
            self.disruption.found_nothing.is_some_and(|at| now.since(at) < FOUND_NOTHING_FOR);
        let none = quiet == 0 && self.disruption.quiet == 0 && !self.any_drifted(world);
        if (held && quiet == self.disruption.quiet) || none {
            return Vec::new();
        }
        self.disruption.quiet = quiet;
        self.catalogue.refresh(world, &mut self.unavailable);
        let (view, since) = self.look_around(world);
        let mut memory = std::mem::take(&mut self.memory);
        let disrupted = memory.propose(since, &view.cluster(self));
        self.memory = memory;
        let actions = self.follows(&disrupted, &view, world);
        self.view = view;
        actions
    }

    /// What comes of a look.
    fn follows(&mut self, disrupted: &Disrupted, view: &View, world: &World) -> Vec<Action> {
        let now = world.now();
        let Some(command) = disrupted.command.clone() else {
            self.disruption.found_nothing = Some(now);
            return self.why_they_stay(disrupted, view, world);
        };
        let nodes: Vec<NodeId> =
            command.nodes.iter().map(|number| view.node_ids[*number]).collect();
        if command.method == Method::Drift {
            return self.execute(&command, nodes, world);
        }
        let wait = Span::from_ms(u64::try_from(VALIDATION_AFTER).unwrap_or(0));
        self.disruption.found = Some(Found { command, nodes, at: now + wait });
        Vec::new()
    }

    /// How many nodes pods have neither come to nor gone from for long enough.
    fn quiet_nodes(&mut self, world: &World) -> usize {
        let pools = &self.pools;
        self.nodes.quiet(world.now(), |node, kept| {
            let of = world.nodes().pool(node);
            quiet_since(kept, pools.iter().find(|it| it.pool == of)?)
        })
    }

    /// Looks whether what was found still holds, and does it.
    fn validate(&mut self, world: &World) -> Vec<Action> {
        let Some(Found { command, nodes, .. }) = self.disruption.found.take() else {
            return Vec::new();
        };
        self.catalogue.refresh(world, &mut self.unavailable);
        let (view, since) = self.look_around(world);
        let actions = self.validate_in(&view, since, (command, &nodes), world);
        self.view = view;
        actions
    }

    fn validate_in(
        &mut self,
        view: &View,
        since: Since,
        (mut command, nodes): (Command, &[NodeId]),
        world: &World,
    ) -> Vec<Action> {
        let there: Vec<usize> = nodes.iter().filter_map(|node| view.number_of(*node)).collect();
        if there.len() < nodes.len() && command.method != Method::Emptiness {
            // What has changed goes unseen by the memory.
            self.memory = Memory::default();
            return Vec::new();
        }
        command.nodes = there;
        let mut memory = std::mem::take(&mut self.memory);
        let valid = memory.validate(since, &command, &view.cluster(self));
        self.memory = memory;
        let Some(valid) = valid else { return Vec::new() };
        let nodes = valid.nodes.iter().map(|number| view.node_ids[*number]).collect();
        self.disruption.next_look = Some(world.now());
        self.execute(&valid, nodes, world)
    }

    /// Does what was found: replacements are launched, nodes take no more pods, and once all replacements
    /// are there, nodes are drained.
    fn execute(&mut self, command: &Command, nodes: Vec<NodeId>, world: &World) -> Vec<Action> {
        let number = self.disruption.decisions;
        self.disruption.cluster_changes();
        let wants = command.replacements.len();
        let why = reason(command.reason);
        let mut actions = Vec::new();
        for node in &nodes {
            self.nodes.update(*node, |kept| {
                kept.deleting = true;
                kept.stays = None;
            });
            let replacements = u32::try_from(wants).unwrap_or(u32::MAX);
            actions.push(self.disruption.says(*node, why, replacements));
        }
        self.disruption.next_decision();
        let is_open =
            |node: &&NodeId| world.nodes().state(**node) == NodeState::Ready { cordoned: false };
        if wants == 0 {
            for node in &nodes {
                actions.push(self.drain(*node, world));
            }
            return actions;
        }
        actions.extend(nodes.iter().filter(is_open).map(|node| Action::Cordon { node: *node }));
        let mut failed = false;
        let first = nodes[0];
        for claim in &command.replacements {
            let why = "replacements of disrupted nodes";
            let purpose = Purpose::Replace(first);
            let launch = self.launch(claim, (Vec::new(), Some(number)), (purpose, why), world);
            failed |= launch.is_none();
            actions.extend(launch.into_iter().flatten());
        }
        let (replacements, since) = (Vec::new(), world.now());
        self.disruption.at_work.push(AtWork { number, nodes, replacements, wants, failed, since });
        actions
    }

    /// Goes on with commands whose replacements are there, or cannot be had.
    fn go_on(&mut self, world: &World) -> Vec<Action> {
        let mut actions = Vec::new();
        let at_work = std::mem::take(&mut self.disruption.at_work);
        for mut command in at_work {
            let is_gone = |node: &NodeId| world.nodes().state(*node) == NodeState::Gone;
            command.failed |= command.replacements.iter().any(is_gone)
                || world.now().since(command.since) >= GIVES_UP_AFTER;
            let is_there = |node: &&NodeId| {
                self.nodes.get(**node).is_some_and(|kept| kept.initialized_at.is_some())
            };
            let there = command.replacements.iter().filter(is_there);
            if there.count() == command.wants {
                for node in command.nodes.into_iter().filter(|node| !is_gone(node)) {
                    actions.push(self.drain(node, world));
                }
            } else if command.failed {
                actions.extend(self.roll_back(&command.nodes, world));
            } else {
                self.disruption.at_work.push(command);
            }
        }
        actions
    }

    /// Nodes that were to be removed take pods again.
    fn roll_back(&mut self, nodes: &[NodeId], world: &World) -> Vec<Action> {
        let mut actions = Vec::new();
        for node in nodes {
            let is_taken = world.nodes().announced(*node);
            if world.nodes().state(*node) == (NodeState::Ready { cordoned: true }) && !is_taken {
                self.nodes.update(*node, |kept| kept.deleting = false);
                actions.push(Action::Uncordon { node: *node });
                let why = "a replacement could not be launched";
                actions.push(Action::Reason(Said::Cancellation { node: *node, why }));
            }
        }
        actions
    }
}

/// Why a node goes, as NodeClaims say it.
fn reason(of: Reason) -> &'static str {
    match of {
        Reason::Underutilized => "Underutilized",
        Reason::Empty => "Empty",
        Reason::Drifted => "Drifted",
    }
}
