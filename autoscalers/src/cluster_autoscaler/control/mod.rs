//! The loop of the Cluster Autoscaler: it looks at the cluster every so often, and does one thing at a
//! time.
//!
//! Beside the loop, what it has begun goes on: nodes that are drained, and requests for nodes that the
//! provider has yet to answer. A node group keeps its target size by itself: an instance that the provider
//! takes is launched again, without the program.
// Cluster Autoscaler: core/static_autoscaler.go RunOnce, loop/trigger.go

mod actuator;
mod allocation;
mod clock;
mod cluster_state;
mod pending;
mod planner;
mod residents;
mod rest;
mod soft_taints;
mod view;

use std::sync::Arc;

use sim::Root;
use sim::action::{Action, Decision, Purpose, Reason};
use sim::autoscalers::program::Program;
use sim::autoscalers::waiting::Waiting;
use sim::autoscalers::{Autoscaler, Occasion};
use sim::fact::Fact;
use sim::model::pool::PoolId;
use sim::rng::Stream;
use sim::time::{SimTime, Span};
use sim::world::World;
use sim::world::trial::Trial;

use super::balance::Growth;
use super::expander::{self, About, PodPrices};
use super::node_group::{GroupId, NodeGroup};
use super::program::ClusterAutoscaler;
use super::scale_up::{self, Groups};
use super::snapshot::Filters;
use actuator::Actuator;
use clock::Clock;
use cluster_state::ClusterState;
use pending::Pending;
use planner::Planner;
use rest::Rest;
use view::ClusterView;

impl Program for ClusterAutoscaler {
    fn name(&self) -> &'static str {
        "cluster-autoscaler"
    }

    fn pools(&self) -> &[PoolId] {
        &self.pools
    }

    fn start(&self, world: &World, root: Root) -> Box<dyn Autoscaler> {
        Box::new(Control::new(Arc::new(self.clone()), world, root))
    }
}

/// The Cluster Autoscaler in one run.
#[derive(Clone)]
pub(super) struct Control {
    program: Arc<ClusterAutoscaler>,
    root: Root,
    groups: Vec<NodeGroup>,
    filters: Arc<Filters>,
    waiting: Waiting,
    clock: Clock,
    state: ClusterState,
    planner: Planner,
    actuator: Actuator,
    /// Where the last search for a node ended.
    last: usize,
    /// When it last added nodes.
    scaled_up_at: Option<SimTime>,
    /// How many decisions chance had a part in.
    drawn: u64,
    has_daemons: bool,
    rest: Option<Rest>,
}

/// How old the oldest pending pod is at least before nodes are added: others may follow it.
// core/static_autoscaler.go unschedulablePodTimeBuffer, unschedulablePodWithGpuTimeBuffer
const POD_BUFFER: Span = Span::from_secs(2);
const GPU_POD_BUFFER: Span = Span::from_secs(30);

impl Control {
    pub(super) fn new(program: Arc<ClusterAutoscaler>, world: &World, root: Root) -> Control {
        use sim::autoscalers::program::Program;
        let group = |pool: &PoolId| {
            let spec = &world.model().pools[*pool];
            let bounds = spec.autoscaled().copied().unwrap_or_default();
            NodeGroup {
                name: world.model().names.text(spec.name).to_owned(),
                pool: *pool,
                template: 0,
                min_size: bounds.min_size,
                max_size: bounds.max_size.unwrap_or(u32::MAX),
                daemons: Vec::new(),
                options: program.options.get(pool).copied().unwrap_or_default(),
            }
        };
        let groups: Vec<NodeGroup> = program.pools().iter().map(group).collect();
        Control {
            root,
            filters: Arc::default(),
            waiting: Waiting::default(),
            clock: Clock::new(&program.flags),
            state: ClusterState::new(&groups, &program.flags, world),
            planner: Planner::new(&program.flags),
            actuator: Actuator::default(),
            last: 0,
            scaled_up_at: None,
            drawn: 0,
            has_daemons: false,
            rest: None,
            groups,
            program,
        }
    }

    /// One round of the loop.
    fn run_once(&mut self, trial: &mut Trial<'_>) -> Vec<Action> {
        if self.rests(trial) {
            if cfg!(debug_assertions) {
                let mut awake = Control { rest: None, ..self.clone() };
                assert!(awake.look(trial).is_empty(), "a round that is left out comes to nothing");
                self.rest = awake.rest;
            }
            self.state.forget_stale(trial.now());
            self.planner.is_round(trial.now());
            return Vec::new();
        }
        let actions = self.look(trial);
        if !actions.is_empty() {
            self.rest = None;
        }
        actions
    }

