//! Log-normal: most are small, a few are very large. The usual shape of durations and of sizes.

use super::{Distribution, Impossible, positive};
use crate::rng::inverse_normal;

/// The standard normal quantile of 95 %.
const Z95: f64 = 1.644_853_626_951_472_7;

/// The exponential of a normal variate.
#[derive(Clone, Copy, Debug)]
pub struct LogNormal {
    median: f64,
    sigma: f64,
}

impl LogNormal {
    /// By its median and its 95th percentile.
    ///
    /// # Errors
    /// If one is not positive, or they are in the wrong order.
    pub fn of_percentiles(median: f64, p95: f64) -> Result<LogNormal, Impossible> {
        let (median, p95) = (positive("median", median)?, positive("p95", p95)?);
        if p95 < median {
            return Err(Impossible(format!("p95 is {p95}, below the median, which is {median}")));
        }
        Ok(LogNormal { median, sigma: libm::log(p95 / median) / Z95 })
    }

    /// By its median and the standard deviation of its logarithm.
    ///
    /// # Errors
    /// If the median is not positive, or the deviation negative.
    pub fn new(median: f64, sigma: f64) -> Result<LogNormal, Impossible> {
        let sigma = super::not_negative("sigma", sigma)?;
        Ok(LogNormal { median: positive("median", median)?, sigma })
    }
}

impl Distribution for LogNormal {
    fn quantile(&self, u: f64) -> f64 {
        self.median * libm::exp(self.sigma * inverse_normal(u))
    }

    fn mean(&self) -> f64 {
        self.median * libm::exp(self.sigma * self.sigma / 2.0)
    }
}
