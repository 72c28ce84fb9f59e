//! The arguments of plugins that a profile can set, with the defaults of kube-scheduler.
// kube-scheduler: apis/config/v1/defaults.go

use crate::model::pod::NodeSelectorTerm;
use crate::model::resources::Lane;
use crate::model::selectors::TopologyKeyId;

/// The arguments of all plugins.
#[derive(Clone, PartialEq, Debug)]
pub struct Args {
    /// NodeResourcesFit: what makes a node a good choice.
    pub scoring: ScoringStrategy,
    /// NodeResourcesBalancedAllocation: which resources are to be used evenly.
    pub balanced: Vec<Lane>,
    /// InterPodAffinity: how much an existing pod's required affinity counts as a preference.
    pub hard_pod_affinity_weight: i64,
    /// InterPodAffinity: whether what existing pods prefer is left out of account.
    pub ignore_preferred_terms_of_existing_pods: bool,
    /// PodTopologySpread: the constraints of pods that have none of their own.
    pub default_constraints: Vec<DefaultConstraint>,
    /// NodeAffinity: a required affinity that every pod has besides its own.
    pub added_affinity: Option<Vec<NodeSelectorTerm>>,
    /// NodeAffinity: a preferred affinity that every pod has besides its own.
    pub added_preferred_affinity: Vec<(i64, NodeSelectorTerm)>,
}

/// What NodeResourcesFit makes a node a good choice by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScoringStrategy {
    /// How the use of one resource becomes a score.
    pub kind: ScoringKind,
    /// The resources that count, with their weights.
    pub resources: Vec<(Lane, i64)>,
}

/// How the use of one resource becomes a score.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ScoringKind {
    /// The more is left the better.
    LeastAllocated,
    /// The less is left the better.
    MostAllocated,
    /// By a broken line through these points of utilisation in percent and score from 0 to 100.
    RequestedToCapacityRatio(Vec<(i64, i64)>),
}

/// A topology spread constraint of the scheduler's own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DefaultConstraint {
    /// By which label nodes form domains.
    pub key: TopologyKeyId,
    /// By how many pods a domain may be ahead of the emptiest one.
    pub max_skew: u32,
    /// Whether a node that breaks the constraint is ruled out, or only a worse choice.
    pub required: bool,
    /// Whether nodes without the label are left out; the built-in constraints do without it.
    pub needs_label: bool,
}

impl Default for Args {
    fn default() -> Self {
        let spread = |key, max_skew| DefaultConstraint {
            key,
            max_skew,
            required: false,
            needs_label: false,
        };
        Args {
            scoring: ScoringStrategy {
                kind: ScoringKind::LeastAllocated,
                resources: vec![(Lane::CPU, 1), (Lane::MEMORY, 1)],
            },
            balanced: vec![Lane::CPU, Lane::MEMORY],
            hard_pod_affinity_weight: 1,
            ignore_preferred_terms_of_existing_pods: false,
            default_constraints: vec![
                spread(TopologyKeyId::HOSTNAME, 3),
                spread(TopologyKeyId::ZONE, 5),
            ],
            added_affinity: None,
            added_preferred_affinity: Vec::new(),
        }
    }
}
