//! A page for a person at a prompt: a heading line, then sections, folded at 100 columns.

use std::fmt;

use textwrap::{Options, WordSplitter, fill};

const COLUMNS: usize = 100;
/// How wide the first column of rows is.
const NAME: usize = 24;

/// A page that grows section by section.
pub(crate) struct Page(String);

impl Page {
    /// A page about something of a kind.
    pub(crate) fn new(kind: &str, name: &str) -> Page {
        Page(format!("{kind}  {name}\n"))
    }

    /// A paragraph below the heading.
    pub(crate) fn text(mut self, text: &str) -> Page {
        self.0 += &format!("\n{}\n", folded(text, "  "));
        self
    }

    /// The heading of a section.
    pub(crate) fn heading(mut self, heading: &str) -> Page {
        self.0 += &format!("\n{heading}\n");
        self
    }

    /// A section that is one paragraph.
    pub(crate) fn section(self, heading: &str, text: &str) -> Page {
        let mut page = self.heading(heading);
        page.0 += &format!("{}\n", folded(text, "  "));
        page
    }

    /// A section whose lines stay as they are.
    pub(crate) fn verbatim(self, heading: &str, text: &str) -> Page {
        let mut page = self.heading(heading);
        page.0 += &textwrap::indent(text, "  ");
        page.0.push('\n');
        page
    }

    /// A name with what there is to say about it, below it.
    pub(crate) fn entry(mut self, name: &str, texts: &[&str]) -> Page {
        self.0 += &format!("  {name}\n");
        for text in texts.iter().filter(|text| !text.is_empty()) {
            self.0 += &format!("{}\n", folded(text, "      "));
        }
        self
    }

    /// A name with what there is to say about it, beside it.
    pub(crate) fn row(mut self, name: &str, text: &str) -> Page {
        // A longer name reaches into the text, and is set apart from it.
        let first = format!("  {name:<width$} ", width = NAME - 1);
        let rest = " ".repeat(NAME + 2);
        self.0 += &indented(text, &first, &rest);
        self.0.push('\n');
        self
    }
}

fn folded(text: &str, indent: &str) -> String {
    indented(text, indent, indent)
}

fn indented(text: &str, first: &str, rest: &str) -> String {
    let options = Options::new(COLUMNS).initial_indent(first).subsequent_indent(rest);
    // A date or a flag is not broken at its dashes.
    fill(&one_line(text), options.word_splitter(WordSplitter::NoHyphenation))
}

/// Doc comments are folded where the source is; here they are folded anew.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
