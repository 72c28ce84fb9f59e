//! Random streams, each named by what it decides.
//!
//! There is no shared generator. A draw is keyed by `(seed, replication, stream, key)`, and the
//! key is built from *exogenous* identity: an offering and its launch ordinal, a workload and its
//! replica; never an id that a policy happened to assign. So one more draw somewhere moves nothing
//! elsewhere, and two policies meet the same market. Of several clusters on one market each has a key
//! of its own, which is in the draws about its instances and what arrives there, and in no others.
//!
//! Variates are one-draw inversions wherever there is one: with the same draw a shorter mean gives a
//! shorter time, so that two plans differ by what they do and not by what they draw. Others are those of
//! `rand_distr`. All go through `libm`, because the standard library leaves the precision of `ln` to the
//! platform.

mod portable;

use rand::Rng;
use rand::distr::Distribution;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Beta, Gamma};

use self::portable::Portable;
use crate::digest::Digest;
use crate::time::Span;

/// What every stream of one run starts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Root {
    /// The seed of the whole experiment.
    pub seed: u64,
    /// Which replication this run is, from 0.
    pub replication: u32,
}

/// What a stream decides. The numbers are part of the format: a new stream takes a new one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u64)]
pub enum Stream {
    /// How long an instance lives before the provider takes it; key: offering, launch ordinal.
    Lifetime = 1,
    /// Whether a reclaim is announced; key: offering, launch ordinal.
    Notice = 2,
    /// How long an instance takes to become a ready node; key: offering, launch ordinal.
    Boot = 3,
    /// Which of several equally good nodes a pod gets; key: workload, replica, attempt.
    TieBreak = 4,
    /// Where the search for pods to push away begins; key: workload, replica, attempt.
    PreemptionOffset = 5,
    /// When capacity is contended; key: a group of offerings, a level, a stretch of time; or a group
    /// alone, for how it is at `T+0`.
    Contention = 6,
    /// What happens while it is; key: the shared moment since which it is, which window since then;
    /// or offering, which window.
    Window = 7,
    /// Whether an instance is among those that an episode takes; key: offering, launch ordinal,
    /// episode.
    Taken = 8,
    /// How many an episode takes; key: offering, episode.
    Batch = 9,
    /// How long an instance lives before it fails; key: offering, launch ordinal.
    Failure = 10,
    /// Whether an instance goes with its zone; key: offering, launch ordinal, outage.
    Outage = 11,
    /// When pod garbage collection comes to the pods of a lost node; key: offering, launch ordinal.
    PodGc = 12,
    /// The UID of a pod, as far as it decides which pod goes first; key: workload, replica, attempt.
    PodUid = 13,
    /// When a generator of load lets something arrive; key: generator.
    Arrival = 30,
    /// How many arrive at once; key: generator, which instant.
    ArrivalBatch = 31,
    /// Of which class an arrival is; key: generator, number of the arrival.
    ArrivalClass = 32,
    /// How large an arrival is; key: generator, number of the arrival.
    ArrivalSize = 33,
    /// How long an arrival runs; key: generator, number of the arrival.
    ArrivalDuration = 34,
    /// What a service of a drawn population is; key: population, number of the service, what of it.
    Service = 35,
    /// The way of a spot price; key: offering.
    Price = 20,
    /// When the prices of a region may change; key: region.
    PriceDates = 21,
    /// What the prices of a type share; key: type in region.
    PriceOfType = 22,
    /// How far usage is from its curve; key: workload, replica or all of them, container, cell of time.
    UsageNoise = 40,
    /// When bursts of usage begin; key: workload, replica or all of them, container, window of time.
    UsageBursts = 41,
    /// What an autoscaler leaves to chance; key: which decision, which of several things.
    Autoscaler = 50,
}

/// A generator for one decision.
pub struct Draws(ChaCha8Rng);

impl Root {
    /// The stream that decides `stream` for the thing that `key` identifies.
    #[must_use]
    pub fn stream(self, stream: Stream, key: &[u64]) -> Draws {
        let mut digest = Digest::EMPTY;
        digest.mix(u64::from(self.replication));
        digest.mix(stream as u64);
        key.iter().for_each(|word| digest.mix(*word));
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(seed);
        rng.set_stream(digest.value());
        Draws(rng)
    }
}

