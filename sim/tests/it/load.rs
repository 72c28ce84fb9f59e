//! Load: each distribution and each process against its closed form, and the stability of arrivals.
//!
//! Seeds are fixed, so that a test passes always or never. Samples are of 20 000 at least, and what is
//! compared would be exceeded once in ten thousand samples of the right distribution.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts, far from 2^32
#![allow(clippy::float_cmp)] // values that are drawn from a list

use std::sync::Arc;

use libm::{exp, log, pow};

use sim::load::copula::Sizes;
use sim::load::distributions::at_most::AtMost;
use sim::load::distributions::bounded_pareto::BoundedPareto;
use sim::load::distributions::constant::Constant;
use sim::load::distributions::empirical::Empirical;
use sim::load::distributions::gamma::Gamma;
use sim::load::distributions::log_normal::LogNormal;
use sim::load::distributions::uniform::Uniform;
use sim::load::distributions::weibull::Weibull;
use sim::load::distributions::zipf::Zipf;
use sim::load::distributions::{Distribution, Shared};
use sim::load::processes::Process;
use sim::load::processes::at_times::AtTimes;
use sim::load::processes::bursts::{Bursts, State};
use sim::load::processes::rate_curve::RateCurve;
use sim::load::processes::renewal::{Poisson, Renewal};
use sim::load::trace::{Row, Trace};
use sim::load::{Arrival, Asks, Class, Classes, Generator, Source};
use sim::model::pod::SpecId;
use sim::model::workload::WorkloadId;
use sim::rng::Stream;
use sim::table::Id;
use sim::{Root, SimTime, Span, digest};

const ROOT: Root = Root { seed: 42, replication: 0 };
/// A horizon that is beyond what is drawn.
const LATER: SimTime = SimTime::from_ms(u64::MAX / 2);
const N: u32 = 20_000;
/// Of Kolmogorov and Smirnov's statistic times the root of the sample, one in ten thousand.
const KOLMOGOROV: f64 = 2.225;
/// Of a normal variate, one in ten thousand.
const NORMAL: f64 = 3.72;

fn drawn(distribution: &dyn Distribution) -> Vec<f64> {
    let draw = |key| distribution.draw(&mut ROOT.stream(Stream::ArrivalSize, &[u64::from(key)]));
    (0..N).map(draw).collect()
}

/// Asserts that a sample is of the distribution with this share below each value.
fn assert_is_of(name: &str, mut sample: Vec<f64>, below: impl Fn(f64) -> f64) {
    sample.sort_by(f64::total_cmp);
    let n = sample.len() as f64;
    let apart = sample.iter().enumerate().map(|(rank, x)| {
        let (low, high) = (rank as f64 / n, (rank + 1) as f64 / n);
        (below(*x) - low).abs().max((high - below(*x)).abs())
    });
    let most = apart.fold(0.0, f64::max) * n.sqrt();
    assert!(most < KOLMOGOROV, "{name}: {most}");
}

/// Asserts that counts are those of expectations, by chi-square in Wilson and Hilferty's approximation.
fn assert_counts(name: &str, counts: &[f64], expected: &[f64]) {
    let chi: f64 = counts.iter().zip(expected).map(|(c, e)| (c - e) * (c - e) / e).sum();
    let freedom = counts.len() as f64 - 1.0;
    let spread = 2.0 / (9.0 * freedom);
    let z = ((chi / freedom).cbrt() - (1.0 - spread)) / spread.sqrt();
    assert!(z < NORMAL, "{name}: chi-square {chi} of {freedom} degrees");
}

fn assert_near(name: &str, value: f64, expected: f64, share: f64) {
    assert!((value / expected - 1.0).abs() < share, "{name}: {value}, not {expected}");
}

