//! A constant: always the same.

use super::{Path, When};
use crate::model::usage::{Amount, Constant};
use crate::time::SimTime;

impl<V: Amount> Path<V> for Constant<V> {
    fn at(&self, _: &When) -> V {
        self.0
    }

    fn next_change(&self, _: &When) -> Option<SimTime> {
        None
    }

    fn is_shared(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{mean, when};
    use crate::model::usage::{Constant, Rate, Shape};

    #[test]
    fn it_stays() {
        let shape = Shape::Constant(Constant(Rate(40)));
        assert_eq!(shape.path().next_change(&when(5, 0)), None);
        assert!((mean(shape.path(), 1_000) - 40.0).abs() < f64::EPSILON);
    }
}
