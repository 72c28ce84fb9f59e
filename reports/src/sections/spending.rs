//! Cost by part: who or what a month is paid for, beside the other plans.

use crate::format::many;
use crate::section::{Block, Cell, Intervals, Row, Section, Table, Unit};
use crate::summary::{CostBy, Role, Summary, Variant};

/// At most this many rows of each table are shown; the rest is in the summary.
const SHOWN: usize = 12;

/// A table for each dimension in which there is more than one part.
pub(super) fn section(summary: &Summary) -> Option<Section> {
    let subject = summary.subject();
    let others = summary.variants.iter().filter(|it| it.role != Role::Subject);
    let variants: Vec<&Variant> = others.chain([subject]).collect();
    let dimensions = subject.plan.cost_by.iter().filter(|it| it.rows.len() > 1);
    let tables = dimensions.map(|it| Block::Table(table(it, &variants)));
    let tables: Vec<Block> = tables.collect();
    let claim = "Dollars a month. What no pod requests is __idle__, what is unused of commitments __commitment__.";
    (!tables.is_empty()).then(|| Section::new("Cost by part", claim, tables))
}

/// The parts of one dimension, the dearest of the subject first.
fn table(by: &CostBy, variants: &[&Variant]) -> Table {
    let cost = |variant: &Variant, name: &str| {
        let same = variant.plan.cost_by.iter().find(|it| it.dimension == by.dimension)?;
        Some(same.rows.iter().find(|row| row.name == name)?.usd_monthly)
    };
    let rows = by.rows.iter().take(SHOWN).map(|row| {
        let cells = variants.iter().map(|it| Cell::maybe(cost(it, &row.name), Unit::Usd));
        Row::new(&row.name, cells.collect::<Vec<_>>())
    });
    let mut rows: Vec<Row> = rows.collect();
    if let Some(more) = by.rows.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let rest: f64 = by.rows.iter().skip(SHOWN).map(|row| row.usd_monthly).sum();
        let mut cells = vec![Cell::EMPTY; variants.len() - 1];
        cells.push(Cell::of(rest, Unit::Usd));
        rows.push(Row::new(many(more as u64, "other"), cells));
    }
    Table {
        title: by.dimension,
        columns: variants.iter().map(|it| it.name.clone()).collect(),
        notes: "",
        intervals: Intervals::Behind,
        rows,
    }
}
