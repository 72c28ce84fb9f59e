//! Arrivals: what each generator let arrive, alike on every plan.

use crate::section::{Block, Cell, Intervals, Row, Section, Table, Unit};
use crate::stats::Estimate;
use crate::summary::Summary;

/// A row for each generator; nothing where nothing arrives.
pub(super) fn section(summary: &Summary) -> Option<Section> {
    let generators = summary.subject().plan.arrivals.as_ref()?;
    let cell = |estimate: Estimate| Cell::mean(estimate, Unit::Rate);
    let rows = generators.iter().map(|it| {
        let cells = [it.arrivals_per_day, it.pods_per_day, it.pod_hours_per_day].map(cell);
        Row::new(format!("Arrivals, {}", it.generator), cells)
    });
    let table = Table {
        title: "",
        columns: ["ARRIVE /day", "PODS ARRIVED /day", "POD-H /day"].map(str::to_owned).to_vec(),
        notes: "",
        intervals: Intervals::Behind,
        rows: rows.collect(),
    };
    Some(Section::new("Arrivals", "", vec![Block::Table(table)]))
}
