//! Tails: how bad figures get, beside their means.

use crate::section::{Block, Cell, Intervals, Row, Section, Table};
use crate::summary::Summary;

/// The most workloads that are named, the least available first.
const WORKLOADS: usize = 3;

pub(super) fn section(summary: &Summary) -> Option<Section> {
    let tails = &summary.subject().tails;
    let mut workloads = 0;
    let shown = tails.iter().filter(|it| {
        workloads += usize::from(it.metric.starts_with("availability("));
        workloads <= WORKLOADS
    });
    let rows = shown.map(|it| {
        let values = [Some(it.mean), it.cvar95, Some(it.worst)];
        let cells = values.map(|value| Cell::maybe(value, it.unit.0.into()));
        Row::new(it.label.clone(), cells).noted(format!("run {}", it.worst_run))
    });
    let table = Table {
        title: "Tails",
        columns: ["MEAN", "WORST 5 %", "WORST"].map(str::to_owned).into(),
        notes: "IN",
        intervals: Intervals::Behind,
        rows: rows.collect(),
    };
    let is_any = !table.rows.is_empty();
    is_any.then(|| Section::new("Tails", "", vec![Block::Table(table)]))
}
