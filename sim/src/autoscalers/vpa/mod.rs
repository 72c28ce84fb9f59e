//! The Vertical Pod Autoscaler: what containers should request, by what they have used.
//!
//! The *recommender* learns from samples of usage and from out-of-memory kills, and recommends for each
//! container; *admission* puts the recommendation into pods that are created; the *updater* selects
//! running pods that are to be evicted or resized for it.

pub mod admission;
mod aggregate;
pub mod buckets;
mod config;
pub mod decay;
mod estimator;
pub mod histogram;
mod instance;
pub mod recommender;
pub mod sizing;
pub mod updater;

pub use config::RecommenderConfig;
pub use estimator::{Recommendation, Recommended};

/// Which of the autoscalers that select a pod is obeyed: the one that was created first, and of those the
/// first by name.
// VPA: utils/vpa/api.go GetControllingVPAForPod, stronger
#[must_use]
pub fn controlling<V>(
    candidates: impl Iterator<Item = V>,
    identity: impl Fn(&V) -> (i64, String),
) -> Option<V> {
    candidates.min_by_key(identity)
}
