//! What the updater remembers from pass to pass: since when pods are being resized, and what their nodes
//! had no room for.

use std::collections::BTreeMap;

use super::subject::{Pod, PodName};
use crate::autoscalers::vpa::estimator::{Recommendation, Recommended};
use crate::autoscalers::vpa::recommender::PodNumber;
use crate::names::NameId;

/// What the updater remembers.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Memory {
    /// When a pod was first seen being resized, by its name; never forgotten.
    pub resized_since_ms: BTreeMap<PodName, i64>,
    /// What was recommended when a node had no room for it, by pod.
    pub infeasible: BTreeMap<PodNumber, Recommended>,
}

impl Memory {
    /// Since when a pod is being resized, as far as the updater has seen: from now on, if it sees it for
    /// the first time.
    pub(super) fn resized_since_ms(&mut self, pod: &Pod, now_ms: i64) -> i64 {
        *self.resized_since_ms.entry(pod.name).or_insert(now_ms)
    }

    /// Whether there is no sense in trying again: nothing is lower than when the node had no room.
    // VPA: utils/resources/resourcehelpers.go RecommendationHasLowerResource
    pub(super) fn is_infeasible(&self, pod: &Pod, recommended: &Recommended) -> bool {
        let Some(tried) = self.infeasible.get(&pod.number) else { return false };
        let is_lower = |(name, now): (&NameId, &Recommendation)| {
            let Some(tried) = tried.get(name) else { return false };
            let pairs = tried.target.zip(now.target).each();
            pairs.into_iter().any(|(tried, now)| now.is_some() && now < tried)
        };
        !recommended.iter().any(is_lower)
    }
}
