//! Administered prices: at dates that a whole region shares, each goes a fixed part up or down, or
//! stays.

use super::walk::{Walk, Walks, bounds};
use super::{PricePaths, Prices};
use crate::model::Model;
use crate::money::MicroUsdPerHour;
use crate::rng::{Draws, Root, Stream};
use crate::time::{SimTime, Span};

/// How a provider administers its prices.
#[derive(Clone, Copy, Debug)]
pub struct Waves {
    /// Its name in scenario files.
    pub name: &'static str,
    /// From one date to the next.
    pub every: Span,
    /// The chance that a price changes at a date.
    pub changes: f64,
    /// The chance that it goes where it went the last time.
    pub same_sign: f64,
    /// How far, in percent.
    pub percent: u64,
    /// The lowest price, as a part of the on-demand price.
    pub lowest: f64,
}

impl Prices for Waves {
    fn name(&self) -> &'static str {
        self.name
    }

    fn open(&self, root: Root, model: &Model) -> Box<dyn PricePaths> {
        let waves = *self;
        Box::new(Walks::new(model, move |offering, on_demand| {
            // T+0 lies anywhere between two dates, the same for all of a region.
            let since = root.stream(Stream::PriceDates, &[offering.kin.region]).uniform();
            let next = SimTime::ZERO + Span::from_secs_f64(waves.every.as_secs_f64() * since);
            let mut draws = root.stream(Stream::Price, &[offering.key]);
            let up = draws.uniform() < 0.5;
            let (lowest, highest) = bounds(offering.price, on_demand, waves.lowest);
            let bounds = (offering.price.scaled(lowest), offering.price.scaled(highest));
            Some(Administered { waves, draws, next, price: offering.price, bounds, up })
        }))
    }
}

struct Administered {
    waves: Waves,
    draws: Draws,
    /// The next date.
    next: SimTime,
    price: MicroUsdPerHour,
    bounds: (MicroUsdPerHour, MicroUsdPerHour),
    up: bool,
}

impl Walk for Administered {
    fn step(&mut self) -> Option<(SimTime, MicroUsdPerHour)> {
        let Waves { every, changes, same_sign, percent, .. } = self.waves;
        loop {
            let at = self.next;
            self.next = at + every;
            if self.draws.uniform() >= changes {
                continue;
            }
            if self.draws.uniform() >= same_sign {
                self.up = !self.up;
            }
            let factor = if self.up { 100 + percent } else { 100 - percent };
            let price = MicroUsdPerHour((self.price.0 * factor + 50) / 100);
            self.price = price.clamp(self.bounds.0, self.bounds.1);
            return Some((at, self.price));
        }
    }
}
