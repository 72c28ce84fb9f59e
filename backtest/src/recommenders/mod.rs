//! Recommenders: what a container should request, from what was seen of it so far.
//!
//! Each is one file: a [`Recommender`], and the [`Rule`] by which it is chosen. [`RECOMMENDERS`] is their
//! order.

pub mod as_they_are;
pub mod krr;
pub mod percentile;
pub mod vpa;

use sim::model::vpa::Stated;

use crate::history::{Container, Sample};

/// What sees samples when they are over, and recommends.
pub trait Recommender {
    /// A sample, in the order of time.
    fn sees(&mut self, sample: &Sample);

    /// The sample that was seen last was above the limit, and the container is killed that requested
    /// so much memory.
    fn killed(&mut self, _sample: &Sample, _request: u64) {}

    /// What the container should request from now on; nothing of a lane without a sample.
    fn recommend(&mut self, now_ms: i64) -> Stated;
}

/// A recommender, as it is chosen and explained.
pub struct Rule {
    /// What it is called on the command line and in JSON.
    pub id: &'static str,
    /// What it is called in tables and pictures.
    pub name: &'static str,
    /// What it recommends, and where that comes from.
    pub about: &'static str,
    /// One that has seen nothing of a container yet.
    pub begin: fn(&Container) -> Box<dyn Recommender + '_>,
}

/// Every recommender, in the order of tables.
pub static RECOMMENDERS: [Rule; 5] =
    [as_they_are::RULE, vpa::RULE, percentile::P95, percentile::P99, krr::RULE];

/// The recommender that is called so.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    RECOMMENDERS.iter().find(|rule| rule.id == id)
}
