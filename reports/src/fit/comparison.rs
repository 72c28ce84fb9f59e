//! Recommenders beside each other: in money and counts, then in the amounts that those are made of.

use super::Report;
use super::amounts::{core_hours, gib_hours};
use crate::section::{Cell, Intervals, Row, Section, Table, Unit};

/// What each would have cost, and what it would have broken.
pub(super) fn money(report: &Report<'_>) -> Section {
    let rows = report.comparison.judged.iter().map(|judged| {
        let lanes = &judged.score.lanes;
        let percent =
            |share: Option<f64>| Cell::maybe(share.map(|it| 100.0 * it), Unit::Percent(2));
        Row::new(
            judged.name,
            [
                Cell::of(report.monthly(lanes, |lane| lane.requested), Unit::Usd),
                Cell::of(report.monthly(lanes, |lane| lane.wasted), Unit::Usd),
                Cell::of(judged.score.kills() as f64, Unit::Number(0)),
                percent(lanes.cpu.short()),
                percent(lanes.cpu.over_limit()),
                Cell::of(judged.score.changes as f64, Unit::Number(0)),
            ],
        )
    });
    let columns = ["requested/mo", "unused/mo", "OOM kills", "CPU short", "throttled", "changes"];
    table("Recommenders", "recommender", &columns, rows.collect())
}

/// The amounts over the whole time that was judged.
pub(super) fn amounts(report: &Report<'_>) -> Section {
    let rows = report.comparison.judged.iter().map(|judged| {
        let lanes = &judged.score.lanes;
        let cores = |amount| Cell::of(core_hours(amount), Unit::Rate);
        let gib = |amount| Cell::of(gib_hours(amount), Unit::Rate);
        Row::new(
            judged.name,
            [
                cores(lanes.cpu.wasted),
                gib(lanes.memory.wasted),
                cores(lanes.cpu.above_request.amount),
                gib(lanes.memory.above_request.amount),
                cores(lanes.cpu.above_limit.amount),
            ],
        )
    });
    let columns = ["core-h unused", "GiB-h unused", "core-h above", "GiB-h above", "core-h cut"];
    table("Amounts", "in all", &columns, rows.collect())
}

/// A section of one table.
pub(super) fn table(
    title: &'static str,
    of: &'static str,
    columns: &[&str],
    rows: Vec<Row>,
) -> Section {
    let columns = columns.iter().map(|it| (*it).to_owned()).collect();
    let table = Table { title: of, columns, notes: "", intervals: Intervals::Behind, rows };
    Section::new(title, "", vec![table.into()])
}
