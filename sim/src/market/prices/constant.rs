//! Constant prices: each offering stays at the one it is listed with.

use super::{PricePaths, Prices};
use crate::money::MicroUsdPerHour;
use crate::rng::Root;
use crate::time::SimTime;
use crate::world::Model;
use crate::world::catalog::OfferingId;

/// Prices that never change.
#[derive(Clone, Copy, Debug, Default)]
pub struct Constant;

impl Prices for Constant {
    fn name(&self) -> &'static str {
        "constant"
    }

    fn open(&self, _: Root, _: &Model) -> Box<dyn PricePaths> {
        Box::new(Constant)
    }
}

impl PricePaths for Constant {
    fn next_price(&mut self, _: OfferingId, _: SimTime) -> Option<(SimTime, MicroUsdPerHour)> {
        None
    }
}
