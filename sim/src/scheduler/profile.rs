//! Which plugins take part, with which arguments, and how much their scores weigh.

use std::sync::Arc;

use super::framework::{Filter, RelativeScore, Score};
use super::plugins::{Args, IN_TREE};

/// The plugins of one scheduler, in the order in which they are asked.
#[derive(Clone)]
pub struct Profile {
    /// Filters, with their names. The first that refuses a node is the one that is reported.
    pub filters: Vec<(&'static str, Arc<dyn Filter>)>,
    /// Scores, with their names and weights.
    pub scores: Vec<(&'static str, Scorer, i64)>,
    /// Whether pods may push others away.
    pub preempts: bool,
    /// How much of a large cluster is looked at for one pod.
    pub percentage_of_nodes_to_score: u8,
}

/// A score, alone or in comparison.
#[derive(Clone)]
pub enum Scorer {
    /// Of each node for itself.
    Own(Arc<dyn Score>),
    /// Of each node in comparison with the others.
    Relative(Arc<dyn RelativeScore>),
}

impl Profile {
    /// The plugins of the default profile with other arguments.
    #[must_use]
    pub fn with_args(args: &Args) -> Profile {
        let mut profile = Profile {
            filters: Vec::new(),
            scores: Vec::new(),
            preempts: true,
            percentage_of_nodes_to_score: 0,
        };
        for plugin in IN_TREE {
            let (filter, scorer) = (plugin.build)(args);
            profile.filters.extend(filter.map(|filter| (plugin.name, filter)));
            profile.scores.extend(scorer.map(|scorer| (plugin.name, scorer, plugin.weight)));
        }
        profile
    }

    /// After how many feasible nodes, of `nodes`, the search ends.
    // kube-scheduler: schedule_one.go numFeasibleNodesToFind
    #[must_use]
    pub fn nodes_to_find(&self, nodes: usize) -> usize {
        const AT_LEAST: usize = 100;
        if nodes < AT_LEAST {
            return nodes;
        }
        let percentage = match self.percentage_of_nodes_to_score {
            0 => 50_usize.saturating_sub(nodes / 125).max(5),
            given => usize::from(given),
        };
        (nodes * percentage / 100).clamp(AT_LEAST, nodes)
    }
}

impl Default for Profile {
    /// The default profile of kube-scheduler.
    fn default() -> Self {
        Profile::with_args(&Args::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_clusters_are_sampled() {
        let adaptive = Profile::default();
        let found = [50, 99, 100, 1_000, 5_000, 6_000, 100_000].map(|n| adaptive.nodes_to_find(n));
        assert_eq!(found, [50, 99, 100, 420, 500, 300, 5_000]);
        let all = Profile { percentage_of_nodes_to_score: 100, ..adaptive };
        assert_eq!(all.nodes_to_find(5_000), 5_000);
    }
}
