//! Histograms whose weights double with every half-life, so that what is new counts more.
//!
//! Buckets grow by a twentieth, from 10 millicores or 10 MB. A percentile is the end of the bucket that it
//! falls into.

use std::sync::LazyLock;

/// How many buckets there are for either resource.
pub const BUCKETS: usize = 176;
/// The last of them, which has no end.
const LAST: usize = BUCKETS - 1;
/// A weight below this is none.
// VPA: recommender/model/aggregations_config.go epsilon * minSampleWeight
const EPSILON: f64 = 0.001 * 0.1;
/// By how much each bucket is larger than the one before.
const RATIO: f64 = 1.0 + 0.05;

/// Where the buckets of a resource begin.
#[derive(Debug)]
pub struct Buckets {
    /// The smallest amount of each bucket, in millicores or bytes.
    from: Vec<u64>,
    /// What a percentile in each bucket comes to, in the same unit.
    reported: Vec<u64>,
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
        Buckets {
            from: (0..BUCKETS).map(from).collect(),
            reported: (0..BUCKETS).map(reported).collect(),
        }
    }

    /// The bucket of an amount.
    fn find(&self, amount: u64) -> usize {
        self.from.partition_point(|from| *from <= amount) - 1
    }

    /// The smallest amount of each bucket, and what a percentile in it comes to.
    pub fn table(&self) -> impl Iterator<Item = (u64, u64)> {
        self.from.iter().copied().zip(self.reported.iter().copied())
    }
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

/// Weights by bucket.
#[derive(Clone, PartialEq, Debug)]
struct Weights {
    by_bucket: [f64; BUCKETS],
    total: f64,
    /// The first and the last bucket with a weight, if there is any.
    min: usize,
    max: usize,
}

impl Weights {
    const NONE: Weights = Weights { by_bucket: [0.0; BUCKETS], total: 0.0, min: LAST, max: 0 };

    fn add(&mut self, bucket: usize, weight: f64) {
        self.by_bucket[bucket] += weight;
        self.total += weight;
        if self.by_bucket[bucket] >= EPSILON {
            self.min = self.min.min(bucket);
            self.max = self.max.max(bucket);
        }
    }

    fn subtract(&mut self, bucket: usize, weight: f64) {
        let without = |from: f64| if from - weight < EPSILON { 0.0 } else { from - weight };
        self.total = without(self.total);
        self.by_bucket[bucket] = without(self.by_bucket[bucket]);
        self.shrink();
    }

    fn scale(&mut self, factor: f64) {
        for weight in self.by_bucket.iter_mut().take(self.max + 1).skip(self.min) {
            *weight *= factor;
        }
        self.total *= factor;
        self.shrink();
    }

    fn shrink(&mut self) {
        while self.by_bucket[self.min] < EPSILON && self.min < LAST {
            self.min += 1;
        }
        while self.by_bucket[self.max] < EPSILON && self.max > 0 {
            self.max -= 1;
        }
    }

    fn merge(&mut self, other: &Weights) {
        for bucket in other.min..=other.max {
            self.by_bucket[bucket] += other.by_bucket[bucket];
        }
        self.total += other.total;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    fn is_empty(&self) -> bool {
        self.by_bucket[self.min] < EPSILON
    }

    /// The bucket in which a percentile lies.
    fn percentile(&self, share: f64) -> usize {
        let threshold = share * self.total;
        let (mut partial, mut bucket) = (0.0, self.min);
        while bucket < self.max {
            partial += self.by_bucket[bucket];
            if partial >= threshold {
                break;
            }
            bucket += 1;
        }
        bucket
    }
}

/// The instant from which a histogram counts before its first sample: the year one. Times are in
/// milliseconds of Unix time.
const ZERO_MS: i64 = -62_135_596_800_000;
/// After this number of half-lives the reference moves, so that weights stay finite.
const MOST_HALF_LIVES: i64 = 100;

/// A histogram in which a sample weighs twice as much as one a half-life before.
// VPA: recommender/util/decaying_histogram.go
#[derive(Clone, PartialEq, Debug)]
pub struct Histogram {
    weights: Weights,
    half_life_ms: i64,
    /// A sample at this instant has the weight that it is given.
    reference_ms: i64,
}

impl Histogram {
    /// One without samples.
    #[must_use]
    pub fn new(half_life_ms: i64) -> Histogram {
        Histogram { weights: Weights::NONE, half_life_ms, reference_ms: ZERO_MS }
    }

    /// A sample.
    pub fn add(&mut self, buckets: &Buckets, amount: u64, weight: f64, at_ms: i64) {
        let factor = self.factor(at_ms);
        self.weights.add(buckets.find(amount), weight * factor);
    }

