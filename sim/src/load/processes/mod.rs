//! Processes of arrivals: when something arrives. One file each, behind one trait.
//!
//! A process is exogenous, as a market is: it depends on its generator's own stream and on nothing that
//! happens in a run. It is lazy: only the next arrival is known.

pub mod at_times;
pub mod bursts;
pub mod rate_curve;
pub mod renewal;

use std::fmt::Debug;

use super::distributions::Impossible;
use crate::rng::Draws;

/// Times in seconds after a generator begins, in order.
pub type Times = Box<dyn Iterator<Item = f64>>;

/// When something arrives, the same for all replications.
pub trait Process: Debug + Send + Sync {
    /// The instants of one run, with a stream of its own. Those from `until` on, in seconds, need not be
    /// found: where the next is far away, looking for it could take long.
    fn open(&self, draws: Draws, until: f64) -> Times;

    /// How many instants there are within a number of seconds, on average.
    fn expected(&self, seconds: f64) -> f64;

    /// How many draws it takes to find them, about.
    fn draws(&self, seconds: f64) -> f64 {
        self.expected(seconds)
    }
}

/// A rate per hour.
fn rate(what: &str, per_hour: f64) -> Result<f64, Impossible> {
    if per_hour.is_finite() && per_hour >= 0.0 {
        Ok(per_hour)
    } else {
        let message = format!("{what} is {per_hour}, and must be a number of 0 or more");
        Err(Impossible::because(message))
    }
}

/// Exponential, with `rate` per hour, in seconds; never with a rate of zero.
fn exponential(draws: &mut Draws, per_hour: f64) -> f64 {
    -libm::log(draws.uniform()) / per_hour * 3_600.0
}
