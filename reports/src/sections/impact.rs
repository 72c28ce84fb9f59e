//! The impact of reclaims: the workloads that are disrupted most, and the offerings that do it.

use crate::section::{Block, Cell, Intervals, Row, Section, Table, Unit};
use crate::summary::Summary;

/// At most this many rows of each table are printed; the rest is in the summary.
const SHOWN: usize = 5;

pub(super) fn section(summary: &Summary) -> Option<Section> {
    let impact = &summary.subject().plan.impact;
    if impact.workloads.is_empty() {
        return None;
    }
    let rate = |value: f64| Cell::of(value, Unit::Rate);
    let workloads = impact.workloads.iter().take(SHOWN).map(|row| {
        let cells = [
            rate(row.disrupted_per_day),
            rate(row.cut_short_per_day),
            rate(row.killed_without_warning_per_day),
            Cell::of(row.needs_seconds, Unit::Seconds),
            Cell::of(row.grace_seconds, Unit::Seconds),
            Cell::maybe(row.shortest_notice_seconds, Unit::Seconds),
        ];
        Row::new(&row.workload, cells).part()
    });
    let offerings = impact.offerings.iter().take(SHOWN).map(|row| {
        let cells = [
            rate(row.disrupted_per_day),
            rate(row.reclaims_per_day),
            rate(row.cut_short_or_killed_per_day),
            rate(row.refusals_per_day),
        ];
        Row::new(format!("{} in {}", row.instance_type, row.zone), cells).part()
    });
    let table = |title, columns: &[&'static str], rows| {
        Block::Table(Table {
            title,
            columns: columns.iter().map(ToString::to_string).collect(),
            notes: "",
            intervals: Intervals::Behind,
            rows,
        })
    };
    let hit = ["pods/day", "cut short", "killed", "needs", "grace", "notice"];
    let by = ["pods/day", "taken/day", "cut or killed", "refused"];
    let blocks = vec![
        table("Hit the worst", &hit, workloads.collect()),
        table("By", &by, offerings.collect()),
        Block::Chart("disruption"),
    ];
    Some(Section::new("Impact of reclaims", "", blocks))
}
