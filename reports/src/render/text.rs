//! Sections as text for a terminal: tables that fit its columns, sentences as whole lines.

use std::fmt::Write;

use crate::layout;
use crate::section::{Block, Cell, Intervals, Note, Row, Section, Table};

/// The sections below each other, their tables within `columns`. Sentences are whole lines, for
/// [`layout::fit`] to break.
#[must_use]
pub fn render(sections: &[Section], columns: usize) -> String {
    let mut text = String::new();
    for section in sections {
        let part = one(section, columns);
        if !text.is_empty() && !part.is_empty() && !section.continues {
            text.push('\n');
        }
        text += &part;
    }
    text
}

/// One section. What stands below its claim is indented; its tables have names of the same width.
fn one(section: &Section, columns: usize) -> String {
    let mut text = String::new();
    let depth = usize::from(!section.claim.is_empty());
    if depth > 0 {
        let _ = writeln!(text, "{}", section.claim);
    }
    let tables = section.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    let names = tables.flat_map(rows);
    let widest = names.map(|row| layout::length(&row.name)).max().unwrap_or(0);
    for block in &section.blocks {
        match block {
            Block::Figure(figure) => {
                let within = figure.cell.within_text();
                let _ = writeln!(text, "{}: {}{within}", figure.name, figure.cell.text());
            }
            Block::Table(table) => {
                text += &layout::table(rows(table).collect(), widest, columns);
            }
            Block::List(table) => list(table, depth, &mut text),
            Block::Note(it) => note(it, depth, &mut text),
            // A terminal shows none; the run folder has them.
            Block::Chart(_) => {}
        }
    }
    text
}

/// Rows below each other without a head. What stands behind them is a sentence, and may be broken.
fn list(table: &Table, depth: usize, into: &mut String) {
    let text = |row: &Row| row.cells.iter().map(Cell::text).collect::<Vec<_>>().join("  ");
    let rows: Vec<(&Row, String)> = table.rows.iter().map(|row| (row, text(row))).collect();
    let names = rows.iter().map(|(row, _)| layout::length(&row.name)).max().unwrap_or(0);
    let width = rows.iter().map(|(_, text)| layout::length(text)).max().unwrap_or(0);
    let indent = "  ".repeat(depth);
    for (row, text) in rows {
        let line = format!("{indent}{:<names$}  {text:>width$}  {}", row.name, table.remark(row));
        let _ = writeln!(into, "{}", line.trim_end());
    }
}

/// The rows of a table as they are laid out, its head among them.
fn rows(table: &Table) -> impl Iterator<Item = layout::Row> {
    let head = layout::Row::new(table.title, table.columns.clone()).noted(table.notes.to_owned());
    let mut rows = vec![head];
    for row in &table.rows {
        let name = "  ".repeat(row.depth) + &row.name;
        let cells: Vec<String> = row.cells.iter().map(|cell| cell.text()).collect();
        let intervals = row.cells.iter().map(|cell| cell.interval_text());
        let own = layout::Row::new(&name, cells);
        match table.intervals {
            Intervals::Behind => rows.push(own.noted(table.remark(row))),
            Intervals::Below => {
                let intervals: Vec<String> = intervals.collect();
                rows.push(own);
                if intervals.iter().any(|it| !it.is_empty()) {
                    rows.push(layout::Row::new("", intervals));
                }
            }
        }
    }
    rows.into_iter()
}

fn note(note: &Note, depth: usize, into: &mut String) {
    let _ = writeln!(into, "{}{}", "  ".repeat(depth), note.text);
    note.below.iter().for_each(|below| self::note(below, depth + 1, into));
}

/// The same in ASCII, for terminals whose locale is not UTF-8.
#[must_use]
pub fn to_ascii(text: &str) -> String {
    text.replace('–', "-")
        .replace('·', "|")
        .replace('×', "x")
        .replace('±', "+/-")
        .replace('…', "...")
        .replace('µ', "u")
        .replace('✓', "ok")
        .replace('✗', "BROKEN")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_locale_can_show_it() {
        assert_eq!(to_ascii("36–40 % ± 2 · …"), "36-40 % +/- 2 | ...");
    }
}
