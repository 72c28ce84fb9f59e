//! The Vertical Pod Autoscaler: what containers should request, by what they have used.
//!
//! Three programs of upstream share nothing but the autoscaler's object, and so do their modules here:
//!
//! ```text
//!  metrics, out-of-memory kills                         a pod is created
//!              │                                               │
//!   recommender│  instance ─► aggregate ─► histogram           │
//!              │      one container, peaks    of those alike   │
//!              ▼                                               ▼
//!          estimator ────► Recommended ────► sizing ────► admission ────► its requests and limits
//!                       by container name      │ policy,       ▲
//!                                              │ LimitRanges   │ set as it would be
//!                                              ▼               │
//!  running pods ──────────────────────────► updater ───────────┘
//!                                              │
//!                                              └────► evict (created anew), resize in place, or leave
//! ```
//!
//! | to know | see |
//! |---|---|
//! | what a sample does | [`recommender`], then `instance.rs` and `aggregate.rs` |
//! | why a percentile is what it is | [`buckets`], [`histogram`], [`decay`] |
//! | how percentiles become a target and bounds | `estimator.rs` |
//! | what is left of it for one pod | [`sizing`] |
//! | what a pod is created with | [`admission`] |
//! | which running pods are touched, and which of them first | [`updater`] |
//!
//! Amounts are whole millicores and bytes; weights and ratios are floats, in upstream's order of
//! operations, so that a tie is decided as it decides it. `benches/vpa.rs` measures the recommender.

pub mod admission;
mod aggregate;
pub mod buckets;
mod config;
pub mod decay;
mod estimator;
mod flags;
pub mod histogram;
mod instance;
pub mod recommender;
pub mod sizing;
pub mod updater;

pub use config::RecommenderConfig;
pub use estimator::{Recommendation, Recommended};
pub use flags::Flags;

/// The autoscaler that is obeyed of those that select a pod: the one that was created first, and of those
/// the first by name.
// VPA: utils/vpa/api.go GetControllingVPAForPod, stronger
#[must_use]
pub fn controlling<V>(
    candidates: impl Iterator<Item = V>,
    identity: impl Fn(&V) -> (i64, String),
) -> Option<V> {
    candidates.min_by_key(identity)
}
