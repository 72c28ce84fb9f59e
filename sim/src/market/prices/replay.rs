//! Replayed prices: what each offering once cost, step by step.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{PricePaths, Prices};
use crate::model::Model;
use crate::model::catalog::OfferingId;
use crate::money::MicroUsdPerHour;
use crate::rng::Root;
use crate::table::Table;
use crate::time::SimTime;

/// A price and since when it holds.
pub type Step = (SimTime, MicroUsdPerHour);

/// Prices that were recorded, by the keys of their offerings. Others stay at the listed one.
#[derive(Clone, Debug, Default)]
pub struct Replay(BTreeMap<u64, Arc<[Step]>>);

impl Replay {
    /// Nothing recorded yet.
    #[must_use]
    pub fn new() -> Replay {
        Replay::default()
    }

    /// Records what the offering of this key costs. Each price holds until the next one; a step at
    /// `T+0` takes the place of the listed price, and a price that is repeated is one step.
    ///
    /// # Panics
    /// If time goes backwards.
    pub fn record(&mut self, key: u64, mut steps: Vec<Step>) {
        assert!(steps.is_sorted_by(|one, next| one.0 < next.0), "time only goes forwards");
        steps.dedup_by_key(|(_, price)| *price);
        self.0.insert(key, steps.into());
    }
}

impl Prices for Replay {
    fn name(&self) -> &'static str {
        "replay"
    }

    fn open(&self, _: Root, model: &Model) -> Box<dyn PricePaths> {
        let offerings = model.catalog.offerings.rows();
        let steps = offerings.map(|it| self.0.get(&it.key).cloned().unwrap_or_default());
        Box::new(Open(steps.collect()))
    }
}

struct Open(Table<OfferingId, Arc<[Step]>>);

impl PricePaths for Open {
    fn at_start(&mut self, offering: OfferingId, listed: MicroUsdPerHour) -> MicroUsdPerHour {
        let first = self.0[offering].first().filter(|(at, _)| *at == SimTime::ZERO);
        first.map_or(listed, |(_, price)| *price)
    }

    fn next_price(
        &mut self,
        offering: OfferingId,
        after: SimTime,
    ) -> Option<(SimTime, MicroUsdPerHour)> {
        let steps = &self.0[offering];
        steps.get(steps.partition_point(|(at, _)| *at <= after)).copied()
    }
}
