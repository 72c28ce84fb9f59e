//! Pools: born full, and they heal. What is lost is replaced, by the pool's own rules: which
//! offering is asked for, when a refused request is repeated, when on-demand does instead of
//! spot, and which nodes are replaced before they are gone.
//!
//! A pool counts: what it has and is not replacing, and what it has asked for, make up its size.

pub mod allocation;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use crate::action::{Action, Purpose};
use crate::model::catalog::{Capacity, OfferingId};
use crate::model::node::NodeId;
use crate::model::pool::{Allocation, Part, Pool, PoolId, ReplaceAt};
use crate::table::Table;
use crate::time::SimTime;
use crate::world::World;
use crate::world::nodes::NodeState;
use state::{PoolState, Request};

/// The memory of the pools.
#[derive(Clone, Debug)]
pub struct Pools {
    standing: Table<PoolId, PoolState>,
    /// Pools that may have to make do with on-demand.
    with_fallback: Vec<PoolId>,
    /// Nodes that are being replaced: they do not count any more.
    replaced: BTreeSet<NodeId>,
    /// Nodes that were launched to take the place of another, and are not ready yet.
    replacements: BTreeMap<NodeId, NodeId>,
    /// Nodes that are drained and then given back.
    leaving: BTreeSet<NodeId>,
}

impl Pools {
    /// Pools that have nothing and have not been refused anything.
    #[must_use]
    pub fn new(world: &World) -> Pools {
        let pools = &world.model().pools;
        Pools {
            standing: pools.ids().map(|id| PoolState::new(id, world.model())).collect(),
            with_fallback: pools
                .iter()
                .filter_map(|(id, pool)| pool.healing.fallback.map(|_| id))
                .collect(),
            replaced: BTreeSet::new(),
            replacements: BTreeMap::new(),
            leaving: BTreeSet::new(),
        }
    }

    /// What a pool lacks at `T+0`, if one lacks anything.
    #[must_use]
    pub fn initial_launch(&self, world: &World) -> Option<(PoolId, usize)> {
        self.standing.iter().find_map(|(pool, standing)| {
            let spec = &world.model().pools[pool];
            let part = standing.short_of(spec)?;
            let has_room = |template: usize| {
                let offering = spec.templates[template].offering;
                let full = matches!(world.capacity(offering), Capacity::Holds(_))
                    && !world.grants(offering);
                request_is_pinned(spec) || (!full && world.pays(pool, offering))
            };
            let template =
                standing.choice(world, part, has_room).or(standing.choice(world, part, |_| true));
            template.map(|template| (pool, template))
        })
    }

    /// An instance was launched, or was there from the start.
    pub fn launched(&mut self, world: &World, node: NodeId, purpose: Purpose) {
        self.count(world, node, true);
        if let Purpose::Replace(old) = purpose {
            self.replace(world, old);
            self.replacements.insert(node, old);
        }
    }

    /// An instance is gone.
    pub fn gone(&mut self, world: &World, node: NodeId) {
        self.leaving.remove(&node);
        if !self.replaced.remove(&node) {
            self.count(world, node, false);
        }
        self.replacement_lost(world, node);
        self.replacements.retain(|_, old| *old != node);
    }

    /// A pool may be short of an instance: another, if its provisioner acts at once.
    pub fn lacks(&mut self, world: &World, pool: PoolId) -> Option<Action> {
        let spec = &world.model().pools[pool];
        let Some(rule) = spec.healing.reaction else { return self.fill(world, pool) };
        self.standing[pool].lacks(spec, rule, world.now());
        None
    }

    /// Another instance, if a pool is short of one. If there is nothing that it asks for now, it
    /// waits.
    fn fill(&mut self, world: &World, pool: PoolId) -> Option<Action> {
        let spec = &world.model().pools[pool];
        let standing = &mut self.standing[pool];
        let part = standing.short_of(spec)?;
        let since = standing.window.map_or(world.now(), |window| window.opened);
        let asks_for =
            |template| request_is_pinned(spec) || standing.asks_for(template, world.now());
        let Some(template) = standing.choice(world, part, asks_for) else {
            standing.open.push(Request { since, template: None });
            return None;
        };
        Some(Action::Launch { pool, template, purpose: Purpose::Fill { since } })
    }