    /// Whether nothing can come of a round.
    fn rests(&self, world: &World) -> bool {
        self.waiting.is_empty() && self.rest.as_ref().is_some_and(|rest| rest.lasts(world))
    }

    /// Rests if nothing that was found in a round can come to anything by itself.
    fn may_rest(&mut self, view: &ClusterView, world: &World) {
        let flags = &self.program.flags;
        let is_idle = view.is_whole()
            && self.waiting.is_empty()
            && self.actuator.is_idle()
            && self.state.is_settled()
            && flags.scale_down_enabled
            && !flags.enforce_node_group_min_size;
        let until = self.planner.rests_until().filter(|_| is_idle);
        self.rest = until.map(|until| Rest::since_now(until, world));
    }

    /// Looks at the whole cluster.
    fn look(&mut self, trial: &mut Trial<'_>) -> Vec<Action> {
        let now = trial.now();
        self.rest = None;
        let mut actions = self.state.review(&self.groups, &self.program.flags, trial);
        if !self.state.is_healthy(&self.groups, &self.program.flags, trial) {
            return actions;
        }
        let mut fork = trial.fork();
        let mut view = ClusterView::of(&self.groups, &self.state, self.last, &mut fork);
        let pending = Pending::of(&self.waiting, &self.actuator, &self.program.flags, &mut fork);
        let pending = pending.without_those_that_fit(&self.filters, &mut view, &mut fork);
        let are_new = pending.are_new(now, &fork);
        let growths = if pending.is_empty() || are_new {
            Vec::new()
        } else {
            self.scale_up(&pending, &mut view, &mut fork, &mut actions)
        };
        if growths.is_empty() && self.program.flags.enforce_node_group_min_size {
            actions.extend(self.bring_to_min_size(&view, &fork));
        }
        let cools_down = are_new || !growths.is_empty() || self.cools_down(now);
        if self.program.flags.scale_down_enabled {
            let plan = planner::Round {
                program: &self.program,
                groups: &self.groups,
                state: &self.state,
                actuator: &self.actuator,
                filters: &self.filters,
            };
            actions.extend(self.planner.update(plan, &mut view, &mut fork));
            self.last = view.list.last;
            drop(fork);
            if !cools_down {
                let chosen = self.planner.take_doomed(plan, trial);
                actions.extend(self.actuator.begin(&chosen, &self.program, trial));
                if !chosen.is_empty() {
                    self.planner.deleted_at = Some(now);
                    self.clock.was_productive(now);
                }
            }
            let unneeded = self.planner.unneeded();
            let flags = &self.program.flags;
            actions.extend(soft_taints::update(
                &unneeded,
                (&self.groups, &self.actuator),
                (&self.program.taints, flags),
                trial,
            ));
            self.may_rest(&view, trial);
        } else {
            self.last = view.list.last;
        }
        actions
    }

    /// Whether nothing is removed yet.
    // isScaleDownInCooldown
    fn cools_down(&self, now: SimTime) -> bool {
        let flags = &self.program.flags;
        let lasts = |since: Option<SimTime>, delay: Span| since.is_some_and(|at| at + delay > now);
        lasts(self.scaled_up_at, flags.scale_down_delay_after_add)
            || lasts(self.planner.failed_at, flags.scale_down_delay_after_failure)
            || lasts(self.planner.deleted_at, flags.scale_down_delay_after_delete)
    }

    /// Chooses what grows for pending pods. Nothing if nothing helps, or nothing may.
    fn scale_up(
        &mut self,
        pending: &Pending,
        view: &mut ClusterView,
        trial: &mut Trial<'_>,
        actions: &mut Vec<Action>,
    ) -> Vec<Growth> {
        let (flags, now) = (&self.program.flags, trial.now());
        if flags.max_nodes_total > 0 && view.ready >= flags.max_nodes_total {
            return Vec::new();
        }
        let targets = self.state.targets();
        let safe: Vec<bool> = (0..self.groups.len())
            .map(|group| self.state.is_safe(GroupId(group), &self.groups, flags, trial))
            .collect();
        let may_grow = |id: &GroupId| {
            let group = &self.groups[id.0];
            safe[id.0]
                && (targets[id.0] < group.max_size || flags.balance_similar_node_groups)
                && (targets[id.0] > 0 || flags.scale_up_from_zero)
                && scale_up::nodes_within_resources(group, flags, trial) > 0
        };
        let asked: Vec<GroupId> = (0..self.groups.len()).map(GroupId).filter(may_grow).collect();
        let groups =
            Groups { all: &self.groups, targets: &targets, safe: &safe, nodes: view.nodes() };
        let expansion = scale_up::expansion(
            &pending.grouped(trial),
            &asked,
            groups,
            flags,
            &self.filters,
            (trial, &mut view.list),
        );
        let useful = expansion.useful();
        self.drawn += 1;
        let drawn = self.root.choice(Stream::Autoscaler, &[self.drawn], u32::MAX as usize);
        let about = About {
            world: trial,
            groups: &self.groups,
            priorities: &flags.priorities,
            pod_prices: PodPrices::default(),
            nodes: view.nodes() as usize,
            draw: drawn as u64,
        };
        let Some(best) = expander::best(&flags.expander, &useful, &about) else {
            return Vec::new();
        };
        let growths = scale_up::growth(best, groups, flags, trial);
        if growths.is_empty() {
            return growths;
        }
        self.scaled_up_at = Some(now);
        self.clock.was_productive(now);
        let pods = best.pods.len().div_ceil(best.nodes.max(1) as usize);
        let why = (u32::try_from(pods).unwrap_or(u32::MAX), "TriggeredScaleUp");
        for growth in &growths {
            self.state.grow(growth, &self.groups, flags, now);
            actions.extend(launches(&self.groups[growth.group.0], growth.nodes(), why, trial));
        }
        growths
    }

