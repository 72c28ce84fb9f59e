//! When capacity becomes scarce: random moments that related offerings share.
//!
//! Each offering's moments are a Poisson process of its own rate. Related offerings share some: the
//! same type in another zone of the region 40 % of them, the same family in the same zone 19 %, and
//! whatever else is in the region 6 % (the correlations of up and down states between pools, 2023).
//!
//! Shared moments are the points of one random measure over time and *level*, a rate: an offering
//! sees the points of a group below its own share of the rate. So two offerings of different rates
//! share what both see, a higher rate adds moments and moves none, and nothing depends on what else
//! a scenario buys. The points are made strip by strip: those between the levels 2^k and 2^(k+1) are
//! a Poisson process of the rate 2^k, keyed by group and strip.

use crate::rng::{Root, Stream};
use crate::time::{SimTime, Span};
use crate::world::catalog::Kin;

/// The share of an offering's moments that come from each of its groups, its own being the rest.
const OF_TYPE_IN_REGION: f64 = 0.34;
const OF_FAMILY_IN_ZONE: f64 = 0.13;
const OF_REGION: f64 = 0.06;

/// Points are made for this long at a time.
const STRETCH: Span = Span::from_hours(28 * 24);
/// Levels below two to this power, per hour, are one strip: once in a thousand years.
const LOWEST: i32 = -23;

/// The moments at which one offering's capacity becomes scarce.
pub(super) struct Shocks {
    root: Root,
    /// The groups, each with the level below which the offering sees its points.
    groups: [(u64, f64); 4],
    by_hour: [f64; 24],
    /// The moments of the stretch that was made last, in order, and which stretch it is.
    moments: Vec<SimTime>,
    stretch: Option<u64>,
}

impl Shocks {
    /// The moments of the offering of this key, `rate` an hour on average, and more or less by the hour
    /// of the day in proportion to these.
    pub(super) fn new(root: Root, key: u64, kin: Kin, rate: f64, by_hour: [f64; 24]) -> Shocks {
        let own = 1.0 - OF_TYPE_IN_REGION - OF_FAMILY_IN_ZONE - OF_REGION;
        let groups = [
            (key, own * rate),
            (kin.type_in_region, OF_TYPE_IN_REGION * rate),
            (kin.family_in_zone, OF_FAMILY_IN_ZONE * rate),
            (kin.region, OF_REGION * rate),
        ];
        let mean = by_hour.iter().sum::<f64>() / 24.0;
        let by_hour = by_hour.map(|more| more / mean);
        Shocks { root, groups, by_hour, moments: Vec::new(), stretch: None }
    }

    /// The first moment after `at`, if there is one within ten years.
    pub(super) fn after(&mut self, at: SimTime) -> Option<SimTime> {
        let last = crate::time::LONGEST_HORIZON.as_ms() / STRETCH.as_ms();
        for stretch in at.as_ms() / STRETCH.as_ms()..=last {
            if self.stretch != Some(stretch) {
                self.fill(stretch);
            }
            let next = self.moments.partition_point(|moment| *moment <= at);
            if let Some(moment) = self.moments.get(next) {
                return Some(*moment);
            }
        }
        None
    }

    fn fill(&mut self, stretch: u64) {
        self.moments.clear();
        self.stretch = Some(stretch);
        for (number, (group, level)) in self.groups.into_iter().enumerate() {
            // Groups of different kinds are different groups, even of one name.
            self.points([number as u64, group], level, stretch);
        }
        self.moments.sort_unstable();
    }

    /// The points of a group in a stretch of time that are below a level.
    fn points(&mut self, [kind, group]: [u64; 2], level: f64, stretch: u64) {
        let busiest = self.by_hour.iter().copied().fold(0.0, f64::max);
        let begin = SimTime::from_ms(stretch * STRETCH.as_ms());
        let mut strip = LOWEST;
        loop {
            let bottom = if strip == LOWEST { 0.0 } else { libm::exp2(f64::from(strip)) };
            if bottom >= level * busiest {
                return;
            }
            let height = libm::exp2(f64::from(strip + 1)) - bottom;
            let number = u64::try_from(strip - LOWEST).expect("not below the lowest strip");
            let mut draws = self.root.stream(Stream::Contention, &[kind, group, number, stretch]);
            let mut at = begin;
            while let Some(gap) = draws.exponential(height) {
                at = at + gap;
                if at >= begin + STRETCH {
                    break;
                }
                let point = bottom + height * draws.uniform();
                let hour = usize::try_from(at.as_ms() / 3_600_000 % 24).expect("below 24");
                if point < level * self.by_hour[hour] {
                    self.moments.push(at);
                }
            }
            strip += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: Root = Root { seed: 3, replication: 0 };

    /// All moments in ten years.
    fn moments(rate: f64, by_hour: [f64; 24]) -> Vec<SimTime> {
        let mut shocks = Shocks::new(ROOT, 5, Kin::of("r", "m.a", "m", "ra"), rate, by_hour);
        let mut at = SimTime::ZERO;
        std::iter::from_fn(|| {
            at = shocks.after(at)?;
            Some(at)
        })
        .collect()
    }

    #[test]
    fn a_higher_rate_adds_moments_and_moves_none() {
        let (few, many) = (moments(0.001, [1.0; 24]), moments(0.01, [1.0; 24]));
        assert!(few.len() > 50 && few.iter().all(|moment| many.contains(moment)));
        // In 87,600 h, within four standard errors of a Poisson count.
        assert!((few.len() as f64 - 87.6).abs() < 38.0, "{}", few.len());
        assert!((many.len() as f64 - 876.0).abs() < 119.0, "{}", many.len());
    }

    #[test]
    fn an_hour_without_moments_has_none() {
        let by_hour = std::array::from_fn(|hour| if hour < 12 { 2.0 } else { 0.0 });
        let morning = |moment: &SimTime| moment.as_ms() / 3_600_000 % 24 < 12;
        let moments = moments(0.01, by_hour);
        assert!(moments.len() > 700 && moments.iter().all(morning), "{}", moments.len());
    }
}
