//! Another distribution, cut off: what would be more is the most there is.

use super::{Distribution, Impossible, Shared, positive};

/// A distribution with an upper bound.
#[derive(Clone, Debug)]
pub struct AtMost {
    of: Shared,
    most: f64,
    mean: f64,
}

/// How many equal parts of the distribution its mean is taken over.
const PARTS: u32 = 10_000;

impl AtMost {
    /// `of`, and `most` in place of anything above.
    ///
    /// # Errors
    /// If the bound is not positive.
    pub fn new(of: Shared, most: f64) -> Result<AtMost, Impossible> {
        let most = positive("atMost", most)?;
        let middle = |part: u32| (f64::from(part) + 0.5) / f64::from(PARTS);
        let sum: f64 = (0..PARTS).map(|part| of.quantile(middle(part)).min(most)).sum();
        Ok(AtMost { of, most, mean: sum / f64::from(PARTS) })
    }
}

impl Distribution for AtMost {
    fn quantile(&self, u: f64) -> f64 {
        self.of.quantile(u).min(self.most)
    }

    fn mean(&self) -> f64 {
        self.mean
    }
}
