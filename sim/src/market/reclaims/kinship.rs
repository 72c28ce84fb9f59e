//! Kinship: how often capacity is short in two related offerings at a time.
//!
//! What was recorded, and what a scenario states, is the correlation φ of *states*: up or down, in two
//! zones at the same moments. What the model shares is the *moments* at which windows of contention
//! begin, and all that follows until capacity is ample again. An offering that is engaged already
//! misses a shared moment, so that more of them must be shared where windows are frequent: `share`
//! says how many. Where they are rare both are the same.

use super::chain::{Chain, Shares};
use crate::model::catalog::Kin;
use crate::rng::{Root, Stream};

/// The groups of an offering, its own last, each with a key and the rate of the moments that it sees
/// of them.
pub(super) type Groups = [(u64, f64); 4];

/// How strongly the states of related offerings correlate.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Kinship {
    /// The same type in another zone of the region.
    pub of_type: f64,
    /// Another type of the family in the same zone.
    pub of_family: f64,
    /// Anything else in the region.
    pub of_region: f64,
}

impl Kinship {
    /// None at all.
    pub const NONE: Kinship = Kinship { of_type: 0.0, of_family: 0.0, of_region: 0.0 };
    // SkyPilot's launch attempts of 45 days, p3.2xlarge, 2023, and of 2022 in us-west-2: mean
    // correlations of up and down. Pairs of zones of one type: 0.25 to 0.59.
    /// As recorded of scarce types on AWS.
    pub const AWS: Kinship = Kinship { of_type: 0.40, of_family: 0.19, of_region: 0.06 };
    // SkyNomad's launch attempts of 14 days, a3-highgpu-1g, 2025-10, whether any of 16 was granted:
    // pairs in us-central1, us-east4 and us-west1 0.12 to 0.37, mean 0.23.
    /// As recorded of scarce types on Google Cloud; families and regions were not.
    pub const GCP: Kinship = Kinship { of_type: 0.23, of_family: 0.19, of_region: 0.06 };

    /// The same, but for one type in two zones; nothing else is related more closely than that.
    #[must_use]
    pub fn with_zones(self, of_type: f64) -> Kinship {
        let at_most = |it: f64| it.min(of_type);
        Kinship { of_type, of_family: at_most(self.of_family), of_region: at_most(self.of_region) }
    }

    /// The groups of an offering, and at which rate it sees the moments of each.
    pub(super) fn groups(&self, key: u64, kin: Kin, chain: &Chain) -> Groups {
        let of = |phi: f64| share(chain, phi);
        let of_region = of(self.of_region);
        let of_type = of(self.of_type) - of_region;
        let of_family = (of(self.of_family) - of_region).min(1.0 - of_region - of_type).max(0.0);
        let own = 1.0 - of_region - of_type - of_family;
        [
            (kin.region, of_region * chain.begins),
            (kin.type_in_region, of_type * chain.begins),
            (kin.family_in_zone, of_family * chain.begins),
            (key, own * chain.begins),
        ]
    }

    /// With which of its groups an offering stands as it does at `T+0`: the same for all that are
    /// of the group.
    pub(super) fn at_start(&self, root: Root, groups: &Groups) -> [u64; 2] {
        // The first group whose draw says so: what is left to a later one is what the earlier do
        // not share. Of two of a family each goes by its own type first.
        let of_type = (self.of_type - self.of_region) / (1.0 - self.of_region);
        let alone = (1.0 - self.of_region) * (1.0 - of_type) * (1.0 - of_type);
        let of_family = ((self.of_family - self.of_region) / alone).clamp(0.0, 1.0);
        let chances = [self.of_region, of_type, of_family, 1.0];
        let mut numbered = groups.iter().zip(chances).enumerate();
        let first = numbered.find(|(number, ((group, _), chance))| {
            let key = [*number as u64, *group];
            root.stream(Stream::Contention, &key).uniform() < *chance
        });
        first.map_or([3, groups[3].0], |(number, ((group, _), _))| [number as u64, *group])
    }
}

/// Which share of its moments a pool has in common with another like it whose state correlates by φ
/// with its own.
///
/// Two pools are both ample, or engaged together since a shared moment, or apart. With q, the time
/// that a pool is engaged for each hour in which it is ample, the chances of these are in proportion to
/// 1, s q and 2 (1 − s) q + (1 − s) q². Together they are in one state; apart, each is down for the
/// share d of the time. So the correlation of up and down is linear in s but for the sum:
/// φ (1 + q − q d) = (s + q d − s q d) (1 + q) / (1 + q − s q) − q d, solved for s. That engagements
/// are taken to last for exponential times makes it miss by two hundredths.
fn share(chain: &Chain, phi: f64) -> f64 {
    let Some(Shares { ample, shut, exhausted }) = chain.shares() else { return phi };
    let q = (1.0 + shut + exhausted) / ample;
    let qd = (shut + exhausted) / ample;
    let k = phi * (1.0 + q - qd) + qd;
    let share = phi * (1.0 + q - qd) * (1.0 + q) / ((1.0 - qd) * (1.0 + q) + k * q);
    share.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOL: Chain = Chain {
        begins: 0.0,
        shuts: 1.545,
        opens: 1.234,
        ends: 0.356,
        recovers: 0.234,
        relents: 0.0,
    };

    #[test]
    fn rare_windows_are_shared_as_their_states_correlate() {
        let rare = Chain { begins: 1e-9, ..POOL };
        assert!((share(&rare, 0.4) - 0.4).abs() < 1e-6);
        assert!(share(&rare, 0.0).abs() < 1e-12 && (share(&POOL, 0.4) - 0.4).abs() < 1e-12);
    }

    /// p3.2xlarge in us-east-1, 2023: pairs that were simulated elsewhere, 60 000 h each, correlate by
    /// 0.38 where 0.7 of the moments are shared, and by 0.31 where 0.6 are.
    #[test]
    fn frequent_windows_are_shared_more_often() {
        let often = Chain { begins: 0.234, ..POOL };
        assert!((share(&often, 0.38) - 0.7).abs() < 0.03, "{}", share(&often, 0.38));
        assert!((share(&often, 0.31) - 0.6).abs() < 0.03, "{}", share(&often, 0.31));
        assert!((share(&often, 1.0) - 1.0).abs() < 1e-9);
    }

    /// All groups together make up the rate, and a higher rate takes nothing away.
    #[test]
    fn groups_see_more_at_a_higher_rate() {
        let kin = Kin::of("r", "m.a", "m", "ra");
        let mut before = [0.0; 4];
        // Up to a window in fourteen hours; beyond, its own moments give way to those that it shares.
        for step in 0..52 {
            let begins = 1e-5 * libm::exp2(f64::from(step) / 4.0);
            let groups = Kinship::AWS.groups(9, kin, &Chain { begins, ..POOL });
            let levels = groups.map(|(_, level)| level);
            assert!((levels.iter().sum::<f64>() / begins - 1.0).abs() < 1e-9);
            assert!(levels.iter().zip(before).all(|(level, before)| *level >= before), "{begins}");
            before = levels;
        }
    }
}
