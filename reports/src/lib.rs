//! Reports: facts fold into figures, figures of many replications into a summary, a summary into
//! text or JSON.
//!
//! Nothing here sees a world: a report is made of facts, and of the legend that names them.

pub mod availability;
pub mod batch;
pub mod breakdown;
pub mod budgets;
pub mod capacity;
pub mod chart;
pub mod charts;
pub mod commitments;
pub mod disruption;
pub mod export;
pub mod exposure;
pub mod figures;
pub mod glossary;
pub mod harm;
pub mod interval;
pub mod layout;
pub mod ledger;
pub mod meter;
pub mod past;
pub mod pending;
pub mod persistent;
pub mod placed;
mod quantity;
pub mod rules;
pub mod sensitivity;
pub mod series;
pub mod shares;
mod spread;
pub mod start_up;
pub mod stats;
pub mod summary;
pub mod text;
pub mod trace;
pub mod volumes;
pub mod words;

pub use figures::{Figures, Fold};
pub use quantity::many;
pub use summary::{Input, Summary, summarize};
pub use text::{table, to_ascii, verdict};

/// The JSON Schema of [`Summary`].
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Summary).to_value()
}