    /// The provider had no instance to give: what the pool asks for instead. If there is nothing
    /// else, it waits.
    pub fn refused(
        &mut self,
        world: &World,
        (pool, template): (PoolId, usize),
        purpose: Purpose,
    ) -> Option<Action> {
        let spec = &world.model().pools[pool];
        let now = world.now();
        let standing = &mut self.standing[pool];
        let is_own = spec.templates_of(Part::OnDemand).contains(&template);
        if !request_is_pinned(spec) {
            standing.skip(spec, template, now);
            let asks_for = |template| standing.asks_for(template, now);
            let part = if is_own { Part::OnDemand } else { Part::Main };
            if let Some(template) = standing.choice(world, part, asks_for) {
                return Some(Action::Launch { pool, template, purpose });
            }
        }
        match purpose {
            Purpose::Fill { since } => {
                let template = request_is_pinned(spec).then_some(template);
                standing.open.push(Request { since, template });
            }
            // It makes do with spot again, or with on-demand later.
            Purpose::FallBack => standing.open.push(Request { since: now, template: None }),
            Purpose::Replace(_) => {}
        }
        None
    }

    /// Open requests of pools that pay enough for an offering of which there are some again, at most
    /// `most`: they are not open any more.
    pub fn granted(&mut self, offering: OfferingId, most: usize, world: &World) -> Vec<Action> {
        let mut granted = Vec::new();
        for (pool, spec) in world.model().pools.iter() {
            let Some(template) = spec.template_of(offering) else { continue };
            // Who backs off does not hear of it.
            if most == 0 || spec.healing.back_off.is_some() || !world.pays(pool, offering) {
                continue;
            }
            let standing = &mut self.standing[pool];
            standing.ask_again(template);
            standing.open.retain(|request| {
                let wants = |other: usize| spec.templates[other].offering == offering;
                let wanted = granted.len() < most && request.template.is_none_or(wants);
                if wanted {
                    let template = request.template.unwrap_or(template);
                    let purpose = Purpose::Fill { since: request.since };
                    granted.push(Action::Launch { pool, template, purpose });
                }
                !wanted
            });
        }
        granted
    }

    /// The provider has announced that it will take a node.
    pub fn announced(&mut self, world: &World, node: NodeId) {
        let nodes = world.nodes();
        if world.model().pools[nodes.pool(node)].healing.replace_at >= ReplaceAt::Notice {
            self.replace(world, node);
        }
        // One cache for all pools, by type and zone.
        // karpenter-provider-aws: pkg/controllers/interruption/controller.go, MarkUnavailable
        for (pool, spec) in world.model().pools.iter() {
            // One whose requests stay open does not come back to what it has passed over.
            let rule = spec.healing.back_off.and(spec.healing.avoids_taken_for);
            if let Some((span, template)) = rule.zip(spec.template_of(nodes.offering(node))) {
                self.standing[pool].avoid(template, world.now() + span);
            }
        }
        self.replacement_lost(world, node);
    }

    /// The provider has said that a node is at risk.
    #[must_use]
    pub fn at_risk(&self, world: &World, node: NodeId) -> Option<Action> {
        let nodes = world.nodes();
        let pool = nodes.pool(node);
        let spec = &world.model().pools[pool];
        let heeds = spec.healing.replace_at == ReplaceAt::Recommendation;
        if !heeds || self.replaced.contains(&node) || nodes.announced(node) {
            return None;
        }
        let standing = &self.standing[pool];
        let asks_for = |it: usize| request_is_pinned(spec) || standing.asks_for(it, world.now());
        // The same would be at the same risk.
        let other = |it: usize| asks_for(it) && spec.templates[it].offering != nodes.offering(node);
        let template = standing.choice(world, Part::Main, other).or(standing.choice(
            world,
            Part::Main,
            asks_for,
        ))?;
        Some(Action::Launch { pool, template, purpose: Purpose::Replace(node) })
    }

    /// A node is ready: the one whose place it takes, which is now to leave.
    pub fn ready(&mut self, world: &World, node: NodeId) -> Option<NodeId> {
        let old = self.replacements.remove(&node)?;
        if world.nodes().state(old) == NodeState::Gone {
            return None;
        }
        self.leaving.insert(old);
        Some(old)
    }

    /// Whether a node is drained to be given back.
    #[must_use]
    pub fn is_leaving(&self, node: NodeId) -> bool {
        self.leaving.contains(&node)
    }

    /// An offering may be had, or not, other than before: the pools to which that matters.
    pub fn watch(&mut self, world: &World, offering: OfferingId) -> Vec<PoolId> {
        let mut concerned = Vec::new();
        for pool in &self.with_fallback {
            let spec = &world.model().pools[*pool];
            let Some(template) = spec.template_of(offering) else { continue };
            let steady = &mut self.standing[*pool].steady_since[template];
            let there_is = world.grants(offering) && world.pays(*pool, offering);
            if steady.is_some() != there_is {
                *steady = there_is.then_some(world.now());
                concerned.push(*pool);
            }
        }
        concerned
    }

