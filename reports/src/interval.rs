//! An interval of a mean that holds where most replications see nothing and a few see much.
//!
//! Reclaims come in batches and are rare, so the values of replications are mostly zero and
//! sometimes large. Student's t then misses to one side: at the published rates a "95 %" interval of
//! the reclaims of the shop in the library, from 60 weeks, holds in 79 to 90 %. The sum of such values
//! is close to a gamma variate, which has the same zero, the same mean, the same variance and about
//! the same skewness; so the ends are those of gamma distributions.
// M. P. Fay and E. J. Feuer, Confidence intervals for directly standardized rates: a method based on
// the gamma distribution, Statistics in Medicine 16 (1997) 791-801: the lower end has the moments
// that were seen, the upper end those with one more event, as large as the largest.

/// The quantile of the standard normal distribution at 97.5 %.
const Z: f64 = 1.959_963_984_540_054;
/// From this shape on a gamma quantile is that of Wilson and Hilferty, right to 2e-7.
const LARGE: f64 = 2_000.0;

/// The 95 % interval of the mean of `values`; none where nothing varies.
#[must_use]
pub fn of_mean(values: &[f64]) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Differences that only rounding made are none.
    if values.len() < 2 || most - least <= 1e-12 * most.abs().max(least.abs()) {
        return None;
    }
    let skew = values.iter().map(|x| (x - mean) * (x - mean) * (x - mean)).sum::<f64>();
    let (low, high) = if skew >= 0.0 {
        let above: Vec<f64> = values.iter().map(|x| x - least).collect();
        let (low, high) = of_sizes(&above);
        (least + low, least + high)
    } else {
        // Dents in what is else the same: a cost from which lost hours are missing.
        let below: Vec<f64> = values.iter().map(|x| most - x).collect();
        let (low, high) = of_sizes(&below);
        (most - high, most - low)
    };
    // What is never negative has no negative mean.
    Some((if least >= 0.0 { low.max(0.0) } else { low }, high))
}

/// The interval of the mean of sizes, the least of which is zero.
fn of_sizes(sizes: &[f64]) -> (f64, f64) {
    let n = sizes.len() as f64;
    let sum = sizes.iter().sum::<f64>();
    let mean = sum / n;
    let squares = sizes.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
    // Few replications know their variance badly, which is what Student's t is for.
    let t = t_quantile_975(sizes.len() - 1) / Z;
    let variance = n * squares / (n - 1.0) * t * t;
    // One more event is as large as the largest that was seen: the rarest storms are the largest, and
    // an experiment that missed them misses to that side.
    let event = sizes.iter().copied().fold(0.0, f64::max);
    let low = gamma_quantile(sum * sum / variance, 0.025) * variance / sum;
    let (sum, variance) = (sum + event, variance + event * event);
    let high = gamma_quantile(sum * sum / variance, 0.975) * variance / sum;
    (low / n, high / n)
}

/// The largest share of replications in which something happens that `n` of them never saw: as one
/// that happens in more is seen at least once with 95 %.
// C. J. Clopper and E. S. Pearson, Biometrika 26 (1934); about 3 / n, the rule of three
#[must_use]
pub fn share_unseen(n: usize) -> f64 {
    1.0 - libm::pow(0.05, 1.0 / n as f64)
}

/// Where a share lies with 95 % that `hits` of `n` have: the interval of Wilson, which holds near 0 and
/// 1 too. All of 0 to 1 where there is none.
// E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927
#[must_use]
pub fn wilson(hits: usize, n: usize) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (n, share) = (n as f64, hits as f64 / n as f64);
    let square = Z * Z / n;
    let middle = share + square / 2.0;
    let half = Z * libm::sqrt((share * (1.0 - share) + square / 4.0) / n);
    let end = |value: f64| (value / (1.0 + square)).clamp(0.0, 1.0);
    (end(middle - half), end(middle + half))
}

