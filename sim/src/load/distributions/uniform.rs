//! Equally likely between two bounds.

use super::{Distribution, Impossible, not_negative};

/// Anything from one bound to another.
#[derive(Clone, Copy, Debug)]
pub struct Uniform {
    min: f64,
    max: f64,
}

impl Uniform {
    /// Between `min` and `max`.
    ///
    /// # Errors
    /// If a bound is negative, or they are in the wrong order.
    pub fn new(min: f64, max: f64) -> Result<Uniform, Impossible> {
        let (min, max) = (not_negative("min", min)?, not_negative("max", max)?);
        if min > max {
            return Err(Impossible(format!("min is {min}, above max, which is {max}")));
        }
        Ok(Uniform { min, max })
    }
}

impl Distribution for Uniform {
    fn quantile(&self, u: f64) -> f64 {
        self.min + u * (self.max - self.min)
    }

    fn mean(&self) -> f64 {
        f64::midpoint(self.min, self.max)
    }
}
