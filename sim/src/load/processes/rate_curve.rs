//! A rate that follows the clock: hours of the day, days of the week. Exact, by thinning.
// Lewis and Shedler 1979, "Simulation of nonhomogeneous Poisson processes by thinning"

use std::sync::Arc;

use super::{Process, Times, exponential, rate};
use crate::load::distributions::Impossible;
use crate::rng::Draws;

/// A rate for each slot of a period, which repeats.
#[derive(Clone, Debug)]
pub struct RateCurve {
    per_hour: Arc<[f64]>,
    /// How long a slot is, in seconds.
    slot: f64,
    /// How far into the period the generator begins, in seconds.
    phase: f64,
}

impl RateCurve {
    /// With `per_hour` for one slot of `slot` seconds after the other, over and over; it begins `phase`
    /// seconds into the first.
    ///
    /// # Errors
    /// If there is no slot, or a rate is none.
    pub fn new(per_hour: Vec<f64>, slot: f64, phase: f64) -> Result<RateCurve, Impossible> {
        if per_hour.is_empty() || slot <= 0.0 {
            return Err(Impossible::because("the curve has no slots"));
        }
        for value in &per_hour {
            rate("a rate of the curve", *value)?;
        }
        Ok(RateCurve { per_hour: per_hour.into(), slot, phase })
    }

    /// The rate at a second of the period.
    fn rate(&self, at: f64) -> f64 {
        let slots = self.per_hour.len() as f64;
        let place = ((at + self.phase) / self.slot) % slots;
        // Within the slots: it is a remainder of their number.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let index = (place as usize).min(self.per_hour.len() - 1);
        self.per_hour[index]
    }

    /// The highest rate, at which candidates are drawn.
    fn most(&self) -> f64 {
        self.per_hour.iter().copied().fold(0.0, f64::max)
    }

    /// How many arrive on average from the start of the period until a second of it.
    fn integral(&self, until: f64) -> f64 {
        let slots = self.per_hour.len() as f64;
        let hours = self.slot / 3_600.0;
        let whole: f64 = self.per_hour.iter().map(|rate| rate * hours).sum();
        let periods = (until / self.slot / slots).floor();
        let rest = until - periods * slots * self.slot;
        let of_slot = |(index, rate): (usize, &f64)| {
            (rest / self.slot - index as f64).clamp(0.0, 1.0) * rate * hours
        };
        periods * whole + self.per_hour.iter().enumerate().map(of_slot).sum::<f64>()
    }
}

impl Process for RateCurve {
    fn open(&self, mut draws: Draws, until: f64) -> Times {
        let curve = self.clone();
        let most = self.most();
        let mut now = 0.0;
        Box::new(std::iter::from_fn(move || {
            loop {
                now += exponential(&mut draws, most);
                if now >= until {
                    return None;
                }
                if draws.uniform() * most < curve.rate(now) {
                    return Some(now);
                }
            }
        }))
    }

    fn expected(&self, seconds: f64) -> f64 {
        self.integral(self.phase + seconds) - self.integral(self.phase)
    }

    fn draws(&self, seconds: f64) -> f64 {
        self.most() / 3_600.0 * seconds
    }
}
