//! Constants: amounts that are the same for all.

use super::{Distribution, Impossible, not_negative};

/// One value.
#[derive(Clone, Copy, Debug)]
pub struct Constant(f64);

impl Constant {
    /// Always `value`.
    ///
    /// # Errors
    /// If it is negative.
    pub fn new(value: f64) -> Result<Constant, Impossible> {
        Ok(Constant(not_negative("the value", value)?))
    }
}

impl Distribution for Constant {
    fn quantile(&self, _: f64) -> f64 {
        self.0
    }

    fn mean(&self) -> f64 {
        self.0
    }
}
