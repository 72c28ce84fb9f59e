//! Distributions of sizes, durations and gaps: one file each, behind one trait.
//!
//! Each is given by its quantile function, so that one draw makes one value, two quantities can be
//! correlated, and with the same draw a larger mean gives a larger value.

pub mod at_most;
pub mod bounded_pareto;
pub mod constant;
pub mod empirical;
pub mod gamma;
pub mod log_normal;
pub mod uniform;
pub mod weibull;
pub mod zipf;

use std::fmt::Debug;
use std::sync::Arc;

use crate::rng::Draws;

/// A distribution of positive numbers.
pub trait Distribution: Debug + Send + Sync {
    /// The value that a share `u` of all draws does not exceed; `u` is within (0, 1).
    fn quantile(&self, u: f64) -> f64;

    /// The expectation; infinite where there is none.
    fn mean(&self) -> f64;

    /// A value.
    fn draw(&self, draws: &mut Draws) -> f64 {
        self.quantile(draws.uniform())
    }
}

/// A distribution that several share.
pub type Shared = Arc<dyn Distribution>;

/// Why there is no such distribution.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Impossible(String);

impl Impossible {
    /// What is wrong.
    pub(super) fn because(message: impl Into<String>) -> Impossible {
        Impossible(message.into())
    }
}

/// A parameter that must be a number above zero.
pub(super) fn positive(what: &str, value: f64) -> Result<f64, Impossible> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(Impossible(format!("{what} is {value}, and must be a number above 0")))
    }
}

/// A parameter that must be a number of zero or more.
fn not_negative(what: &str, value: f64) -> Result<f64, Impossible> {
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err(Impossible(format!("{what} is {value}, and must be a number of 0 or more")))
    }
}
