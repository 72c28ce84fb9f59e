//! Statistics over replications: means, intervals, and ratios of means.

use schemars::JsonSchema;
use serde::Serialize;

/// A mean with its 95 % interval; no interval from fewer than two replications.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
pub struct Estimate {
    /// The mean over replications.
    pub mean: f64,
    /// The lower end of the interval.
    pub low: Option<f64>,
    /// The upper end of the interval.
    pub high: Option<f64>,
}

impl Estimate {
    /// The mean of one value per replication, with Student's t.
    #[must_use]
    pub fn of(values: &[f64]) -> Estimate {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        if values.len() < 2 {
            return Estimate { mean, low: None, high: None };
        }
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
        Estimate::around(mean, (variance / n).sqrt(), values.len())
    }

    /// A ratio of means, with the delete-one jackknife; none when the denominators sum to zero.
    #[must_use]
    pub fn of_ratio(numerators: &[f64], denominators: &[f64]) -> Option<Estimate> {
        let (top, bottom) = (numerators.iter().sum::<f64>(), denominators.iter().sum::<f64>());
        if bottom == 0.0 {
            return None;
        }
        let ratio = top / bottom;
        let count = numerators.len();
        if count < 2 {
            return Some(Estimate { mean: ratio, low: None, high: None });
        }
        let n = count as f64;
        let without: Vec<f64> =
            numerators.iter().zip(denominators).map(|(t, b)| (top - t) / (bottom - b)).collect();
        let mean = without.iter().sum::<f64>() / n;
        let squares = without.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
        Some(Estimate::around(ratio, (squares * (n - 1.0) / n).sqrt(), count))
    }

    /// The same in other units.
    #[must_use]
    pub fn times(self, factor: f64) -> Estimate {
        Estimate {
            mean: self.mean * factor,
            low: self.low.map(|low| low * factor),
            high: self.high.map(|high| high * factor),
        }
    }

    /// Half the width of the interval.
    #[must_use]
    pub fn margin(self) -> Option<f64> {
        self.low.zip(self.high).map(|(low, high)| (high - low) / 2.0)
    }

    /// Whether the interval covers zero, so that not even the sign is certain.
    #[must_use]
    pub fn covers_zero(self) -> bool {
        self.low.zip(self.high).is_some_and(|(low, high)| low <= 0.0 && high >= 0.0)
    }

    fn around(mean: f64, error: f64, n: usize) -> Estimate {
        let margin = t_quantile_975(n - 1) * error;
        Estimate { mean, low: Some(mean - margin), high: Some(mean + margin) }
    }
}

/// The 97.5th percentile of Student's t, by bisection of its distribution.
fn t_quantile_975(degrees: usize) -> f64 {
    let nu = degrees as f64;
    let (mut low, mut high) = (0.0, 13.0);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        // P(|T| > t) = I_x(nu / 2, 1 / 2) with x = nu / (nu + t²).
        if incomplete_beta(nu / 2.0, 0.5, nu / (nu + middle * middle)) > 0.05 {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// The regularised incomplete beta function, by its continued fraction (Lentz's method).
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, 1.0 - x);
    }
    let log_front = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)
        + a * libm::log(x)
        + b * libm::log(1.0 - x);
    let nonzero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for m in 1..400 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = fraction;
        for term in [even, odd] {
            d = 1.0 / nonzero(1.0 + term * d);
            c = nonzero(1.0 + term / c);
            fraction *= d * c;
        }
        if (fraction - before).abs() <= 1e-15 * fraction.abs() {
            break;
        }
    }
    libm::exp(log_front) * fraction / a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_quantiles_are_those_of_the_tables() {
        for (degrees, t) in [
            (1, 12.706_205),
            (9, 2.262_157),
            (29, 2.045_230),
            (199, 1.971_957),
            (100_000, 1.959_988),
        ] {
            assert!((t_quantile_975(degrees) - t).abs() < 2e-6, "{degrees}");
        }
    }

    #[test]
    fn one_replication_has_no_interval() {
        assert_eq!(Estimate::of(&[3.0]), Estimate { mean: 3.0, low: None, high: None });
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
}
