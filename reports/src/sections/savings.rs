//! Savings: against each baseline, and how well they are known.

use super::spread;
use crate::format::time;
use crate::section::{Block, Cell, Figure, Note, Section, Unit};
use crate::summary::Summary;

/// A run that is shorter than this is too short to show what a week brings.
const WEEK_HOURS: f64 = 168.0;

pub(super) fn section(summary: &Summary) -> Option<Section> {
    let subject = summary.subject();
    let incomplete = subject.never_placed.is_some();
    let what = if incomplete { "Incomplete workload, saving" } else { "Saving" };
    let others = summary.reference().into_iter().chain(summary.baseline());
    let others = others.filter_map(|it| Some((it.described(), it.subject_saves.as_ref()?)));
    let same_nodes = ("the same nodes at on-demand prices", &subject.same_nodes);
    let mut blocks: Vec<Block> = Vec::new();
    for (name, saving) in others.chain([same_nodes]) {
        let dollars = saving.usd_monthly;
        let cell = Cell::mean(dollars, Unit::UsdMonthly).within(dollars);
        blocks.push(Block::Figure(Figure { name: format!("{what} against {name}"), cell }));
    }
    if let Some(discount) = subject.discount_percent {
        let cell = Cell::mean(discount, Unit::Percent(1));
        blocks.push(Block::Figure(Figure { name: "Discount on spot time".into(), cell }));
    }
    blocks.push(Block::Chart("savings"));
    if summary.window_hours < WEEK_HOURS {
        let window = time(summary.window_hours * 3_600.0);
        blocks.push(Note::new(format!("Per month is extrapolated from {window}.")).into());
    }
    blocks.extend(spread::sentences(summary).into_iter().map(|text| Note::new(text).into()));
    Some(Section::new("Savings", "", blocks))
}
