//! The report of a back-test: what each recommendation would have wasted and broken, what the chosen
//! one says of each container, and what the figures rest on.
//!
//! Each part is one file that makes a section of a [`Report`]; [`sections`] is their order.

mod amounts;
mod answer;
mod comparison;
mod containers;
mod document;
mod notes;
mod picture;
mod tuning;

use backtest::{Comparison, History, Judged, Plan, Tuned};

pub use amounts::Prices;
pub use document::document;
pub use picture::picture;

use crate::section::Section;

/// A back-test, with what it was made of.
#[derive(Clone, Copy)]
pub struct Report<'f> {
    /// What was recorded.
    pub history: &'f History,
    /// How it was walked through.
    pub plan: &'f Plan,
    /// What came of each recommender.
    pub comparison: &'f Comparison,
    /// What came of other settings of VPA; empty where none were tried.
    pub tuned: &'f [Tuned],
    /// At which prices money is counted.
    pub prices: Prices,
    /// The recommender whose recommendations are listed, as its id.
    pub chosen: &'f str,
    /// What was understood, guessed and repaired of the files.
    pub understood: &'f [String],
    /// Which files, in words.
    pub source: &'f str,
}

impl<'f> Report<'f> {
    /// What came of the recommender whose recommendations are listed.
    fn chosen(&self) -> Option<&'f Judged> {
        self.comparison.of(self.chosen)
    }

    /// The time over which was judged, in hours: from the end of learning to the end of the history.
    fn judged_hours(&self) -> f64 {
        let (start, end) = self.history.span_ms().unwrap_or_default();
        let judged = end.abs_diff(start).saturating_sub(self.plan.learn.as_ms());
        judged as f64 / amounts::HOUR_MS
    }
}

/// The whole report, answer first.
#[must_use]
pub fn sections(report: &Report<'_>) -> Vec<Section> {
    let parts = [
        Some(answer::section(report)),
        Some(comparison::money(report)),
        Some(comparison::amounts(report)),
        containers::section(report),
        tuning::cpu(report),
        tuning::memory(report),
        Some(notes::section(report)),
    ];
    parts.into_iter().flatten().collect()
}
