//! Nodes that an autoscaler buys and removes: how many, why, how soon they are gone again, and what pods
//! wait for until they are there.

use std::collections::BTreeMap;

use sim::fact::Fact;
use sim::model::catalog::{CapacityType, OfferingId};
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::pool::PoolId;
use sim::{Legend, SimTime, Span};

use super::{Declaration, Declared, Maker, Measure, Place};
use crate::folds::roster::Roster;
use crate::folds::scaling::Removal;

/// A node that is removed before it is this old was hardly worth its launch.
const YOUNG: Span = Span::from_hours(1);

const fn of_nodes(
    key: &'static str,
    label: &'static str,
    also: &'static [&'static str],
    measure: Measure,
    means: &'static str,
) -> Declaration {
    Declaration { key, label, also, measure, place: Place::Autoscaling, means }
}

pub(super) const MAKER: Maker = Maker {
    figures: &[
        of_nodes(
            "nodeLaunchesPerDay",
            "Nodes launched /day",
            &["launches", "scale-ups"],
            Measure::PerDay,
            "how many instances an autoscaler buys",
        ),
        of_nodes(
            "fallbackLaunchesPerDay",
            "  on-demand, though spot would do",
            &["fallback"],
            Measure::PerDay,
            "on-demand instances that an autoscaler buys for pools that buy spot as well",
        ),
        of_nodes(
            "nodeRemovalsPerDay",
            "Nodes removed /day",
            &["removals", "scale-downs", "consolidation"],
            Measure::PerDay,
            "how many nodes an autoscaler decides to remove, without those that it then keeps because their \
             replacement cannot be had",
        ),
        of_nodes(
            "emptyRemovalsPerDay",
            "  empty",
            &["emptiness"],
            Measure::PerDay,
            "nodes that are removed because they have no pods but of DaemonSets",
        ),
        of_nodes(
            "underutilizedRemovalsPerDay",
            "  underutilised",
            &["underutilized", "unneeded"],
            Measure::PerDay,
            "nodes that are removed because their pods fit elsewhere, or on something cheaper",
        ),
        of_nodes(
            "youngRemovalsPerDay",
            "  younger than an hour",
            &["flapping"],
            Measure::PerDay,
            "nodes that an autoscaler decides to remove within an hour of their launch",
        ),
        of_nodes(
            "wastedLaunchesPerDay",
            "Wasted launches /day",
            &["wasted"],
            Measure::PerDay,
            "instances that an autoscaler bought and that were gone before any pod but of DaemonSets was on \
             them",
        ),
        of_nodes(
            "refusedOfferingsPerDay",
            "Offerings refused /day",
            &["ICE", "insufficient capacity"],
            Measure::PerDay,
            "how often an autoscaler asks for an offering that the provider has none of",
        ),
        Declaration {
            key: "decideSeconds",
            label: "New node: decided after",
            also: &["time to launch"],
            measure: Measure::Seconds,
            place: Place::Autoscaling,
            means: "from when the scheduler found no node for a pod to the launch of the node that it gets, \
                    on average over pods that get a node launched for them",
        },
        Declaration {
            key: "bootSeconds",
            label: "  there after",
            also: &["boot"],
            measure: Measure::Seconds,
            place: Place::Autoscaling,
            means: "from that launch to when the node takes pods",
        },
        Declaration {
            key: "bindSeconds",
            label: "  bound after",
            also: &["bind"],
            measure: Measure::Seconds,
            place: Place::Autoscaling,
            means: "from when that node takes pods to when the pod is bound to it",
        },
    ],
    new: |legend| Box::new(Nodes::new(legend)),
};

struct Nodes {
    legend: Legend,
    is_used: bool,
    launches: u64,
    fallbacks: u64,
    removals: u64,
    empty: u64,
    underutilized: u64,
    young: u64,
    wasted: u64,
    refused: u64,
    lives: BTreeMap<NodeId, Life>,
    /// Since when pods wait that no node was found for.
    waiting: BTreeMap<PodId, SimTime>,
    waits: Waits,
}

/// A node that is there.
struct Life {
    launched: SimTime,
    ready: Option<SimTime>,
    /// What its removal was counted as.
    leaves: Option<Leaves>,
}

/// A removal that has been decided, as it was counted.
#[derive(Clone, Copy)]
struct Leaves {
    counts: u64,
    empty: bool,
    underutilized: bool,
    young: bool,
}

/// Sums over pods that got a node launched for them, in milliseconds.
#[derive(Default)]
struct Waits {
    pods: u64,
    decide: u64,
    boot: u64,
    bind: u64,
}

