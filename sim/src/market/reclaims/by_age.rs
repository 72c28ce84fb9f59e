//! Reclaims by age: young instances are taken more often than old ones, and none gets older than
//! its provider lets it.

use super::{Reclaims, Supply};
use crate::market::{Instance, Reclaim};
use crate::rng::{Root, Stream};
use crate::table::Table;
use crate::time::{LONGEST_HORIZON, SimTime, Span};
use crate::world::Model;
use crate::world::catalog::OfferingId;

/// How the chance of being taken depends on an instance's age.
#[derive(Clone, PartialEq, Debug)]
pub struct ByAge {
    /// The law of lifetimes.
    pub law: Law,
    /// No instance gets older than this; about when it is taken at the latest.
    pub cap: Option<Span>,
}

/// A law of lifetimes.
#[derive(Clone, PartialEq, Debug)]
pub enum Law {
    /// A rate per hour for each stretch of age, the last one for ever: from which age, which rate.
    Rates(Vec<(Span, f64)>),
    /// The bathtub of Kadupitiya, Jadhao and Sharma (HPDC 2020): by age t an instance was taken with
    /// the probability A (1 − exp(−t/τ₁) + exp((t − b)/τ₂)).
    Bathtub {
        /// The share that is taken early.
        a: f64,
        /// How quickly those are, in hours.
        tau1: f64,
        /// How suddenly the others are, in hours.
        tau2: f64,
        /// Around which age those are, in hours.
        b: f64,
    },
}

/// Lifetimes of 1,442 preemptible VMs of Google Cloud, 2019, without those that their users stopped:
/// reclaims per hour from each age in hours on.
pub const GCP_2019: [(f64, f64); 8] = [
    (0.0, 0.478),
    (0.1, 0.158),
    (0.5, 0.103),
    (1.0, 0.058),
    (2.0, 0.038_3),
    (4.0, 0.011_7),
    (8.0, 0.010_1),
    (16.0, 0.008_0),
];

impl Law {
    /// The rates that were seen at Google Cloud in 2019.
    #[must_use]
    pub fn gcp_2019() -> Law {
        let hours = |h: f64| Span::from_secs_f64(h * 3_600.0);
        Law::Rates(GCP_2019.iter().map(|(age, rate)| (hours(*age), *rate)).collect())
    }

    /// The age at which an instance is taken that outlives the share `u` of all, rates being
    /// `scale` times as high; none if it lives for ever.
    fn lifetime(&self, u: f64, scale: f64) -> Option<Span> {
        match self {
            // The cumulated hazard of the instance's age is exponential with mean 1.
            Law::Rates(rates) => {
                let mut left = -libm::log(1.0 - u);
                for (index, (from, rate)) in rates.iter().enumerate() {
                    let rate = rate * scale;
                    let next = rates.get(index + 1).map(|(next, _)| next.as_hours_f64());
                    let from = from.as_hours_f64();
                    let most = next.map_or(f64::INFINITY, |next| (next - from) * rate);
                    if rate > 0.0 && left <= most {
                        return Some(Span::from_secs_f64((from + left / rate) * 3_600.0));
                    }
                    left -= most;
                }
                None
            }
            Law::Bathtub { .. } => {
                let longest = LONGEST_HORIZON.as_hours_f64();
                if self.taken_by(longest, scale) < u {
                    return None;
                }
                // The probability rises with age; halve the stretch that holds `u` to a microsecond.
                let (mut low, mut high) = (0.0, longest);
                while high - low > 1e-9 {
                    let middle = (low + high) / 2.0;
                    let below = self.taken_by(middle, scale) < u;
                    *(if below { &mut low } else { &mut high }) = middle;
                    if middle <= low.min(high) && middle >= low.max(high) {
                        break;
                    }
                }
                Some(Span::from_secs_f64(high * 3_600.0))
            }
        }
    }

    /// The share that is taken by an age in hours.
    #[must_use]
    pub fn taken_by(&self, age: f64, scale: f64) -> f64 {
        match *self {
            Law::Rates(ref rates) => {
                let hazard = rates.iter().enumerate().map(|(index, (from, rate))| {
                    let from = from.as_hours_f64();
                    let to = rates.get(index + 1).map_or(f64::INFINITY, |n| n.0.as_hours_f64());
                    (age.min(to) - from).max(0.0) * rate * scale
                });
                1.0 - libm::exp(-hazard.sum::<f64>())
            }
            Law::Bathtub { a, tau1, tau2, b } => {
                let early = 1.0 - libm::exp(-age / tau1);
                let late = libm::exp((age - b) / tau2);
                // Beyond one, nobody is left. More reclaims are fewer survivors.
                let survivors = 1.0 - (a * (early + late)).clamp(0.0, 1.0);
                1.0 - libm::pow(survivors, scale)
            }
        }
    }
}

impl Reclaims for ByAge {
    fn name(&self) -> &'static str {
        "by-age"
    }

    fn open(&self, root: Root, model: &Model, scale: f64) -> Box<dyn Supply> {
        let keys = model.catalog.offerings.rows().map(|offering| offering.key).collect();
        Box::new(Open { law: self.law.clone(), cap: self.cap, scale, root, keys })
    }
}

struct Open {
    law: Law,
    cap: Option<Span>,
    scale: f64,
    root: Root,
    keys: Table<OfferingId, u64>,
}

impl Supply for Open {
    fn fate(&mut self, instance: Instance, launched_at: SimTime) -> Option<Reclaim> {
        let key = [self.keys[instance.offering], u64::from(instance.ordinal)];
        let u = self.root.stream(Stream::Lifetime, &key).uniform();
        let lifetime = self.law.lifetime(u, self.scale);
        let lifetime = lifetime.into_iter().chain(self.cap).min()?;
        Some(Reclaim { at: launched_at + lifetime, announced: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_invert_their_law() {
        let bathtub = Law::Bathtub { a: 0.31, tau1: 1.63, tau2: 0.1, b: 23.92 };
        for law in [Law::gcp_2019(), bathtub] {
            for u in [0.01, 0.1, 0.2, 0.3] {
                let age = law.lifetime(u, 1.0).expect("a third is taken").as_hours_f64();
                let taken = law.taken_by(age, 1.0);
                assert!((taken - u).abs() < 1e-4, "{law:?} at {u}: {taken}");
            }
        }
    }

    #[test]
    fn without_a_rate_an_instance_lives_for_ever() {
        assert_eq!(Law::Rates(vec![(Span::ZERO, 0.0)]).lifetime(0.5, 1.0), None);
        assert_eq!(Law::gcp_2019().lifetime(0.5, 0.0), None);
    }
}