/// The quantile of a gamma distribution of scale 1, at 2.5 or 97.5 %.
fn gamma_quantile(shape: f64, p: f64) -> f64 {
    if shape >= LARGE {
        // E. B. Wilson and M. M. Hilferty, The distribution of chi-square, 1931
        let z = if p < 0.5 { -Z } else { Z };
        let root = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * libm::sqrt(shape));
        return shape * root * root * root;
    }
    let (mut low, mut high) = (0.0, shape + 20.0 * libm::sqrt(shape) + 20.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if incomplete_gamma(shape, middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// The regularised lower incomplete gamma function, by its series or its continued fraction.
fn incomplete_gamma(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let front = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-15 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return front * sum;
    }
    let nonzero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1e300, 1.0 / nonzero(b));
    let mut fraction = d;
    for i in 1..1_000 {
        let i = f64::from(i);
        let factor = i * (a - i);
        b += 2.0;
        d = 1.0 / nonzero(factor * d + b);
        c = nonzero(b + factor / c);
        fraction *= c * d;
        if (c * d - 1.0).abs() <= 1e-15 {
            break;
        }
    }
    1.0 - front * fraction
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

    /// Half of chi-square with twice as many degrees of freedom: tables of it.
    #[test]
    fn gamma_quantiles_are_those_of_the_tables() {
        for (degrees, low, high) in [
            (1.0, 0.000_982_1, 5.023_886),
            (2.0, 0.050_635_6, 7.377_759),
            (10.0, 3.246_973, 20.483_177),
            (100.0, 74.221_927, 129.561_197),
        ] {
            let quantile = |p| 2.0 * gamma_quantile(degrees / 2.0, p);
            assert!((quantile(0.025) / low - 1.0).abs() < 1e-4, "{degrees}");
            assert!((quantile(0.975) / high - 1.0).abs() < 1e-6, "{degrees}");
        }
        // Both ways agree where one gives over to the other.
        let [below, above] = [LARGE - 1e-6, LARGE].map(|shape| gamma_quantile(shape, 0.975));
        assert!((below / above - 1.0).abs() < 1e-6, "{below} {above}");
    }

    /// Equal events of a Poisson process: the exact interval of a count, by Garwood.
    #[test]
    fn a_rare_count_has_the_interval_of_poisson() {
        let mut values = vec![0.0; 100_000];
        values[..3].fill(1.0);
        let (low, high) = of_mean(&values).unwrap();
        assert!((low * 100_000.0 / 0.618_672 - 1.0).abs() < 1e-3, "{low}");
        assert!((high * 100_000.0 / 8.767_273 - 1.0).abs() < 1e-3, "{high}");
    }

    #[test]
    fn dents_are_the_mirror_of_events() {
        let events: Vec<f64> =
            (0..50).map(|r| if r % 7 == 0 { f64::from(r) } else { 0.0 }).collect();
        let dents: Vec<f64> = events.iter().map(|x| 1_000.0 - x).collect();
        let ((low, high), (least, most)) = (of_mean(&events).unwrap(), of_mean(&dents).unwrap());
        assert!((1_000.0 - high - least).abs() < 1e-9 && (1_000.0 - low - most).abs() < 1e-9);
        assert!(low > 0.0);
    }

    #[test]
    fn what_does_not_vary_has_no_interval() {
        assert_eq!(of_mean(&[3.0]), None);
        assert_eq!(of_mean(&[0.1 + 0.2, 0.3, 0.3]), None);
    }

    /// Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
    #[test]
    fn wilson_is_that_of_the_tables() {
        for (hits, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let (own_low, own_high) = wilson(hits, n);
            assert!(
                (own_low - low).abs() < 5e-5 && (own_high - high).abs() < 5e-5,
                "{hits} of {n}"
            );
        }
    }

    #[test]
    fn the_rule_of_three() {
        assert!((share_unseen(300) * 300.0 - 2.98).abs() < 0.01);
    }
}
