//! Zipf: of some ranks the first is the most likely, and the others by a power of their rank.

use std::sync::Arc;

use super::{Distribution, Impossible, not_negative};

/// At most this many ranks, each of which has an entry in a table.
const MOST: u32 = 1_000_000;

/// A rank from 1 on.
#[derive(Clone, Debug)]
pub struct Zipf {
    /// Of each rank the share of draws that do not exceed it.
    up_to: Arc<[f64]>,
    mean: f64,
}

impl Zipf {
    /// One of the ranks up to `ranks`, rank `r` with a weight of `r` to the power of `-exponent`.
    ///
    /// # Errors
    /// If there are no ranks or too many, or the exponent is negative.
    pub fn new(ranks: u32, exponent: f64) -> Result<Zipf, Impossible> {
        if ranks == 0 || ranks > MOST {
            return Err(Impossible(format!("ranks is {ranks}, and must be from 1 to {MOST}")));
        }
        let exponent = not_negative("exponent", exponent)?;
        let weight = |rank| weight(rank, exponent);
        let whole: f64 = (1..=ranks).map(weight).sum();
        let mean = (1..=ranks).map(|rank| f64::from(rank) * weight(rank)).sum::<f64>() / whole;
        let up_to = (1..=ranks).scan(0.0, |sum, rank| {
            *sum += weight(rank) / whole;
            Some(*sum)
        });
        Ok(Zipf { up_to: up_to.collect(), mean })
    }
}

/// The weight of a rank from 1 on.
#[must_use]
pub fn weight(rank: u32, exponent: f64) -> f64 {
    libm::pow(f64::from(rank), -exponent)
}

impl Distribution for Zipf {
    fn quantile(&self, u: f64) -> f64 {
        let below = self.up_to.partition_point(|share| *share < u);
        (below.min(self.up_to.len() - 1) + 1) as f64
    }

    fn mean(&self) -> f64 {
        self.mean
    }
}
