//! Which NodeClaims Karpenter launches for pods that wait, and where it expects each pod.

mod existing_node;
mod limits;
mod open_claim;
mod pod_class;
mod price_list;
mod queue;
mod reservations;
mod results;
mod room;
mod solution;
mod solver;

pub use super::refusal::{Refusal, Refusals};
pub(crate) use price_list::by_price;
pub(crate) use reservations::ReservedMode;
pub use solution::{NewClaim, Solution};

use indexmap::IndexSet;
use pod_class::PodClasses;
use price_list::PriceLists;
use rustc_hash::FxBuildHasher;

use super::input::Cluster;
use super::snapshot::Snapshot;

/// Which pods are to have places, and on what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'q> {
    pub(crate) pods: &'q [usize],
    /// Nodes that are taken to be gone, beside those that go away.
    pub(crate) gone: &'q [usize],
    pub(crate) reserved: ReservedMode,
    pub(crate) launches: Launches,
}

/// What may be launched before a solution is of no use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Launches {
    /// Whatever pods need.
    Any,
    /// One NodeClaim.
    One,
    /// One NodeClaim that could not be a spot node.
    OneNotSpot,
}

/// What is worked out once for all questions about one snapshot.
#[derive(Debug, Default)]
pub(crate) struct Known {
    classes: PodClasses,
    prices: PriceLists,
    /// Nodes, by number, that together can neither go nor be replaced.
    stay: IndexSet<Vec<usize>, FxBuildHasher>,
    simulations: u64,
}

/// What finding places has cost, counted instead of timed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Work {
    /// How often places were looked for.
    pub simulations: u64,
    /// How many nodes were asked in all.
    pub nodes: u64,
}

impl Known {
    /// Every node is asked about every pod, as the program does.
    pub(crate) fn plain() -> Known {
        Known { classes: PodClasses::plain(), ..Known::default() }
    }

    /// What it has cost so far.
    pub(crate) fn work(&self) -> Work {
        Work { simulations: self.simulations, nodes: self.classes.asked() }
    }

    /// Anything may have changed.
    pub(crate) fn forget(&mut self) {
        let (simulations, classes) = (self.simulations, self.classes.forgotten());
        *self = Known { classes, simulations, ..Known::default() };
    }

    /// Nodes or their pods have changed.
    pub(crate) fn places_change(&mut self) {
        self.classes.room_changes();
        self.stay.clear();
    }

    /// What would replace nodes, unless it is known that they stay.
    pub(crate) fn replacements(
        &mut self,
        nodes: Vec<usize>,
        find: impl FnOnce(&mut Known) -> Option<Vec<NewClaim>>,
    ) -> Option<Vec<NewClaim>> {
        if self.stay.contains(&nodes) {
            return None;
        }
        let found = find(self);
        if found.is_none() && !self.classes.is_plain() {
            self.stay.insert(nodes);
        }
        found
    }
}

/// One provisioning pass: pods that wait, and pods of nodes that go away, find places.
// Karpenter: provisioner.go Schedule
#[must_use]
pub fn provision(cluster: &Cluster<'_>) -> Solution {
    places(&Snapshot::of(*cluster), &mut Known::default())
}

/// The same, with what is known of the snapshot.
pub(crate) fn places(snapshot: &Snapshot<'_>, known: &mut Known) -> Solution {
    let pods = [snapshot.pending.as_slice(), &snapshot.leaving].concat();
    if pods.is_empty() {
        return Solution::default();
    }
    let question = Question {
        pods: &pods,
        gone: &[],
        reserved: ReservedMode::Strict,
        launches: Launches::Any,
    };
    schedule(&question, known, snapshot).unwrap_or_default()
}

/// Finds places for pods; nothing if more would be launched than may be.
pub(crate) fn schedule(
    question: &Question<'_>,
    known: &mut Known,
    snapshot: &Snapshot<'_>,
) -> Option<Solution> {
    known.simulations += 1;
    let launches = if known.classes.is_plain() { Launches::Any } else { question.launches };
    let question = Question { launches, ..*question };
    let solved = solver::solve(&question, &mut known.classes, snapshot)?;
    Some(results::solution(solved, &mut known.prices, snapshot))
}
