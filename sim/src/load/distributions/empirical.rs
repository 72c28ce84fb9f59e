//! Empirical: values as they were observed, each as likely as it was often.

use std::sync::Arc;

use super::{Distribution, Impossible};

/// Observed values.
#[derive(Clone, Debug)]
pub struct Empirical {
    /// In order.
    values: Arc<[f64]>,
    mean: f64,
}

impl Empirical {
    /// One of `values`.
    ///
    /// # Errors
    /// If there is none, or one is negative or not a number.
    pub fn new(mut values: Vec<f64>) -> Result<Empirical, Impossible> {
        if values.is_empty() {
            return Err(Impossible::because("there are no values to draw from"));
        }
        for value in &values {
            super::not_negative("a value", *value)?;
        }
        values.sort_by(f64::total_cmp);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Ok(Empirical { values: values.into(), mean })
    }
}

impl Distribution for Empirical {
    /// The nearest rank, which is a value that was observed.
    fn quantile(&self, u: f64) -> f64 {
        let rank = libm::ceil(u * self.values.len() as f64);
        // Within the ranks, as `u` is within (0, 1).
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let rank = (rank as usize).clamp(1, self.values.len());
        self.values[rank - 1]
    }

    fn mean(&self) -> f64 {
        self.mean
    }
}
