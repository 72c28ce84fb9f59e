//! Diagnostics: what is wrong, where, why, and what to do; all of a file at once.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use plain::{plain, plain_lines, plain_styled};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::limits::{KEPT, Limit, SHOWN, grouped};
use crate::lines::Lines;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Nothing is simulated.
    Error,
    /// It is simulated, and said.
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Which mistake it is, in five characters: `E0107`.
    pub code: &'static str,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where: the file's name and its text, and the bytes of the text; none when there is no text.
    pub place: Option<Place>,
    /// What is written below the place.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
}

impl Limit {
    /// The same as a diagnostic, without a place yet.
    #[must_use]
    pub fn error(&self, of: impl fmt::Display) -> Diagnostic {
        Diagnostic::new(self.code, self.message(of)).help(self.lift)
    }
}

/// A place in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The file.
    pub file: String,
    /// Its text.
    pub text: std::sync::Arc<str>,
    /// The bytes meant.
    pub span: Range<usize>,
}

impl Place {
    /// Line and column, from 1, in characters.
    #[must_use]
    pub fn line_column(&self) -> (usize, usize) {
        let before = &self.text[..floor(&self.text, self.span.start)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

/// The nearest character boundary at or below a byte offset.
fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl Diagnostic {
    /// A diagnostic without a place.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic { code, message: message.into(), place: None, label: String::new(), help: None }
    }

    /// How bad it is: its code begins with it.
    #[must_use]
    pub fn severity(&self) -> Severity {
        if self.code.starts_with('W') { Severity::Warning } else { Severity::Error }
    }

    /// The same at a place.
    #[must_use]
    pub fn at(mut self, source: &Source, span: Range<usize>) -> Diagnostic {
        self.place = Some(Place { file: source.file.clone(), text: source.text.clone(), span });
        self
    }

    /// The same with a text below the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    fn render(&self, color: bool, lines: &mut Lines) -> String {
        let level = match self.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let (message, label) = (plain_lines(&self.message), plain_lines(&self.label));
        let title = level.primary_title(&*message).id(self.code);
        let file = self.place.as_ref().map_or("", |place| place.file.as_str());
        let (file, help) = (plain(file), self.help.as_deref().map(plain_lines));
        let mut group = Group::with_title(title);
        let mut is_long = false;
        if let Some(place) = &self.place {
            let start = floor(&place.text, place.span.start);
            let end = floor(&place.text, place.span.end.max(start));
            // Only the first line is underlined, and no more of it than is shown: the rest would be a wall
            // of text.
            is_long = is_in_long_line(&place.text, start);
            let most = if is_long { UNDERLINED } else { DEFAULT_TERM_WIDTH };
            let end = end.min(floor(&place.text, start.saturating_add(most)));
            let end = place.text[start..end].find('\n').map_or(end, |at| start + at);
            let excerpt = excerpt(&place.text, start..end);
            let (line, column) = lines.line_column(&place.text, start);
            let shown = start - excerpt.start..end - excerpt.start;
            let snippet = Snippet::source(&place.text[excerpt.clone()])
                .annotation(AnnotationKind::Primary.span(shown).label(&*label));
            let (first, _) = lines.line_column(&place.text, excerpt.start);
            group = if excerpt.start == 0 || place.text[..excerpt.start].ends_with('\n') {
                group.element(snippet.line_start(first).path(&*file))
            } else {
                // The excerpt begins in the middle of a line.
                let origin = Origin::path(&*file).line(line).char_column(column);
                group.element(origin).element(snippet.line_start(first))
            };
        }
        if let Some(help) = &help {
            group = group.element(Level::HELP.message(&**help));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let renderer = if is_long { renderer.term_width(NARROW) } else { renderer };
        // The renderer replaces controls in what it quotes, but not all that has no shape.
        plain_styled(&renderer.render(&[group])).into_owned()
    }

    fn json<S: Serializer>(&self, serializer: S, lines: &mut Lines) -> Result<S::Ok, S::Error> {
        let place = self.place.as_ref();
        let at = place.map(|it| lines.line_column(&it.text, floor(&it.text, it.span.start)));
        let (line, column) = at.unzip();
        let mut object = serializer.serialize_struct("Diagnostic", 7)?;
        object.serialize_field("code", self.code)?;
        let severity = if self.severity() == Severity::Error { "error" } else { "warning" };
        object.serialize_field("severity", severity)?;
        object.serialize_field("message", &self.message)?;
        object.serialize_field("file", &place.map(|place| &place.file))?;
        object.serialize_field("line", &line)?;
        object.serialize_field("column", &column)?;
        object.serialize_field("help", &self.help)?;
        object.end()
    }
}

/// The columns that are used for a line that is longer than [`DEFAULT_TERM_WIDTH`]: a part of it is shown
/// in any case, and a terminal of this width does not break that.
const NARROW: usize = 80;
/// As much of such a line is underlined at most, so that there is room around it.
const UNDERLINED: usize = 48;

/// Whether the line around a place is too long to be shown whole.
fn is_in_long_line(text: &str, at: usize) -> bool {
    let least = floor(text, at.saturating_sub(EXCERPT));
    let most = floor(text, at.saturating_add(EXCERPT));
    let before = text[least..at].rsplit('\n').next().unwrap_or_default();
    let after = text[at..most].split('\n').next().unwrap_or_default();
    before.chars().count() + after.chars().count() > DEFAULT_TERM_WIDTH
}

/// A text of at most this many bytes is given whole to what shows a part of it, and this many bytes on
/// either side of a place in a larger one.
const EXCERPT: usize = 4 << 10;

/// The part of a text around a place of which lines are shown: whole lines, if they are not endless.
fn excerpt(text: &str, place: Range<usize>) -> Range<usize> {
    if text.len() <= EXCERPT {
        return 0..text.len();
    }
    let least = floor(text, place.start.saturating_sub(EXCERPT));
    let start = match text[least..place.start].find('\n') {
        Some(at) => least + at + 1,
        None => least,
    };
    let most = floor(text, place.end.saturating_add(EXCERPT));
    let end = text[place.end..most].find('\n').map_or(most, |at| place.end + at + 1);
    start..end
}

impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json(serializer, &mut Lines::default())
    }
}

