//! Which plugins take part, with which arguments, and how much their scores weigh.

use std::sync::Arc;

pub use super::framework::Scorer;

use super::framework::Filter;
use super::plugins::{Args, IN_TREE, Parts};
use super::queue::Backoff;
use crate::names::NameId;

/// How kube-scheduler is configured.
#[derive(Clone)]
pub struct Configuration {
    /// Its profiles, at least one, by the `schedulerName` that pods ask for; none is
    /// `default-scheduler`. The first one also takes the pods that ask for a scheduler which is not
    /// here.
    pub profiles: Vec<(Option<NameId>, Profile)>,
    /// How long pods that failed let others go first.
    pub backoff: Backoff,
    /// Whether every cycle asks every node by the plain rules and nothing is remembered: slow, and the
    /// oracle of all that is remembered otherwise.
    pub plain: bool,
}

impl Configuration {
    /// The profile of pods that ask for this scheduler.
    ///
    /// # Panics
    /// If there is no profile at all.
    #[must_use]
    pub fn profile_of(&self, scheduler: Option<NameId>) -> &Profile {
        let own = self.profiles.iter().find(|(name, _)| *name == scheduler);
        &own.or(self.profiles.first()).expect("there is at least one profile").1
    }
}

impl From<Profile> for Configuration {
    /// One profile for all pods.
    fn from(profile: Profile) -> Configuration {
        let profiles = vec![(None, profile)];
        Configuration { profiles, backoff: Backoff::default(), plain: false }
    }
}

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

impl Profile {
    /// The plugins of the default profile with other arguments.
    #[must_use]
    pub fn with_args(args: &Args) -> Profile {
        let filters: Vec<&str> = IN_TREE.iter().map(|plugin| plugin.name).collect();
        let scores: Vec<_> = IN_TREE.iter().map(|plugin| (plugin.name, plugin.weight)).collect();
        Profile::of(&filters, &scores, args)
    }

    /// These plugins filter, in this order, and these score, with these weights. A plugin that does
    /// not do what it is listed for, or that is not simulated, is passed over.
    #[must_use]
    pub fn of(filters: &[&str], scores: &[(&str, i64)], args: &Args) -> Profile {
        let built = |name: &str| -> Option<(&'static str, Parts)> {
            let plugin = IN_TREE.iter().find(|plugin| plugin.name == name)?;
            Some((plugin.name, (plugin.build)(args)))
        };
        let filter = |name: &&str| {
            let (name, (filter, _)) = built(name)?;
            Some((name, filter?))
        };
        let score = |(name, weight): &(&str, i64)| {
            let (name, (_, scorer)) = built(name)?;
            Some((name, scorer?, *weight))
        };
        Profile {
            filters: filters.iter().filter_map(filter).collect(),
            scores: scores.iter().filter_map(score).collect(),
            preempts: true,
            percentage_of_nodes_to_score: 0,
        }
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
