//! Prices that go from step to step, each offering's on its own way.

use super::PricePaths;
use crate::model::Model;
use crate::model::catalog::{CapacityType, Offering, OfferingId};
use crate::money::MicroUsdPerHour;
use crate::table::Table;
use crate::time::SimTime;

/// The way of one price.
pub(super) trait Walk {
    /// The next step: when, and the price from then on; none if it stays for good.
    fn step(&mut self) -> Option<(SimTime, MicroUsdPerHour)>;
}

/// The ways of all spot prices; none where a price stays.
pub(super) struct Walks<W>(Table<OfferingId, Option<W>>);

impl<W: Walk> Walks<W> {
    /// A way for each spot offering whose price `start` says moves, given its on-demand price.
    pub(super) fn new(
        model: &Model,
        start: impl Fn(&Offering, MicroUsdPerHour) -> Option<W>,
    ) -> Walks<W> {
        let catalog = &model.catalog;
        let ways = catalog.offerings.rows().map(|offering| {
            let on_demand = catalog.instance_types[offering.instance_type].on_demand;
            let spot = offering.capacity_type == CapacityType::Spot;
            spot.then(|| start(offering, on_demand)).flatten()
        });
        Walks(ways.collect())
    }
}

impl<W: Walk> PricePaths for Walks<W> {
    fn next_price(
        &mut self,
        offering: OfferingId,
        after: SimTime,
    ) -> Option<(SimTime, MicroUsdPerHour)> {
        let way = self.0[offering].as_mut()?;
        loop {
            let (at, price) = way.step()?;
            if at > after {
                return Some((at, price));
            }
        }
    }
}

/// The lowest and the highest factor of the listed price that a walk may reach: from a part of the
/// on-demand price up to all of it. A price that is listed beyond them may go back there.
// AWS and Azure cap spot at the on-demand price; "up to 90 % off" is what they and GCP say.
pub(super) fn bounds(
    listed: MicroUsdPerHour,
    on_demand: MicroUsdPerHour,
    lowest: f64,
) -> (f64, f64) {
    let whole = on_demand.0 as f64 / listed.0.max(1) as f64;
    ((whole * lowest).min(1.0), whole.max(1.0))
}
