//! The n-th smallest of values that come and go, in logarithmic time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Values that come and go, of which all that ever come are known beforehand: only their order is used.
// A Fenwick tree of counts over the ranks of the values.
#[derive(Clone, Debug)]
pub(crate) struct Ranks {
    values: Vec<u64>,
    tree: Vec<u32>,
    held: usize,
}

impl Ranks {
    /// Without a value yet.
    pub(crate) fn of(values: impl Iterator<Item = u64>) -> Ranks {
        let mut values: Vec<u64> = values.collect();
        values.sort_unstable();
        values.dedup();
        let tree = vec![0; values.len() + 1];
        Ranks { values, tree, held: 0 }
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        self.held
    }

    pub(crate) fn add(&mut self, value: u64) {
        self.held += 1;
        self.change(value, 1);
    }

    pub(crate) fn remove(&mut self, value: u64) {
        self.held -= 1;
        self.change(value, u32::MAX);
    }

    /// Adds a number modulo 2^32 to the count of a value.
    fn change(&mut self, value: u64, by: u32) {
        let mut at = self.values.partition_point(|it| *it < value) + 1;
        while at < self.tree.len() {
            self.tree[at] = self.tree[at].wrapping_add(by);
            at += at & at.wrapping_neg();
        }
    }

    /// The n-th smallest, from 1; the largest if there are fewer, and none if there is no value.
    pub(crate) fn nth(&self, n: usize) -> Option<u64> {
        let mut rest = n.clamp(1, self.held.max(1));
        let mut at = 0;
        let mut width = self.tree.len().next_power_of_two();
        while width > 0 {
            let next = at + width;
            if next < self.tree.len() && (self.tree[next] as usize) < rest {
                rest -= self.tree[next] as usize;
                at = next;
            }
            width /= 2;
        }
        if self.held == 0 { None } else { self.values.get(at).copied() }
    }
}

/// What was seen in a span of time that ends now.
#[derive(Clone, Debug)]
pub(crate) struct Window<T> {
    lasts_ms: u64,
    seen: BinaryHeap<Reverse<(i64, T)>>,
}

impl<T: Ord> Window<T> {
    pub(crate) fn new(lasts_ms: u64) -> Window<T> {
        Window { lasts_ms, seen: BinaryHeap::new() }
    }

    pub(crate) fn push(&mut self, at_ms: i64, what: T) {
        self.seen.push(Reverse((at_ms, what)));
    }

    /// The next that is older than the window, which is forgotten.
    pub(crate) fn expired(&mut self, now_ms: i64) -> Option<T> {
        let oldest = now_ms.saturating_sub_unsigned(self.lasts_ms);
        let Reverse((at_ms, _)) = self.seen.peek()?;
        if *at_ms >= oldest {
            return None;
        }
        self.seen.pop().map(|Reverse((_, what))| what)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(testing::cases(64))]

        #[test]
        fn the_nth_is_that_of_the_sorted_values(
            values in proptest::collection::vec(0..50_u64, 1..60),
            gone in 0..60_usize,
        ) {
            let mut ranks = Ranks::of(values.iter().copied());
            values.iter().for_each(|it| ranks.add(*it));
            let gone = gone.min(values.len());
            values[..gone].iter().for_each(|it| ranks.remove(*it));
            let mut rest = values[gone..].to_vec();
            rest.sort_unstable();
            prop_assert_eq!(ranks.len(), rest.len());
            for n in 1..=rest.len() {
                prop_assert_eq!(ranks.nth(n), Some(rest[n - 1]));
            }
            prop_assert_eq!(ranks.nth(1_000), rest.last().copied());
        }
    }
}
