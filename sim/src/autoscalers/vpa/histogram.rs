//! Histograms whose weights double with every half-life, so that what is new counts more.

use super::buckets::{BUCKETS, Buckets, LAST};
use super::decay::{Decay, nanoseconds};

/// A weight below this is none.
// VPA: recommender/model/aggregations_config.go epsilon * minSampleWeight
const EPSILON: f64 = 0.001 * 0.1;

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

    /// The buckets in which percentiles lie. All are found in one walk: the sum of weights only grows,
    /// so that the buckets before one are those with a smaller sum.
    fn percentiles<const N: usize>(&self, shares: [f64; N]) -> [usize; N] {
        let thresholds = shares.map(|share| share * self.total);
        let (mut partial, mut before) = (0.0, [0_usize; N]);
        for weight in &self.by_bucket[self.min..self.max.max(self.min)] {
            partial += weight;
            for (before, threshold) in before.iter_mut().zip(thresholds) {
                *before = before.wrapping_add(usize::from(partial < threshold));
            }
        }
        before.map(|before| self.min + before)
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
        let half_life_ms = half_life_ms.max(1);
        Histogram { weights: Weights::NONE, half_life_ms, reference_ms: ZERO_MS }
    }

    /// A sample.
    pub fn add(
        &mut self,
        buckets: &Buckets,
        (amount, weight): (u64, f64),
        at_ms: i64,
        decay: &mut Decay,
    ) {
        let factor = self.factor(at_ms, decay);
        self.weights.add(buckets.find(amount), weight * factor);
    }

    /// Takes a sample back.
    pub fn subtract(
        &mut self,
        buckets: &Buckets,
        (amount, weight): (u64, f64),
        at_ms: i64,
        decay: &mut Decay,
    ) {
        let factor = self.factor(at_ms, decay);
        self.weights.subtract(buckets.find(amount), weight * factor);
    }

    /// What so large shares of the weight do not exceed: the ends of buckets, or 0 if there is none.
    #[must_use]
    pub fn percentiles<const N: usize>(&self, buckets: &Buckets, shares: [f64; N]) -> [u64; N] {
        if self.weights.is_empty() {
            return [0; N];
        }
        self.weights.percentiles(shares).map(|bucket| buckets.reported(bucket))
    }

    /// Forgets all samples.
    pub fn clear(&mut self) {
        self.weights = Weights::NONE;
        self.reference_ms = ZERO_MS;
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
    fn factor(&mut self, at_ms: i64, decay: &mut Decay) -> f64 {
        if at_ms > self.reference_ms + MOST_HALF_LIVES * self.half_life_ms {
            self.shift(at_ms);
        }
        decay.factor(at_ms - self.reference_ms, self.half_life_ms)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::buckets::CPU;
    use super::*;

    /// One percentile, as upstream looks for it.
    // VPA: recommender/util/histogram.go Percentile
    fn walk(weights: &Weights, share: f64) -> usize {
        let threshold = share * weights.total;
        let (mut partial, mut bucket) = (0.0, weights.min);
        while bucket < weights.max {
            partial += weights.by_bucket[bucket];
            if partial >= threshold {
                break;
            }
            bucket += 1;
        }
        bucket
    }

    proptest! {
        #[test]
        fn one_walk_finds_what_a_walk_for_each_percentile_finds(
            samples in prop::collection::vec((0_u64..2_000_000, 0.0001_f64..2.0), 0..40),
            shares in prop::array::uniform3(0.0_f64..=1.0),
            removed in 0_usize..10,
        ) {
            let (mut histogram, mut decay) = (Histogram::new(86_400_000), Decay::default());
            for (at_ms, sample) in (0..).step_by(60_000).zip(&samples) {
                histogram.add(&CPU, *sample, at_ms, &mut decay);
            }
            for (at_ms, sample) in (0..).step_by(60_000).zip(&samples).take(removed) {
                histogram.subtract(&CPU, *sample, at_ms, &mut decay);
            }
            let each = shares.map(|share| walk(&histogram.weights, share));
            prop_assert_eq!(histogram.weights.percentiles(shares), each);
        }
    }
}
