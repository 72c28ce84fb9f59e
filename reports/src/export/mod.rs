//! Data out: one replication as tables and as a list of facts, all of them as series; one file a
//! format.
//!
//! A [`Recording`] holds what one run said. Everything is written under the names of the cluster,
//! never under the simulator's own numbers. Columns and units are documented in `docs/run-folder.md`.

pub mod allocation;
pub mod breakdown;
pub mod cell;
pub mod costs;
mod dates;
pub mod events;
pub mod facts;
pub mod focus;
pub mod legend;
pub mod manifest;
pub mod nodes;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod perfetto;
pub mod pods;
pub mod series;

use std::collections::BTreeMap;

use sim::SimTime;

use crate::recording::Recording;

/// An instant as tables show it: seconds since `T+0`.
fn seconds(at: SimTime) -> f64 {
    at.since(SimTime::ZERO).as_secs_f64()
}

/// The name of a variant as part of the name of a column.
fn column(name: &str) -> String {
    let fit = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    name.chars().map(fit).collect()
}

/// Changes a row of a table that is being made, if it has been begun.
fn change<K: Ord, R>(rows: &mut BTreeMap<K, R>, key: &K, change: impl FnOnce(&mut R)) {
    if let Some(row) = rows.get_mut(key) {
        change(row);
    }
}
