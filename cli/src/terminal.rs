//! The terminal: how wide it is, what it can show, and text that fits it.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

use reports::layout::{self, WIDE};
use sim::plain::{plain_lines, plain_styled};

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

/// Where results go. What would act on a terminal is written out: names come from files that others
/// wrote.
pub(crate) fn stdout() -> impl Write {
    Plain { inner: anstream::stdout().lock(), plain: |text| plain_lines(text) }
}

/// Where everything else goes, written out likewise.
pub(crate) fn stderr() -> impl Write {
    Plain { inner: anstream::stderr().lock(), plain: |text| plain_lines(text) }
}

/// The same for diagnostics, which have colours.
pub(crate) fn styled_stderr() -> impl Write {
    Plain { inner: anstream::stderr().lock(), plain: |text| plain_styled(text) }
}

/// Writes out what would act instead of being seen.
struct Plain<W> {
    inner: W,
    plain: for<'t> fn(&'t str) -> Cow<'t, str>,
}

impl<W: Write> Write for Plain<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // What is formatted comes in whole strings.
        let text = String::from_utf8_lossy(bytes);
        self.inner.write_all((self.plain)(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Prints a text whose first line answers. Where there is no terminal that line stays whole, for
/// `head -1`; all others fit [`WIDE`] columns.
pub(crate) fn answer(first: &str, rest: &str) -> Outcome {
    let mut out = stdout();
    let first = shown(first);
    match columns() {
        Some(columns) => write!(out, "{}", layout::fit(&first, columns))?,
        None => writeln!(out, "{first}")?,
    }
    let rest = layout::fit(&shown(rest), columns().unwrap_or(WIDE));
    Ok(write!(out, "{rest}")?)
}

/// Prints a text in lines that fit.
pub(crate) fn print(text: &str) -> Outcome {
    let text = layout::fit(&shown(text), columns().unwrap_or(WIDE));
    Ok(write!(stdout(), "{text}")?)
}

/// A text in what the terminal's locale can show.
fn shown(text: &str) -> String {
    if unicode_locale() { text.to_owned() } else { reports::to_ascii(text) }
}

/// Whether what is printed can be more than ASCII. A pipe or a file always can.
fn unicode_locale() -> bool {
    !std::io::stdout().is_terminal() || is_unicode()
}

/// Whether the terminal's locale can show more than ASCII.
pub(crate) fn is_unicode() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    locale.is_none_or(|locale| locale.to_lowercase().replace('-', "").contains("utf8"))
}
