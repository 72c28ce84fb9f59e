//! The spot market: what the provider charges and what it takes back.
//!
//! A market is exogenous. It answers for an *instance*, known by its offering and by how manieth
//! launch of that offering it was, and its answers depend on nothing a policy did in between. So
//! two policies that launch the same instance at the same time lose it at the same time.

pub mod constant;

use crate::money::MicroUsdPerHour;
use crate::rng::Root;
use crate::time::SimTime;
use crate::world::Model;
use crate::world::catalog::OfferingId;

/// A kind of market, with its parameters: the same for all replications.
pub trait Market: Send + Sync {
    /// Its name in scenario files.
    fn name(&self) -> &'static str;

    /// The market as one replication meets it.
    fn open(&self, root: Root, model: &Model) -> Box<dyn SpotMarket>;
}

/// The market of one run.
pub trait SpotMarket {
    /// The next change of an offering's price after `after`, if there is one.
    fn next_price(
        &mut self,
        offering: OfferingId,
        after: SimTime,
    ) -> Option<(SimTime, MicroUsdPerHour)>;

    /// What becomes of an instance that is launched at `launched_at`: when it is taken back, if
    /// ever.
    fn fate(&mut self, instance: Instance, launched_at: SimTime) -> Option<Reclaim>;
}

/// An instance as the market knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instance {
    /// What was bought.
    pub offering: OfferingId,
    /// How many of it had been launched before.
    pub ordinal: u32,
}

/// The provider takes an instance back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reclaim {
    /// When the instance ceases to exist.
    pub at: SimTime,
    /// Whether the provider's notice is given.
    pub announced: bool,
}
