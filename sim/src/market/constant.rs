//! The constant market: prices that never change, and reclaims without memory.
//!
//! Each instance lives for an exponential time whose rate is its offering's. That is the naive
//! model: real reclaims come in batches and hit the young. It is the baseline that other models are
//! measured against.

use super::{Instance, Market, Reclaim, SpotMarket};
use crate::money::MicroUsdPerHour;
use crate::rng::{Root, Stream};
use crate::table::Table;
use crate::time::SimTime;
use crate::world::Model;
use crate::world::catalog::OfferingId;

/// The parameters of the constant market; rates are the offerings' own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Constant {
    /// The share of reclaims that come without notice, from 0 to 1.
    pub missed_notices: f64,
}

impl Market for Constant {
    fn name(&self) -> &'static str {
        "constant"
    }

    fn open(&self, root: Root, model: &Model) -> Box<dyn SpotMarket> {
        let offerings = model.catalog.offerings.rows();
        Box::new(Open {
            root,
            missed_notices: self.missed_notices,
            offerings: offerings.map(|o| (o.key, o.reclaims_per_hour)).collect(),
        })
    }
}

struct Open {
    root: Root,
    missed_notices: f64,
    /// The key and the reclaim rate of each offering.
    offerings: Table<OfferingId, (u64, f64)>,
}

impl SpotMarket for Open {
    fn next_price(&mut self, _: OfferingId, _: SimTime) -> Option<(SimTime, MicroUsdPerHour)> {
        None
    }

    fn fate(&mut self, instance: Instance, launched_at: SimTime) -> Option<Reclaim> {
        let (key, rate) = self.offerings[instance.offering];
        let key = [key, u64::from(instance.ordinal)];
        let lifetime = self.root.stream(Stream::Lifetime, &key).exponential(rate)?;
        let missed = self.root.stream(Stream::Notice, &key).uniform() < self.missed_notices;
        Some(Reclaim { at: launched_at + lifetime, announced: !missed })
    }
}