fn normal_below(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

fn mean(sample: &[f64]) -> f64 {
    sample.iter().sum::<f64>() / sample.len() as f64
}

#[test]
fn uniform_is_uniform() {
    let uniform = Uniform::new(3.0, 11.0).unwrap();
    assert_is_of("uniform", drawn(&uniform), |x| (x - 3.0) / 8.0);
    assert_near("mean", uniform.mean(), 7.0, 1e-12);
}

#[test]
fn log_normal_has_its_percentiles() {
    let (median, p95) = (120.0_f64, 3_600.0_f64);
    let sigma = log(p95 / median) / 1.644_853_626_951_472_7;
    let log_normal = LogNormal::of_percentiles(median, p95).unwrap();
    let below = |x: f64| normal_below(log(x / median) / sigma);
    assert_is_of("log-normal", drawn(&log_normal), below);
    assert_near("mean", log_normal.mean(), median * exp(sigma * sigma / 2.0), 1e-12);
}

/// With a shape of one half the share below is an error function, with three a sum of Poisson terms.
/// Both ways of drawing are of the same distribution.
#[test]
fn gamma_is_gamma_in_both_ways() {
    let half = Gamma::new(10.0, 0.5).unwrap();
    let of_half = |x: f64| libm::erf((x / 20.0).sqrt());
    let three = Gamma::new(30.0, 3.0).unwrap();
    let of_three = |x: f64| {
        let t = x / 10.0;
        1.0 - exp(-t) * (1.0 + t + t * t / 2.0)
    };
    assert_is_of("gamma 0.5", drawn(&half), of_half);
    assert_is_of("gamma 3", drawn(&three), of_three);
    let inverted = |gamma: &Gamma| -> Vec<f64> {
        let u = |key| ROOT.stream(Stream::ArrivalBatch, &[u64::from(key)]).uniform();
        (0..N).map(|key| gamma.quantile(u(key))).collect()
    };
    assert_is_of("gamma 0.5, inverted", inverted(&half), of_half);
    assert_is_of("gamma 3, inverted", inverted(&three), of_three);
}

#[test]
fn weibull_is_weibull() {
    for shape in [0.7, 2.5] {
        let weibull = Weibull::new(60.0, shape).unwrap();
        let scale = 60.0 / libm::tgamma(1.0 + 1.0 / shape);
        let below = |x: f64| 1.0 - exp(-pow(x / scale, shape));
        assert_is_of("weibull", drawn(&weibull), below);
        assert_near("mean", weibull.mean(), 60.0, 1e-12);
    }
}

#[test]
fn bounded_pareto_is_a_power_law_between_its_bounds() {
    for alpha in [0.8, 1.0, 2.1] {
        let (min, max) = (10.0_f64, 10_000.0_f64);
        let pareto = BoundedPareto::new(alpha, min, max).unwrap();
        let whole = 1.0 - pow(min / max, alpha);
        let below = |x: f64| (1.0 - pow(min / x, alpha)) / whole;
        assert_is_of("bounded Pareto", drawn(&pareto), below);
        // The mean of its quantiles.
        let parts = 200_000;
        let middle = |part: i32| (f64::from(part) + 0.5) / f64::from(parts);
        let sum: f64 = (0..parts).map(|part| pareto.quantile(middle(part))).sum();
        assert_near("mean", pareto.mean(), sum / f64::from(parts), 1e-3);
    }
}

#[test]
fn zipf_and_empirical_have_their_shares() {
    let zipf = Zipf::new(20, 1.1).unwrap();
    let mut counts = [0.0; 20];
    for rank in drawn(&zipf) {
        counts[rank as usize - 1] += 1.0;
    }
    let weights: Vec<f64> = (1..=20).map(|rank| pow(f64::from(rank), -1.1)).collect();
    let whole: f64 = weights.iter().sum();
    let expected: Vec<f64> = weights.iter().map(|it| it / whole * f64::from(N)).collect();
    assert_counts("zipf", &counts, &expected);

    let empirical = Empirical::new(vec![5.0, 1.0, 5.0, 9.0]).unwrap();
    let values = drawn(&empirical);
    let count = |value| values.iter().filter(|it| **it == value).count() as f64;
    let quarter = f64::from(N) / 4.0;
    assert_counts("empirical", &[1.0, 5.0, 9.0].map(count), &[quarter, 2.0 * quarter, quarter]);
    assert_near("mean", empirical.mean(), 5.0, 1e-12);
}

#[test]
fn a_cut_off_distribution_never_exceeds_its_bound() {
    let whole: Shared = Arc::new(LogNormal::new(100.0, 1.5).unwrap());
    let cut = AtMost::new(whole, 250.0).unwrap();
    let sample = drawn(&cut);
    assert!(sample.iter().all(|it| *it <= 250.0));
    assert_near("mean", mean(&sample), cut.mean(), 0.02);
}

#[test]
fn impossible_parameters_are_refused() {
    let wrong = [
        Constant::new(-1.0).unwrap_err(),
        Uniform::new(5.0, 4.0).unwrap_err(),
        LogNormal::of_percentiles(10.0, 5.0).unwrap_err(),
        Gamma::new(f64::NAN, 1.0).unwrap_err(),
        Gamma::new(1.0, 0.0).unwrap_err(),
        Weibull::new(1.0, f64::INFINITY).unwrap_err(),
        BoundedPareto::new(1.0, 4.0, 4.0).unwrap_err(),
        Zipf::new(0, 1.0).unwrap_err(),
        Empirical::new(vec![]).unwrap_err(),
        Empirical::new(vec![1.0, -2.0]).unwrap_err(),
        Poisson::new(-3.0).unwrap_err(),
        RateCurve::new(vec![1.0, f64::NAN], 60.0, 0.0).unwrap_err(),
        Bursts::new(vec![State { per_hour: 1.0, lasts: 60.0 }]).unwrap_err(),
        AtTimes::new(vec![60.0], Some(60.0)).unwrap_err(),
        Renewal::new(Arc::new(Constant::new(0.0).unwrap())).unwrap_err(),
        Sizes::new(one(), one(), 1.5).unwrap_err(),
    ];
    assert!(wrong.iter().all(|error| !error.to_string().is_empty()));
    assert!(Trace::new(vec![row(5), row(4)], None).is_none());
    assert!(Classes::new(vec![(0.0, class(0))]).is_none());
}

fn one() -> Shared {
    Arc::new(Constant::new(1.0).expect("a constant"))
}

fn row(at: u64) -> Row {
    let spec = SpecId::from_index(0);
    Row { at: SimTime::from_ms(at), lasts: Span::from_secs(1), spec }
}

fn instants(process: &dyn Process, replication: u32, seconds: f64) -> Vec<f64> {
    let draws = Root { replication, ..ROOT }.stream(Stream::Arrival, &[7]);
    process.open(draws, seconds).take_while(|at| *at < seconds).collect()
}

fn gaps(instants: &[f64]) -> Vec<f64> {
    instants.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[test]
fn poisson_has_exponential_gaps_and_its_rate() {
    let poisson = Poisson::new(720.0).unwrap();
    let all = instants(&poisson, 0, 36.0 * 3_600.0);
    assert!(all.len() as u32 > N);
    assert_is_of("gaps", gaps(&all), |x| 1.0 - exp(-x / 5.0));
    let expected = poisson.expected(36.0 * 3_600.0);
    assert!((all.len() as f64 - expected).abs() < NORMAL * expected.sqrt());
    assert!(instants(&Poisson::new(0.0).unwrap(), 0, 1e9).is_empty());
}

#[test]
fn renewal_has_gaps_of_its_distribution() {
    let weibull = Weibull::new(5.0, 0.6).unwrap();
    let renewal = Renewal::new(Arc::new(weibull)).unwrap();
    let all = instants(&renewal, 0, 150_000.0);
    let scale = 5.0 / libm::tgamma(1.0 + 1.0 / 0.6);
    assert_is_of("gaps", gaps(&all), |x| 1.0 - exp(-pow(x / scale, 0.6)));
    assert_near("number", all.len() as f64, renewal.expected(150_000.0), 0.05);
}

/// Arrivals in each slot, and in all, are those of the curve's integral.
#[test]
fn a_rate_curve_has_its_integral() {
    let day: Vec<f64> = (0..24).map(|hour| f64::from(hour % 12) * 10.0 + 5.0).collect();
    // It begins half past two.
    let curve = RateCurve::new(day.clone(), 3_600.0, 9_000.0).unwrap();
    let days = 20.0;
    let all = instants(&curve, 0, days * 86_400.0);
    assert!(all.len() as u32 > N);
    let mut counts = vec![0.0; 24];
    for at in &all {
        counts[((at + 9_000.0) / 3_600.0) as usize % 24] += 1.0;
    }
    let expected: Vec<f64> = day.iter().map(|rate| rate * days).collect();
    assert_counts("hours", &counts, &expected);
    let whole: f64 = expected.iter().sum();
    assert!((all.len() as f64 - whole).abs() < NORMAL * whole.sqrt());
    assert_near("integral", curve.expected(days * 86_400.0), whole, 1e-12);
    // From half past two to a quarter past four: 25 x 0.5 + 35 + 45 x 0.25.
    assert_near("part", curve.expected(6_300.0), 58.75, 1e-12);
}

/// The index of dispersion of counts of a process of two states is known.
// Fischer and Meier-Hellstern 1993, "The Markov-modulated Poisson process cookbook", 2.1
#[test]
fn bursts_have_their_index_of_dispersion() {
    let states =
        [State { per_hour: 60.0, lasts: 3_000.0 }, State { per_hour: 1_200.0, lasts: 600.0 }];
    let bursts = Bursts::new(states.to_vec()).unwrap();
    let [quiet, busy] = states.map(|state| state.per_hour / 3_600.0);
    let [out_of_quiet, out_of_busy] = states.map(|state| 1.0 / state.lasts);
    let turns = out_of_quiet + out_of_busy;
    let mean_rate = (quiet * out_of_busy + busy * out_of_quiet) / turns;
    for window in [600.0, 3_600.0] {
        let windows = 20_000;
        let end = window * f64::from(windows);
        let mut counts = vec![0.0_f64; windows as usize];
        for at in instants(&bursts, 0, end) {
            counts[(at / window) as usize] += 1.0;
        }
        let average = mean(&counts);
        let squares = counts.iter().map(|it| (it - average) * (it - average)).sum::<f64>();
        let dispersion = squares / (counts.len() as f64 - 1.0) / average;
        let apart = (quiet - busy) * (quiet - busy);
        let long = 2.0 * apart * out_of_quiet * out_of_busy
            / (turns * turns * (quiet * out_of_busy + busy * out_of_quiet));
        let short = 1.0 - (1.0 - exp(-turns * window)) / (turns * window);
        assert_near("dispersion", dispersion, 1.0 + long * short, 0.05);
        assert_near("rate", average / window, mean_rate, 0.02);
        assert_near("expected", bursts.expected(end), mean_rate * end, 1e-12);
    }
}

#[test]
fn fixed_times_repeat() {
    let times = AtTimes::new(vec![30.0, 10.0], Some(60.0)).unwrap();
    assert_eq!(instants(&times, 0, 140.0), [10.0, 30.0, 70.0, 90.0, 130.0]);
    assert_near("expected", times.expected(140.0), 5.0, 1e-12);
    let once = AtTimes::new(vec![30.0, 10.0], None).unwrap();
    assert_eq!(instants(&once, 0, 140.0), [10.0, 30.0]);
}

/// Both keep their distributions, and their normal scores the correlation.
#[test]
fn cpu_and_memory_are_correlated() {
    let cpu: Shared = Arc::new(LogNormal::new(500.0, 0.8).unwrap());
    let memory: Shared = Arc::new(Gamma::new(4e9, 2.0).unwrap());
    for correlation in [-0.4, 0.0, 0.7] {
        let sizes = Sizes::new(cpu.clone(), memory.clone(), correlation).unwrap();
        let draw = |key| sizes.draw_exactly(&mut ROOT.stream(Stream::ArrivalSize, &[key]));
        let pairs: Vec<[f64; 2]> = (0..u64::from(N)).map(draw).collect();
        let column = |index: usize| -> Vec<f64> { pairs.iter().map(|it| it[index]).collect() };
        assert_is_of("cpu", column(0), |x| normal_below(log(x / 500.0) / 0.8));
        let of_memory = |x: f64| 1.0 - exp(-x / 2e9) * (1.0 + x / 2e9);
        assert_is_of("memory", column(1), of_memory);
        // Spearman's rank correlation of a Gaussian copula.
        let expected = 6.0 / std::f64::consts::PI * libm::asin(correlation / 2.0);
        let of_ranks = correlation_of(&ranks(&column(0)), &ranks(&column(1)));
        assert!((of_ranks - expected).abs() < NORMAL / f64::from(N).sqrt(), "{of_ranks}");
    }
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    order.iter().enumerate().for_each(|(rank, index)| ranks[*index] = rank as f64);
    ranks
}

fn correlation_of(one: &[f64], other: &[f64]) -> f64 {
    let (a, b) = (mean(one), mean(other));
    let sum = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
        one.iter().zip(other).map(|(x, y)| of(x - a, y - b)).sum()
    };
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

fn class(number: usize) -> Class {
    let cpu: Shared = Arc::new(LogNormal::of_percentiles(500.0, 4_000.0).expect("sound"));
    let memory: Shared = Arc::new(LogNormal::of_percentiles(1e9, 8e9).expect("sound"));
    Class {
        workload: WorkloadId::from_index(number),
        sizes: Some(Sizes::new(cpu, memory, 0.5).expect("sound")),
        duration: Arc::new(Weibull::new(600.0, 0.7).expect("sound")),
    }
}

fn generator(name: &str) -> Generator {
    Generator {
        key: digest::of_name(name),
        from: SimTime::ZERO,
        until: None,
        most: u32::MAX,
        source: Source::Drawn {
            process: Arc::new(Poisson::new(100.0).expect("sound")),
            batch: Some(Arc::new(Zipf::new(4, 1.0).expect("sound"))),
            classes: Classes::new(vec![(80.0, class(0)), (20.0, class(1))]).expect("sound"),
        },
    }
}

/// What arrival `k` is depends on the seed, the replication, its generator's name and `k`, and on
/// nothing else: not on how many were asked for, nor in which order, nor on what else arrives.
#[test]
fn an_arrival_is_a_function_of_its_number() {
    let whole: Vec<Arrival> = generator("nightly").open(ROOT, LATER).take(2_000).collect();
    let less = Generator { most: 500, ..generator("nightly") };
    assert_eq!(less.open(ROOT, LATER).collect::<Vec<_>>(), whole[..500]);
    for number in [1_999_u32, 3, 700] {
        let alone = generator("nightly").arrival(ROOT, number).unwrap();
        let expected = whole[number as usize];
        assert_eq!(Arrival { at: expected.at, ..alone }, expected);
    }
    // One that is drawn from between changes nothing.
    let (mut one, mut other) =
        (generator("nightly").open(ROOT, LATER), generator("daily").open(ROOT, LATER));
    for expected in &whole {
        other.next();
        assert_eq!(one.next().as_ref(), Some(expected));
    }
    let elsewhere: Vec<Arrival> = generator("daily").open(ROOT, LATER).take(2_000).collect();
    assert_ne!(elsewhere, whole);
    let again = Root { replication: 1, ..ROOT };
    assert_ne!(generator("nightly").open(again, LATER).take(2_000).collect::<Vec<_>>(), whole);
    // So is what arrives in another cluster on the same market, and in the only one nothing else.
    let [only, second] = [0, 1].map(|cluster| generator("nightly").of_cluster(cluster));
    assert_eq!(only.open(ROOT, LATER).take(2_000).collect::<Vec<_>>(), whole);
    assert_ne!(second.open(ROOT, LATER).take(2_000).collect::<Vec<_>>(), whole);
    // Another way of arriving changes when they do, and not what they are.
    let mut regular = generator("nightly");
    let Source::Drawn { process, .. } = &mut regular.source else { unreachable!("it is drawn") };
    *process = Arc::new(Renewal::new(one_minute()).unwrap());
    for (there, here) in regular.open(ROOT, LATER).zip(&whole) {
        assert_eq!(Arrival { at: here.at, ..there }, *here);
    }
}

fn one_minute() -> Shared {
    Arc::new(Constant::new(60.0).expect("a constant"))
}

#[test]
fn classes_and_batches_have_their_shares() {
    let all: Vec<Arrival> = generator("nightly").open(ROOT, LATER).take(N as usize).collect();
    let large = all.iter().filter(|it| it.workload == WorkloadId::from_index(1)).count() as f64;
    let n = f64::from(N);
    assert_counts("classes", &[n - large, large], &[0.8 * n, 0.2 * n]);
    // Arrivals at one instant are one batch, but for a few that fall into one millisecond.
    let mut counts = [0.0; 4];
    all.chunk_by(|one, next| one.at == next.at)
        .for_each(|batch| counts[batch.len().min(4) - 1] += 1.0);
    let batches: f64 = counts.iter().sum();
    let whole: f64 = (1..=4).map(|size| 1.0 / f64::from(size)).sum();
    let expected = [1.0, 2.0, 3.0, 4.0].map(|size| batches / size / whole);
    assert_counts("batches", &counts, &expected);
    let requested = |it: &Arrival| match it.asks {
        Asks::Size(size) => size.cpu,
        Asks::Template | Asks::Spec(_) => unreachable!("sizes are drawn"),
    };
    let mut kinds: Vec<u64> = all.iter().map(requested).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert!(kinds.len() < 400, "requests have two digits: {}", kinds.len());
}

/// Each of these would be looked through for years of its own time before something arrives.
#[test]
fn arrivals_are_looked_for_within_the_horizon_only() {
    let hour = SimTime::ZERO + Span::from_hours(1);
    let mut late = vec![0.0; 1_000_000];
    late.push(100_000.0);
    let quiet = State { per_hour: 1e-9, lasts: 3_600.0 };
    let processes: [(Arc<dyn Process>, f64); 3] = [
        (Arc::new(RateCurve::new(late, 3_600.0, 0.0).expect("a curve")), 1.0),
        (Arc::new(Bursts::new(vec![quiet, quiet]).expect("states")), 1.0),
        (Arc::new(Poisson::new(100.0).expect("a rate")), 0.0),
    ];
    for (process, at_once) in processes {
        let mut generator = generator("nightly");
        generator.source = Source::Drawn {
            process,
            batch: Some(Arc::new(Constant::new(at_once).expect("a constant"))),
            classes: Classes::new(vec![(1.0, class(0))]).expect("sound"),
        };
        assert!(generator.draws(hour) <= 100_000.0);
        assert_eq!(generator.open(ROOT, hour).next(), None);
    }
}

#[test]
fn a_trace_repeats_and_ends() {
    let trace = Trace::new(vec![row(10), row(40)], Some(Span::from_ms(50))).unwrap();
    assert_eq!(trace.within(Span::from_ms(111)), 5);
    let recorded = Generator {
        from: SimTime::from_ms(1_000),
        until: Some(SimTime::from_ms(1_100)),
        source: Source::Recorded { trace, workload: WorkloadId::from_index(0) },
        ..generator("recorded")
    };
    let at: Vec<u64> = recorded.open(ROOT, LATER).map(|it| it.at.as_ms()).collect();
    assert_eq!(at, [1_010, 1_040, 1_060, 1_090]);
    assert_near("expected", recorded.expected(SimTime::from_ms(5_000)), 4.0, 1e-12);
}

/// What is requested is rounded by a twentieth at most, and on average not at all.
#[test]
fn rounded_sizes_have_the_mean_of_what_is_drawn() {
    const MIB: f64 = (1_u64 << 20) as f64;
    let of = |median, p95| -> Shared { Arc::new(LogNormal::of_percentiles(median, p95).unwrap()) };
    let sizes = Sizes::new(of(250.0, 1_000.0), of(512.0 * MIB, 2_048.0 * MIB), 0.6).unwrap();
    let draws = |number| ROOT.stream(Stream::ArrivalSize, &[u64::from(number)]);
    let (mut exact, mut rounded) = ([0.0, 0.0], [0.0, 0.0]);
    for number in 0..N {
        let drawn = sizes.draw_exactly(&mut draws(number));
        let size = sizes.draw(&mut draws(number));
        let units = [size.cpu as f64, size.memory as f64 / MIB];
        for (at, (drawn, size)) in [drawn[0], drawn[1] / MIB].into_iter().zip(units).enumerate() {
            let most = if drawn < 10.0 { 0.5 } else { drawn / 20.0 };
            assert!((size - drawn).abs() <= most, "{drawn} is rounded to {size}");
            exact[at] += drawn;
            rounded[at] += size;
        }
    }
    for (rounded, exact) in rounded.into_iter().zip(exact) {
        assert_near("the mean of what is rounded", rounded, exact, 0.001);
    }
}
