//! Deadline jobs: work that one instance does, whichever it is, and that is wanted by a given time.
//!
//! Such a job has an instance of its own, spot or on-demand, that is no node of the cluster. It may
//! give it back, do without, and take another; each one first costs it a changeover, in which it gets
//! nowhere.

use super::pool::PoolId;
use crate::time::Span;

/// A job with a deadline, and how it goes about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeadlineJob {
    /// What it buys: a pool of its own, born empty, with one template for each way to buy.
    pub pool: PoolId,
    /// How long it works in all.
    pub work: Span,
    /// How long after its submission the work is to be done.
    pub deadline: Span,
    /// How long an instance is paid for before it gets on with the work: boot, set-up, restore.
    pub changeover: Span,
    /// How often it re-evaluates what to hold; never nothing.
    pub tick: Span,
    /// How it decides.
    pub policy: DeadlinePolicy,
}

/// How a job with a deadline decides what to run on. Under every policy it goes on-demand for good
/// when there is just enough time left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeadlinePolicy {
    /// Spot when there is any, else nothing.
    Greedy,
    /// Spot when there is any; on-demand when it is behind even progress, until it is well ahead.
    UniformProgress,
    /// On-demand from beginning to end.
    OnDemandOnly,
}

/// What a job with a deadline runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Buys {
    /// Its pool's first template.
    Spot,
    /// Its pool's second template.
    OnDemand,
}

impl Buys {
    /// Which of the pool's templates it is.
    #[must_use]
    pub fn template(self) -> usize {
        match self {
            Buys::Spot => 0,
            Buys::OnDemand => 1,
        }
    }
}