impl Root {
    /// One of `0..n`, by the hash of `key` alone: for choices so frequent that a generator of their
    /// own would cost more than all the rest.
    ///
    /// # Panics
    /// If `n` is zero.
    #[must_use]
    pub fn choice(self, stream: Stream, key: &[u64], n: usize) -> usize {
        assert!(n > 0, "a choice among nothing");
        let mut digest = Digest::EMPTY;
        digest.mix(self.seed);
        digest.mix(u64::from(self.replication));
        digest.mix(stream as u64);
        key.iter().for_each(|word| digest.mix(*word));
        let wide = u128::from(digest.value()) * n as u128;
        usize::try_from(wide >> 64).expect("below n")
    }
}

impl Draws {
    /// Uniform on (0, 1).
    pub fn uniform(&mut self) -> f64 {
        uniform(self.0.next_u64())
    }

    /// Uniform on `0..n`, by widening multiplication. The bias is below n / 2^64.
    ///
    /// # Panics
    /// If `n` is zero.
    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "a choice among nothing");
        let wide = u128::from(self.0.next_u64()) * n as u128;
        usize::try_from(wide >> 64).expect("below n")
    }

    /// Exponential with `rate` per hour; a rate of zero never happens (`None`).
    pub fn exponential(&mut self, rate_per_hour: f64) -> Option<Span> {
        let u = self.uniform();
        (rate_per_hour > 0.0).then(|| Span::from_secs_f64(-libm::log(u) / rate_per_hour * 3_600.0))
    }

    /// Log-normal, given by its median and its 95th percentile.
    pub fn lognormal(&mut self, median: Span, p95: Span) -> Span {
        const Z95: f64 = 1.644_853_626_951_472_7;
        let z = inverse_normal(self.uniform());
        if median == Span::ZERO || p95 <= median {
            return median;
        }
        let sigma = libm::log(p95.as_secs_f64() / median.as_secs_f64()) / Z95;
        Span::from_secs_f64(median.as_secs_f64() * libm::exp(sigma * z))
    }
}

impl Draws {
    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        inverse_normal(self.uniform())
    }

    /// Gamma of this shape, with a scale of one. It takes as many draws as it takes.
    ///
    /// # Panics
    /// If the shape is not positive.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        let gamma = Gamma::new(Portable(shape), Portable(1.0)).expect("a positive shape");
        gamma.sample(&mut self.0).0
    }

    /// Beta of two shapes. It takes as many draws as it takes.
    ///
    /// # Panics
    /// If a shape is not positive.
    pub fn beta(&mut self, a: f64, b: f64) -> f64 {
        Beta::new(Portable(a), Portable(b)).expect("positive shapes").sample(&mut self.0).0
    }
}

/// Uniform on (0, 1): 53 bits, the middle of each cell, so that logarithms stay finite.
fn uniform(bits: u64) -> f64 {
    ((bits >> 11) as f64 + 0.5) * (1.0 / (1_u64 << 53) as f64)
}

