//! Sensitivity: the result at multiples of the stated rates, and the multiples that were not tried.

use crate::format::{many, rate};
use crate::section::{Block, Cell, Intervals, Note, Row, Section, Table, Unit};
use crate::summary::sensitivity::Scaled;
use crate::summary::{LeftOut, Summary};

pub(super) fn section(summary: &Summary) -> Option<Section> {
    let (scales, left_out) = (&summary.sensitivity, &summary.sensitivity_left_out);
    if scales.is_empty() && left_out.is_empty() {
        return None;
    }
    let mut blocks = Vec::new();
    // Without pods there is nothing to be cut short or available.
    let columns = if summary.has_pods { 4 } else { 2 };
    if !scales.is_empty() {
        let mut rows: Vec<Row> = scales.iter().map(row).collect();
        rows.iter_mut().for_each(|row| row.cells.truncate(columns));
        blocks.push(Block::Table(Table {
            title: "At the rates",
            columns: ["saving", "reclaims/day", "cut or killed/day", "availability"][..columns]
                .iter()
                .map(|it| (*it).to_owned())
                .collect(),
            notes: "",
            intervals: Intervals::Below,
            rows,
        }));
        blocks.push(Block::Chart("risk"));
    }
    blocks.extend(left_out.iter().map(|LeftOut { scale, per_hour }| {
        let why = format!("instances would be taken {} times an hour", rate(*per_hour));
        Block::Note(Note::new(format!("×{scale} left out: {why}")))
    }));
    Some(Section::new("Sensitivity", claim(scales), blocks))
}

fn claim(scales: &[Scaled]) -> String {
    let Some((first, last)) = scales.first().zip(scales.last()) else {
        return "At a multiple of the rates:".into();
    };
    let mut over = many(first.replications as u64, "replication");
    if last.replications < first.replications {
        over += &format!(" ({} where reclaims are more frequent)", last.replications);
    }
    format!(
        "How often reclaims really are is not well known. Over {over}, at a multiple of the rates:"
    )
}

fn row(scaled: &Scaled) -> Row {
    let (reclaims, harsh) = (scaled.reclaims_per_day, scaled.cut_short_or_killed_per_day);
    let saving = Cell::maybe(scaled.saving_percent.map(|it| it.mean), Unit::Percent(1));
    let cells = [
        scaled.saving_percent.map_or(saving.clone(), |it| saving.within(it)),
        Cell::mean(reclaims, Unit::Rate).within(reclaims),
        Cell::mean(harsh, Unit::Rate).within(harsh),
        Cell::maybe(scaled.least_availability, Unit::Number(6)),
    ];
    Row::new(format!("×{}", scaled.scale), cells).part()
}
