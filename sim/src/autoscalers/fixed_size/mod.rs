//! Fixed size: a pool has a number of nodes, and what it loses is replaced, by the pool's own rules:
//! which offering is asked for, when a refused request is repeated, when on-demand does instead of
//! spot, and which nodes are replaced before they are gone.
//!
//! A pool counts: what it has and is not replacing, and what it has asked for, make up its size.

pub mod allocation;
mod nodes;
mod state;

use std::collections::VecDeque;

use super::{Autoscaler, Occasion};
use crate::action::{Action, Decision, Purpose};
use crate::fact::{Cause, Fact};
use crate::model::catalog::{Capacity, CapacityType, OfferingId};
use crate::model::node::NodeId;
use crate::model::pool::{Allocation, Part, Pool, PoolId, ReplaceAt};
use crate::time::{SimTime, Span};
use crate::world::World;
use crate::world::trial::Trial;
use nodes::Replacing;
use state::{PoolState, Request};

/// The keeper of a pool of a fixed size.
#[derive(Clone, Debug)]
pub struct FixedSize {
    pool: PoolId,
    state: PoolState,
    replacing: Replacing,
    /// What it wants to launch, until it sees what becomes of that.
    wanted: VecDeque<Launch>,
    /// What it has seen and not acted on.
    news: News,
}

/// An instance that it asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Launch {
    template: usize,
    purpose: Purpose,
    /// Since when the pool has been short of it.
    since: SimTime,
}

/// What a pool has seen and not acted on.
#[derive(Clone, Debug, Default)]
struct News {
    /// The provider had none of these to give.
    refused: VecDeque<Launch>,
    /// An instance is gone or will be.
    loss: bool,
    /// The provider says that these are at risk.
    at_risk: VecDeque<NodeId>,
    /// Others have taken the place of these.
    to_drain: VecDeque<NodeId>,
    /// There may be some of these again.
    offered: VecDeque<usize>,
}

impl Autoscaler for FixedSize {
    fn name(&self) -> &'static str {
        "fixed-size"
    }

    fn sees(&mut self, fact: &Fact, world: &World) -> bool {
        match *fact {
            Fact::NodeLaunched { node, pool, offering, .. } => {
                if pool == self.pool {
                    self.launched(world, node);
                }
                self.watch(world, offering)
            }
            Fact::NodeReady { node } => {
                let old = self.replacing.ready(world, node);
                self.news.to_drain.extend(old);
                old.is_some()
            }
            Fact::NodeGone { node, why, .. } => self.gone(world, node, why),
            Fact::NoticeGiven { node, .. } => self.announced(world, node),
            Fact::RebalanceRecommended { node } if self.owns(world, node) => {
                self.news.at_risk.push_back(node);
                true
            }
            Fact::LaunchRefused { pool, .. } if pool == self.pool => {
                self.news.refused.extend(self.wanted.pop_front());
                true
            }
            Fact::PriceChanged { offering, .. } if is_spot(world, offering) => {
                self.may_be_had(world, offering)
            }
            Fact::CapacityChanged { offering, .. } => self.may_be_had(world, offering),
            _ => false,
        }
    }

    fn decide(&mut self, occasion: Occasion, trial: &mut Trial<'_>) -> Decision {
        let launches = match occasion {
            Occasion::Start => self.initial_launch(trial).into_iter().collect(),
            Occasion::News => self.act_on_news(trial),
            Occasion::Wake => {
                let launches = self.act_on_news(trial);
                if launches.is_empty() {
                    self.review(trial).into_iter().collect()
                } else {
                    launches
                }
            }
        };
        let launch = |Launch { template, purpose, .. }: &Launch| Action::Launch {
            pool: self.pool,
            choices: vec![*template],
            purpose: *purpose,
        };
        let mut actions: Vec<Action> = launches.iter().map(launch).collect();
        self.wanted.extend(launches);
        let drained = self.news.to_drain.drain(..);
        actions.extend(drained.map(|node| Action::Drain { node, cause: Cause::Released }));
        let again_in = if actions.is_empty() { self.next_review(trial) } else { None };
        Decision { actions, again_in }
    }
}

