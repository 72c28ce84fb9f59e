//! Fits: which parameters of the market's models a trace speaks for, and how surely.
//!
//! A trace is looked at as slots that are up or down. Without memory both last for exponential times.
//! With two regimes a slot flips only while its pool is contended, and each flip finds it so:
//! up and down times are then of two phases, and every one begins in the contended one. Both are
//! fitted by maximum likelihood, times that were not seen to their end included, and compared by
//! Akaike's criterion.

mod chart;
mod regimes;
mod simplex;

pub use chart::chart;
pub use regimes::{Regimes, survival};

use sim::SimTime;
use sim::market::reclaims::contention::Contention;

use crate::survival::Watched;

/// How long slots were up and down, in hours.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Slots {
    /// Up: how long, and whether a loss ended it.
    pub up: Vec<Watched>,
    /// Down: how long, and whether a return ended it.
    pub down: Vec<Watched>,
}

/// A rate with its interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rate {
    /// The most likely value, per hour.
    pub value: f64,
    /// The ends of its interval of 95 %.
    pub interval: (f64, f64),
}

/// What a trace says.
#[derive(Clone, PartialEq, Debug)]
pub struct Fit {
    /// What was seen.
    pub slots: Slots,
    /// Without memory: losses per hour up, and returns per hour down; those only if any was seen.
    pub memoryless: (Rate, Option<Rate>),
    /// With two regimes, if there are enough up and down times to tell.
    pub regimes: Option<Regimes>,
    /// By how much the two regimes are better, in units of Akaike's criterion; above ten there is no
    /// doubt.
    pub gain: f64,
}

/// The number of ends of each kind that are wanted before two regimes are fitted.
const ENOUGH: usize = 20;

impl Slots {
    /// The slots of a trace that says how many instances there were from which moment on, and of
    /// which the first `wanted` are looked at: slot k is up while there are more than k.
    pub fn add(&mut self, trace: &[(SimTime, u32)], wanted: u32) {
        let (Some(&(start, first)), Some(&(end, _))) = (trace.first(), trace.last()) else {
            return;
        };
        // When each slot changed, found row by row: only those between two counts do.
        let mut changes: Vec<Vec<SimTime>> = vec![Vec::new(); wanted as usize];
        for pair in trace.windows(2) {
            let ((_, before), (at, after)) = (pair[0], pair[1]);
            for slot in before.min(after)..before.max(after).min(wanted) {
                changes[slot as usize].push(at);
            }
        }
        for (slot, changes) in changes.iter().enumerate() {
            let mut up = first as usize > slot;
            let mut from = start;
            for (index, at) in changes.iter().enumerate() {
                // The beginning of the first time was not seen.
                if index > 0 {
                    self.push(up, at.since(from).as_hours_f64(), true);
                }
                (from, up) = (*at, !up);
            }
            if !changes.is_empty() {
                self.push(up, end.since(from).as_hours_f64(), false);
            }
        }
    }

    /// A time up or down.
    pub fn push(&mut self, up: bool, hours: f64, ended: bool) {
        if hours > 0.0 {
            if up { &mut self.up } else { &mut self.down }.push((hours, ended));
        }
    }
}

impl Fit {
    /// What these times say; none if no loss was seen.
    #[must_use]
    pub fn of(slots: Slots) -> Option<Fit> {
        let losses = exponential(&slots.up)?;
        let returns = exponential(&slots.down);
        let ends = |times: &[Watched]| times.iter().filter(|(_, ended)| *ended).count();
        let enough = ends(&slots.up) >= ENOUGH && ends(&slots.down) >= ENOUGH;
        let regimes = enough.then(|| Regimes::fit(&slots)).flatten();
        let naive = exponential_log_likelihood(&slots.up, losses.value)
            + returns.map_or(0.0, |it| exponential_log_likelihood(&slots.down, it.value));
        // Four parameters against two.
        let gain = regimes.as_ref().map_or(0.0, |it| 2.0 * (it.log_likelihood - naive) - 4.0);
        Some(Fit { slots, memoryless: (losses, returns), regimes, gain })
    }

    /// The block of a scenario that says the same.
    #[must_use]
    pub fn market(&self) -> String {
        match &self.regimes {
            Some(it) if self.gain > 0.0 => {
                let [begins, ends, loss, grant] =
                    [&it.begins, &it.ends, &it.loss, &it.grant].map(|rate| rate.value);
                let fitted = Contention {
                    reclaim_rate: loss,
                    grant_rate: grant,
                    exit_rate: ends,
                    recovery_rate: begins,
                    ..Contention::default()
                };
                // Such windows leave capacity as it stands, as those of a scarce type do.
                let per_hour = fitted.reclaims_of(begins, true);
                format!(
                    "market:\n  reclaims:\n    model: contention\n    perHour: {per_hour:.4}\n    \
                     contention:\n      reclaimRate: {loss:.3}\n      grantRate: {grant:.3}\n      \
                     exitRate: {ends:.3}\n      recoveryRate: {begins:.3}\n      \
                     endsAmple: {:.2}\n",
                    grant / (grant + loss)
                )
            }
            _ => format!(
                "market:\n  reclaims:\n    model: constant\n    perHour: {:.4}\n",
                self.memoryless.0.value
            ),
        }
    }
}

/// Ends per hour, with the interval of a Poisson count on the scale of logarithms.
fn exponential(times: &[Watched]) -> Option<Rate> {
    let ends = times.iter().filter(|(_, ended)| *ended).count() as f64;
    let hours: f64 = times.iter().map(|(hours, _)| hours).sum();
    if ends == 0.0 || hours <= 0.0 {
        return None;
    }
    let value = ends / hours;
    let factor = libm::exp(Z95 / libm::sqrt(ends));
    Some(Rate { value, interval: (value / factor, value * factor) })
}

/// The two-sided 95 % quantile of the normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

fn exponential_log_likelihood(times: &[Watched], rate: f64) -> f64 {
    let of = |(hours, ended): &Watched| -rate * hours + if *ended { libm::log(rate) } else { 0.0 };
    times.iter().map(of).sum()
}
