//! The simulator as a library: read a scenario, run an experiment, keep it in a run folder.
//!
//! The crates below are re-exported for all that goes deeper: [`scenarios`] reads, [`sim`] simulates,
//! [`reports`] adds up.

mod atomic_write;
mod error;
pub mod experiment;
pub mod run_folder;

pub use reports;
pub use scenarios;
pub use sim;

pub use atomic_write::files::write_all;
pub use error::Error;
