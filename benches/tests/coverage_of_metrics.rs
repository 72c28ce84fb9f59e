//! Whether the 95 % intervals of metrics cover the truth in 95 of 100 experiments of 30 replications: four
//! figures of a library scenario, in which prices move in every replication and nodes are taken in few.
//!
//! `cargo test` measures a part, and with `SPOTSIM_FULL=1` all of it: `just coverage`.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails
#![allow(clippy::print_stdout)] // what it measures is to be read

mod draws;

use std::ops::Range;

use reports::metrics::{Column, Measured};
use scenarios::Scenario;
use sim::Stop;
use spotsim::{Experiment, Variant};

use draws::Draws;

/// The figures that are measured, and whether replications in which nothing happens make their intervals
/// miss: of a rare event many experiments of 30 see none.
const FIGURES: [(&str, bool); 4] = [
    ("cost.monthly", false),
    ("cost.idle", false),
    ("saving.same_nodes", false),
    ("reclaims_per_day", true),
];
/// How many replications an experiment has.
const N: usize = 30;

/// The figures of some replications of the scenario.
fn measured(replications: Range<u32>) -> Vec<Column> {
    let scenario = Scenario::library("prices-for-a-quarter").unwrap();
    let experiment = Experiment {
        variants: vec![Variant::of("proposed", &scenario)],
        seed: 42,
        replications,
        threads: None,
    };
    let runs = experiment.run(Stop::NEVER, |_| {}).unwrap();
    let measured: Measured = runs.variants[0].measured(None);
    let column = |(key, _): &(&str, bool)| measured.named(key).unwrap_or_else(|| panic!("{key}"));
    FIGURES.iter().map(|figure| column(figure).clone()).collect()
}

/// How many intervals of some experiments lie wholly below the truth, and how many above it.
#[derive(Clone, Copy, Default)]
struct Missed {
    experiments: u32,
    below: u32,
    above: u32,
}

impl Missed {
    fn add(&mut self, experiment: &Column, truth: f64) {
        self.experiments += 1;
        let Some(estimate) = experiment.estimate() else { return };
        let (low, high) = estimate.low.zip(estimate.high).unwrap_or((estimate.mean, estimate.mean));
        let rounding = 1e-9 * truth.abs();
        self.below += u32::from(high < truth - rounding);
        self.above += u32::from(low > truth + rounding);
    }

    /// The share of experiments whose interval covers the truth, in percent.
    fn covered(self) -> f64 {
        100.0 - 100.0 * f64::from(self.below + self.above) / f64::from(self.experiments)
    }

    fn print(self, key: &str) {
        let percent = |count: u32| 100.0 * f64::from(count) / f64::from(self.experiments);
        let (below, above) = (percent(self.below), percent(self.above));
        println!(
            "  {key:<18} {:5.1} %   too low {below:4.1} %   too high {above:4.1} %",
            self.covered()
        );
    }
}

/// One figure in some replications of all of them.
fn of(column: &Column, replications: impl Iterator<Item = usize>) -> Column {
    Column { readings: replications.map(|it| column.readings[it]).collect(), ..column.clone() }
}

fn truth(column: &Column) -> f64 {
    column.estimate().unwrap().mean
}

/// Experiments whose replications are drawn from all there are.
fn drawn(column: &Column, experiments: u32) -> Missed {
    let (truth, all) = (truth(column), column.readings.len());
    let mut missed = Missed::default();
    let mut draws = Draws::new();
    for _ in 0..experiments {
        missed.add(&of(column, (0..N).map(|_| draws.below(all))), truth);
    }
    missed
}

#[test]
fn intervals_of_metrics_cover() {
    match std::env::var_os("SPOTSIM_FULL") {
        Some(_) => cover_over_200_experiments(),
        None => cover_what_they_are_drawn_from(),
    }
}

/// 2 000 experiments that are drawn from 400 replications.
fn cover_what_they_are_drawn_from() {
    for (column, (key, is_rare)) in measured(0..400).iter().zip(FIGURES) {
        let missed = drawn(column, 2_000);
        missed.print(key);
        let least = if is_rare { 80.0 } else { 93.0 };
        assert!((least..=98.0).contains(&missed.covered()), "{key}: {} %", missed.covered());
    }
}

/// 200 experiments of 30 replications against 10 000 others: a minute of two cores.
fn cover_over_200_experiments() {
    let all = measured(0..10_000);
    let experiments = measured(10_000..10_000 + 200 * 30);
    println!("200 experiments of {N} against 10 000, then 2 000 drawn from these");
    for ((column, own), (key, is_rare)) in all.iter().zip(&experiments).zip(FIGURES) {
        let truth = truth(column);
        let mut each = Missed::default();
        (0..200).for_each(|it| each.add(&of(own, it * N..(it + 1) * N), truth));
        each.print(key);
        let many = drawn(column, 2_000);
        many.print(key);
        // Chance moves a share of 200 by 1.5 points, and by three times that in one of 300.
        let (least, of_200) = if is_rare { (80.0, 75.0) } else { (93.0, 90.0) };
        assert!((of_200..=99.9).contains(&each.covered()), "{key}: {} %", each.covered());
        assert!((least..=97.5).contains(&many.covered()), "{key}: {} %", many.covered());
    }
}
