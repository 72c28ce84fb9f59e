//! The integration tests of the crate, in one binary: linking takes longer than running them.

mod admission;
mod change;
mod cluster;
mod codes;
mod contract;
mod estimate;
mod import;
mod input;
mod jobs;
mod limits;
mod lint;
mod load;
mod objects;
mod odd_inputs;
mod paid_volumes;
mod plugins;
mod preemptible;
mod prices;
mod proposal;
mod quantities;
mod scheduler;
mod start_up;
mod traces;
mod typos;
mod volumes;
mod why;
