//! The sections of a report, in the order in which they are read: the answer, the evidence, the
//! caveats. One file a section, or a few that belong together; none of them knows how it is rendered.

mod answer;
mod arrivals;
mod caveats;
mod comparison;
pub(crate) mod expectations;
mod fit;
mod impact;
mod node_autoscaling;
mod provenance;
mod rows;
pub(crate) mod rules;
mod savings;
mod sensitivity;
mod spending;
mod spread;
mod tails;
pub(crate) mod trace;
pub(crate) mod unplaced;

use crate::section::Section;
use crate::summary::Summary;

pub(crate) use answer::{nothing_to_save, verdict};

/// Makes a section, if a summary has anything to say in it.
type Make = fn(&Summary) -> Option<Section>;

/// Every section of a report.
const SECTIONS: [Make; 17] = [
    answer::section,
    comparison::section,
    expectations::section,
    node_autoscaling::section,
    tails::section,
    arrivals::section,
    impact::section,
    fit::section,
    savings::section,
    sensitivity::section,
    unplaced::never_placed,
    unplaced::waiting,
    rules::section,
    caveats::assumptions,
    caveats::unmodelled,
    caveats::warnings,
    provenance::section,
];

/// Sections that a page has room for, and a terminal has not.
const OF_A_PAGE: [Make; 1] = [spending::section];

/// The sections of a page: those of a report, and those that only a page has room for.
#[must_use]
pub fn of_a_page(summary: &Summary) -> Vec<Section> {
    SECTIONS.iter().chain(&OF_A_PAGE).filter_map(|make| make(summary)).collect()
}

/// The sections of a report that a comment shows at once, by their titles.
pub(crate) const IN_COMMENTS: &[&str] =
    &["The plan", "Both plans", "All plans", "Expectations", "Never placed"];

/// The sections of a report, in order.
#[must_use]
pub fn of(summary: &Summary) -> Vec<Section> {
    SECTIONS.iter().filter_map(|make| make(summary)).collect()
}
