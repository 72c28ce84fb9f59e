//! The integration tests of the crate, in one binary: linking takes longer than running them.

mod prices;
mod recovery;
mod savings;
mod spells;
mod v8;
