//! Reclaims without memory, the naive baseline that other models are measured against.
//!
//! Each instance lives for an exponential time whose rate is its offering's, and there is always
//! capacity for another. Real reclaims come in batches and hit the young, and capacity runs out.

use super::{CapacityPath, Reclaims};
use crate::market::{Instance, Reclaim};
use crate::model::Model;
use crate::model::catalog::OfferingId;
use crate::rng::{Root, Stream};
use crate::table::Table;
use crate::time::SimTime;

/// Memoryless reclaims at the offerings' own rates.
#[derive(Clone, Copy, Debug, Default)]
pub struct Constant;

impl Reclaims for Constant {
    fn name(&self) -> &'static str {
        "constant"
    }

    fn open(&self, root: Root, model: &Model, scale: f64) -> Box<dyn CapacityPath> {
        let offerings = model.catalog.offerings.rows();
        let offerings = offerings.map(|o| (o.key, o.reclaims_per_hour * scale)).collect();
        Box::new(Open { root, offerings })
    }
}

struct Open {
    root: Root,
    /// The key and the reclaim rate of each offering.
    offerings: Table<OfferingId, (u64, f64)>,
}

impl CapacityPath for Open {
    fn fate(&mut self, instance: Instance, launched_at: SimTime) -> Option<Reclaim> {
        let (key, rate) = self.offerings[instance.offering];
        let lifetime = self.root.stream(Stream::Lifetime, &instance.key(key)).exponential(rate)?;
        Some(Reclaim { at: launched_at + lifetime, announced: None })
    }
}
