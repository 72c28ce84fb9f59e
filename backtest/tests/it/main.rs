//! The integration tests of the crate, in one binary: linking takes longer than running them.

mod by_hand;
mod common;
mod comparison;
mod oracle;
mod properties;
