//! The one font of all charts, which travels with the program.

use tiny_skia::{Path, PathBuilder};
use ttf_parser::{Face, OutlineBuilder};

static REGULAR: &[u8] = include_bytes!("../../fonts/Inter-Regular.ttf");
static SEMI_BOLD: &[u8] = include_bytes!("../../fonts/Inter-SemiBold.ttf");

/// What SVGs ask for: the viewer's own copy of the font, or one that is much like it.
pub(super) const FAMILY: &str = "Inter, Helvetica, Arial, sans-serif";
/// The height of a small letter, in sizes of the font.
pub(super) const X_HEIGHT: f64 = 0.546;

/// The weight of a text.
fn face(strong: bool) -> Face<'static> {
    Face::parse(if strong { SEMI_BOLD } else { REGULAR }, 0).expect("a font that was tested")
}

/// How wide a text is at a size of one.
fn unit_width(face: &Face<'_>, text: &str) -> f64 {
    let advance = |c| face.glyph_index(c).and_then(|glyph| face.glyph_hor_advance(glyph));
    // Exact, and a float knows no overflow.
    let units: f64 = text.chars().filter_map(advance).map(f64::from).sum();
    units / f64::from(face.units_per_em())
}

/// How wide a text is at a size.
pub(super) fn width(text: &str, size: f64, strong: bool) -> f64 {
    unit_width(&face(strong), text) * size
}

/// Cuts a text into lines no wider than `most`, between words; a word that is wider by itself stays
/// whole.
pub(super) fn wrap(text: &str, size: f64, strong: bool, most: f64) -> Vec<String> {
    let face = face(strong);
    let space = unit_width(&face, " ");
    let mut lines: Vec<String> = Vec::new();
    let mut right = 0.0;
    for word in text.split_whitespace() {
        let width = unit_width(&face, word);
        match lines.last_mut() {
            Some(line) if (right + space + width) * size <= most => {
                line.push(' ');
                line.push_str(word);
                right += space + width;
            }
            _ => {
                lines.push(word.to_owned());
                right = width;
            }
        }
    }
    lines
}

/// A text that is no wider than `most`, its end left out if need be.
pub(super) fn shorten(text: &str, size: f64, strong: bool, most: f64) -> String {
    let face = face(strong);
    let units = |text: &str| unit_width(&face, text) * size;
    let dots = units("…");
    let (mut right, mut fits) = (0.0, 0);
    for (at, c) in text.char_indices() {
        right += units(c.encode_utf8(&mut [0; 4]));
        if right + dots <= most {
            fits = at + c.len_utf8();
        }
        if right > most {
            return format!("{}…", text[..fits].trim_end());
        }
    }
    text.to_owned()
}

/// The outlines of a text that begins at `x` on the line `y`; none where it is blank.
pub(super) fn outline(text: &str, size: f32, strong: bool, (x, y): (f32, f32)) -> Option<Path> {
    let face = face(strong);
    let scale = size / f32::from(face.units_per_em());
    let mut letters = Letters { path: PathBuilder::new(), scale, x, y };
    for c in text.chars() {
        let glyph = face.glyph_index(c).unwrap_or_default();
        face.outline_glyph(glyph, &mut letters);
        letters.x += f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
    }
    letters.path.finish()
}

/// Collects outlines where each glyph belongs. In fonts up is up, in pictures down is.
struct Letters {
    path: PathBuilder,
    scale: f32,
    x: f32,
    y: f32,
}

impl Letters {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl OutlineBuilder for Letters {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2)) = (self.at(x1, y1), self.at(x2, y2));
        let (x, y) = self.at(x, y);
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_every_letter_that_charts_write() {
        for strong in [false, true] {
            let face = face(strong);
            let letters = ('!'..='~').chain("–—±·×−…%$’°µ".chars());
            letters.for_each(|c| assert!(face.glyph_index(c).is_some(), "{c}"));
        }
    }

    #[test]
    fn a_text_of_millions_of_letters_is_measured_and_cut() {
        let text = "W".repeat(2_500_000);
        assert!(width(&text, 10.0, false) > 1e7);
        let short = shorten(&text, 10.0, false, 100.0);
        assert!(short.ends_with('…') && width(&short, 10.0, false) <= 100.0, "{short}");
    }

    #[test]
    fn texts_are_cut_where_they_must() {
        let text = "one two three four";
        assert_eq!(wrap(text, 10.0, false, 1e6), [text]);
        assert_eq!(wrap(text, 10.0, false, 1.0), ["one", "two", "three", "four"]);
        assert_eq!(shorten(text, 10.0, false, 1e6), text);
        let short = shorten(text, 10.0, false, 50.0);
        assert!(short.ends_with('…') && width(&short, 10.0, false) <= 50.0, "{short}");
    }
}
