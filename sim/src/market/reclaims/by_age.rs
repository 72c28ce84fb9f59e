//! Reclaims by age: young instances are taken more often than old ones.

use std::collections::BTreeMap;

use super::{CapacityPath, Reclaims};
use crate::market::{Instance, Reclaim};
use crate::model::Model;
use crate::model::catalog::OfferingId;
use crate::rng::{Root, Stream};
use crate::table::Table;
use crate::time::{LONGEST_HORIZON, SimTime, Span};

/// How the chance of being taken depends on an instance's age.
#[derive(Clone, PartialEq, Debug)]
pub struct ByAge {
    /// The law of lifetimes.
    pub law: Law,
    /// How many times as often the instances of an offering are taken; once where nothing is said.
    pub times: BTreeMap<OfferingId, f64>,
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

/// How many times as often machines of a number of CPUs were taken (n1-highcpu-2 to n1-highcpu-32).
pub const GCP_2019_BY_CPUS: [(u64, f64); 5] =
    [(2, 0.63), (4, 0.68), (8, 0.83), (16, 1.23), (32, 1.45)];

/// How many times as often those in a zone were.
pub const GCP_2019_BY_ZONE: [(&str, f64); 3] =
    [("us-central1-c", 1.35), ("us-east1-b", 0.69), ("us-west1-a", 0.60)];

/// How many times as often as the mean a machine of a number of CPUs in this zone was taken in 2019: as
/// those of the next size that was seen, and once in zones that were not.
#[must_use]
pub fn gcp_2019_times(cpus: u64, zone: &str) -> f64 {
    let [.., (_, largest)] = GCP_2019_BY_CPUS;
    let by_cpus = GCP_2019_BY_CPUS.iter().find(|(size, _)| cpus <= *size);
    let by_zone = GCP_2019_BY_ZONE.iter().find(|(known, _)| *known == zone);
    by_cpus.map_or(largest, |(_, times)| *times) * by_zone.map_or(1.0, |(_, times)| *times)
}

impl From<Law> for ByAge {
    /// The same for all offerings.
    fn from(law: Law) -> ByAge {
        ByAge { law, times: BTreeMap::new() }
    }
}

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
                // Beyond one, none is left. More reclaims are fewer survivors.
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

    /// In their first hour.
    fn per_hour(&self, _: &Model) -> f64 {
        let times = self.times.values().copied().fold(1.0, f64::max);
        let survivors = 1.0 - self.law.taken_by(1.0, times);
        if survivors > 0.0 { -libm::log(survivors) } else { f64::INFINITY }
    }

    fn open(&self, root: Root, model: &Model, scale: f64) -> Box<dyn CapacityPath> {
        let times = |offering: OfferingId| self.times.get(&offering).copied().unwrap_or(1.0);
        let offerings = model.catalog.offerings.iter();
        let offerings = offerings.map(|(id, it)| (it.key, scale * times(id))).collect();
        Box::new(Open { law: self.law.clone(), root, offerings })
    }
}

struct Open {
    law: Law,
    root: Root,
    /// The key of each offering, and how many times as often its instances are taken.
    offerings: Table<OfferingId, (u64, f64)>,
}

impl CapacityPath for Open {
    fn fate(&mut self, instance: Instance, launched_at: SimTime) -> Option<Reclaim> {
        let (key, times) = self.offerings[instance.offering];
        let u = self.root.stream(Stream::Lifetime, &instance.key(key)).uniform();
        let lifetime = self.law.lifetime(u, times)?;
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
    fn large_machines_in_busy_zones_are_taken_more_often() {
        let times = |cpus, zone| format!("{:.4}", gcp_2019_times(cpus, zone));
        let elsewhere = [1, 2, 3, 8, 9, 96].map(|cpus| times(cpus, "elsewhere"));
        assert_eq!(elsewhere, ["0.6300", "0.6300", "0.6800", "0.8300", "1.2300", "1.4500"]);
        // By hand: 1.45 * 1.35 and 0.63 * 0.60.
        let both = [times(32, "us-central1-c"), times(2, "us-west1-a")];
        assert_eq!(both, ["1.9575", "0.3780"]);
    }

    #[test]
    fn without_a_rate_an_instance_lives_for_ever() {
        assert_eq!(Law::Rates(vec![(Span::ZERO, 0.0)]).lifetime(0.5, 1.0), None);
        assert_eq!(Law::gcp_2019().lifetime(0.5, 0.0), None);
    }
}
