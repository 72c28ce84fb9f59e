//! Plain text: names come from files that others wrote, and are shown on terminals, in pictures and
//! in spreadsheets, where some characters act instead of being seen.

use std::borrow::Cow;
use std::fmt::Write;

/// A text in which every character is seen: those that act, or that have no shape, are written as
/// JSON and YAML escape them, `\u001b`.
///
/// A text in a JSON or a double-quoted YAML string thereby stays the same text.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    escaped(text, acts)
}

/// The same for a text of several lines, whose ends stay.
#[must_use]
pub fn plain_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c != '\n' && acts(c))
}

/// The same for lines that carry colours of ours: ESC stays too.
#[must_use]
pub fn plain_styled(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c != '\n' && c != '\u{1b}' && acts(c))
}

fn escaped(text: &str, acts: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&acts) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if acts(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // A string takes all that is written to it.
                let _ = write!(plain, "\\u{unit:04x}");
            }
        } else {
            plain.push(c);
        }
    }
    Cow::Owned(plain)
}

/// Whether a character acts on what shows it, or has no shape of its own.
// Unicode 16: the general category Cc; the properties Default_Ignorable_Code_Point and Bidi_Control
// (DerivedCoreProperties.txt, PropList.txt); the category Cf; separators of lines and paragraphs; and
// the noncharacters, of which XML 1.0 has no U+FFFE and U+FFFF.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_acts_is_written_out() {
        assert_eq!(plain("web-1 é 東京 – ±"), "web-1 é 東京 – ±");
        assert_eq!(plain("\u{1b}[31mred\u{202e}\n"), "\\u001b[31mred\\u202e\\u000a");
        assert_eq!(plain("\u{e0041}\u{9b}\u{200b}"), "\\udb40\\udc41\\u009b\\u200b");
        assert_eq!(plain_lines("one\r\ntwo\u{7}"), "one\\u000d\ntwo\\u0007");
    }

    proptest! {
        #[test]
        fn nothing_acts_in_what_is_plain(text in "\\PC*|(?s).*") {
            prop_assert!(!plain(&text).chars().any(acts));
            prop_assert!(matches!(plain(&plain(&text)), Cow::Borrowed(_)), "once is enough");
        }
    }
}