/// A text and the name of the file it came from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file's name, as the user gave it.
    pub file: String,
    /// Its text.
    pub text: std::sync::Arc<str>,
}

impl Source {
    /// The same file without its text: a scenario from elsewhere may name any file of the machine, and
    /// what is not of the expected form is not printed.
    pub fn unquoted(&self) -> Source {
        Source { file: self.file.clone(), text: "".into() }
    }
}

/// Several diagnostics, in the order in which they were found. Of each severity a limited
/// number is kept ([`KEPT`]); the rest is counted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    /// What tells those that are kept apart.
    known: BTreeSet<Key>,
    errors: usize,
    warnings: usize,
}

/// All of a diagnostic, but for the text of its place.
type Key = (&'static str, String, String, Option<String>, Option<(String, usize, usize)>);

fn key(it: &Diagnostic) -> Key {
    let place = it.place.as_ref();
    let place = place.map(|place| (place.file.clone(), place.span.start, place.span.end));
    (it.code, it.message.clone(), it.label.clone(), it.help.clone(), place)
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let many = match diagnostic.severity() {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        let key = key(&diagnostic);
        if self.known.contains(&key) {
            return;
        }
        if *many < KEPT.most {
            self.known.insert(key);
            self.kept.push(diagnostic);
        }
        *many += 1;
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Whether there is an error among them.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many there were of a severity, those included that are not kept.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        match severity {
            Severity::Error => self.errors,
            Severity::Warning => self.warnings,
        }
    }

    /// How many are not kept.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.errors + self.warnings - self.kept.len()
    }

    /// All that are kept.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.kept.iter()
    }

    /// The same by file and place, as one reads; what has no place comes first.
    #[must_use]
    pub fn by_place(mut self) -> Diagnostics {
        self.kept.sort_by(|one, other| {
            let place = |it: &'_ Diagnostic| it.place.as_ref().map(|it| it.span.start);
            let file = |it: &'_ Diagnostic| it.place.as_ref().map(|it| it.file.clone());
            file(one).cmp(&file(other)).then_with(|| place(one).cmp(&place(other)))
        });
        self
    }

    /// As text for a person, one after the other, errors first where there are too many to show.
    #[must_use]
    pub fn render_each(&self, color: bool) -> String {
        let mut lines = Lines::default();
        let mut text = String::new();
        let mut shown = 0;
        let first = match self.errors {
            0 => Severity::Warning,
            _ => Severity::Error,
        };
        let crowded = SHOWN.exceeded(self.errors + self.warnings);
        let worth = |it: &&Diagnostic| !crowded || it.severity() == first;
        for diagnostic in self.iter().filter(worth).take(SHOWN.most) {
            text += &diagnostic.render(color, &mut lines);
            text += "\n\n";
            shown += 1;
        }
        let more = self.errors + self.warnings - shown;
        if more > 0 {
            text += &format!("and {} more\n\n", grouped(more));
        }
        text
    }

    /// The same with a last line that counts the errors.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let mut text = self.render_each(color);
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        let (errors, warnings) = (self.errors, self.warnings);
        if errors > 0 {
            text += &format!("error: {} error{}", grouped(errors), plural(errors));
            if warnings > 0 {
                text += &format!(", {} warning{}", grouped(warnings), plural(warnings));
            }
            text += "; nothing was simulated\n";
        }
        text
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Diagnostics {
        let mut one = Diagnostics::default();
        one.push(diagnostic);
        one
    }
}

