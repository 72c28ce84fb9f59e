//! Which nodes Karpenter removes or replaces, and why.

mod budgets;
mod candidate;
mod consolidation;
mod drift;
mod methods;
mod multi_node;
mod prices;
mod simulation;
mod single_node;
mod validation;

pub use super::input::Reason;
pub use budgets::{Activity, UNBOUNDED, allowed};
pub use drift::{Drift, drift};
pub(crate) use validation::still;

use self::methods::METHODS;
use super::input::{Cluster, Duration};
use super::snapshot::Snapshot;
use crate::karpenter::provisioning::{Known, NewClaim};
use candidate::{Candidate, Class};

/// How long Karpenter waits before it acts on empty or underutilised nodes, in case pods come.
// Karpenter: disruption/consolidation.go consolidationTTL
pub const VALIDATION_AFTER: Duration = 15_000;

/// A way to find nodes that may go, in the order in which they are tried.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Method {
    /// Nodes without pods that would have to move.
    Emptiness,
    /// Nodes that drifted.
    Drift,
    /// Several nodes, for one or none.
    MultiNodeConsolidation,
    /// One node, for one or none.
    SingleNodeConsolidation,
}

/// What one pass of disruption came to.
#[derive(Clone, Debug, Default)]
pub struct Disrupted {
    /// What each method looked at, up to and with the one that acted.
    pub evaluated: Vec<Evaluated>,
    /// What is to be done, if anything.
    pub command: Option<Command>,
}

/// What a method looked at.
#[derive(Clone, PartialEq, Debug)]
pub struct Evaluated {
    /// Which method.
    pub method: Method,
    /// The nodes that are eligible, by number, each with its disruption cost; by cost, then by name.
    pub candidates: Vec<(usize, f64)>,
    /// How many nodes of each NodePool, by number, may be disrupted; none without candidates.
    pub allowed: Vec<(usize, u32)>,
}

/// What is to be done: launch replacements, then remove nodes.
#[derive(Clone, PartialEq, Debug)]
pub struct Command {
    /// Which method found it.
    pub method: Method,
    /// Why.
    pub reason: Reason,
    /// The nodes to remove, by number.
    pub nodes: Vec<usize>,
    /// What is launched first; nothing if pods fit on the nodes that are left.
    pub replacements: Vec<NewClaim>,
}

/// One pass of disruption: what the first method would do that finds anything.
// Karpenter: disruption/controller.go Reconcile
#[must_use]
pub fn propose(cluster: &Cluster<'_>) -> Disrupted {
    first_command(&mut Known::default(), &Snapshot::of(*cluster))
}

/// As [`propose`], but each simulation asks every node about every pod: what the faster way is held to.
#[must_use]
pub fn propose_plainly(cluster: &Cluster<'_>) -> Disrupted {
    first_command(&mut Known::plain(), &Snapshot::of(*cluster))
}

/// The command of the first method that finds one, with what is known of the snapshot.
pub(crate) fn first_command(known: &mut Known, snapshot: &Snapshot<'_>) -> Disrupted {
    let [graceful, eventual] =
        [Class::Graceful, Class::Eventual].map(|class| Candidate::all(class, snapshot));
    let mut disrupted = Disrupted::default();
    for method in METHODS {
        let all = if method.class() == Class::Graceful { &graceful } else { &eventual };
        let candidates = method.candidates(all, snapshot);
        let left = budgets::left(snapshot, method.reason());
        disrupted.evaluated.push(Evaluated::of(method, &candidates, &left));
        if candidates.is_empty() {
            continue;
        }
        disrupted.command = method.command(candidates, left, known, snapshot);
        if disrupted.command.is_some() {
            break;
        }
    }
    disrupted
}

/// What of a command still holds, [`VALIDATION_AFTER`] it was found; nothing if it is abandoned. Drifted
/// nodes need no second look.
#[must_use]
pub fn validate(command: &Command, cluster: &Cluster<'_>) -> Option<Command> {
    still(command, &mut Known::default(), &Snapshot::of(*cluster))
}

impl Evaluated {
    fn of(method: Method, candidates: &[&Candidate], left: &[u32]) -> Evaluated {
        let mut costs: Vec<(usize, f64)> =
            candidates.iter().map(|candidate| (candidate.node, candidate.cost)).collect();
        costs.sort_by(|one, two| one.1.total_cmp(&two.1));
        let allowed = if candidates.is_empty() { &[] } else { left };
        let allowed = allowed.iter().copied().enumerate().collect();
        Evaluated { method, candidates: costs, allowed }
    }
}
