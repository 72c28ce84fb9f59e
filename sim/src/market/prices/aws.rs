//! Spot prices as on AWS: of some types they are pinned; the others are revised four times a day, and
//! each follows a hidden target that jumps now and then, closing a part of the gap at every revision.
//! Zones of one type share a part of the jumps.
//!
//! Calibrated on the price history of us-east-1 from March to May 2021, Linux: half of 166 pools (types
//! in zones) over 90 days. The experiment `prices` of the validation judges it by the other half, and
//! says which half is which.

use super::walk::{Walk, Walks, bounds};
use super::{PricePaths, Prices};
use crate::model::Model;
use crate::model::catalog::Offering;
use crate::money::MicroUsdPerHour;
use crate::rng::{Draws, Root, Stream};
use crate::time::{SimTime, Span};

/// A type is pinned in all of its zones: in the history 8 of 34 types were so in every zone, 4 in some,
/// and 26 % of the pools moved by less than 1 % in 90 days.
const PINNED: f64 = 0.25;
/// From one revision to the next. Of pools whose prices are high enough for every revision to show,
/// 80 % of the changes are 4.8 to 7.5 h apart.
const LEAST_HOURS: f64 = 4.7;
const MORE_HOURS: f64 = 2.8;
/// Prices are published in ten-thousandths of a dollar: a revision that rounds to the same shows no
/// change. So a t3.medium at $0.0125 changed 40 times in 90 days and an r5.16xlarge at $1.50 350 times.
const TICK: u64 = 100;
/// A target may jump every six hours; one chance in twelve that it does.
const EVERY: Span = Span::from_hours(6);
const JUMPS: f64 = 0.08;
/// The standard deviation of what a target moves in six hours, as a logarithm: log-normal over pools,
/// for some move ten times as much as others.
const UNREST: f64 = 0.0071;
const UNREST_SIGMA: f64 = 0.57;
/// The time in which a price closes all but 1/e of the gap to its target: log-normal over pools. It is
/// what makes a change today be followed by one tomorrow.
const LAG_HOURS: f64 = 30.0;
const LAG_SIGMA: f64 = 1.05;
/// How many days half of the way back to the listed price takes. The history is hardly long enough to
/// tell this from never.
const HALF_LIFE_HOURS: f64 = 80.0 * 24.0;
/// The part of the variance of the jumps that zones of one type share.
const SHARED: f64 = 0.29;
/// Spot is at most 90 % off.
const LOWEST: f64 = 0.1;
/// A price that this many revisions leave as it is, two years of them, is never looked at again: it
/// is so low, or moves so little, that no step shows.
const PATIENCE: usize = 2_920;

/// Prices as on AWS; each begins at the one that is listed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Aws;

impl Prices for Aws {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn open(&self, root: Root, model: &Model) -> Box<dyn PricePaths> {
        Box::new(Walks::new(model, |offering, on_demand| {
            let own = root.stream(Stream::Price, &[offering.key]);
            let mut of_type = root.stream(Stream::PriceOfType, &[offering.kin.type_in_region]);
            let moves = of_type.uniform() >= PINNED && offering.price.0 >= TICK;
            moves.then(|| {
                Revised::new(offering, [own, of_type], bounds(offering.price, on_demand, LOWEST))
            })
        }))
    }
}

/// The price of one offering.
struct Revised {
    listed: MicroUsdPerHour,
    /// The lowest and the highest price.
    bounds: (MicroUsdPerHour, MicroUsdPerHour),
    target: Target,
    /// How fast it follows its target, in hours.
    lag: f64,
    /// When the last revision was.
    at: SimTime,
    /// The logarithm of the factor by which the listed price is off, before it is rounded.
    log: f64,
    /// What is published.
    price: MicroUsdPerHour,
}

impl Revised {
    fn new(offering: &Offering, [mut own, of_type]: [Draws; 2], factors: (f64, f64)) -> Revised {
        let unrest = UNREST * libm::exp(UNREST_SIGMA * own.normal());
        let lag = LAG_HOURS * libm::exp(LAG_SIGMA * own.normal());
        // T+0 lies anywhere on the way: the gap has the variance that jumps and lag keep up.
        let gap = unrest * libm::sqrt(lag / (2.0 * EVERY.as_hours_f64())) * own.normal();
        let bounds = (libm::log(factors.0), libm::log(factors.1));
        Revised {
            listed: offering.price,
            bounds: (offering.price.scaled(factors.0), offering.price.scaled(factors.1)),
            target: Target { own, of_type, unrest, bounds, jumps: 0, log: gap },
            lag,
            at: SimTime::ZERO,
            log: 0.0,
            price: offering.price,
        }
    }

    /// The next revision, whether it shows or not.
    fn revise(&mut self) {
        let draws = &mut self.target.own;
        let mut hours = LEAST_HOURS + MORE_HOURS * draws.uniform();
        if self.at == SimTime::ZERO {
            hours *= draws.uniform();
        }
        self.at = self.at + Span::from_secs_f64(hours * 3_600.0);
        let target = self.target.at(self.at);
        self.log += (target - self.log) * (1.0 - libm::exp(-hours / self.lag));
    }

    /// What is published of the price.
    fn published(&self) -> MicroUsdPerHour {
        let exact = self.listed.scaled(libm::exp(self.log));
        let ticks = MicroUsdPerHour((exact.0 + TICK / 2) / TICK * TICK);
        ticks.clamp(self.bounds.0, self.bounds.1)
    }
}

impl Walk for Revised {
    fn step(&mut self) -> Option<(SimTime, MicroUsdPerHour)> {
        for _ in 0..PATIENCE {
            self.revise();
            let price = self.published();
            if price != self.price {
                self.price = price;
                return Some((self.at, price));
            }
        }
        None
    }
}

/// Where a price is drawn to.
struct Target {
    own: Draws,
    of_type: Draws,
    /// How far it moves in the time between two jumps, as a standard deviation.
    unrest: f64,
    /// The logarithms of the lowest and the highest factor.
    bounds: (f64, f64),
    /// How many jumps lie behind it, those that did not take place included.
    jumps: u64,
    log: f64,
}

impl Target {
    /// The logarithm of the factor by which the target is off the listed price, at an instant that is
    /// no earlier than the last one.
    fn at(&mut self, at: SimTime) -> f64 {
        let back = libm::exp2(-EVERY.as_hours_f64() / HALF_LIFE_HOURS);
        while EVERY * (self.jumps + 1) <= at.since(SimTime::ZERO) {
            self.jumps += 1;
            let own = libm::sqrt(1.0 - SHARED) * jump(&mut self.own);
            let shared = libm::sqrt(SHARED) * jump(&mut self.of_type);
            let log = self.log * back + self.unrest * (own + shared);
            self.log = log.clamp(self.bounds.0, self.bounds.1);
        }
        self.log
    }
}

/// A jump of variance 1, or none.
fn jump(draws: &mut Draws) -> f64 {
    if draws.uniform() < JUMPS { draws.normal() / libm::sqrt(JUMPS) } else { 0.0 }
}
