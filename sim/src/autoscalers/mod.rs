//! Autoscalers: policies that decide how many pods there are, how large they are, and on which nodes.
//!
//! An autoscaler that keeps pools takes note of facts and is asked what it wants: when something
//! happened that it cares for, and when the time has come that it named. It answers with actions, and
//! is asked again until it wants nothing more. What it would like to know it tries out in a
//! [`Trial`]. Nothing else knows who bought a node: not the market, not a notice, not a budget, not a
//! bill.
//!
//! | a pool's keeper | who |
//! |---|---|
//! | [`Keeper::FixedSize`] | [`fixed_size`], one for each pool |
//! | [`Keeper::Autoscaled`] | a [`Program`] of the setup, one for several pools |

pub mod fixed_size;
pub mod hpa;
pub mod program;
pub mod vpa;
pub mod waiting;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::action::Decision;
use crate::fact::Fact;
use crate::model::decimal::Decimal;
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::model::pool::Keeper;
use crate::model::workload::Controller;
use crate::rng::Root;
use crate::table::{Table, id};
use crate::world::World;
use crate::world::trial::Trial;
use fixed_size::FixedSize;
use program::Program;

id! {
    /// An autoscaler that keeps pools.
    AutoscalerId
}

/// Why an autoscaler is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Occasion {
    /// It is `T+0`: what it buys is there and ready at once.
    Start,
    /// It has taken note of something, or was asked before and may want more.
    News,
    /// Its time has come.
    Wake,
}

/// Who decides how many nodes pools have.
pub trait Autoscaler {
    /// What it is called in reports.
    fn name(&self) -> &'static str;

    /// Whether it takes note of facts about pods, too, of which there are many. Only then may it spare any.
    fn hears_of_pods(&self) -> bool {
        false
    }

    /// Takes note of a fact about nodes, the market or perhaps pods, in the world after it. Whether it may want
    /// something because of that.
    fn sees(&mut self, fact: &Fact, world: &World) -> bool;

    /// Whether a drain leaves a pod on a node of its own, and waits for the pod to end by itself.
    fn spares(&self, _pod: PodId, _world: &World) -> bool {
        false
    }

    /// What it wants now. All of it is done, in order, and is seen as facts, before it is asked again;
    /// it is asked until it wants nothing. A launch is seen as [`Fact::NodeLaunched`], after a
    /// [`Fact::LaunchRefused`] for each choice that the provider had not. At each time that it names by
    /// [`Decision::again_in`] it is asked once, whatever it has named since.
    fn decide(&mut self, occasion: Occasion, trial: &mut Trial<'_>) -> Decision;
}

/// All autoscalers of a run that keep pools.
#[derive(Default)]
pub struct Autoscalers {
    all: Table<AutoscalerId, Box<dyn Autoscaler>>,
    /// Those that have seen something, and have not been asked since.
    stirred: BTreeSet<AutoscalerId>,
    /// Those that take note of facts about pods.
    of_pods: Vec<AutoscalerId>,
    /// Nodes that programs have bought, and on which no pod but of DaemonSets was yet.
    unused: BTreeSet<NodeId>,
}

impl Autoscalers {
    /// The keepers of the pools of a world, which has the nodes that were found at the start: those of
    /// pools of a fixed size, then the programs.
    #[must_use]
    pub fn of(world: &World, programs: &[Arc<dyn Program>], root: Root) -> Autoscalers {
        let mut all: Table<AutoscalerId, Box<dyn Autoscaler>> = Table::new();
        for (id, pool) in world.model().pools.iter() {
            match pool.keeper {
                Keeper::FixedSize { .. } => drop(all.push(Box::new(FixedSize::of(id, world)))),
                Keeper::Autoscaled(_) => {}
            }
        }
        for program in programs {
            all.push(program.start(world, root));
        }
        let of_pods = all.iter().filter(|(_, it)| it.hears_of_pods()).map(|(id, _)| id).collect();
        Autoscalers { all, of_pods, ..Autoscalers::default() }
    }

    /// All of them, in the order in which they are asked.
    pub fn ids(&self) -> impl Iterator<Item = AutoscalerId> + use<> {
        self.all.ids()
    }

    /// Those that care take note of a fact.
    pub fn see(&mut self, fact: &Fact, world: &World) {
        self.count_use(fact, world);
        if is_about_nodes(fact) {
            for id in self.all.ids() {
                if self.all[id].sees(fact, world) {
                    self.stirred.insert(id);
                }
            }
        } else if !self.of_pods.is_empty() && is_about_pods(fact) {
            for id in &self.of_pods {
                if self.all[*id].sees(fact, world) {
                    self.stirred.insert(*id);
                }
            }
        }
    }

    /// Whether a program bought a node, and no pod but of DaemonSets has been on it.
    #[must_use]
    pub fn was_of_no_use(&self, node: NodeId) -> bool {
        self.unused.contains(&node)
    }

    /// Whether the keeper of a pod's node has drains leave the pod there.
    #[must_use]
    pub fn spare(&self, pod: PodId, world: &World) -> bool {
        self.of_pods.iter().any(|id| self.all[*id].spares(pod, world))
    }

    fn count_use(&mut self, fact: &Fact, world: &World) {
        match *fact {
            Fact::NodeLaunched { node, pool, .. }
                if world.model().pools[pool].autoscaled().is_some() =>
            {
                self.unused.insert(node);
            }
            Fact::PodScheduled { workload, node, .. }
                if !self.unused.is_empty()
                    && world.model().workloads[workload].controller != Controller::DaemonSet =>
            {
                self.unused.remove(&node);
            }
            Fact::NodeGone { node, .. } => drop(self.unused.remove(&node)),
            _ => {}
        }
    }

    /// The next one that has seen something and is to be asked.
    pub fn next_stirred(&mut self) -> Option<AutoscalerId> {
        self.stirred.pop_first()
    }

    /// What one of them wants now.
    pub fn decide(
        &mut self,
        id: AutoscalerId,
        occasion: Occasion,
        trial: &mut Trial<'_>,
    ) -> Decision {
        self.all[id].decide(occasion, trial)
    }
}

/// A decimal as the float that upstream computes with: 0.3 is 3 times 0.1, which is not the float next
/// to it.
// apimachinery: pkg/api/resource/quantity.go AsApproximateFloat64
fn float(of: Decimal) -> f64 {
    let power: f64 = format!("1e{}", of.exponent).parse().unwrap_or(0.0);
    of.digits as f64 * power
}

/// Whether a fact is about instances, the market or what was asked of it.
fn is_about_nodes(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::NodeLaunched { .. }
            | Fact::NodeReady { .. }
            | Fact::NodeGone { .. }
            | Fact::NodeCordoned { .. }
            | Fact::NodeUncordoned { .. }
            | Fact::NodeTainted { .. }
            | Fact::NodeUnreachable { .. }
            | Fact::NodeDeleted { .. }
            | Fact::NoticeGiven { .. }
            | Fact::RebalanceRecommended { .. }
            | Fact::LaunchRefused { .. }
            | Fact::PriceChanged { .. }
            | Fact::CapacityChanged { .. }
    )
}

/// Whether a fact is about where pods are: what nodes are needed for, and how busy they are.
fn is_about_pods(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::PodUnschedulable { .. }
            | Fact::PodNominated { .. }
            | Fact::PodScheduled { .. }
            | Fact::PodReady { .. }
            | Fact::PodResized { .. }
            | Fact::PodTerminating { .. }
            | Fact::PodEnded { .. }
            | Fact::PodWithdrawn { .. }
    )
}
