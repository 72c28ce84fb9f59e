//! Profiles of the scheduler: plugins on and off, in any order, with other weights and arguments
//! than the default ones.

use proptest::prelude::*;
use sim::model::Model;
use sim::model::labels::{Operator, Requirement};
use sim::model::pod::NodeSelectorTerm;
use sim::model::resources::Lane;
use sim::model::selectors::TopologyKeyId;
use sim::scheduler::plugins::IN_TREE;
use sim::scheduler::plugins::args::{Args, DefaultConstraint, ScoringKind, ScoringStrategy};
use sim::scheduler::profile::Profile;

use crate::node_labels::DISK;

/// A profile.
#[derive(Clone, Debug)]
pub struct ProfilePlan {
    /// The plugins that filter, in order.
    pub filters: Vec<&'static str>,
    /// The plugins that score, with their weights.
    pub scores: Vec<(&'static str, i64)>,
    /// The arguments of all plugins, but for what is added to node affinity.
    pub args: Args,
    /// The disk that every pod asks for besides what it asks for itself.
    pub needs_disk: Option<u8>,
    /// The disk that every pod would like, with a weight.
    pub likes_disk: Option<(u8, i64)>,
}

/// Any profile that filters by resources.
pub fn profiles() -> impl Strategy<Value = ProfilePlan> {
    let names: Vec<&'static str> = IN_TREE.iter().map(|plugin| plugin.name).collect();
    let all = names.len();
    let filters = prop::sample::subsequence(names.clone(), 0..=all).prop_shuffle();
    let scores = prop::sample::subsequence(names, 0..=all).prop_shuffle();
    let weights = prop::collection::vec(1_i64..10, all);
    let needs = prop_oneof![4 => Just(None), 1 => (0_u8..2).prop_map(Some)];
    let likes = prop_oneof![2 => Just(None), 1 => (0_u8..2, 1_i64..100).prop_map(Some)];
    (filters, scores, weights, args(), needs, likes).prop_map(
        |(mut filters, scores, weights, args, needs_disk, likes_disk)| {
            if !filters.contains(&"NodeResourcesFit") {
                filters.push("NodeResourcesFit");
            }
            let scores = scores.into_iter().zip(weights).collect();
            ProfilePlan { filters, scores, args, needs_disk, likes_disk }
        },
    )
}

fn args() -> impl Strategy<Value = Args> {
    let lanes = || prop::sample::subsequence(vec![Lane::CPU, Lane::MEMORY], 1..=2);
    let points = prop::collection::btree_map(0_i64..=100, 0_i64..=100, 1..5);
    let kind = prop_oneof![
        Just(ScoringKind::LeastAllocated),
        Just(ScoringKind::MostAllocated),
        points.prop_map(|line| ScoringKind::RequestedToCapacityRatio(line.into_iter().collect())),
    ];
    let resources = (lanes(), prop::collection::vec(1_i64..=100, 2))
        .prop_map(|(lanes, weights)| lanes.into_iter().zip(weights).collect());
    let key = prop_oneof![Just(TopologyKeyId::HOSTNAME), Just(TopologyKeyId::ZONE)];
    let constraint = (key, 1_u32..4, any::<bool>(), any::<bool>()).prop_map(
        |(key, max_skew, required, needs_label)| DefaultConstraint {
            key,
            max_skew,
            required,
            needs_label,
        },
    );
    let spread = prop::collection::vec(constraint, 0..3);
    (kind, resources, lanes(), 0_i64..=100, any::<bool>(), spread).prop_map(
        |(kind, resources, balanced, hard, ignore, default_constraints)| Args {
            scoring: ScoringStrategy { kind, resources },
            balanced,
            hard_pod_affinity_weight: hard,
            ignore_preferred_terms_of_existing_pods: ignore,
            default_constraints,
            ..Args::default()
        },
    )
}

impl ProfilePlan {
    /// The profile in a model.
    #[must_use]
    pub fn profile(&self, model: &mut Model) -> Profile {
        let key = model.names.intern(DISK);
        let mut with = |disk: u8| {
            let operator = Operator::In(vec![model.names.intern(&format!("{DISK}-{disk}"))]);
            NodeSelectorTerm { labels: vec![Requirement { key, operator }], name: Vec::new() }
        };
        let args = Args {
            added_affinity: self.needs_disk.map(|disk| vec![with(disk)]),
            added_preferred_affinity: self
                .likes_disk
                .map(|(disk, weight)| (weight, with(disk)))
                .into_iter()
                .collect(),
            ..self.args.clone()
        };
        Profile::of(&self.filters, &self.scores, &args)
    }
}
