//! Noise: log-normal factors with a mean of 1, one for each cell of time.

use super::{When, cell, each};
use crate::model::usage::{Amount, Noise};
use crate::rng::Stream;
use crate::time::SimTime;

impl Noise {
    /// A value with the noise of an instant.
    pub(super) fn on<V: Amount>(&self, value: V, when: &When) -> V {
        let (index, _) = cell(when.at.since(SimTime::ZERO), self.every);
        let mut draws = when.draws(Stream::UsageNoise, self.shared, index);
        let factors = self.cv.map(|cv| {
            let normal = draws.normal();
            let cv = f64::from(cv) / 1_000.0;
            let variance = libm::log1p(cv * cv);
            libm::exp(libm::sqrt(variance) * normal - variance / 2.0)
        });
        each(value, |lane, amount| amount * factors[lane])
    }

    /// When the cell of an instant ends.
    pub(super) fn next_change(&self, when: &When) -> SimTime {
        SimTime::ZERO + cell(when.at.since(SimTime::ZERO), self.every).1
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::when;
    use super::*;
    use crate::model::usage::Used;
    use crate::time::Span;

    #[test]
    fn factors_have_a_mean_of_one_and_the_variation_that_is_asked_for() {
        let noise = Noise { cv: [300, 0], every: Span::from_secs(60), shared: false };
        const N: u64 = 20_000;
        let level = Used { cpu: 1_000_000, memory: 1 << 30 };
        let draws: Vec<Used> = (0..N).map(|n| noise.on(level, &when(n * 60_000, 0))).collect();
        let values: Vec<f64> = draws.iter().map(|used| used.cpu as f64 / 1e6).collect();
        let mean = values.iter().sum::<f64>() / N as f64;
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / N as f64;
        assert!((mean - 1.0).abs() < 0.007, "{mean}");
        assert!((libm::sqrt(variance) - 0.3).abs() < 0.007, "{variance}");
        assert!(draws.iter().all(|used| used.memory == 1 << 30), "memory has none");
    }

    #[test]
    fn a_cell_has_one_factor_and_a_replica_its_own() {
        let noise = Noise { cv: [300, 0], every: Span::from_secs(60), shared: false };
        let at = |ms, replica| {
            let mut now = when(ms, 0);
            now.whose.replica = replica;
            noise.on(Used { cpu: 1_000_000, memory: 0 }, &now).cpu
        };
        assert_eq!(at(0, 0), at(59_999, 0));
        assert_ne!(at(0, 0), at(60_000, 0));
        assert_ne!(at(0, 0), at(0, 1));
    }
}
