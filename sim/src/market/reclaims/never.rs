//! No reclaims: always enough capacity, and nothing is ever taken.

use super::{CapacityPath, Reclaims};
use crate::model::Model;
use crate::rng::Root;

/// Always enough capacity.
#[derive(Clone, Copy, Debug, Default)]
pub struct Never;

impl Reclaims for Never {
    fn name(&self) -> &'static str {
        "none"
    }

    fn has_rates(&self) -> bool {
        false
    }

    fn open(&self, _: Root, _: &Model, _: f64) -> Box<dyn CapacityPath> {
        Box::new(Never)
    }
}

impl CapacityPath for Never {}