impl FixedSize {
    /// The keeper of a pool that has what is there, and has not been refused anything.
    #[must_use]
    pub fn of(pool: PoolId, world: &World) -> FixedSize {
        let mut state = PoolState::new(pool, world.model());
        for node in world.nodes().alive() {
            if world.nodes().pool(*node) == pool {
                state.count(world, *node, true);
            }
        }
        FixedSize {
            pool,
            state,
            replacing: Replacing::default(),
            wanted: VecDeque::new(),
            news: News::default(),
        }
    }

    fn spec<'w>(&self, world: &'w World) -> &'w Pool {
        &world.model().pools[self.pool]
    }

    fn owns(&self, world: &World, node: NodeId) -> bool {
        world.nodes().pool(node) == self.pool
    }

    /// What the pool lacks at `T+0`, if it lacks anything.
    fn initial_launch(&self, world: &World) -> Option<Launch> {
        let spec = self.spec(world);
        let part = self.state.short_of(spec)?;
        let has_room = |template: usize| {
            let offering = spec.templates[template].offering;
            let full =
                matches!(world.capacity(offering), Capacity::Holds(_)) && !world.grants(offering);
            request_is_pinned(spec) || (!full && world.pays(self.pool, offering))
        };
        let template =
            self.state
                .choice(world, part, has_room)
                .or(self.state.choice(world, part, |_| true))?;
        Some(Launch { template, purpose: Purpose::Fill, since: world.now() })
    }

    /// What it wants because of the next of what it has seen.
    fn act_on_news(&mut self, world: &World) -> Vec<Launch> {
        while let Some(refused) = self.news.refused.pop_front() {
            if let Some(launch) = self.instead_of(world, refused) {
                return vec![launch];
            }
        }
        if std::mem::take(&mut self.news.loss)
            && let Some(launch) = self.lacks(world)
        {
            return vec![launch];
        }
        while let Some(node) = self.news.at_risk.pop_front() {
            if let Some(launch) = self.before_it_is_taken(world, node) {
                return vec![launch];
            }
        }
        while let Some(template) = self.news.offered.pop_front() {
            let launches = self.granted(world, template);
            if !launches.is_empty() {
                return launches;
            }
        }
        Vec::new()
    }

    /// An instance was launched, for itself or as the replacement of another.
    fn launched(&mut self, world: &World, node: NodeId) {
        self.state.count(world, node, true);
        if let Some(Launch { purpose: Purpose::Replace(old), .. }) = self.wanted.pop_front() {
            self.replacing.begin(&mut self.state, world, old);
            self.replacing.launched(node, old);
        }
    }

    /// An instance is gone.
    fn gone(&mut self, world: &World, node: NodeId, why: Cause) -> bool {
        let offering = world.nodes().offering(node);
        let owns = self.owns(world, node);
        if owns {
            self.replacing.gone(&mut self.state, world, node);
            // What is given back is not missed.
            self.news.loss |= why != Cause::Released;
        }
        // What the provider takes leaves no room for another.
        let leaves_room =
            matches!(why, Cause::Released | Cause::Drained) && is_spot(world, offering);
        let template = self.spec(world).template_of(offering).filter(|_| leaves_room);
        self.news.offered.extend(template);
        self.watch(world, offering) || owns || template.is_some()
    }

    /// The pool may be short of an instance: another, if it acts at once.
    fn lacks(&mut self, world: &World) -> Option<Launch> {
        let spec = self.spec(world);
        let Some(rule) = spec.refill().reaction else { return self.fill(world) };
        self.state.lacks(spec, rule, world.now());
        None
    }

    /// Another instance, if the pool is short of one. If there is nothing that it asks for now, it
    /// waits.
    fn fill(&mut self, world: &World) -> Option<Launch> {
        let spec = self.spec(world);
        let part = self.state.short_of(spec)?;
        let since = self.state.window.map_or(world.now(), |window| window.opened);
        let asks_for =
            |template| request_is_pinned(spec) || self.state.asks_for(template, world.now());
        let Some(template) = self.state.choice(world, part, asks_for) else {
            self.state.open.push(Request { since, template: None });
            return None;
        };
        Some(Launch { template, purpose: Purpose::Fill, since })
    }

    /// The provider had no instance to give: what the pool asks for instead. If there is nothing
    /// else, it waits.
    fn instead_of(&mut self, world: &World, refused: Launch) -> Option<Launch> {
        let spec = self.spec(world);
        let now = world.now();
        let Launch { template, purpose, since } = refused;
        let is_own = spec.templates_of(Part::OnDemand).contains(&template);
        if !request_is_pinned(spec) {
            self.state.skip(spec, template, now);
            let asks_for = |template| self.state.asks_for(template, now);
            let part = if is_own { Part::OnDemand } else { Part::Main };
            if let Some(template) = self.state.choice(world, part, asks_for) {
                return Some(Launch { template, ..refused });
            }
        }
        match purpose {
            Purpose::Fill => {
                let template = request_is_pinned(spec).then_some(template);
                self.state.open.push(Request { since, template });
            }
            // It makes do with spot again, or with on-demand later.
            Purpose::FallBack => self.state.open.push(Request { since: now, template: None }),
            Purpose::Replace(_) => {}
        }
        None
    }

    /// An offering may be had, or not, other than before.
    fn may_be_had(&mut self, world: &World, offering: OfferingId) -> bool {
        let template = self.spec(world).template_of(offering);
        let is_offered = template.is_some_and(|template| self.is_offered(world, template));
        if let Some(template) = template.filter(|_| is_offered) {
            self.state.ask_again(template);
            self.news.offered.extend((!self.state.open.is_empty()).then_some(template));
        }
        self.watch(world, offering) || !self.news.offered.is_empty()
    }

    /// Whether there are some of a template, and the pool learns of that and pays enough.
    fn is_offered(&self, world: &World, template: usize) -> bool {
        let spec = self.spec(world);
        let offering = spec.templates[template].offering;
        // One that backs off does not hear of it.
        spec.refill().back_off.is_none()
            && world.grants(offering)
            && world.pays(self.pool, offering)
    }

    /// Open requests that can be granted by a template: they are not open any more.
    fn granted(&mut self, world: &World, template: usize) -> Vec<Launch> {
        if !self.is_offered(world, template) {
            return Vec::new();
        }
        self.state.ask_again(template);
        let spec = self.spec(world);
        let offering = spec.templates[template].offering;
        let most = match world.capacity(offering) {
            Capacity::Holds(most) => most.saturating_sub(world.running(offering)) as usize,
            _ => usize::MAX,
        };
        let mut granted = Vec::new();
        self.state.open.retain(|request| {
            let wants = |other: usize| spec.templates[other].offering == offering;
            let wanted = granted.len() < most && request.template.is_none_or(wants);
            if wanted {
                let template = request.template.unwrap_or(template);
                granted.push(Launch { template, purpose: Purpose::Fill, since: request.since });
            }
            !wanted
        });
        granted
    }

    /// The provider has announced that it will take a node, of this pool or another.
    fn announced(&mut self, world: &World, node: NodeId) -> bool {
        let spec = self.spec(world);
        let owns = self.owns(world, node);
        if owns && spec.refill().replace_at >= ReplaceAt::Notice {
            self.replacing.begin(&mut self.state, world, node);
        }
        // One cache for all pools, by type and zone; one whose requests stay open does not come back
        // to what it has passed over.
        // karpenter-provider-aws: pkg/controllers/interruption/controller.go, MarkUnavailable
        let rule = spec.refill().back_off.and(spec.refill().avoids_taken_for);
        if let Some((span, template)) = rule.zip(spec.template_of(world.nodes().offering(node))) {
            self.state.avoid(template, world.now() + span);
        }
        if owns {
            self.replacing.lost(&mut self.state, world, node);
            self.news.loss = true;
        }
        owns
    }

    /// The provider has said that a node is at risk: another, to take its place.
    fn before_it_is_taken(&self, world: &World, node: NodeId) -> Option<Launch> {
        let nodes = world.nodes();
        let spec = self.spec(world);
        let heeds = spec.refill().replace_at == ReplaceAt::Recommendation;
        if !heeds || self.replacing.is_replaced(node) || nodes.announced(node) {
            return None;
        }
        let asks_for = |it: usize| request_is_pinned(spec) || self.state.asks_for(it, world.now());
        // The same would be at the same risk.
        let other = |it: usize| asks_for(it) && spec.templates[it].offering != nodes.offering(node);
        let template = self.state.choice(world, Part::Main, other).or(self.state.choice(
            world,
            Part::Main,
            asks_for,
        ))?;
        Some(Launch { template, purpose: Purpose::Replace(node), since: world.now() })
    }

    /// Watches since when an offering can be had; whether that is new and matters.
    fn watch(&mut self, world: &World, offering: OfferingId) -> bool {
        let spec = self.spec(world);
        if spec.refill().fallback.is_none() {
            return false;
        }
        let Some(template) = spec.template_of(offering) else { return false };
        let steady = &mut self.state.steady_since[template];
        let there_is = world.grants(offering) && world.pays(self.pool, offering);
        let changes = steady.is_some() != there_is;
        if changes {
            *steady = there_is.then_some(world.now());
        }
        changes
    }

    /// In how long the pool is to be asked next, unless that is known already.
    fn next_review(&mut self, world: &World) -> Option<Span> {
        let spec = self.spec(world);
        let state = &mut self.state;
        let waits = !state.open.is_empty();
        let repeats = state.asks_again_at(spec).filter(|_| waits);
        let fallback = spec.refill().fallback;
        let since = state.open.iter().map(|request| request.since).min();
        let falls_back = fallback.zip(since).map(|(rule, since)| since + rule.after);
        let steady = spec.templates_of(Part::Main).filter_map(|it| state.steady_since[it]).min();
        let steady = steady.filter(|_| state.substitutes(spec) > 0);
        let returns = fallback.zip(steady).map(|(rule, since)| since + rule.hysteresis);
        let acts = state.window.map(|window| window.closes);
        let next = [acts, repeats, falls_back, returns].into_iter().flatten().min()?;
        let next = next.max(world.now());
        if state.due.is_some_and(|due| due <= next) {
            return None;
        }
        state.due = Some(next);
        Some(next.since(world.now()))
    }

    /// What the pool does next whose time has come: it acts on what it lacks, repeats a request, makes
    /// do with on-demand, or goes back to spot.
    fn review(&mut self, world: &World) -> Option<Launch> {
        let now = world.now();
        self.state.due = self.state.due.filter(|due| *due > now);
        let spec = self.spec(world);
        if self.state.window.is_some_and(|window| window.closes <= now) {
            while self.state.short_of(spec).is_some() {
                if let Some(launch) = self.fill(world) {
                    return Some(launch);
                }
            }
            self.state.window = None;
        }
        let state = &mut self.state;
        if spec.refill().back_off.is_some() && !state.open.is_empty() {
            let asks_for = |template| state.asks_for(template, now);
            if let Some(template) = state.choice(world, Part::Main, asks_for) {
                let Request { since, .. } = state.open.remove(0);
                return Some(Launch { template, purpose: Purpose::Fill, since });
            }
        }
        let rule = spec.refill().fallback?;
        if let Some(late) = state.open.iter().position(|it| it.since + rule.after <= now)
            && let Some(template) = state.choice(world, Part::OnDemand, |_| true)
        {
            state.open.remove(late);
            return Some(Launch { template, purpose: Purpose::FallBack, since: now });
        }
        if state.substitutes(spec) == 0 {
            return None;
        }
        let steady = |template: usize| {
            state.steady_since[template].is_some_and(|since| since + rule.hysteresis <= now)
        };
        let template = state.choice(world, Part::Main, steady)?;
        let old = self.replacing.youngest_substitute(world, self.pool)?;
        Some(Launch { template, purpose: Purpose::Replace(old), since: now })
    }
}

/// Whether a pool's request is for one offering and stays open: where it spreads its nodes, and
/// does not back off.
fn request_is_pinned(spec: &Pool) -> bool {
    spec.refill().allocation == Allocation::Diversified && spec.refill().back_off.is_none()
}

fn is_spot(world: &World, offering: OfferingId) -> bool {
    world.model().catalog.offerings[offering].capacity_type == CapacityType::Spot
}
