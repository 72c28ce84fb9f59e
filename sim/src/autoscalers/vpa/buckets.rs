//! The buckets of usage: they grow by a twentieth, from 10 millicores or 10 MB. A percentile is the end
//! of the bucket that it falls into.

use std::sync::LazyLock;

/// How many buckets there are for either resource.
pub const BUCKETS: usize = 176;
/// The last of them, which has no end.
pub(super) const LAST: usize = BUCKETS - 1;
/// By how much each bucket is larger than the one before.
const RATIO: f64 = 1.0 + 0.05;

/// Where the buckets of a resource begin.
#[derive(Debug)]
pub struct Buckets {
    /// The smallest amount of each bucket, in millicores or bytes.
    from: [u64; BUCKETS],
    /// What a percentile in each bucket comes to, in the same unit.
    reported: [u64; BUCKETS],
    /// The bucket of the smallest amount of each class.
    of_class: Box<[u8]>,
}

/// Of CPU: the first bucket is 10 millicores wide; amounts are millicores.
pub static CPU: LazyLock<Buckets> = LazyLock::new(|| Buckets::new(0.01, 1_000.0));
/// Of memory: the first bucket is 10 MB wide; amounts are bytes.
pub static MEMORY: LazyLock<Buckets> = LazyLock::new(|| Buckets::new(1e7, 1.0));

impl Buckets {
    /// Buckets from one of this width, in cores or bytes; `units` are the amounts in one of them.
    // VPA: recommender/util/histogram_options.go exponentialHistogramOptions
    fn new(first: f64, units: f64) -> Buckets {
        let start = |bucket: usize| match bucket {
            0 => 0.0,
            bucket => first * (power(RATIO, bucket) - 1.0) / (RATIO - 1.0),
        };
        let find = |amount: u64| {
            let value = amount as f64 / units;
            if value < first {
                return 0;
            }
            let bucket = libm::log(value * (RATIO - 1.0) / first + 1.0) / libm::log(RATIO);
            to_amount(bucket).min(LAST as u64)
        };
        // Near a boundary only the arithmetic decides on which side an amount is.
        let from = |bucket: usize| {
            let mut amount = to_amount(start(bucket) * units);
            while find(amount) < bucket as u64 {
                amount += 1;
            }
            while amount > 0 && find(amount - 1) >= bucket as u64 {
                amount -= 1;
            }
            amount
        };
        let reported = |bucket: usize| to_amount(start((bucket + 1).min(LAST)) * units);
        let from = std::array::from_fn(from);
        let of_class = (0..CLASSES).map(|class| bucket(&from, least(class)));
        // There are fewer buckets than a byte has values.
        let of_class = of_class.map(|bucket| u8::try_from(bucket).unwrap_or(u8::MAX)).collect();
        Buckets { from, reported: std::array::from_fn(reported), of_class }
    }

    /// The bucket of an amount.
    pub(super) fn find(&self, amount: u64) -> usize {
        // A class is narrower than any bucket that it touches, so that it reaches into one more at most.
        let first = usize::from(self.of_class[class(amount)]);
        let next = (first + 1).min(LAST);
        if self.from[next] <= amount { next } else { first }
    }

    /// What a percentile in a bucket comes to.
    pub(super) fn reported(&self, bucket: usize) -> u64 {
        self.reported[bucket]
    }

    /// The smallest amount of each bucket, and what a percentile in it comes to.
    pub fn table(&self) -> impl Iterator<Item = (u64, u64)> {
        self.from.iter().copied().zip(self.reported.iter().copied())
    }
}

/// The bucket of an amount, looked for among all.
fn bucket(from: &[u64; BUCKETS], amount: u64) -> usize {
    from.partition_point(|from| *from <= amount).saturating_sub(1)
}

/// How many binary digits amounts of one class share, from the highest on.
const CLASS_DIGITS: u32 = 6;
/// How many amounts share all but the last of these digits.
const HALF: u64 = 1 << (CLASS_DIGITS - 1);
/// How many classes of amounts there are.
const CLASSES: usize = class(u64::MAX) + 1;

/// The class of an amount: those of one class differ by less than a part in [`HALF`].
#[allow(clippy::cast_possible_truncation, reason = "there are fewer than 2000")]
const fn class(amount: u64) -> usize {
    let digits = u64::BITS - amount.leading_zeros();
    let shift = digits.saturating_sub(CLASS_DIGITS);
    ((amount >> shift) + shift as u64 * HALF) as usize
}

/// The smallest amount of a class.
fn least(class: usize) -> u64 {
    let shift = (class as u64 / HALF).saturating_sub(1);
    (class as u64 - shift * HALF) << shift
}

/// A whole power, to the bit as upstream computes it, which is not always the nearest float.
// Go: src/math/pow.go pow
fn power(base: f64, exponent: usize) -> f64 {
    let (mut product, mut scale) = (1.0, 0);
    let (mut square, mut square_scale) = libm::frexp(base);
    let mut rest = exponent;
    while rest != 0 {
        if rest & 1 == 1 {
            product *= square;
            scale += square_scale;
        }
        square *= square;
        square_scale <<= 1;
        if square < 0.5 {
            square += square;
            square_scale -= 1;
        }
        rest >>= 1;
    }
    libm::scalbn(product, scale)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn to_amount(value: f64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_leads_to_the_bucket_that_a_search_finds() {
        for buckets in [&*CPU, &*MEMORY] {
            let edges = (0..CLASSES).map(least).chain(buckets.from);
            for amount in edges.flat_map(|edge| [edge.saturating_sub(1), edge, edge + 1]) {
                assert_eq!(buckets.find(amount), bucket(&buckets.from, amount), "{amount}");
            }
            assert_eq!(buckets.find(u64::MAX), LAST);
        }
    }

    #[test]
    fn classes_follow_each_other() {
        for number in 0..CLASSES {
            assert_eq!(class(least(number)), number);
        }
        assert_eq!(class(0), 0);
        assert_eq!(class(u64::MAX), CLASSES - 1);
    }
}
