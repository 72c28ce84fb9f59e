//! Disruption budgets as NodePools write them.

use super::Duration;

/// How many nodes of a NodePool may be disrupted at a time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Budget {
    /// How many.
    pub nodes: NodesAllowed,
    /// Why they are disrupted; nothing is for every reason.
    pub reasons: Vec<Reason>,
    /// When the budget begins to be active, in the five fields of cron or one of its `@` words; always
    /// active without.
    pub schedule: Option<String>,
    /// How long it is active from then on.
    pub duration: Option<Duration>,
}

/// A number of nodes, or a share of all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NodesAllowed {
    /// That many.
    Count(u32),
    /// Per cent of the NodePool's nodes, rounded up.
    Percent(u32),
    /// What is written is neither: nothing is allowed.
    Unreadable,
}

/// Why a node is disrupted, as budgets say it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reason {
    /// Its pods fit elsewhere, or on something cheaper.
    Underutilized,
    /// No pod would have to move.
    Empty,
    /// It is not what its NodePool would launch now.
    Drifted,
}
