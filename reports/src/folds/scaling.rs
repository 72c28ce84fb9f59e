//! What a program that buys nodes launches and removes, why, and what each consolidation saves and moves.
//!
//! A consolidation is a decision to remove nodes whose pods fit elsewhere, or on something cheaper, once the
//! last of its nodes is gone. What it saves is what an hour of those nodes costs when it is decided, less an
//! hour of the nodes that are launched in their place.

use std::collections::BTreeMap;

use sim::fact::{Cause, Fact};
use sim::model::catalog::OfferingId;
use sim::model::node::NodeId;
use sim::model::pool::PoolId;
use sim::model::resources::Lane;
use sim::model::workload::Controller;
use sim::{Legend, MicroUsdPerHour, SimTime};

use super::roster::{Follow, Roster};

/// Why a node is removed, of reasons in the words of any program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Removal {
    /// It has no pods but of DaemonSets.
    Empty,
    /// Its pods fit elsewhere, or on something cheaper.
    Underutilized,
    /// It is too old, or the like.
    Other,
}

impl Removal {
    /// What a program's reason says.
    #[must_use]
    pub fn of(reason: &str) -> Removal {
        match reason {
            // Karpenter's reasons, and the Cluster Autoscaler's events of them.
            "Empty" | "ScaleDownEmpty" => Removal::Empty,
            "Underutilized" | "ScaleDown" => Removal::Underutilized,
            _ => Removal::Other,
        }
    }
}

/// CPU of registered nodes, in millicores.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cpu {
    /// What pods request of it.
    pub requested: u64,
    /// What there is.
    pub allocatable: u64,
}

/// A consolidation that is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Consolidation {
    /// When it was decided.
    pub decided: SimTime,
    /// When the last of its nodes was gone.
    pub done: SimTime,
    /// How many nodes it removed.
    pub nodes: u32,
    /// What an hour costs less after it, in µUSD; negative if more.
    pub saves: i64,
    /// How many pods had to leave their nodes, but for those of DaemonSets.
    pub moves: u32,
    /// What all nodes had when it was decided.
    pub before: Cpu,
    /// What they had when it was done.
    pub after: Cpu,
}

/// What launches and removals come to in one run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NodesScaled {
    /// Instances that were bought after `T+0`, by the reason of the program.
    pub launches: BTreeMap<&'static str, u64>,
    /// Nodes that were to be removed and were not kept after all, by the reason of the program.
    pub removals: BTreeMap<&'static str, u64>,
    /// Milliseconds for which nodes of the program's pools were held, over nodes.
    pub node_ms: u128,
    /// Every consolidation that was done in the window, in order.
    pub consolidations: Vec<Consolidation>,
}

/// Why an instance was bought where the program said nothing of it.
const UNSAID: &str = "other";

/// Folds facts into launches, removals and consolidations; without pools that follow demand into nothing.
#[derive(Clone)]
pub struct Scaling {
    legend: Legend,
    is_used: bool,
    /// Why the next instance of a pool is bought.
    reasons: BTreeMap<PoolId, &'static str>,
    prices: BTreeMap<OfferingId, MicroUsdPerHour>,
    lives: BTreeMap<NodeId, Life>,
    /// Consolidations that go on, by the numbers of their decisions.
    open: BTreeMap<u32, Open>,
    since: SimTime,
    scaled: NodesScaled,
}

/// A node of a pool that follows demand.
#[derive(Clone, Copy)]
struct Life {
    offering: OfferingId,
    launched_at: MicroUsdPerHour,
    /// Why it is to be removed and in which decision, if it is and that was counted.
    leaves: Option<(&'static str, u32)>,
}

/// A consolidation that goes on.
#[derive(Clone, Copy)]
struct Open {
    decided: SimTime,
    /// How many of its nodes are still there.
    left: u32,
    nodes: u32,
    saves: i64,
    moves: u32,
    before: Cpu,
}

impl Scaling {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Scaling {
        Scaling {
            legend: legend.clone(),
            is_used: legend.model.pools.rows().any(|pool| pool.autoscaled().is_some()),
            reasons: BTreeMap::new(),
            prices: BTreeMap::new(),
            lives: BTreeMap::new(),
            open: BTreeMap::new(),
            since: SimTime::ZERO,
            scaled: NodesScaled::default(),
        }
    }

    /// What it came to; none where no pool follows demand.
    #[must_use]
    pub fn finish(mut self) -> Option<NodesScaled> {
        self.advance(self.legend.to);
        self.is_used.then_some(self.scaled)
    }

    fn advance(&mut self, at: SimTime) {
        let ms = at.min(self.legend.to).since(self.since.max(self.legend.from)).as_ms();
        self.scaled.node_ms += u128::from(ms) * self.lives.len() as u128;
        self.since = at;
    }

    /// What an hour of a node costs now.
    fn price(&self, life: &Life) -> i64 {
        let price = self.prices.get(&life.offering).copied().unwrap_or(life.launched_at);
        i64::try_from(price.0).unwrap_or(i64::MAX)
    }

