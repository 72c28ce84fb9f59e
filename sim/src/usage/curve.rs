//! The sum of several shapes, with noise on it.

use super::{Path, When, sum};
use crate::model::usage::{Amount, Curve};
use crate::time::SimTime;

impl<V: Amount> Path<V> for Curve<V> {
    fn at(&self, when: &When) -> V {
        let values = self.shapes.iter().map(|shape| shape.path().at(when));
        let whole = values.fold(V::default(), sum);
        self.noise.as_ref().map_or(whole, |noise| noise.on(whole, when))
    }

    fn next_change(&self, when: &When) -> Option<SimTime> {
        let changes = self.shapes.iter().filter_map(|shape| shape.path().next_change(when));
        changes.chain(self.noise.as_ref().map(|noise| noise.next_change(when))).min()
    }

    fn is_shared(&self) -> bool {
        self.shapes.iter().all(|shape| shape.path().is_shared())
            && self.noise.as_ref().is_none_or(|noise| noise.shared)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::when;
    use super::*;
    use crate::model::usage::{Constant, Noise, Ramp, Shape, StartUp, Used};
    use crate::time::Span;

    fn used(cpu: u64, memory: u64) -> Used {
        Used { cpu, memory }
    }

    #[test]
    fn shapes_add_up_and_the_soonest_change_counts() {
        let leak = Ramp {
            by: used(0, 600),
            over: Span::from_secs(600),
            ends: false,
            every: Span::from_secs(60),
        };
        let start_up = StartUp { more: used(500, 0), lasts: Span::from_secs(90) };
        let curve = Curve {
            shapes: vec![
                Shape::Constant(Constant(used(100, 1_000))),
                Shape::Ramp(leak),
                Shape::StartUp(start_up),
            ],
            noise: None,
        };
        assert_eq!(curve.at(&when(0, 0)), used(600, 1_030));
        assert_eq!(curve.at(&when(90_000, 0)), used(100, 1_090));
        assert_eq!(curve.next_change(&when(60_000, 0)), Some(SimTime::from_ms(90_000)));
        assert!(!curve.is_shared());
    }

    #[test]
    fn a_sum_is_shared_only_if_all_of_it_is() {
        let mut curve = Curve { shapes: vec![Shape::Constant(Constant(used(1, 1)))], noise: None };
        assert!(curve.is_shared());
        let noise = Noise { cv: [100, 0], every: Span::from_secs(60), shared: true };
        curve.noise = Some(noise);
        assert!(curve.is_shared());
        curve.noise = Some(Noise { shared: false, ..noise });
        assert!(!curve.is_shared());
    }
}
