//! A text in a cell of a table, which a spreadsheet takes for a text.

use std::borrow::Cow;

use serde::Serializer;

/// The text as it is, or behind an apostrophe where a spreadsheet would take it for a formula.
// OWASP, CSV Injection: cells that begin with =, +, -, @, a tab or a carriage return.
#[must_use]
pub fn cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Serializes a text as a [`cell`].
///
/// # Errors
/// If the serializer has one.
pub fn text<S: Serializer>(text: impl AsRef<str>, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&cell(text.as_ref()))
}

/// Serializes a text that may be missing as a [`cell`].
///
/// # Errors
/// If the serializer has one.
pub fn text_if_any<S: Serializer>(text: &Option<String>, out: S) -> Result<S::Ok, S::Error> {
    match text {
        Some(text) => out.serialize_str(&cell(text)),
        None => out.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        assert_eq!(cell("web-1=+@"), "web-1=+@");
    }
}
