//! The simulator as a library: read a scenario, run an experiment, keep it in a run folder.
//!
//! The crates below are re-exported for all that goes deeper: [`scenarios`] reads, [`sim`] simulates,
//! [`reports`] adds up.

mod atomic_write;
mod check;
mod comparison;
mod error;
mod experiment;
mod run_folder;

pub use reports;
pub use scenarios;
pub use sim;

pub use reports::Summary;
pub use scenarios::{Diagnostics, Scenario};
pub use sim::Stop;

pub use atomic_write::files::write_all;
pub use check::{Checked, check};
pub use comparison::{Comparison, RECORDED, Results};
pub use error::Error;
pub use experiment::{Experiment, Keep, Progress, REPLICATIONS, Runs, Variant, VariantRuns};
pub use run_folder::{KeptRun, RunFolder, Written, default_path};
