//! The integration tests of the crate, in one binary: linking takes longer than running them.

mod batch;
mod bills;
mod breakdown;
mod budgets;
mod commitments;
mod common;
mod coverage;
mod declared;
mod fallbacks;
mod impact;
mod least;
mod placed;
mod render;
mod rules;
mod scaling;
mod series;
mod variants;
mod volumes;
