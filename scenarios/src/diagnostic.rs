//! Diagnostics: what is wrong, where, why, and what to do; all of a file at once.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use sim::plain::{plain, plain_lines, plain_styled};

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
    /// One of [`crate::codes`].
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

    fn render(&self, color: bool) -> String {
        let level = match self.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let (message, label) = (plain_lines(&self.message), plain_lines(&self.label));
        let title = level.primary_title(&*message).id(self.code);
        let file = self.place.as_ref().map_or("", |place| place.file.as_str());
        let (file, help) = (plain(file), self.help.as_deref().map(plain_lines));
        let mut group = Group::with_title(title);
        if let Some(place) = &self.place {
            let start = floor(&place.text, place.span.start);
            let end = floor(&place.text, place.span.end.max(start));
            // Only the first line is underlined: the rest would be a wall of text.
            let end = place.text[start..end].find('\n').map_or(end, |at| start + at);
            let annotation = AnnotationKind::Primary.span(start..end).label(&*label);
            group =
                group.element(Snippet::source(&*place.text).path(&*file).annotation(annotation));
        }
        if let Some(help) = &help {
            group = group.element(Level::HELP.message(&**help));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        // The renderer replaces controls in what it quotes, but not all that has no shape.
        plain_styled(&renderer.render(&[group])).into_owned()
    }
}

impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = self.place.as_ref();
        let (line, column) = place.map(Place::line_column).unzip();
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

/// A text and the name of the file it came from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file's name, as the user gave it.
    pub file: String,
    /// Its text.
    pub text: std::sync::Arc<str>,
}

/// Several diagnostics, in the order in which they were found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.0.contains(&diagnostic) {
            self.0.push(diagnostic);
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is an error among them.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.iter().any(|diagnostic| diagnostic.severity() == Severity::Error)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// The same by file and place, as one reads; what has no place comes first.
    #[must_use]
    pub fn by_place(mut self) -> Diagnostics {
        self.0.sort_by_key(|diagnostic| {
            diagnostic.place.as_ref().map(|place| (place.file.clone(), place.span.start))
        });
        self
    }

    /// As text for a person, one after the other.
    #[must_use]
    pub fn render_each(&self, color: bool) -> String {
        self.0.iter().map(|diagnostic| diagnostic.render(color) + "\n\n").collect()
    }

    /// The same with a last line that counts the errors.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let mut text = self.render_each(color);
        let count = |severity| self.iter().filter(|d| d.severity() == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        if errors > 0 {
            text += &format!("error: {errors} error{}", plural(errors));
            if warnings > 0 {
                text += &format!(", {warnings} warning{}", plural(warnings));
            }
            text += "; nothing was simulated\n";
        }
        text
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Diagnostics {
        Diagnostics(vec![diagnostic])
    }
}

impl Serialize for Diagnostics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
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
        .map(|name| (strsim::damerau_levenshtein(&typed_lower, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, name)| name)
}
