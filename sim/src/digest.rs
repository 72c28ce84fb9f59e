//! A stable 64-bit hash: it names random streams and pins runs.
//!
//! Not std's hasher, whose result may change with the compiler; a digest that a user compares
//! with a colleague's must not.

/// A rolling hash over 64-bit words, sensitive to their order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest(u64);

impl Digest {
    /// The digest of nothing.
    pub const EMPTY: Digest = Digest(0x9e37_79b9_7f4a_7c15);

    /// Takes in one word.
    pub fn mix(&mut self, word: u64) {
        // The finalizer of SplitMix64 over the running state: every bit reaches every bit.
        let mut z = self.0.rotate_left(23) ^ word.wrapping_mul(0xa076_1d64_78bd_642f);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.0 = z ^ (z >> 31);
    }

    /// The hash so far.
    pub fn value(self) -> u64 {
        self.0
    }
}

/// The hash of a name, eight bytes at a time, its length included.
#[must_use]
pub fn of_name(name: &str) -> u64 {
    let mut digest = Digest::EMPTY;
    for chunk in name.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        digest.mix(u64::from_le_bytes(word));
    }
    digest.mix(name.len() as u64);
    digest.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_orders_are_told_apart() {
        assert_ne!(of_name("a"), of_name("a\0"));
        assert_ne!(of_name("web"), of_name("bew"));
        let hash = |words: &[u64]| {
            let mut digest = Digest::EMPTY;
            words.iter().for_each(|w| digest.mix(*w));
            digest.value()
        };
        assert_ne!(hash(&[1, 2]), hash(&[2, 1]));
        assert_ne!(hash(&[0]), hash(&[0, 0]));
    }

    #[test]
    fn the_hash_is_part_of_the_format() {
        assert_eq!(format!("{:016x}", of_name("spotsim")), "6b59a8563aa79bfd");
    }
}
