//! Bounded Pareto: a heavy tail that ends somewhere.

use super::{Distribution, Impossible, positive};

/// A power law between two bounds.
#[derive(Clone, Copy, Debug)]
pub struct BoundedPareto {
    alpha: f64,
    min: f64,
    max: f64,
}

impl BoundedPareto {
    /// Between `min` and `max`, falling with the power `alpha`.
    ///
    /// # Errors
    /// If a parameter is not positive, or the bounds are in the wrong order.
    pub fn new(alpha: f64, min: f64, max: f64) -> Result<BoundedPareto, Impossible> {
        let alpha = positive("alpha", alpha)?;
        let (min, max) = (positive("min", min)?, positive("max", max)?);
        if min >= max {
            return Err(Impossible(format!("min is {min}, and must be below max, which is {max}")));
        }
        Ok(BoundedPareto { alpha, min, max })
    }

    /// The share of an unbounded law that lies above the upper bound.
    fn beyond(&self) -> f64 {
        libm::pow(self.min / self.max, self.alpha)
    }
}

impl Distribution for BoundedPareto {
    fn quantile(&self, u: f64) -> f64 {
        let survival = 1.0 - u * (1.0 - self.beyond());
        (self.min * libm::pow(survival, -1.0 / self.alpha)).clamp(self.min, self.max)
    }

    fn mean(&self) -> f64 {
        let BoundedPareto { alpha, min, max } = *self;
        let whole = 1.0 - self.beyond();
        // The general formula has a gap at one, where it is a logarithm.
        if (alpha - 1.0).abs() < 1e-9 {
            return min * libm::log(max / min) / whole;
        }
        let tail = 1.0 - libm::pow(min / max, alpha - 1.0);
        alpha * min / (alpha - 1.0) * tail / whole
    }
}
