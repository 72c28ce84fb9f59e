//! The spot market: what the provider charges, what it takes back, and when it has nothing to give.
//!
//! A market is exogenous. It yields a *path* for each offering (its prices, how much capacity there
//! is, when the provider takes instances back and which share of them), and an instance, known by
//! its offering and by how manieth launch of that offering it was, is taken when its own keyed draw
//! lies below the share. So two policies meet the same market: all that depends on a policy is how
//! many instances run.
//!
//! Prices and reclaims are drawn apart: a price carries no signal about reclaims. That is what seven
//! days of p3.2xlarge in 2023 show, pinned at one price while they were taken every other hour.

pub mod failures;
pub mod prices;
pub mod reclaims;

use std::sync::Arc;

use failures::Failures;
use prices::Prices;
use reclaims::Reclaims;

use crate::model::catalog::{Capacity, OfferingId};
use crate::time::SimTime;

/// The market of a scenario: the same for all replications.
#[derive(Clone)]
pub struct Market {
    /// How prices come about.
    pub prices: Arc<dyn Prices>,
    /// How capacity comes and goes.
    pub reclaims: Arc<dyn Reclaims>,
    /// Multiplies how often the provider takes instances back: 1, 10 and 100 show how much a result
    /// depends on rates that are not published.
    pub reclaim_scale: f64,
    /// The share of reclaims that come without notice, from 0 to 1.
    pub missed_notices: f64,
    /// What is lost besides, on-demand instances among it.
    pub failures: Failures,
}

impl Default for Market {
    /// Prices that never change, and reclaims without memory at the offerings' own rates.
    fn default() -> Self {
        Market {
            prices: Arc::new(prices::constant::Constant),
            reclaims: Arc::new(reclaims::constant::Constant),
            reclaim_scale: 1.0,
            missed_notices: 0.0,
            failures: Failures::default(),
        }
    }
}

/// An instance as the market knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instance {
    /// Which of the clusters on this market launched it; 0 if there is only one.
    pub cluster: u64,
    /// What was bought.
    pub offering: OfferingId,
    /// How many of it that cluster had launched before.
    pub ordinal: u32,
}

impl Instance {
    /// What draws about it are keyed by, given the key of its offering.
    #[must_use]
    pub fn key(self, offering: u64) -> [u64; 2] {
        [offering ^ self.cluster, u64::from(self.ordinal)]
    }
}

/// What happens to the capacity of an offering.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum MarketEvent {
    /// There is more or less of it from now on.
    CapacityChanges(Capacity),
    /// The provider says of some instances that they are at risk.
    RebalanceRecommendation(Episode),
    /// The provider decides to take some instances; they are gone when its notice is over.
    Reclaim(Episode),
}

/// One decision of the provider to take instances of one offering.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Episode {
    /// Identity in the random streams, beside the offering.
    pub key: u64,
    /// Whether its notice is given, if the market does not leave that to chance.
    pub announced: Option<bool>,
}

/// Which instances an episode takes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Batch {
    /// None.
    Nothing,
    /// One of them.
    One,
    /// Each with this probability.
    Share(f64),
    /// As many as are more than this.
    DownTo(u32),
}

/// The provider takes one instance back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reclaim {
    /// When the instance ceases to exist.
    pub at: SimTime,
    /// Whether the provider's notice is given, if the market does not leave that to chance.
    pub announced: Option<bool>,
}
