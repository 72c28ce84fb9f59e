//! Interning of pairs of a number and a key, faster than by hashing where keys are small.
//!
//! A chain of such pairs numbers sequences: each step goes from the number of what came before to
//! the number of that and the next key.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

/// Keys below this are looked up by position.
const SMALL: u64 = 512;
/// In place of a number where there is none.
const NONE: u32 = u32::MAX;

/// A number for each pair that has been asked about, in order of first asking.
#[derive(Default)]
pub(super) struct PairInterner {
    /// By the first number, then by small keys.
    small: Vec<Vec<u32>>,
    large: IndexMap<(u32, u64), u32, FxBuildHasher>,
    count: u32,
}

impl PairInterner {
    /// The number of a pair, and whether it is new.
    pub(super) fn number(&mut self, from: u32, key: u64) -> (u32, bool) {
        let next = self.count;
        let number = if key < SMALL {
            let from = from as usize;
            if self.small.len() <= from {
                self.small.resize_with(from + 1, Vec::new);
            }
            let (keys, key) = (&mut self.small[from], usize::try_from(key).unwrap_or(usize::MAX));
            if keys.len() <= key {
                keys.resize(key + 1, NONE);
            }
            let slot = &mut keys[key];
            if *slot == NONE {
                *slot = next;
            }
            *slot
        } else {
            *self.large.entry((from, key)).or_insert(next)
        };
        let new = number == next;
        if new {
            self.count = next.checked_add(1).filter(|n| *n != NONE).expect("fewer than 2^32 pairs");
        }
        (number, new)
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = PairInterner::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_keeps_its_number() {
        let mut interner = PairInterner::default();
        let pairs = [(0, 0), (0, 511), (0, 512), (7, 0), (7, u64::MAX), (0, 1)];
        for (number, (from, key)) in (0..).zip(pairs) {
            assert_eq!(interner.number(from, key), (number, true));
        }
        for (number, (from, key)) in (0..).zip(pairs) {
            assert_eq!(interner.number(from, key), (number, false));
        }
    }
}
