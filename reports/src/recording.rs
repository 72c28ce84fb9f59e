//! A recording: one run whose facts are kept, to be written out, drawn or explained.

use sim::fact::refusal::Refusals;
use sim::{Fact, Legend, SimTime};

/// One run that is written out: every fact, and what gives the facts their names.
#[derive(Clone, Copy)]
pub struct Recording<'a> {
    /// The names and prices behind the facts.
    pub legend: &'a Legend,
    /// Every fact, in order.
    pub facts: &'a [(SimTime, Fact)],
    /// The answers of nodes that refused a pod.
    pub refusals: &'a Refusals,
}
