//! How good a recommendation of requests would have been: it is walked forward through recorded usage,
//! recommends at each step from the past only, and is held against what followed.
//!
//! ```text
//! History ─► walk ──sees──► Recommender        at each step: what it recommends comes into force,
//!             │  ◄recommends─┘                  with limits in proportion
//!             └─► Score: wasted, above the request, above the limit, changes
//! ```
//!
//! [`compare`] walks every container with every recommender of [`RECOMMENDERS`]; [`tune`] walks it with
//! VPA's under other percentiles, margins and half-lives, and says which settings no other one beats.
//! Nothing here is random: a score is exact, and has no interval.

mod compare;
pub mod history;
mod plan;
mod ranks;
pub mod recommenders;
mod score;
mod sizes;
mod tune;
mod walk;

pub use compare::{Comparison, Judged, compare};
pub use history::{Container, History, Name};
pub use plan::Plan;
pub use recommenders::{RECOMMENDERS, Recommender, Rule};
pub use score::{Excess, LaneScore, Score};
pub use sizes::limits;
pub use tune::{Setting, Tuned, Tuning, tune};
pub use walk::{Walked, walk};
