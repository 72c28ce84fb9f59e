//! Capacity: when the provider takes instances back, and when it has none to give.

pub mod by_age;
pub mod capped;
mod chain;
pub mod constant;
pub mod contention;
pub mod kinship;
pub mod never;
pub mod replay;
pub mod scripted;
mod shocks;

use super::{Batch, Episode, Instance, MarketEvent, Reclaim};
use crate::model::Model;
use crate::model::catalog::{Capacity, OfferingId};
use crate::rng::Root;
use crate::time::SimTime;

/// How capacity comes and goes, the same for all replications.
pub trait Reclaims: Send + Sync {
    /// Its name in scenario files.
    fn name(&self) -> &'static str;

    /// Whether there are rates in it that a scale multiplies.
    fn has_rates(&self) -> bool {
        true
    }

    /// How often per hour the instances are taken that are taken most often, at the stated rates.
    fn per_hour(&self, model: &Model) -> f64 {
        model.catalog.offerings.rows().map(|it| it.reclaims_per_hour).fold(0.0, f64::max)
    }

    /// The capacity that one replication meets, reclaims being `scale` times as frequent as the
    /// model says.
    fn open(&self, root: Root, model: &Model, scale: f64) -> Box<dyn CapacityPath>;
}

/// The capacity of one run. A model answers what it has an opinion on; by default there is always
/// enough, and nothing is ever taken.
pub trait CapacityPath {
    /// How much capacity an offering has at `T+0`.
    fn at_start(&mut self, offering: OfferingId) -> Capacity {
        let _ = offering;
        Capacity::Ample
    }

    /// What happens next to an offering's capacity. Moves come in the order of time; several may be
    /// at one instant.
    fn next_event(&mut self, offering: OfferingId) -> Option<(SimTime, MarketEvent)> {
        let _ = offering;
        None
    }

    /// Which of the instances of an offering that run now, `running` of them, an episode takes.
    fn batch(&self, offering: OfferingId, episode: Episode, running: u32) -> Batch {
        let _ = (offering, episode, running);
        Batch::Nothing
    }

    /// What becomes of an instance that is launched at `launched_at` for reasons of its own, apart
    /// from all episodes.
    fn fate(&mut self, instance: Instance, launched_at: SimTime) -> Option<Reclaim> {
        let _ = (instance, launched_at);
        None
    }
}