    /// Has groups grow that are below their minimum.
    fn bring_to_min_size(&mut self, view: &ClusterView, world: &World) -> Vec<Action> {
        let flags = &self.program.flags;
        let targets = self.state.targets();
        let safe: Vec<bool> = (0..self.groups.len())
            .map(|group| self.state.is_safe(GroupId(group), &self.groups, flags, world))
            .collect();
        let groups =
            Groups { all: &self.groups, targets: &targets, safe: &safe, nodes: view.nodes() };
        let mut actions = Vec::new();
        for growth in scale_up::to_min_size(groups, flags, world) {
            self.state.grow(&growth, &self.groups, flags, world.now());
            let group = &self.groups[growth.group.0];
            actions.extend(launches(group, growth.nodes(), (0, "minimum size"), world));
        }
        actions
    }

    /// What it does now beside the loop.
    fn go_on(&mut self, trial: &mut Trial<'_>) -> Vec<Action> {
        self.state.settle(trial);
        let mut actions = Vec::new();
        let released = |group| self.actuator.released(group);
        for (group, missing) in self.state.missing(&self.groups, released, trial) {
            self.state.ask(group, missing);
            let group = &self.groups[group.0];
            actions.extend(launches(group, missing, (0, "desired capacity"), trial));
        }
        let steps = self.actuator.go_on(&self.program, &mut self.state, trial);
        if steps.has_failed {
            self.planner.failed_at = Some(trial.now());
        }
        actions.extend(steps.actions);
        actions
    }

    /// Finds out which pods DaemonSets put on new nodes.
    fn look_for_daemons(&mut self, trial: &mut Trial<'_>) {
        if !std::mem::replace(&mut self.has_daemons, true) {
            for group in &mut self.groups {
                group.daemons = view::daemons(group, trial);
            }
        }
    }
}

impl Autoscaler for Control {
    fn name(&self) -> &'static str {
        "cluster-autoscaler"
    }

    fn hears_of_pods(&self) -> bool {
        true
    }

    fn sees(&mut self, fact: &Fact, world: &World) -> bool {
        let one_more_waits = self.waiting.sees(fact, world);
        if one_more_waits {
            self.clock.pod_waits(world.now());
        }
        let stirs = self.state.sees(fact, &self.groups, world);
        self.actuator.sees(fact);
        one_more_waits || stirs
    }

    fn decide(&mut self, occasion: Occasion, trial: &mut Trial<'_>) -> Decision {
        let now = trial.now();
        self.look_for_daemons(trial);
        let mut actions = match occasion {
            Occasion::Start => Vec::new(),
            Occasion::News | Occasion::Wake => self.go_on(trial),
        };
        if actions.is_empty() && occasion != Occasion::Start && self.clock.is_due(now) {
            self.clock.runs(now);
            actions = self.run_once(trial);
        }
        let again_at = [self.clock.next(), self.actuator.next()].into_iter().flatten().min();
        let again_in = again_at.and_then(|at| self.clock.wake_at(at, now));
        Decision { actions, again_in }
    }
}

/// Asks the provider for instances of a group, each with the pods that it is for, and says why.
fn launches(
    group: &NodeGroup,
    nodes: u32,
    (pods, why): (u32, &'static str),
    world: &World,
) -> Vec<Action> {
    let orders = allocation::orders(group, nodes, world).into_iter();
    let asked = orders.flat_map(|choices| {
        let count = u32::try_from(choices.len()).unwrap_or(u32::MAX);
        let reason = Reason::Launch { pool: group.pool, pods, choices: count, why };
        let launch = Action::Launch { pool: group.pool, choices, purpose: Purpose::Fill };
        [Action::Reason(reason), launch]
    });
    asked.collect()
}
