//! Constant prices: each offering stays at the one it is listed with.

use super::{PricePaths, Prices};
use crate::model::Model;
use crate::model::catalog::OfferingId;
use crate::money::MicroUsdPerHour;
use crate::rng::Root;
use crate::time::SimTime;

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