/// The standard normal quantile (Acklam's rational approximation, relative error below 1.2e-9).
pub(crate) fn inverse_normal(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
    ];
    const LOW: f64 = 0.024_25;
    let horner = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    let tail = |p: f64| {
        let q = libm::sqrt(-2.0 * libm::log(p));
        horner(&C, q) / (horner(&D, q) * q + 1.0)
    };
    if p < LOW {
        tail(p)
    } else if p > 1.0 - LOW {
        -tail(1.0 - p)
    } else {
        let q = p - 0.5;
        let r = q * q;
        horner(&A, r) * q / (horner(&B, r) * r + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: Root = Root { seed: 42, replication: 0 };

    #[test]
    fn a_stream_depends_on_its_key_alone() {
        let draw = |root: Root, stream, key: &[u64]| root.stream(stream, key).uniform().to_bits();
        let once = draw(ROOT, Stream::Lifetime, &[7, 1]);
        assert_eq!(once, draw(ROOT, Stream::Lifetime, &[7, 1]));
        assert_ne!(once, draw(ROOT, Stream::Lifetime, &[7, 2]));
        assert_ne!(once, draw(ROOT, Stream::Boot, &[7, 1]));
        assert_ne!(once, draw(Root { replication: 1, ..ROOT }, Stream::Lifetime, &[7, 1]));
        assert_ne!(once, draw(Root { seed: 43, ..ROOT }, Stream::Lifetime, &[7, 1]));
    }

    #[test]
    fn the_normal_quantile_is_right_at_known_points() {
        for (p, z) in [(0.5, 0.0), (0.95, 1.644_853_627), (0.001, -3.090_232_306)] {
            assert!((inverse_normal(p) - z).abs() < 1e-7, "{p}");
        }
    }

    #[test]
    fn every_choice_is_equally_likely() {
        let mut counts = [0_i32; 7];
        for key in 0..70_000 {
            counts[ROOT.choice(Stream::TieBreak, &[key, 1], 7)] += 1;
        }
        // Four standard errors of a count of 10 000.
        assert!(counts.iter().all(|count| (count - 10_000).abs() < 370), "{counts:?}");
    }

    /// Mean and variance of beta variates are those of the distribution.
    #[test]
    fn beta_variates_have_their_moments() {
        for (a, b) in [(0.91, 3.83), (2.38, 3.58)] {
            let n = 40_000_u64;
            let draw = |key| ROOT.stream(Stream::Batch, &[key]).beta(a, b);
            let draws: Vec<f64> = (0..n).map(draw).collect();
            let mean = draws.iter().sum::<f64>() / n as f64;
            let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
            let expected = a * b / ((a + b) * (a + b) * (a + b + 1.0));
            assert!((mean - a / (a + b)).abs() < 4.0 * libm::sqrt(expected / n as f64), "{mean}");
            assert!((variance / expected - 1.0).abs() < 0.05, "{variance}");
        }
    }

    /// Inversions of one draw and the library's own ways are of the same distributions: Kolmogorov and
    /// Smirnov of two samples, which a hundredth of a percent of equal ones would exceed.
    #[test]
    fn inversions_agree_with_the_library() {
        use rand_distr::{Exp, LogNormal, Normal};
        const N: u32 = 20_000;
        let own = |draw: fn(&mut Draws) -> f64| -> Vec<f64> {
            let each = |key| draw(&mut ROOT.stream(Stream::Boot, &[u64::from(key)]));
            (0..N).map(each).collect()
        };
        let (median, p95) = (60.0_f64, 180.0_f64);
        let sigma = libm::log(p95 / median) / 1.644_853_626_951_472_7;
        let mut library = ChaCha8Rng::seed_from_u64(1);
        let mut drawn = |from: &dyn Fn(&mut ChaCha8Rng) -> f64| -> Vec<f64> {
            (0..N).map(|_| from(&mut library)).collect()
        };
        let normal = Normal::new(0.0, 1.0).unwrap();
        let exponential = Exp::new(3.0).unwrap();
        let lognormal = LogNormal::new(libm::log(median), sigma).unwrap();
        for (name, mut own, mut theirs) in [
            ("normal", own(Draws::normal), drawn(&|rng| normal.sample(rng))),
            (
                "exponential",
                own(|draws| draws.exponential(3.0).unwrap().as_hours_f64()),
                drawn(&|rng| exponential.sample(rng)),
            ),
            (
                "log-normal",
                own(|draws| {
                    let [median, p95] = [60, 180].map(Span::from_secs);
                    draws.lognormal(median, p95).as_secs_f64()
                }),
                drawn(&|rng| lognormal.sample(rng)),
            ),
        ] {
            own.sort_by(f64::total_cmp);
            theirs.sort_by(f64::total_cmp);
            let below = |sample: &[f64], x: f64| sample.partition_point(|y| *y <= x) as f64;
            let apart =
                own.iter().chain(&theirs).map(|x| (below(&own, *x) - below(&theirs, *x)).abs());
            let most = apart.fold(0.0, f64::max) / f64::from(N);
            assert!(most < 2.23 * (2.0 / f64::from(N)).sqrt(), "{name}: {most}");
        }
    }

    #[test]
    fn a_rate_of_zero_never_happens() {
        assert_eq!(ROOT.stream(Stream::Lifetime, &[0]).exponential(0.0), None);
    }
}
