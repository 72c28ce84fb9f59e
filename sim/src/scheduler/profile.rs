//! Which plugins take part, and how much their scores weigh.

use super::framework::{Filter, Score};
use super::plugins::IN_TREE;

/// The plugins of one scheduler, in the order in which they are asked.
#[derive(Clone)]
pub struct Profile {
    /// Filters, with their names. The first that refuses a node is the one that is reported.
    pub filters: Vec<(&'static str, &'static dyn Filter)>,
    /// Scores, with their names and weights.
    pub scores: Vec<(&'static str, &'static dyn Score, i64)>,
}

impl Default for Profile {
    /// The default profile of kube-scheduler, as far as its plugins are modelled.
    fn default() -> Self {
        Profile {
            filters: IN_TREE.iter().filter_map(|p| Some((p.name, p.filter?))).collect(),
            scores: IN_TREE.iter().filter_map(|p| Some((p.name, p.score?, p.weight))).collect(),
        }
    }
}
