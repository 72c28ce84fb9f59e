//! Sections as Markdown: a heading, a claim, tables, charts as pictures and notes as lists.

use std::fmt::Write;

use crate::section::{Block, Note, Section, Table};

/// The sections below each other. A chart is a picture `NAME.svg` in the folder of the page.
#[must_use]
pub fn render(sections: &[Section]) -> String {
    let mut text = String::new();
    for section in sections {
        let _ = writeln!(text, "{}## {}", if text.is_empty() { "" } else { "\n" }, section.title);
        if !section.claim.is_empty() {
            let _ = writeln!(text, "\n{}", escaped(&section.claim));
        }
        let mut listed = false;
        for block in &section.blocks {
            let lists = matches!(block, Block::Figure(_) | Block::Note(_));
            if !(lists && listed) {
                text.push('\n');
            }
            listed = lists;
            match block {
                Block::Figure(figure) => {
                    let within = figure.cell.within_text();
                    let (name, value) = (escaped(&figure.name), figure.cell.text());
                    let _ = writeln!(text, "- {name}: **{value}**{within}");
                }
                Block::Table(it) | Block::List(it) => table(it, &mut text),
                Block::Chart(name) => {
                    let _ = writeln!(text, "![{name}]({name}.svg)");
                }
                Block::Note(it) => note(it, 0, &mut text),
            }
        }
    }
    text
}

/// A table with its intervals beside the figures, in which a part is indented.
fn table(table: &Table, into: &mut String) {
    let remarks = !table.notes.is_empty();
    let columns = table.columns.iter().map(|column| format!(" {} |", escaped(column)));
    let notes = if remarks { format!(" {} |", table.notes) } else { String::new() };
    let _ = writeln!(into, "| {} |{}{notes}", table.title, columns.collect::<String>());
    let rule = if remarks { " :-- |" } else { "" };
    let _ = writeln!(into, "| :-- |{}{rule}", " --: |".repeat(table.columns.len()));
    for row in &table.rows {
        let indent = "&emsp;".repeat(row.depth);
        let _ = write!(into, "| {indent}{} |", escaped(&row.name));
        for cell in &row.cells {
            let within = if remarks { String::new() } else { cell.within_text() };
            let _ = write!(into, " {}{within} |", cell.text());
        }
        if remarks {
            let _ = write!(into, " {} |", escaped(&table.remark(row)));
        }
        into.push('\n');
    }
}

fn note(note: &Note, depth: usize, into: &mut String) {
    let _ = writeln!(into, "{}- {}", "  ".repeat(depth), escaped(&note.text));
    note.below.iter().for_each(|below| self::note(below, depth + 1, into));
}

/// A text in which nothing is markup: names and messages come from files.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        // CommonMark 2.4: a backslash before ASCII punctuation makes it a letter.
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(escaped("a_b|<i>"), "a\\_b\\|\\<i\\>");
    }
}
