//! Spot prices: a step function of time for each offering.

pub mod aws;
pub mod azure;
pub mod constant;
pub mod gcp;
pub mod replay;
mod walk;
pub mod waves;

use crate::model::Model;
use crate::model::catalog::OfferingId;
use crate::money::MicroUsdPerHour;
use crate::rng::Root;
use crate::time::SimTime;

/// How prices come about, the same for all replications.
pub trait Prices: Send + Sync {
    /// Its name in scenario files.
    fn name(&self) -> &'static str;

    /// The prices that one replication meets.
    fn open(&self, root: Root, model: &Model) -> Box<dyn PricePaths>;
}

/// The prices of one run.
pub trait PricePaths {
    /// The price of an offering at `T+0`, whose listed one is `listed`.
    fn at_start(&mut self, offering: OfferingId, listed: MicroUsdPerHour) -> MicroUsdPerHour {
        let _ = offering;
        listed
    }

    /// The next change of an offering's price after `after`, if there is one.
    fn next_price(
        &mut self,
        offering: OfferingId,
        after: SimTime,
    ) -> Option<(SimTime, MicroUsdPerHour)>;
}
