//! Renewal: one gap after the other, all of one distribution. With exponential gaps it is a Poisson
//! process; gamma and Weibull gaps make it burstier or more regular.

use super::{Process, Times, exponential, rate};
use crate::load::distributions::{Impossible, Shared};
use crate::rng::Draws;

/// Gaps that do not know of each other.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// In seconds.
    gap: Shared,
}

impl Renewal {
    /// With gaps of this distribution, in seconds.
    ///
    /// # Errors
    /// If there may be no end of arrivals at one instant.
    pub fn new(gap: Shared) -> Result<Renewal, Impossible> {
        if gap.quantile(0.5) < 1e-6 && gap.mean() < 1e-3 {
            return Err(Impossible::because("the gaps are shorter than a millisecond on average"));
        }
        Ok(Renewal { gap })
    }
}

impl Process for Renewal {
    fn open(&self, mut draws: Draws, _: f64) -> Times {
        let gap = self.gap.clone();
        let mut now = 0.0;
        Box::new(std::iter::from_fn(move || {
            now += gap.draw(&mut draws);
            Some(now)
        }))
    }

    fn expected(&self, seconds: f64) -> f64 {
        seconds / self.gap.mean()
    }
}

/// A Poisson process: arrivals that do not know of each other.
#[derive(Clone, Copy, Debug)]
pub struct Poisson {
    per_hour: f64,
}

impl Poisson {
    /// At this rate per hour.
    ///
    /// # Errors
    /// If it is no rate.
    pub fn new(per_hour: f64) -> Result<Poisson, Impossible> {
        Ok(Poisson { per_hour: rate("perHour", per_hour)? })
    }
}

impl Process for Poisson {
    fn open(&self, mut draws: Draws, _: f64) -> Times {
        let per_hour = self.per_hour;
        let mut now = 0.0;
        Box::new(std::iter::from_fn(move || {
            // With a rate of zero that is never.
            now += exponential(&mut draws, per_hour);
            now.is_finite().then_some(now)
        }))
    }

    fn expected(&self, seconds: f64) -> f64 {
        self.per_hour * seconds / 3_600.0
    }
}
