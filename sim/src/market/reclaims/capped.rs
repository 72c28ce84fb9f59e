//! A cap on lifetimes: whatever else takes instances, none gets older than its provider lets it.

use std::sync::Arc;

use super::{CapacityPath, Reclaims};
use crate::market::{Batch, Episode, Instance, MarketEvent, Reclaim};
use crate::model::Model;
use crate::model::catalog::{Capacity, OfferingId};
use crate::rng::Root;
use crate::time::{SimTime, Span};

/// A model of reclaims, and an age at which an instance is taken at the latest.
#[derive(Clone)]
pub struct Capped {
    /// What happens before.
    pub beneath: Arc<dyn Reclaims>,
    /// No instance gets older than this. It is the provider's rule, and no scale changes it.
    pub max_life: Span,
}

impl Reclaims for Capped {
    fn name(&self) -> &'static str {
        self.beneath.name()
    }

    fn has_rates(&self) -> bool {
        self.beneath.has_rates()
    }

    fn per_hour(&self, model: &Model) -> f64 {
        self.beneath.per_hour(model)
    }

    fn open(&self, root: Root, model: &Model, scale: f64) -> Box<dyn CapacityPath> {
        let beneath = self.beneath.open(root, model, scale);
        Box::new(Open { beneath, max_life: self.max_life })
    }
}

struct Open {
    beneath: Box<dyn CapacityPath>,
    max_life: Span,
}

impl CapacityPath for Open {
    fn at_start(&mut self, offering: OfferingId) -> Capacity {
        self.beneath.at_start(offering)
    }

    fn next_event(&mut self, offering: OfferingId) -> Option<(SimTime, MarketEvent)> {
        self.beneath.next_event(offering)
    }

    fn batch(&self, offering: OfferingId, episode: Episode, running: u32) -> Batch {
        self.beneath.batch(offering, episode, running)
    }

    fn fate(&mut self, instance: Instance, launched_at: SimTime) -> Option<Reclaim> {
        let last = Reclaim { at: launched_at + self.max_life, announced: None };
        let earlier = self.beneath.fate(instance, launched_at).filter(|it| it.at < last.at);
        Some(earlier.unwrap_or(last))
    }
}
