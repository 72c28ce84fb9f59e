//! CPU and memory of a pod, drawn together: a Gaussian copula gives each its own distribution, and
//! says how much a large one goes with a large other.

use super::distributions::{Impossible, Shared};
use crate::rng::Draws;

/// What a pod requests, by chance.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// CPU, in millicores.
    cpu: Shared,
    /// Memory, in bytes.
    memory: Shared,
    /// The correlation of the normal scores behind both.
    correlation: f64,
}

/// What a pod requests.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Size {
    /// CPU, in millicores.
    pub cpu: u64,
    /// Memory, in bytes.
    pub memory: u64,
}

/// More than there is of anything.
const MOST: f64 = (1_u64 << 50) as f64;
const MIB: f64 = (1_u64 << 20) as f64;

impl Sizes {
    /// `cpu` and `memory`, of which the normal scores have this correlation.
    ///
    /// # Errors
    /// If it is no correlation.
    pub fn new(cpu: Shared, memory: Shared, correlation: f64) -> Result<Sizes, Impossible> {
        if !(-1.0..=1.0).contains(&correlation) {
            let message = format!("correlation is {correlation}, and must be from -1 to 1");
            return Err(Impossible::because(message));
        }
        Ok(Sizes { cpu, memory, correlation })
    }

    /// What is requested on average.
    #[must_use]
    pub fn mean(&self) -> Size {
        Size { cpu: whole(self.cpu.mean()), memory: whole(self.memory.mean()) }
    }

    /// Millicores and bytes, as they are drawn.
    #[must_use]
    pub fn draw_exactly(&self, draws: &mut Draws) -> [f64; 2] {
        let (one, other) = (draws.normal(), draws.normal());
        let rest = libm::sqrt(1.0 - self.correlation * self.correlation);
        let scores = [one, self.correlation * one + rest * other];
        let [cpu, memory] = scores.map(share_below);
        [self.cpu.quantile(cpu), self.memory.quantile(memory)]
    }

    /// What a pod requests: to two digits, as requests are written, so that many pods are alike; in
    /// whole millicores and MiB, at least one.
    #[must_use]
    pub fn draw(&self, draws: &mut Draws) -> Size {
        let [cpu, memory] = self.draw_exactly(draws);
        Size {
            cpu: whole(two_digits(cpu).max(1.0)),
            memory: whole(two_digits(memory / MIB).max(1.0) * MIB),
        }
    }
}

/// The correlation of the normal scores of what has this correlation of ranks, under a Gaussian copula.
#[must_use]
pub fn of_ranks(correlation: f64) -> f64 {
    2.0 * libm::sin(correlation * std::f64::consts::PI / 6.0)
}

/// The share of normal variates below `z`, never 0 or 1.
fn share_below(z: f64) -> f64 {
    const LEAST: f64 = f64::EPSILON / 2.0;
    (0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)).clamp(LEAST, 1.0 - LEAST)
}

/// Rounded to a whole number of at most two digits and zeros.
fn two_digits(x: f64) -> f64 {
    let (x, mut unit) = (x.min(MOST), 1.0);
    while x / unit >= 99.5 {
        unit *= 10.0;
    }
    libm::rint(x / unit) * unit
}

/// A number of 0 or more as a whole one; what is more than there is of anything is the most there is.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates, as it should
fn whole(x: f64) -> u64 {
    libm::rint(x).min(MOST) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_two_digits() {
        for (exact, written) in
            [(0.4, 0.0), (99.4, 99.0), (99.6, 100.0), (104.9, 100.0), (1_250.0, 1_200.0)]
        {
            assert!((two_digits(exact) - written).abs() < 1e-9, "{exact}");
        }
    }
}
