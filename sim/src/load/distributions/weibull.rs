//! Weibull: with a shape below one burstier than exponential, above one more regular.

use super::{Distribution, Impossible, positive};

/// A power of an exponential variate.
#[derive(Clone, Copy, Debug)]
pub struct Weibull {
    shape: f64,
    scale: f64,
}

impl Weibull {
    /// By its mean and its shape.
    ///
    /// # Errors
    /// If one is not positive, or the shape below 0.05, of which no finite draw has the mean.
    pub fn new(mean: f64, shape: f64) -> Result<Weibull, Impossible> {
        let (mean, shape) = (positive("mean", mean)?, positive("shape", shape)?);
        if shape < 0.05 {
            return Err(Impossible(format!("shape is {shape}, and must be at least 0.05")));
        }
        Ok(Weibull { shape, scale: mean / libm::tgamma(1.0 + 1.0 / shape) })
    }
}

impl Distribution for Weibull {
    fn quantile(&self, u: f64) -> f64 {
        self.scale * libm::pow(-libm::log1p(-u), 1.0 / self.shape)
    }

    fn mean(&self) -> f64 {
        self.scale * libm::tgamma(1.0 + 1.0 / self.shape)
    }
}
