//! What shows what a section claims, as HTML: tables, figures and notes. Charts are figures of their own.

use std::borrow::Cow;

use maud::{Markup, html};
use sim::plain::plain;

use crate::section::{Block, Cell, Figure, Intervals, Note, Row, Table, Value};

/// Blocks below each other; notes and figures that follow each other are one list.
pub(super) fn all(blocks: &[Block]) -> Markup {
    let kind = |block: &Block| match block {
        Block::Figure(_) => 0,
        Block::Note(_) => 1,
        Block::Table(_) | Block::List(_) => 2,
        Block::Chart(_) => 3,
    };
    let alike = blocks.chunk_by(|one, next| kind(one) == kind(next));
    html! { @for blocks in alike { (run(blocks)) } }
}

/// Blocks of one kind.
fn run(blocks: &[Block]) -> Markup {
    let figures = blocks.iter().filter_map(|it| match it {
        Block::Figure(figure) => Some(figure),
        Block::Table(_) | Block::List(_) | Block::Chart(_) | Block::Note(_) => None,
    });
    let notes = blocks.iter().filter_map(|it| match it {
        Block::Note(note) => Some(note),
        Block::Table(_) | Block::List(_) | Block::Chart(_) | Block::Figure(_) => None,
    });
    let tables = blocks.iter().filter_map(|it| match it {
        Block::Table(table) | Block::List(table) => Some(table),
        Block::Note(_) | Block::Chart(_) | Block::Figure(_) => None,
    });
    match blocks.first() {
        Some(Block::Figure(_)) => html! { dl.figures { @for it in figures { (figure(it)) } } },
        Some(Block::Note(_)) => html! { ul.notes { @for it in notes { (note(it)) } } },
        Some(Block::Table(_) | Block::List(_)) => {
            // A few small ones stand beside each other where there is room.
            let class = (blocks.len() > 2).then_some("tables");
            html! { div class=[class] { @for it in tables { (table(it)) } } }
        }
        Some(Block::Chart(_)) | None => html! {},
    }
}

fn figure(figure: &Figure) -> Markup {
    html! { div { dt { (plain(&figure.name)) } dd { (cell(&figure.cell, true)) } } }
}

fn note(note: &Note) -> Markup {
    html! {
        li {
            (plain(&note.text))
            @if !note.below.is_empty() { ul { @for it in &note.below { (self::note(it)) } } }
        }
    }
}

/// A table that scrolls by itself where it is wider than the page.
fn table(table: &Table) -> Markup {
    let remarks = !table.notes.is_empty();
    let below = table.intervals == Intervals::Below || !remarks;
    let label = if table.title.is_empty() { "Figures" } else { table.title };
    html! {
        div.scroll role="region" tabindex="0" aria-label=(label) {
            table {
                thead { tr {
                    @if table.title.is_empty() { td {} } @else { th scope="col" { (lower(table.title)) } }
                    @for column in &table.columns { th.number scope="col" { (plain(&lower(column))) } }
                    @if remarks { th scope="col" { (lower(table.notes)) } }
                } }
                tbody { @for row in &table.rows { (self::row(table, row, remarks, below)) } }
            }
        }
    }
}

fn row(table: &Table, row: &Row, remarks: bool, below: bool) -> Markup {
    let class = format!("d{}", row.depth.min(3));
    html! {
        tr {
            th scope="row" class=(class) { (plain(&row.name)) }
            @for it in &row.cells { td.number { (cell(it, below)) } }
            @for _ in row.cells.len()..table.columns.len() { td {} }
            @if remarks { td.remark { (plain(&table.remark(row))) } }
        }
    }
}

/// The values of a cell, which programs read, too; below them the interval if that is wanted.
fn cell(cell: &Cell, interval: bool) -> Markup {
    let within = cell.interval_text();
    html! {
        @for (index, value) in cell.values.iter().enumerate() {
            @if index > 0 { (cell.between) }
            (self::value(value))
        }
        @if interval && !within.is_empty() { small.interval { (within) } }
    }
}

fn value(value: &Value) -> Markup {
    match *value {
        Value::Is(number, _)
        | Value::AtLeast(number, _)
        | Value::Change(number, _, _)
        | Value::Apart(number, _) => {
            html! { data value=(number) { (value.text()) } }
        }
        Value::Word(word) => html! { (word) },
        Value::Missing => html! { span.missing title="none" { "–" } },
    }
}

/// A heading of capitals in small letters: on a page, weight tells headings apart.
fn lower(heading: &str) -> Cow<'_, str> {
    if heading.chars().any(char::is_lowercase) && !heading.contains(" /") {
        return heading.into();
    }
    heading.to_lowercase().into()
}
