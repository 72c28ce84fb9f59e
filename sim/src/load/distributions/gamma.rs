//! Gamma: the time that several exponential steps take; with a shape below one burstier than
//! exponential, above one more regular.

use super::{Distribution, Impossible, positive};
use crate::rng::Draws;

/// The smallest shape and the largest, for which the quantile function is exact enough.
const SHAPES: [f64; 2] = [0.05, 10_000.0];

/// A gamma distribution.
#[derive(Clone, Copy, Debug)]
pub struct Gamma {
    shape: f64,
    scale: f64,
}

impl Gamma {
    /// By its mean and its shape.
    ///
    /// # Errors
    /// If the mean is not positive, or the shape out of range.
    pub fn new(mean: f64, shape: f64) -> Result<Gamma, Impossible> {
        let (mean, shape) = (positive("mean", mean)?, positive("shape", shape)?);
        let [least, most] = SHAPES;
        if !(least..=most).contains(&shape) {
            return Err(Impossible(format!(
                "shape is {shape}, and must be from {least} to {most}"
            )));
        }
        Ok(Gamma { shape, scale: mean / shape })
    }
}

impl Distribution for Gamma {
    /// By halving the logarithm of an interval.
    fn quantile(&self, u: f64) -> f64 {
        let (mut low, mut high) = (-800.0_f64, libm::log(self.shape * 50.0 + 800.0));
        for _ in 0..64 {
            let middle = f64::midpoint(low, high);
            if below(self.shape, libm::exp(middle)) < u {
                low = middle;
            } else {
                high = middle;
            }
        }
        self.scale * libm::exp(f64::midpoint(low, high))
    }

    fn mean(&self) -> f64 {
        self.shape * self.scale
    }

    fn draw(&self, draws: &mut Draws) -> f64 {
        self.scale * draws.gamma(self.shape)
    }
}

/// The share of gamma variates of a shape that lie below `x`: the regularised incomplete gamma
/// function, by its series where that converges fast, else by its continued fraction.
// Abramowitz and Stegun 6.5.29, 6.5.31; the fraction by Lentz's method
fn below(shape: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let front = libm::exp(shape * libm::log(x) - x - libm::lgamma(shape));
    if x < shape + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / shape, 1.0 / shape, shape);
        while term > sum * 1e-16 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return (front * sum).min(1.0);
    }
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - shape;
    let (mut c, mut d) = (1.0 / TINY, 1.0 / b);
    let mut fraction = d;
    for step in 1..10_000 {
        let step = f64::from(step);
        let a = -step * (step - shape);
        b += 2.0;
        d = a * d + b;
        d = 1.0 / if d.abs() < TINY { TINY } else { d };
        c = b + a / c;
        c = if c.abs() < TINY { TINY } else { c };
        fraction *= d * c;
        if (d * c - 1.0).abs() < 1e-15 {
            break;
        }
    }
    (1.0 - front * fraction).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With a whole shape the share is that of a Poisson count.
    #[test]
    fn the_share_below_is_that_of_a_poisson_count() {
        for (shape, x) in [(1_u32, 0.3_f64), (3, 2.0), (3, 9.0), (20, 15.0), (20, 40.0)] {
            let mut term = libm::exp(-x);
            let mut fewer = 0.0;
            for events in 0..shape {
                fewer += term;
                term *= x / f64::from(events + 1);
            }
            assert!((below(shape.into(), x) - (1.0 - fewer)).abs() < 1e-12, "{shape} {x}");
        }
    }

    #[test]
    fn the_quantile_inverts_the_share() {
        for shape in [0.05, 0.3, 1.0, 7.5, 400.0] {
            let gamma = Gamma::new(shape, shape).unwrap();
            for u in [1e-6, 0.01, 0.5, 0.9, 0.999_99] {
                assert!((below(shape, gamma.quantile(u)) - u).abs() < 1e-9, "{shape} {u}");
            }
        }
    }
}
