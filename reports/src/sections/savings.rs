//! Savings: against each baseline, and how well they are known.

use super::spread;
use crate::format::time;
use crate::section::{Block, Cell, Figure, Note, Section, Unit};
use crate::summary::Summary;

/// A run that is shorter than this is too short to show what a week brings.
const WEEK_HOURS: f64 = 168.0;

pub(super) fn section(summary: &Summary) -> Option<Section> {
    let saving = &summary.saving;
    let incomplete = summary.never_placed.is_some();
    let what = if incomplete { "Incomplete workload, saving" } else { "Saving" };
    let against = [
        ("against what is paid today", saving.today.as_ref()),
        ("against the same workload on on-demand", Some(&saving.on_demand_plan)),
        ("against the same nodes at on-demand prices", Some(&saving.same_nodes)),
    ];
    let mut blocks: Vec<Block> = Vec::new();
    for (name, saving) in against {
        let Some(dollars) = saving.map(|saving| saving.usd_monthly) else { continue };
        let cell = Cell::mean(dollars, Unit::UsdMonthly).within(dollars);
        blocks.push(Block::Figure(Figure { name: format!("{what} {name}"), cell }));
    }
    if let Some(discount) = saving.discount_percent {
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
