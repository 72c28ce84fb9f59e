//! Reports: facts fold into figures, figures of many replications into a summary, a summary into
//! text or JSON.
//!
//! Nothing here sees a world: a report is made of facts, and of the legend that names them.

pub mod chart;
pub mod charts;
pub mod cost;
pub mod export;
pub mod figures;
pub mod folds;
mod format;
pub mod glossary;
pub mod interval;
pub mod layout;
pub mod names;
pub mod pod_history;
mod recording;
pub mod rules;
mod spread;
pub mod stats;
pub mod summary;
pub mod text;
pub mod words;

pub use figures::{Figures, Fold};
pub use format::many;
pub use recording::Recording;
pub use summary::{Input, Summary, summarize};
pub use text::{table, to_ascii, verdict};

/// The JSON Schema of [`Summary`].
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Summary).to_value()
}
