//! Where an object was written.

use std::fmt;
use std::ops::Range;

use crate::diagnostic::{Diagnostic, Source};

/// Where an object was written, and what it is called.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The file.
    pub source: Source,
    /// Where in there.
    pub span: Range<usize>,
    /// Kind, namespace and name.
    pub name: String,
}

impl Origin {
    /// The origin of an object that is called so.
    #[must_use]
    pub fn new(
        source: &Source,
        span: Range<usize>,
        kind: &str,
        namespace: Option<&str>,
        name: Option<&str>,
    ) -> Origin {
        let name = name.unwrap_or("(unnamed)");
        let name = match namespace {
            Some(namespace) => format!("{kind} {namespace}/{name}"),
            None => format!("{kind} {name}"),
        };
        Origin { source: source.clone(), span, name }
    }

    /// Something to say about the object.
    #[must_use]
    pub fn diagnostic(&self, code: &'static str, message: &str) -> Diagnostic {
        let first_line = self.source.text[self.span.clone()].find('\n');
        let end = first_line.map_or(self.span.end, |at| self.span.start + at);
        Diagnostic::new(code, message).at(&self.source, self.span.start..end)
    }
}

/// File, line and name; the line is looked for only when it is shown.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = &self.source.text.as_bytes()[..self.span.start.min(self.source.text.len())];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        write!(f, "{}:{line} {}", self.source.file, self.name)
    }
}