    /// Takes a sample back.
    pub fn subtract(&mut self, buckets: &Buckets, amount: u64, weight: f64, at_ms: i64) {
        let factor = self.factor(at_ms);
        self.weights.subtract(buckets.find(amount), weight * factor);
    }

    /// What so large a share of the weight does not exceed: the end of a bucket, or 0 if there is none.
    #[must_use]
    pub fn percentile(&self, buckets: &Buckets, share: f64) -> u64 {
        if self.weights.is_empty() {
            return 0;
        }
        buckets.reported[self.weights.percentile(share)]
    }

    /// Adds all samples of another. The older of the two moves to the reference of the newer, which may
    /// lose what has become too light in it.
    pub fn merge(&mut self, other: &mut Histogram) {
        if self.reference_ms < other.reference_ms {
            self.shift(other.reference_ms);
        } else if other.reference_ms < self.reference_ms {
            other.shift(self.reference_ms);
        }
        self.weights.merge(&other.weights);
    }

    /// What a checkpoint keeps of it, as it is when it is read again.
    // VPA: recommender/util/histogram.go SaveToCheckpoint, LoadFromCheckpoint
    #[must_use]
    pub fn restored(&self) -> Histogram {
        let held = self.weights.min..=self.weights.max;
        let largest = held.clone().map(|bucket| self.weights.by_bucket[bucket]).fold(0.0, f64::max);
        let mut restored = Histogram { weights: Weights::NONE, ..*self };
        if largest <= 0.0 {
            return restored;
        }
        let ratio = CHECKPOINT_WEIGHT / largest;
        let stored =
            held.map(|bucket| (bucket, libm::round(self.weights.by_bucket[bucket] * ratio)));
        let stored: Vec<(usize, f64)> = stored.filter(|(_, weight)| *weight > 0.0).collect();
        let sum: f64 = stored.iter().map(|(_, weight)| weight).sum();
        let ratio = self.weights.total / sum;
        restored.weights.total = self.weights.total;
        for (bucket, weight) in stored {
            restored.weights.by_bucket[bucket] = weight * ratio;
            restored.weights.min = restored.weights.min.min(bucket);
            restored.weights.max = restored.weights.max.max(bucket);
        }
        restored.weights.shrink();
        restored
    }

    /// How much a sample at an instant weighs.
    fn factor(&mut self, at_ms: i64) -> f64 {
        if at_ms > self.reference_ms + MOST_HALF_LIVES * self.half_life_ms {
            self.shift(at_ms);
        }
        exp2(nanoseconds(at_ms - self.reference_ms) / nanoseconds(self.half_life_ms))
    }

    /// Moves the reference to the multiple of a half-life that is nearest to an instant.
    fn shift(&mut self, to_ms: i64) {
        let (half, since) = (self.half_life_ms, to_ms - ZERO_MS);
        let below = since - since.rem_euclid(half);
        let up = i64::from(2 * (since - below) >= half);
        let reference_ms = ZERO_MS + below + up * half;
        let ago = nanoseconds(self.reference_ms - reference_ms) / nanoseconds(half);
        self.weights.scale(libm::exp2(libm::floor(ago + 0.5)));
        self.reference_ms = reference_ms;
    }
}

/// The weight of the heaviest bucket in a checkpoint.
const CHECKPOINT_WEIGHT: f64 = 10_000.0;

/// A span in nanoseconds, at most the 292 years that upstream counts.
fn nanoseconds(ms: i64) -> f64 {
    ms.saturating_mul(1_000_000) as f64
}

/// A power of two, to the bit as upstream computes it, which is not always the nearest float.
// Go: src/math/exp.go exp2, expmulti
#[must_use]
#[allow(clippy::excessive_precision, reason = "the digits are upstream's")]
pub fn exp2(x: f64) -> f64 {
    const LN2_HI: f64 = 6.931_471_803_691_238_164_90e-01;
    const LN2_LO: f64 = 1.908_214_929_270_587_700_02e-10;
    const P: [f64; 5] = [
        1.666_666_666_666_666_574_15e-01,
        -2.777_777_777_701_559_338_42e-03,
        6.613_756_321_437_934_361_17e-05,
        -1.653_390_220_546_525_153_90e-06,
        4.138_136_797_057_238_460_39e-08,
    ];
    let k = libm::trunc(if x > 0.0 { x + 0.5 } else { x - 0.5 });
    let t = x - k;
    let (hi, lo) = (t * LN2_HI, -t * LN2_LO);
    let r = hi - lo;
    let u = r * r;
    let c = r - u * (P[0] + u * (P[1] + u * (P[2] + u * (P[3] + u * P[4]))));
    let y = 1.0 - ((lo - (r * c) / (2.0 - c)) - hi);
    #[allow(clippy::cast_possible_truncation, reason = "saturates, and so does the power")]
    libm::scalbn(y, k as i32)
}
