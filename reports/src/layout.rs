//! Layout: lines and tables that fit the columns of a terminal.
//!
//! Texts are made of whole lines, however long; [`fit`] breaks them once, at the very end. Tables
//! are given the columns, since a row that is broken in its figures cannot be read.

mod heads;

use std::fmt::Write;

/// Columns of what goes into a pipe or a file, and the most that is used of a wide terminal for
/// sentences: longer lines are hard to follow.
pub const WIDE: usize = 100;
/// Fewer columns than these are not planned for.
pub const NARROW: usize = 40;

/// The same text in lines of at most a number of columns, broken between words. What is broken goes on
/// below its last column, where the line has columns, or indented by two.
#[must_use]
pub fn fit(text: &str, columns: usize) -> String {
    let columns = columns.max(NARROW);
    let mut fitted = String::with_capacity(text.len());
    for line in text.lines() {
        if length(line) <= columns {
            fitted.push_str(line);
            fitted.push('\n');
        } else {
            fold(line, columns, &mut fitted);
        }
    }
    fitted
}

/// Breaks one line that is too long.
fn fold(line: &str, columns: usize, into: &mut String) {
    let indent = line.chars().take_while(|c| *c == ' ').count();
    let (below, column) = (indent + 2, last_column(line, indent));
    let mut hang = column.filter(|column| *column <= columns / 2).unwrap_or(below);
    let mut rest: Vec<char> = line.chars().collect();
    // How far the rest is indented, which is no place to break it.
    let mut begins = indent;
    while rest.len() > columns {
        let space = (begins + 1..=columns).rev().find(|at| rest[*at] == ' ');
        // A word that fits no line is broken where the line ends.
        let at = space.unwrap_or(columns);
        let head: String = rest[..at].iter().collect();
        let _ = writeln!(into, "{}", head.trim_end());
        let tail = rest[at..].iter().skip_while(|c| **c == ' ').copied();
        let tail: Vec<char> = tail.collect();
        let word = tail.iter().take_while(|c| **c != ' ').count();
        hang = if hang + word <= columns { hang } else { below };
        begins = hang;
        rest = std::iter::repeat_n(' ', begins).chain(tail).collect();
    }
    let last: String = rest.iter().collect();
    let _ = writeln!(into, "{}", last.trim_end());
}

/// Where the last column of a line begins: behind its last gap of two spaces or more.
fn last_column(line: &str, indent: usize) -> Option<usize> {
    let chars: Vec<char> = line.chars().collect();
    let gap = |at: &usize| chars[*at] != ' ' && chars[at - 2..*at] == [' ', ' '];
    (indent + 3..chars.len()).rev().find(gap)
}

/// A row of a table.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Row {
    /// What it is about.
    pub(crate) name: String,
    /// Its figures.
    pub(crate) figures: Vec<String>,
    /// What there is to say about them.
    pub(crate) note: String,
}

impl Row {
    pub(crate) fn new(name: &str, figures: impl Into<Vec<String>>) -> Row {
        Row { name: name.to_owned(), figures: figures.into(), note: String::new() }
    }

    pub(crate) fn noted(self, note: String) -> Row {
        Row { note, ..self }
    }
}

/// Rows below each other, the first their head: names to the left, as wide as `least` and the widest,
/// figures to the right, notes behind. What there is no room for stands on a line of its own: a long head
/// or a name above, a note below.
pub(crate) fn table(mut rows: Vec<Row>, least: usize, columns: usize) -> String {
    let widest = rows.iter().map(|row| length(&row.name)).max().unwrap_or(0).max(least);
    let heads = heads::taken(&mut rows, widest, columns);
    let widths = widths(&rows);
    let widest = heads::room(&heads, &widths).max(widest);
    let names = room_for_names(widest, &widths, columns);
    let mut text = heads::above(&heads, names, &widths);
    for row in &rows {
        let mut line = if length(&row.name) <= names {
            format!("{:<names$}", row.name)
        } else {
            text += &format!("{}\n", row.name);
            " ".repeat(names)
        };
        for (figure, width) in row.figures.iter().zip(&widths) {
            let _ = write!(line, "  {figure:>width$}");
        }
        let behind = row.note.is_empty() || length(&line) + 3 + length(&row.note) <= columns;
        if behind {
            let _ = write!(line, "   {}", row.note);
        }
        let _ = writeln!(text, "{}", line.trim_end());
        if !behind {
            let _ = writeln!(text, "{:>columns$}", row.note);
        }
    }
    text
}

/// How many columns each figure takes where it is widest.
fn widths(rows: &[Row]) -> Vec<usize> {
    let count = rows.iter().map(|row| row.figures.len()).max().unwrap_or(0);
    let width = |at: usize| {
        rows.iter().filter_map(|row| row.figures.get(at)).map(|it| length(it)).max().unwrap_or(0)
    };
    (0..count).map(width).collect()
}

/// How many columns are left for names beside figures of some widths, of as many as they would take.
fn room_for_names(widest: usize, widths: &[usize], columns: usize) -> usize {
    let figures = widths.iter().map(|width| width + 2).sum::<usize>();
    widest.min(columns.saturating_sub(figures))
}

/// How many columns a text takes.
pub(crate) fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sentences_are_broken_between_words() {
        let text =
            "  a sentence of a list that is longer than the forty columns there are\nshort\n";
        assert_eq!(
            fit(text, 40),
            "  a sentence of a list that is longer\n    than the forty columns there are\nshort\n"
        );
    }

    #[test]
    fn what_stands_in_a_column_goes_on_in_it() {
        let text = "  T+3h  web-1 begins to terminate, because its node is reclaimed\n";
        assert_eq!(
            fit(text, 40),
            "  T+3h  web-1 begins to terminate,\n        because its node is reclaimed\n"
        );
    }

    #[test]
    fn a_word_without_room_is_broken_where_the_line_ends() {
        let name = "n".repeat(70);
        let fitted = fit(&format!("lost  {name} twice"), 40);
        assert_eq!(fitted, format!("lost\n  {}\n  {} twice\n", &name[..38], &name[..32]));
    }

    #[test]
    fn a_name_without_room_stands_above_its_figures() {
        let row = |name: &str, note: &str| {
            Row::new(name, ["1.50".to_owned(), "12".to_owned()]).noted(note.into())
        };
        let rows =
            [row("shop/web", ""), row(&"long-".repeat(7), "± 1"), row("cut", &"n".repeat(40))];
        let text = table(rows.to_vec(), 0, 40);
        let expected = [
            "shop/web                        1.50  12".into(),
            "long-".repeat(7),
            "                                1.50  12".into(),
            format!("{:>40}", "± 1"),
            "cut                             1.50  12".into(),
            "n".repeat(40),
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    }

    proptest! {
        /// No line is too long and no word is lost, whatever is written.
        #[test]
        fn everything_fits(text in "( {0,8}[a-z±/·-]{1,50}){0,30}\n?", columns in 40..120_usize) {
            let fitted = fit(&text, columns);
            prop_assert!(fitted.lines().all(|line| length(line) <= columns), "{fitted}");
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(letters(&fitted), letters(&text));
        }
    }
}
