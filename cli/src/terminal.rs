//! The terminal: how wide it is, what it can show, and text that fits it.

use std::io::{IsTerminal, Write};

use reports::layout::{self, WIDE};

use crate::Outcome;

/// How many columns there are: what `COLUMNS` says, or else the terminal, of which no more than
/// [`WIDE`] are used. A pipe or a file has none of its own.
pub(crate) fn columns() -> Option<usize> {
    let stated = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || {
        let size = terminal_size::terminal_size_of(std::io::stdout());
        size.map(|(width, _)| usize::from(width.0).min(WIDE))
    };
    stated.filter(|columns| *columns > 0).or_else(terminal)
}

/// Prints a text whose first line answers. Where there is no terminal that line stays whole, for
/// `head -1`; all others fit [`WIDE`] columns.
pub(crate) fn answer(first: &str, rest: &str) -> Outcome {
    let mut stdout = anstream::stdout().lock();
    let first = shown(first);
    match columns() {
        Some(columns) => write!(stdout, "{}", layout::fit(&first, columns))?,
        None => writeln!(stdout, "{first}")?,
    }
    let rest = layout::fit(&shown(rest), columns().unwrap_or(WIDE));
    Ok(write!(stdout, "{rest}")?)
}

/// Prints a text in lines that fit.
pub(crate) fn print(text: &str) -> Outcome {
    let text = layout::fit(&shown(text), columns().unwrap_or(WIDE));
    Ok(write!(anstream::stdout().lock(), "{text}")?)
}

/// A text in what the terminal's locale can show.
fn shown(text: &str) -> String {
    if unicode_locale() { text.to_owned() } else { reports::to_ascii(text) }
}

/// Whether the terminal's locale can show more than ASCII. A pipe or a file always can.
fn unicode_locale() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    !std::io::stdout().is_terminal()
        || locale.is_none_or(|locale| locale.to_lowercase().replace('-', "").contains("utf8"))
}