    /// When a pool is to be looked at next, unless that is known already.
    pub fn next_review(&mut self, world: &World, pool: PoolId) -> Option<SimTime> {
        let spec = &world.model().pools[pool];
        let standing = &mut self.standing[pool];
        let waits = !standing.open.is_empty();
        let repeats = standing.asks_again_at(spec).filter(|_| waits);
        let fallback = spec.healing.fallback;
        let since = standing.open.iter().map(|request| request.since).min();
        let falls_back = fallback.zip(since).map(|(rule, since)| since + rule.after);
        let steady = spec.templates_of(Part::Main).filter_map(|it| standing.steady_since[it]).min();
        let steady = steady.filter(|_| standing.substitutes(spec) > 0);
        let returns = fallback.zip(steady).map(|(rule, since)| since + rule.hysteresis);
        let acts = standing.window.map(|window| window.closes);
        let next = [acts, repeats, falls_back, returns].into_iter().flatten().min()?;
        let next = next.max(world.now());
        if standing.due.is_some_and(|due| due <= next) {
            return None;
        }
        standing.due = Some(next);
        Some(next)
    }

    /// A pool is looked at.
    pub fn review_begins(&mut self, world: &World, pool: PoolId) {
        let due = &mut self.standing[pool].due;
        *due = due.filter(|due| *due > world.now());
    }

    /// What a pool does next whose time has come: it acts on what it lacks, repeats a request, makes
    /// do with on-demand, or goes back to spot.
    pub fn review(&mut self, world: &World, pool: PoolId) -> Option<Action> {
        let spec = &world.model().pools[pool];
        let launch = |template, purpose| Some(Action::Launch { pool, template, purpose });
        let now = world.now();
        if self.standing[pool].window.is_some_and(|window| window.closes <= now) {
            while self.standing[pool].short_of(spec).is_some() {
                if let Some(action) = self.fill(world, pool) {
                    return Some(action);
                }
            }
            self.standing[pool].window = None;
        }
        let standing = &mut self.standing[pool];
        if spec.healing.back_off.is_some() && !standing.open.is_empty() {
            let asks_for = |template| standing.asks_for(template, now);
            if let Some(template) = standing.choice(world, Part::Main, asks_for) {
                let Request { since, .. } = standing.open.remove(0);
                return launch(template, Purpose::Fill { since });
            }
        }
        let rule = spec.healing.fallback?;
        if let Some(late) = standing.open.iter().position(|it| it.since + rule.after <= now)
            && let Some(template) = standing.choice(world, Part::OnDemand, |_| true)
        {
            standing.open.remove(late);
            return launch(template, Purpose::FallBack);
        }
        if standing.substitutes(spec) == 0 {
            return None;
        }
        let steady = |template: usize| {
            standing.steady_since[template].is_some_and(|since| since + rule.hysteresis <= now)
        };
        let template = standing.choice(world, Part::Main, steady)?;
        launch(template, Purpose::Replace(self.youngest_substitute(world, pool)?))
    }

    /// The on-demand node of a pool that was launched last, of those that are to stay so far.
    fn youngest_substitute(&self, world: &World, pool: PoolId) -> Option<NodeId> {
        let nodes = world.nodes();
        let own = world.model().pools[pool].templates_of(Part::OnDemand);
        let is_own = |node: NodeId| {
            let template = world.model().pools[pool].template_of(nodes.offering(node));
            nodes.pool(node) == pool && template.is_some_and(|template| own.contains(&template))
        };
        let mut alive = nodes.alive().iter().rev().copied();
        alive.find(|node| is_own(*node) && !self.replaced.contains(node))
    }

    /// A node is being replaced from now on.
    fn replace(&mut self, world: &World, node: NodeId) {
        if self.replaced.insert(node) {
            self.count(world, node, false);
        }
    }

    /// A node that was to take the place of another will not: the other stays, unless it is about to
    /// be taken and replaced for that.
    fn replacement_lost(&mut self, world: &World, node: NodeId) {
        let Some(old) = self.replacements.remove(&node) else { return };
        // One that was to take its own place takes the other's.
        if let Some(next) = self.replacements.values_mut().find(|replaced| **replaced == node) {
            *next = old;
            return;
        }
        let healing = world.model().pools[world.nodes().pool(old)].healing;
        let goes = world.nodes().announced(old) && healing.replace_at >= ReplaceAt::Notice;
        if !goes && self.replaced.remove(&old) {
            self.count(world, old, true);
        }
    }

    fn count(&mut self, world: &World, node: NodeId, one_more: bool) {
        let pool = world.nodes().pool(node);
        let template = world.model().pools[pool].template_of(world.nodes().offering(node));
        let held = &mut self.standing[pool].held[template.expect("a pool has what it launches")];
        *held = if one_more { *held + 1 } else { *held - 1 };
    }
}

/// Whether a pool's request is for one offering and stays open: where it spreads its nodes, and
/// its provisioner does not back off.
fn request_is_pinned(spec: &Pool) -> bool {
    spec.healing.allocation == Allocation::Diversified && spec.healing.back_off.is_none()
}
