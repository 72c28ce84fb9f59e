//! Growth since the container's start: a ramp that ends, or a leak that does not. A restart begins it
//! anew.

use super::{Path, When, cell, each};
use crate::model::usage::{Amount, Ramp};
use crate::time::SimTime;

impl<V: Amount> Path<V> for Ramp<V> {
    fn at(&self, when: &When) -> V {
        let (index, _) = cell(when.age(), self.every);
        let ms = index * self.every.as_ms() + self.every.as_ms() / 2;
        let part = ms as f64 / self.over.as_ms().max(1) as f64;
        let part = if self.ends { part.min(1.0) } else { part };
        each(self.by, |_, by| by * part)
    }

    fn next_change(&self, when: &When) -> Option<SimTime> {
        let (index, end) = cell(when.age(), self.every);
        let begun = index * self.every.as_ms();
        let over = self.ends && begun >= self.over.as_ms();
        (!over).then(|| when.started + end)
    }

    fn is_shared(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{mean, when};
    use super::*;
    use crate::model::usage::Used;
    use crate::time::Span;

    fn ramp(ends: bool) -> Ramp<Used> {
        let by = Used { cpu: 600, memory: 6_000 };
        Ramp { by, over: Span::from_secs(600), ends, every: Span::from_secs(60) }
    }

    #[test]
    fn a_leak_grows_until_its_container_restarts() {
        let leak = ramp(false);
        assert_eq!(leak.at(&when(0, 0)).memory, 300);
        assert_eq!(leak.at(&when(1_200_000, 0)).memory, 12_300);
        assert_eq!(leak.at(&when(1_200_000, 1_200_000)).memory, 300, "after a restart");
        assert_eq!(leak.next_change(&when(90_000, 30_000)), Some(SimTime::from_ms(150_000)));
    }

    #[test]
    fn a_ramp_ends_and_is_right_on_average() {
        let path = ramp(true);
        assert!((mean(&path, 600_000) - 300.0).abs() < 1e-9);
        assert_eq!(path.at(&when(700_000, 0)).cpu, 600);
        assert_eq!(path.next_change(&when(700_000, 0)), None);
    }
}
