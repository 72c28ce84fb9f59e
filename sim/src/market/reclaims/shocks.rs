//! When capacity becomes scarce: random moments that related offerings share.
//!
//! Each offering's moments are a Poisson process of its own rate. Related offerings share some of them,
//! and what follows from a shared moment is the same for all that are ample at it, until they are
//! ample again: it has one identity. So capacity is short in several zones at a time, not only from the
//! same moment on. `kinship` says how many moments are shared.
//!
//! Shared moments are the points of one random measure over time and *level*, a rate: an offering
//! sees the points of a group below its own share of the rate. So two offerings of different rates
//! share what both see, a higher rate adds moments and moves none, and nothing depends on what else
//! a scenario buys. The points are made strip by strip: those between the levels 2^k and 2^(k+1) are
//! a Poisson process of the rate 2^k, keyed by group and strip.

use super::kinship::Groups;
use crate::rng::{Root, Stream};
use crate::time::{SimTime, Span};

/// Points are made for this long at a time.
const STRETCH: Span = Span::from_hours(28 * 24);
/// Levels below two to this power, per hour, are one strip: once in a thousand years.
const LOWEST: i32 = -23;

/// A moment at which capacity becomes scarce.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Shock {
    /// When.
    pub(super) at: SimTime,
    /// Identity in the random streams, the same for all offerings that share it: the kind of group,
    /// the group, the strip, the stretch of time, and which of its points.
    pub(super) key: [u64; 5],
}

/// The moments at which one offering's capacity becomes scarce.
pub(super) struct Shocks {
    root: Root,
    /// The groups, each with the level below which the offering sees its points.
    groups: Groups,
    by_hour: [f64; 24],
    /// The hour of the day at `T+0`.
    first_hour: u64,
    /// The moments of the stretch that was made last, in order, and which stretch it is.
    moments: Vec<Shock>,
    stretch: Option<u64>,
}

impl Shocks {
    /// The moments that an offering of these groups sees, and more or less of them by the hour of the day
    /// in proportion to `by_hour`, `T+0` being in the hour `first_hour`.
    pub(super) fn new(root: Root, groups: Groups, by_hour: [f64; 24], first_hour: u64) -> Shocks {
        let mean = by_hour.iter().sum::<f64>() / 24.0;
        let by_hour = by_hour.map(|more| more / mean);
        Shocks { root, groups, by_hour, first_hour, moments: Vec::new(), stretch: None }
    }

    /// The first moment after `at`, if there is one within ten years.
    pub(super) fn after(&mut self, at: SimTime) -> Option<Shock> {
        let last = crate::time::LONGEST_HORIZON.as_ms() / STRETCH.as_ms();
        for stretch in at.as_ms() / STRETCH.as_ms()..=last {
            if self.stretch != Some(stretch) {
                self.fill(stretch);
            }
            let next = self.moments.partition_point(|moment| moment.at <= at);
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
            for which in 0.. {
                let Some(gap) = draws.exponential(height) else { break };
                at = at + gap;
                if at >= begin + STRETCH {
                    break;
                }
                let point = bottom + height * draws.uniform();
                let hour = (at.as_ms() / 3_600_000 + self.first_hour) % 24;
                let hour = usize::try_from(hour).expect("below 24");
                if point < level * self.by_hour[hour] {
                    self.moments.push(Shock { at, key: [kind, group, number, stretch, which] });
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
    fn moments(rate: f64, by_hour: [f64; 24]) -> Vec<Shock> {
        moments_from(rate, by_hour, 0)
    }

    fn moments_from(rate: f64, by_hour: [f64; 24], first_hour: u64) -> Vec<Shock> {
        let groups = [(5, 0.5 * rate), (6, 0.3 * rate), (7, 0.1 * rate), (8, 0.1 * rate)];
        let mut shocks = Shocks::new(ROOT, groups, by_hour, first_hour);
        let mut at = SimTime::ZERO;
        std::iter::from_fn(|| {
            let shock = shocks.after(at)?;
            at = shock.at;
            Some(shock)
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
        for first_hour in [0, 9] {
            let morning = |it: &Shock| (it.at.as_ms() / 3_600_000 + first_hour) % 24 < 12;
            let moments = moments_from(0.01, by_hour, first_hour);
            assert!(moments.len() > 700 && moments.iter().all(morning), "{}", moments.len());
        }
    }
}
