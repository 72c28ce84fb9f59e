//! Tails: how bad figures get, beside their means.

use sim::terms::metrics::Unit as Counted;

use crate::section::{Block, Cell, Intervals, Row, Section, Table, Unit};
use crate::summary::Summary;

/// The most workloads that are named.
const WORKLOADS: usize = 5;

pub(super) fn section(summary: &Summary) -> Option<Section> {
    let tails = &summary.subject().tails;
    let mut workloads = 0;
    let shown = tails.iter().filter(|it| {
        workloads += usize::from(it.metric.starts_with("availability("));
        workloads <= WORKLOADS
    });
    let rows = shown.map(|it| {
        let unit = match it.unit.0 {
            Counted::Usd => Unit::Usd,
            Counted::Seconds => Unit::Seconds,
            Counted::Percent => Unit::Percent(1),
            Counted::Share => Unit::Share(5),
            Counted::Number => Unit::Rate,
        };
        let values = [Some(it.mean), it.cvar95, Some(it.worst)];
        let cells = values.map(|value| Cell::maybe(value, unit));
        Row::new(it.label.clone(), cells).noted(format!("run {}", it.worst_run))
    });
    let table = Table {
        title: "",
        columns: ["MEAN", "WORST 5 %", "WORST"].map(str::to_owned).into(),
        notes: "IN",
        intervals: Intervals::Behind,
        rows: rows.collect(),
    };
    let is_any = !table.rows.is_empty();
    is_any.then(|| Section::new("Tails", "", vec![Block::Table(table)]))
}
