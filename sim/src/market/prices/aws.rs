//! Spot prices as on AWS: some are pinned, the rest take several small steps a day, mostly in the
//! direction of the last one, and are slowly drawn back to where they began.
//!
//! Calibrated on the price history of us-east-1 from March to May 2021, Linux, 1,241 pools (types in
//! zones) over 90 days.

use super::walk::{Walk, Walks, bounds};
use super::{PricePaths, Prices};
use crate::money::MicroUsdPerHour;
use crate::rng::{Draws, Root, Stream};
use crate::time::{SimTime, Span};
use crate::world::Model;

/// 30 % of the pools moved by less than 1 % in 90 days.
const PINNED: f64 = 0.3;
/// A price changes every 7.0 h on average and never twice within 4.6 h: the quantiles 10, 50 and
/// 90 % of 4.9, 6.3 and 10.1 h stand beside 4.9, 6.2 and 10.7 h in the history.
const LEAST_HOURS: f64 = 4.6;
const MORE_HOURS: f64 = 2.4;
/// The logarithm of a step is log-normal with median 0.20 % and a 90 % quantile of 0.79 %.
const STEP: f64 = 0.002;
const STEP_SIGMA: f64 = 1.072;
/// 74 % of all steps go where the last one went; the pull back takes 3 % from what is drawn.
const SAME_SIGN: f64 = 0.77;
/// Half of the way back takes 25 days. The history is too short to tell this from never.
const HALF_LIFE_HOURS: f64 = 25.0 * 24.0;
/// Spot is at most 90 % off.
const LOWEST: f64 = 0.1;

/// Prices as on AWS; each begins at the one that is listed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Aws;

impl Prices for Aws {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn open(&self, root: Root, model: &Model) -> Box<dyn PricePaths> {
        Box::new(Walks::new(model, |offering, on_demand| {
            let mut draws = root.stream(Stream::Price, &[offering.key]);
            (draws.uniform() >= PINNED).then(|| Moving::new(draws, offering.price, on_demand))
        }))
    }
}

struct Moving {
    draws: Draws,
    listed: MicroUsdPerHour,
    /// The logarithms of the lowest and the highest factor.
    bounds: (f64, f64),
    /// When the last step was.
    at: SimTime,
    /// The logarithm of the factor by which the listed price is off.
    log: f64,
    up: bool,
}

impl Moving {
    fn new(mut draws: Draws, listed: MicroUsdPerHour, on_demand: MicroUsdPerHour) -> Moving {
        let (lowest, highest) = bounds(listed, on_demand, LOWEST);
        let up = draws.uniform() < 0.5;
        let bounds = (libm::log(lowest), libm::log(highest));
        Moving { draws, listed, bounds, at: SimTime::ZERO, log: 0.0, up }
    }

    /// From one step to the next.
    fn wait(&mut self) -> Span {
        let more = self.draws.exponential(1.0 / MORE_HOURS).unwrap_or_default();
        let wait = Span::from_secs_f64(LEAST_HOURS * 3_600.0) + more;
        if self.at > SimTime::ZERO {
            return wait;
        }
        // T+0 lies anywhere between two steps.
        Span::from_secs_f64(wait.as_secs_f64() * self.draws.uniform())
    }
}

impl Walk for Moving {
    fn step(&mut self) -> (SimTime, MicroUsdPerHour) {
        let wait = self.wait();
        self.at = self.at + wait;
        if self.draws.uniform() >= SAME_SIGN {
            self.up = !self.up;
        }
        let size = STEP * libm::exp(STEP_SIGMA * self.draws.normal());
        let kept = libm::exp2(-wait.as_hours_f64() / HALF_LIFE_HOURS);
        let log = self.log * kept + if self.up { size } else { -size };
        self.log = log.clamp(self.bounds.0, self.bounds.1);
        (self.at, self.listed.scaled(libm::exp(self.log)))
    }
}