    /// What registered nodes have, without one of them.
    fn cpu(&self, roster: &Roster, without: Option<NodeId>) -> Cpu {
        let nodes = roster.nodes().filter(|(id, node)| node.is_ready && Some(*id) != without);
        nodes.fold(Cpu::default(), |sum, (_, node)| Cpu {
            requested: sum.requested + node.requested[Lane::CPU],
            allocatable: sum.allocatable
                + self.legend.model.catalog.instance_type(node.offering).allocatable[Lane::CPU],
        })
    }

    fn launched(&mut self, at: SimTime, (node, pool): (NodeId, PoolId), life: Life) {
        self.advance(at);
        self.lives.insert(node, life);
        let why = self.reasons.remove(&pool).unwrap_or(UNSAID);
        // Those of the start are there from the start.
        if at > SimTime::ZERO && at >= self.legend.from {
            *self.scaled.launches.entry(why).or_default() += 1;
        }
    }

    fn is_to_go(&mut self, roster: &Roster, at: SimTime, node: NodeId, why: (&'static str, u32)) {
        let Some(life) = self.lives.get(&node).copied() else { return };
        let (reason, decision) = why;
        if at >= self.legend.from {
            *self.scaled.removals.entry(reason).or_default() += 1;
            self.lives.insert(node, Life { leaves: Some(why), ..life });
        }
        if Removal::of(reason) == Removal::Underutilized && at >= self.legend.from {
            let (price, before) = (self.price(&life), self.cpu(roster, None));
            let none = Open { decided: at, left: 0, nodes: 0, saves: 0, moves: 0, before };
            let open = self.open.entry(decision).or_insert(none);
            open.left += 1;
            open.nodes += 1;
            open.saves += price;
        }
    }

    /// A node is no longer to go with a decision: it is gone, or it stays after all or the provider was
    /// faster, and is no part of what the decision comes to.
    fn leaves(
        &mut self,
        roster: &Roster,
        at: SimTime,
        node: NodeId,
        (life, removed): (Life, bool),
    ) {
        let Some((reason, decision)) = life.leaves else { return };
        let price = self.price(&life);
        let is_consolidation = Removal::of(reason) == Removal::Underutilized;
        let Some(open) = self.open.get_mut(&decision).filter(|_| is_consolidation) else { return };
        open.left -= 1;
        if !removed {
            open.nodes -= 1;
            open.saves -= price;
        }
        if open.left > 0 {
            return;
        }
        let Open { decided, nodes, saves, moves, before, .. } = *open;
        self.open.remove(&decision);
        if nodes > 0 {
            let after = self.cpu(roster, removed.then_some(node));
            let done = Consolidation { decided, done: at, nodes, saves, moves, before, after };
            self.scaled.consolidations.push(done);
        }
    }

    /// The consolidation that a node goes with, if it goes with one.
    fn consolidation_of(&mut self, node: NodeId) -> Option<&mut Open> {
        let (reason, decision) = self.lives.get(&node)?.leaves?;
        let is_one = Removal::of(reason) == Removal::Underutilized;
        self.open.get_mut(&decision).filter(|_| is_one)
    }
}

impl Follow for Scaling {
    fn follow(&mut self, roster: &Roster, at: SimTime, fact: &Fact) {
        if !self.is_used {
            return;
        }
        match *fact {
            Fact::LaunchDecided { pool, reason, .. } => {
                self.reasons.insert(pool, reason);
            }
            Fact::NodeLaunched { node, pool, offering, price }
                if self.legend.model.pools[pool].autoscaled().is_some() =>
            {
                let life = Life { offering, launched_at: price, leaves: None };
                self.launched(at, (node, pool), life);
            }
            Fact::PriceChanged { offering, price } => {
                self.prices.insert(offering, price);
            }
            Fact::ReplacementLaunched { node, replaces, .. } => {
                let price = self.lives.get(&node).map_or(0, |life| self.price(life));
                if let Some(open) = self.consolidation_of(replaces) {
                    open.saves -= price;
                }
            }
            Fact::RemovalDecided { node, reason, decision, .. } => {
                self.is_to_go(roster, at, node, (reason, decision));
            }
            Fact::RemovalCancelled { node, .. } => {
                let Some(life) = self.lives.get(&node).copied() else { return };
                if let Some((reason, _)) = life.leaves
                    && let Some(count) = self.scaled.removals.get_mut(reason)
                {
                    *count = count.saturating_sub(1);
                }
                self.leaves(roster, at, node, (life, false));
                self.lives.insert(node, Life { leaves: None, ..life });
            }
            Fact::PodTerminating { pod, workload, why: Cause::Released, .. } => {
                let controller = self.legend.model.workloads[workload].controller;
                let node = roster.pod(pod).and_then(|pod| pod.node);
                if controller != Controller::DaemonSet
                    && let Some(open) = node.and_then(|node| self.consolidation_of(node))
                {
                    open.moves += 1;
                }
            }
            Fact::NodeGone { node, why, .. } => {
                self.advance(at);
                if let Some(life) = self.lives.remove(&node) {
                    self.leaves(roster, at, node, (life, why == Cause::Released));
                }
            }
            _ => {}
        }
    }
}
