//! What moving a Kubernetes cluster to spot nodes saves, and what it breaks: the simulator as a library.
//!
//! Three lines run a scenario, and print what it saves and what it breaks:
//!
//! ```
//! use spotsim::{Comparison, Scenario, Stop, verdict};
//!
//! # fn main() -> Result<(), spotsim::Error> {
//! let scenario = Scenario::library("web-on-spot")?;
//! let results = Comparison { replications: 20, ..Comparison::of(&scenario) }.run(Stop::NEVER, |_| {})?;
//! println!("{}", verdict(&results.summary(Stop::NEVER)));
//! # Ok(())
//! # }
//! ```
//!
//! A [`Comparison`] is what the program `spotsim run` makes: a scenario against the same workload on
//! on-demand nodes. An [`Experiment`] compares any number of [`Variant`]s, for sweeps and questions of
//! one's own; [`Scenario::with`] changes a value by its path. A [`RunFolder`] keeps results, and a
//! [`KeptRun`] makes them again, byte for byte. A run is a function of the setup, the seed and the
//! replication, on any number of threads.
//!
//! The crates below are re-exported for all that goes deeper: [`scenarios`] reads, [`sim`] simulates,
//! [`reports`] adds up. [`Fitting`] judges recommended requests by [`backtest`].

mod atomic_write;
mod check;
mod comparison;
mod error;
mod experiment;
mod fit;
mod plans;
mod precision;
mod replications;
mod report;
mod run_folder;
mod search;
mod store;
mod stream;
mod sweep;

pub use backtest;
pub use reports;
pub use scenarios;
pub use sim;

pub use reports::export::manifest::Origin;
pub use reports::{Summary, verdict};
pub use scenarios::{Diagnostics, Scenario};
pub use sim::Stop;

pub use atomic_write::files::write_files;
pub use check::{Checked, check};
pub use comparison::{Comparison, PROPOSED, RECORDED, Results};
pub use error::Error;
pub use experiment::{Experiment, Keep, Progress, REPLICATIONS, Runs, Variant, VariantRuns};
pub use fit::{Fitted, Fitting};
pub use plans::{PlanSource, Plans};
pub use precision::{Precision, enough};
pub use replications::{Journal, Shard, Shards};
pub use report::{Form, shell_word};
pub use run_folder::{KeptRun, RunFolder, Written, default_path};
pub use search::{Counterexample, Searched, between, search};
pub use store::Store;
pub use sweep::{Axis, Space, Sweep, Values};

/// The examples of the guide are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/library.md")]
struct Guide;
