//! Statistics over replications: means, their intervals, how far single replications spread, and
//! ratios of means.

use schemars::JsonSchema;
use serde::Serialize;

use crate::interval;

/// In fewer replications than this something is seen too rarely for an interval to hold in 95 %.
pub const FEW_SEEN: usize = 10;

/// A mean over replications with its 95 % interval, and how far single replications spread.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// The mean over replications.
    pub mean: f64,
    /// The lower end of the interval of the mean; none from fewer than two replications, and none
    /// where all are equal.
    pub low: Option<f64>,
    /// The upper end. Of what could have been seen and was not, a bound: `low` and `mean` are 0.
    pub high: Option<f64>,
    /// The 5th percentile of single replications; none from fewer than two.
    pub p05: Option<f64>,
    /// Their 95th percentile.
    pub p95: Option<f64>,
    /// Whether fewer than ten replications differ from all others, so that the interval is no more
    /// than a bound.
    pub rare: bool,
}

impl Estimate {
    /// The mean of one value per replication.
    #[must_use]
    pub fn of(values: &[f64]) -> Estimate {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Estimate::around(mean, values, values)
    }

    /// The mean of how often something happens. Where it could have and never did, `most` is how
    /// much of it one replication may see, and the upper end is that in as many of them as could
    /// have been missed.
    #[must_use]
    pub fn of_events(values: &[f64], most: Option<f64>) -> Estimate {
        let estimate = Estimate::of(values);
        let unseen = values.len() > 1 && values.iter().all(|value| *value == 0.0);
        match most.filter(|_| unseen) {
            Some(most) => Estimate {
                low: Some(0.0),
                high: Some(interval::share_unseen(values.len()) * most),
                rare: true,
                ..estimate
            },
            None => estimate,
        }
    }

    /// A ratio of means; none when the denominators sum to zero.
    #[must_use]
    pub fn of_ratio(numerators: &[f64], denominators: &[f64]) -> Option<Estimate> {
        let (top, bottom) = (numerators.iter().sum::<f64>(), denominators.iter().sum::<f64>());
        if bottom == 0.0 {
            return None;
        }
        let (ratio, mean) = (top / bottom, bottom / numerators.len() as f64);
        let pairs = || numerators.iter().zip(denominators);
        // How the ratio depends on each replication, to first order: the infinitesimal jackknife.
        let pulls: Vec<f64> = pairs().map(|(t, b)| ratio + (t - ratio * b) / mean).collect();
        let each: Vec<f64> = pairs().filter(|(_, b)| **b != 0.0).map(|(t, b)| t / b).collect();
        Some(Estimate::around(ratio, &pulls, &each))
    }

    /// The same in other units.
    #[must_use]
    pub fn times(self, factor: f64) -> Estimate {
        let scaled = |value: Option<f64>| value.map(|value| value * factor);
        Estimate {
            mean: self.mean * factor,
            low: scaled(self.low),
            high: scaled(self.high),
            p05: scaled(self.p05),
            p95: scaled(self.p95),
            rare: self.rare,
        }
    }

    /// Whether the interval covers zero, so that not even the sign is certain.
    #[must_use]
    pub fn covers_zero(self) -> bool {
        self.low.zip(self.high).is_some_and(|(low, high)| low <= 0.0 && high >= 0.0)
    }

    fn around(mean: f64, values: &[f64], each: &[f64]) -> Estimate {
        let ends = interval::of_mean(values);
        let mut sorted = each.to_vec();
        sorted.sort_by(f64::total_cmp);
        let quantile = |percent| quantile(&sorted, percent).filter(|_| values.len() > 1);
        Estimate {
            mean,
            low: ends.map(|(low, _)| low),
            high: ends.map(|(_, high)| high),
            p05: quantile(5),
            p95: quantile(95),
            rare: ends.is_some() && rare(&sorted),
        }
    }
}

/// The smallest of sorted values that a percentage do not exceed: the nearest rank.
fn quantile(sorted: &[f64], percent: usize) -> Option<f64> {
    sorted.get((sorted.len() * percent).div_ceil(100).max(1) - 1).copied()
}

/// Whether most of sorted values are the same, and few are not.
fn rare(sorted: &[f64]) -> bool {
    let same = |one: &f64, next: &f64| (next - one).abs() <= 1e-12 * one.abs();
    let commonest = sorted.chunk_by(same).map(<[f64]>::len).max().unwrap_or(0);
    2 * commonest >= sorted.len() && sorted.len() - commonest < FEW_SEEN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_replication_has_no_interval() {
        let one = Estimate::of(&[3.0]);
        assert_eq!((one.mean, one.low, one.high, one.p05, one.p95), (3.0, None, None, None, None));
    }

    /// A 95 % interval covers the truth 95 times in 100: 4 000 samples of 10 normal values.
    #[test]
    fn the_interval_covers() {
        let mut state = 1_u64;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
        };
        let mut normal = || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
        let covered = (0..4_000)
            .filter(|_| {
                let values: Vec<f64> = (0..10).map(|_| 5.0 + normal()).collect();
                let estimate = Estimate::of(&values);
                estimate.low.unwrap() <= 5.0 && 5.0 <= estimate.high.unwrap()
            })
            .count();
        assert!((3_740..3_860).contains(&covered), "{covered} of 4000");
    }

    #[test]
    fn a_ratio_is_of_means_and_not_a_mean_of_ratios() {
        let ratio = Estimate::of_ratio(&[1.0, 9.0], &[10.0, 10.0]).unwrap();
        assert!((ratio.mean - 0.5).abs() < 1e-12);
        assert!(ratio.low.unwrap() < 0.5 && ratio.high.unwrap() > 0.5);
        assert_eq!(Estimate::of_ratio(&[0.0], &[0.0]), None);
    }

    #[test]
    fn what_was_never_seen_has_a_bound_and_not_a_certain_zero() {
        let never = Estimate::of_events(&[0.0; 300], Some(2.0));
        assert_eq!((never.mean, never.low), (0.0, Some(0.0)));
        let high = never.high.unwrap();
        assert!((0.019..0.020).contains(&high), "{high}");
        // What cannot happen has neither.
        let cannot = Estimate::of_events(&[0.0; 300], None);
        assert_eq!((cannot.low, cannot.high), (None, None));
    }

    #[test]
    fn what_is_rare_says_so() {
        let mut values = vec![0.0; 300];
        values[..9].fill(1.0);
        assert!(Estimate::of(&values).rare);
        values[9] = 1.0;
        assert!(!Estimate::of(&values).rare);
        assert!(!Estimate::of(&[1.0, 2.0, 3.0]).rare);
    }

    #[test]
    fn single_replications_spread_further_than_the_mean() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        let estimate = Estimate::of(&values);
        assert_eq!((estimate.p05, estimate.p95), (Some(5.0), Some(95.0)));
        assert!(estimate.low.unwrap() > 40.0 && estimate.high.unwrap() < 60.0);
    }
}