impl Nodes {
    fn new(legend: &Legend) -> Nodes {
        Nodes {
            legend: legend.clone(),
            is_used: legend.model.pools.rows().any(|pool| pool.autoscaled().is_some()),
            launches: 0,
            fallbacks: 0,
            removals: 0,
            empty: 0,
            underutilized: 0,
            young: 0,
            wasted: 0,
            refused: 0,
            lives: BTreeMap::new(),
            waiting: BTreeMap::new(),
            waits: Waits::default(),
        }
    }

    fn follows_demand(&self, pool: PoolId) -> bool {
        self.legend.model.pools[pool].autoscaled().is_some()
    }

    /// The sums in which a removal is counted, and by how much.
    fn removed(&mut self, leaves: Leaves) -> [(&mut u64, u64); 4] {
        let Leaves { counts, empty, underutilized, young } = leaves;
        [
            (&mut self.removals, counts),
            (&mut self.empty, counts * u64::from(empty)),
            (&mut self.underutilized, counts * u64::from(underutilized)),
            (&mut self.young, counts * u64::from(young)),
        ]
    }

    /// Whether a pool makes do with on-demand where it would buy spot.
    fn is_fallback(&self, pool: PoolId, offering: OfferingId) -> bool {
        let offerings = &self.legend.model.catalog.offerings;
        let is_spot = |it: OfferingId| offerings[it].capacity_type == CapacityType::Spot;
        let templates = &self.legend.model.pools[pool].templates;
        !is_spot(offering) && templates.iter().any(|template| is_spot(template.offering))
    }

    fn bound(&mut self, pod: PodId, node: NodeId, at: SimTime) {
        let Some(since) = self.waiting.remove(&pod) else { return };
        let Some(Life { launched, ready: Some(ready), .. }) = self.lives.get(&node) else { return };
        if *launched < since || at < self.legend.from {
            return;
        }
        self.waits.pods += 1;
        self.waits.decide += launched.since(since).as_ms();
        self.waits.boot += ready.since(*launched).as_ms();
        self.waits.bind += at.since(*ready).as_ms();
    }
}

impl Declared for Nodes {
    fn follow(&mut self, _: &Roster, at: SimTime, fact: &Fact) {
        if !self.is_used {
            return;
        }
        let counts = u64::from(at >= self.legend.from);
        match *fact {
            Fact::NodeLaunched { node, pool, offering, .. } if self.follows_demand(pool) => {
                self.lives.insert(node, Life { launched: at, ready: None, leaves: None });
                // Those of the start are there from the start.
                if at > SimTime::ZERO {
                    self.launches += counts;
                    self.fallbacks += counts * u64::from(self.is_fallback(pool, offering));
                }
            }
            Fact::NodeReady { node } => {
                if let Some(life) = self.lives.get_mut(&node) {
                    life.ready = Some(at);
                }
            }
            Fact::NodeGone { node, .. } => drop(self.lives.remove(&node)),
            Fact::RemovalDecided { node, reason, .. } => {
                let why = Removal::of(reason);
                let (empty, underutilized) = (why == Removal::Empty, why == Removal::Underutilized);
                let young = self.lives.get(&node).is_some_and(|it| at.since(it.launched) < YOUNG);
                let leaves = Leaves { counts, empty, underutilized, young };
                for (sum, count) in self.removed(leaves) {
                    *sum += count;
                }
                if let Some(life) = self.lives.get_mut(&node) {
                    life.leaves = Some(leaves);
                }
            }
            Fact::RemovalCancelled { node, .. } => {
                let decided = self.lives.get_mut(&node).and_then(|life| life.leaves.take());
                if let Some(leaves) = decided {
                    for (sum, count) in self.removed(leaves) {
                        *sum = sum.saturating_sub(count);
                    }
                }
            }
            Fact::LaunchWasted { .. } => self.wasted += counts,
            Fact::LaunchRefused { pool, .. } if self.follows_demand(pool) => self.refused += counts,
            Fact::PodUnschedulable { pod, .. } => {
                self.waiting.entry(pod).or_insert(at);
            }
            Fact::PodScheduled { pod, node, .. } => self.bound(pod, node, at),
            Fact::PodWithdrawn { pod, .. } => drop(self.waiting.remove(&pod)),
            _ => {}
        }
    }

    fn finish(self: Box<Self>, _: &Roster) -> Vec<Option<f64>> {
        if !self.is_used {
            return vec![None; MAKER.figures.len()];
        }
        let counts = [
            self.launches,
            self.fallbacks,
            self.removals,
            self.empty,
            self.underutilized,
            self.young,
            self.wasted,
            self.refused,
        ];
        let Waits { pods, decide, boot, bind } = self.waits;
        let mean = |sum: u64| (pods > 0).then(|| sum as f64 / 1_000.0 / pods as f64);
        let counts = counts.into_iter().map(|count| Some(count as f64));
        counts.chain([mean(decide), mean(boot), mean(bind)]).collect()
    }
}
