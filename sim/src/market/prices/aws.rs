//! Spot prices as on AWS: some are pinned, the rest take several small steps a day, mostly in the
//! direction of the last one, and are slowly drawn back to where they began. Zones of one type share
//! a part of their steps.
//!
//! Calibrated on the price history of us-east-1 from March to May 2021, Linux, 1,241 pools (types in
//! zones) over 90 days.

use super::walk::{Walk, Walks, bounds};
use super::{PricePaths, Prices};
use crate::money::MicroUsdPerHour;
use crate::rng::{Draws, Root, Stream};
use crate::time::{SimTime, Span};
use crate::world::Model;
use crate::world::catalog::Offering;

/// 30 % of the pools moved by less than 1 % in 90 days.
const PINNED: f64 = 0.3;
/// A price changes every 7.0 h on average, and on one way never twice within 4.6 h: the quantiles 10,
/// 50 and 90 % of 4.9, 6.3 and 10.1 h stand beside 4.9, 6.2 and 10.7 h in the history.
const LEAST_HOURS: f64 = 4.6;
const MORE_HOURS: f64 = 2.4;
/// The logarithm of a step is log-normal with median 0.20 % and a 90 % quantile of 0.79 %.
const STEP: f64 = 0.002;
const STEP_SIGMA: f64 = 1.072;
/// 74 % of all steps go where the last one went; the pull back takes 3 % from what is drawn.
const SAME_SIGN: f64 = 0.77;
/// Half of the way back takes 25 days. The history is too short to tell this from never.
const HALF_LIFE_HOURS: f64 = 25.0 * 24.0;
/// Daily changes of one type in two zones correlate by 0.16, those of other types hardly (0.05 in one
/// family and zone, else 0.01). So each price goes its own way for a while and that of its type for a
/// while, two fifths of the time: 0.4 * 0.4 = 0.16.
const WITH_ITS_TYPE: f64 = 0.4;
const WHILE: Span = Span::from_hours(14 * 24);
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
            let mut own = root.stream(Stream::Price, &[offering.key]);
            let of_type = root.stream(Stream::PriceOfType, &[offering.kin.type_in_region]);
            (own.uniform() >= PINNED).then(|| {
                let ways = [Steps::new(own), Steps::new(of_type)];
                Moving::new(root, offering, ways, bounds(offering.price, on_demand, LOWEST))
            })
        }))
    }
}

/// The price of one offering.
struct Moving {
    root: Root,
    key: u64,
    listed: MicroUsdPerHour,
    /// The logarithms of the lowest and the highest factor.
    bounds: (f64, f64),
    /// Its own way and that of its type, each with the next step on it.
    ways: [Steps; 2],
    next: [(SimTime, f64); 2],
    /// When the last step was.
    at: SimTime,
    /// The logarithm of the factor by which the listed price is off.
    log: f64,
}

impl Moving {
    fn new(root: Root, offering: &Offering, mut ways: [Steps; 2], bounds: (f64, f64)) -> Moving {
        Moving {
            root,
            key: offering.key,
            listed: offering.price,
            bounds: (libm::log(bounds.0), libm::log(bounds.1)),
            next: ways.each_mut().map(Steps::advance),
            ways,
            at: SimTime::ZERO,
            log: 0.0,
        }
    }

    /// Whether it goes the way of its type at an instant.
    fn goes_with_its_type(&self, at: SimTime) -> bool {
        let stretch = at.as_ms() / WHILE.as_ms();
        self.root.stream(Stream::PriceFollows, &[self.key, stretch]).uniform() < WITH_ITS_TYPE
    }
}

impl Walk for Moving {
    fn step(&mut self) -> (SimTime, MicroUsdPerHour) {
        loop {
            let of_type = usize::from(self.next[1].0 < self.next[0].0);
            let (at, step) =
                std::mem::replace(&mut self.next[of_type], self.ways[of_type].advance());
            if self.goes_with_its_type(at) != (of_type == 1) {
                continue;
            }
            let wait = at.since(self.at).as_hours_f64();
            let log = self.log * libm::exp2(-wait / HALF_LIFE_HOURS) + step;
            self.log = log.clamp(self.bounds.0, self.bounds.1);
            self.at = at;
            return (at, self.listed.scaled(libm::exp(self.log)));
        }
    }
}

/// A way: when steps are taken, and how far.
struct Steps {
    draws: Draws,
    /// When the last step was.
    at: SimTime,
    up: bool,
}

impl Steps {
    fn new(mut draws: Draws) -> Steps {
        let up = draws.uniform() < 0.5;
        Steps { draws, at: SimTime::ZERO, up }
    }

    /// The next step, as the logarithm of a factor.
    fn advance(&mut self) -> (SimTime, f64) {
        self.at = self.at + self.wait();
        if self.draws.uniform() >= SAME_SIGN {
            self.up = !self.up;
        }
        let size = STEP * libm::exp(STEP_SIGMA * self.draws.normal());
        (self.at, if self.up { size } else { -size })
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
