//! Validation: the models of the spot market, held against recorded data.
//!
//! Each experiment runs the simulator as it is, on a folder of traces, and compares what comes out
//! with figures that were computed from the same traces by other means. What is expected, by how
//! much it may be missed and why is written in the experiment.
//!
//! There is no V6. It would be how FGD (ATC 2023) packs pods on GPUs: its tasks ask for a part of one
//! card, and its policies look at each card of a node. kube-scheduler counts whole devices, so that none
//! of its plugins is one of those policies. `MostAllocated` is akin to their best fit in what it prefers,
//! and would still see other nodes than it did.

pub mod data;
pub mod fit;
pub mod fleet;
pub mod known;
pub mod skynomad;

pub mod survival;

mod batches;
mod billed_hours;
mod deadlines;
mod gangs;
mod halves;
mod hazard_by_age;
mod lifetimes;
mod price_figures;
mod prices;
mod savings;
mod transitions;
mod zones;

use std::path::Path;

pub use data::DataError;

/// An experiment.
pub struct Experiment {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it shows, in one sentence.
    pub about: &'static str,
    run: fn(&Path) -> Result<Vec<Row>, DataError>,
}

/// Every experiment, in the order in which they are listed.
pub static EXPERIMENTS: &[Experiment] = &[
    transitions::EXPERIMENT,
    deadlines::EXPERIMENT,
    hazard_by_age::EXPERIMENT,
    billed_hours::EXPERIMENT,
    gangs::EXPERIMENT,
    batches::EXPERIMENT,
    lifetimes::EXPERIMENT,
    savings::EXPERIMENT,
    halves::EXPERIMENT,
    zones::EXPERIMENT,
    prices::EXPERIMENT,
    skynomad::EXPERIMENT,
];

/// One comparison.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// What is compared.
    pub what: String,
    /// What was computed by other means.
    pub expected: f64,
    /// What the simulator gives.
    pub got: f64,
    /// What makes it a success.
    pub bound: Bound,
    /// With how many decimals it is printed.
    pub decimals: usize,
}

/// When a comparison is a success.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Bound {
    /// It misses by at most this much.
    Within(f64),
    /// It misses by at most this share of what is expected.
    WithinShare(f64),
    /// It is shown beside what is expected, and not judged.
    Shown,
}

impl Row {
    /// Whether it is a success; none if it is not judged.
    #[must_use]
    pub fn holds(&self) -> Option<bool> {
        let miss = (self.got - self.expected).abs();
        match self.bound {
            Bound::Within(most) => Some(miss <= most + 1e-9),
            Bound::WithinShare(share) => Some(miss <= share * self.expected.abs() + 1e-9),
            Bound::Shown => None,
        }
    }
}

impl Experiment {
    /// The experiment of this name, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Experiment> {
        EXPERIMENTS.iter().find(|experiment| experiment.name.eq_ignore_ascii_case(name))
    }

    /// Runs it on a folder of traces.
    ///
    /// # Errors
    /// If a file is missing or is not what it should be.
    pub fn run(&self, data: &Path) -> Result<Vec<Row>, DataError> {
        (self.run)(data)
    }
}
