//! Lines and columns of places in texts, found without reading a text from its start each time.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The number of bytes between two marks of a text.
const STRIDE: usize = 1 << 10;

/// The texts that places were looked up in so far, each with its marks.
#[derive(Default)]
pub struct Lines {
    /// By where the text lies in memory, where it stays as long as it is held here.
    texts: BTreeMap<usize, (Arc<str>, Vec<Mark>)>,
}

/// What lies before a byte of a text.
#[derive(Clone, Copy, Default)]
struct Mark {
    /// How many lines have ended.
    lines: usize,
    /// How many characters there are since.
    characters: usize,
}

impl Lines {
    /// The line and the column of a byte, from 1, the column in characters.
    pub fn line_column(&mut self, text: &Arc<str>, at: usize) -> (usize, usize) {
        let key = text.as_ptr() as usize;
        let (text, marks) = self.texts.entry(key).or_insert_with(|| (text.clone(), marks(text)));
        let at = at.min(text.len());
        let index = (at / STRIDE).min(marks.len() - 1);
        let mark = advance(marks[index], &text.as_bytes()[index * STRIDE..at]);
        (mark.lines + 1, mark.characters + 1)
    }
}

fn marks(text: &str) -> Vec<Mark> {
    let mut marks = vec![Mark::default()];
    let mut mark = Mark::default();
    for part in text.as_bytes().chunks_exact(STRIDE) {
        mark = advance(mark, part);
        marks.push(mark);
    }
    marks
}

fn advance(mut mark: Mark, bytes: &[u8]) -> Mark {
    for byte in bytes {
        match byte {
            b'\n' => mark = Mark { lines: mark.lines + 1, characters: 0 },
            // What continues a character of UTF-8 is none of its own.
            0x80..=0xBF => {}
            _ => mark.characters += 1,
        }
    }
    mark
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_those_that_are_counted_from_the_start() {
        let text: Arc<str> = "eins\nzwölf Boxkämpfer\n\n🐜 x".repeat(300).into();
        let mut lines = Lines::default();
        for (at, _) in text.char_indices() {
            let before = &text[..at];
            let start = before.rfind('\n').map_or(0, |at| at + 1);
            let counted = (before.matches('\n').count() + 1, before[start..].chars().count() + 1);
            assert_eq!(lines.line_column(&text, at), counted);
        }
        assert_eq!(lines.line_column(&"".into(), 7), (1, 1));
    }

    #[test]
    fn a_text_is_read_once() {
        let text: Arc<str> = "x".repeat(10 * STRIDE).into();
        let mut lines = Lines::default();
        for at in 0..text.len() {
            assert_eq!(lines.line_column(&text, at), (1, at + 1));
        }
        let (_, marks) = &lines.texts[&(text.as_ptr() as usize)];
        assert_eq!((lines.texts.len(), marks.len()), (1, 11));
    }
}