impl Serialize for Diagnostics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// One of several that share what is known of their texts.
        struct Shared<'d>(&'d Diagnostic, &'d std::cell::RefCell<Lines>);
        impl Serialize for Shared<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.json(serializer, &mut self.1.borrow_mut())
            }
        }
        let lines = std::cell::RefCell::default();
        serializer.collect_seq(self.iter().map(|diagnostic| Shared(diagnostic, &lines)))
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

/// The name among `known` that `typed` was probably meant to be.
#[must_use]
pub fn did_you_mean<'n>(typed: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let (typed_lower, most) = (typed.to_lowercase(), (typed.len() / 3).max(1));
    known
        .into_iter()
        // Names of so different lengths are further apart than that.
        .filter(|name| name.len().abs_diff(typed.len()) <= most)
        .map(|name| (strsim::damerau_levenshtein(&typed_lower, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands on one line, as JSON often does, is underlined no further than it is shown.
    #[test]
    fn a_long_line_is_cut_with_what_is_below_it() {
        let text = format!("{{\"kind\": \"{}\"}}", "x".repeat(1_000));
        let source = Source { file: "long.json".into(), text: text.as_str().into() };
        let whole = Diagnostic::new("E0301", "too long").at(&source, 0..text.len());
        for diagnostic in [whole.clone(), whole.label("see there")] {
            let shown = Diagnostics::from(diagnostic).render(false);
            let longest = shown.lines().map(|line| line.chars().count()).max();
            assert!(longest <= Some(NARROW), "{longest:?} in {shown}");
            assert!(shown.contains("^^^^^^"), "{shown}");
        }
    }

    /// Wherever in a long line it is, what is underlined is within the columns of a terminal.
    #[test]
    fn a_place_within_a_long_line_is_underlined_in_view() {
        let text =
            format!("{{\"a\": \"{}\", \"b\": \"{}\"}}", "x".repeat(3_000), "y".repeat(3_000));
        let source = Source { file: "long.json".into(), text: text.as_str().into() };
        let b = text.find("\"b\"").expect("it is there");
        for span in [0..3, 7..3_000, b..b + 3, b..text.len(), text.len() - 3..text.len()] {
            let label = "see there, where there is too much of it to be shown in one line";
            let diagnostic = Diagnostic::new("E0301", "too long").at(&source, span).label(label);
            let shown = Diagnostics::from(diagnostic).render(false);
            let carets = shown.lines().filter_map(|line| line.rfind('^')).max();
            assert!(carets < Some(NARROW) && carets.is_some(), "{carets:?} in {shown}");
        }
    }
}
