//! A chart as a part of a page: SVG without colours of its own, which follows those of the page.
//!
//! Every colour is a class, so that the page decides what it is on a light ground and on a dark one, and
//! every text goes through a template that escapes it.

use std::fmt::Write;

use maud::{Markup, PreEscaped, html};
use plotters_backend::text_anchor::HPos;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle};

use super::draw::{Frame, draw, draw_shape};
use super::outline::{GRID, Line, Surface, fine_size};
use super::{Chart, Color, Key};

/// The classes of fills, lines and letters in each colour: `f` and `l` are of areas and lines, `t` of text.
const COLORS: [(Color, &str); 10] = [
    (Color::Blue, "blue"),
    (Color::Orange, "orange"),
    (Color::Green, "green"),
    (Color::Sky, "sky"),
    (Color::Purple, "purple"),
    (Color::Vermillion, "red"),
    (Color::Black, "ink"),
    (Color::Grey, "grey"),
    (Color::White, "ground"),
    (Color::Dark, "dark"),
];

/// A chart as it stands in a page.
pub struct Inline {
    /// What is in the SVG.
    pub content: Markup,
    /// Its `viewBox`.
    pub view: String,
    /// Where the plot is in it: left, right, top and bottom.
    pub plot: [i32; 4],
}

/// Draws a chart for a page, without the words that the page writes around it.
#[must_use]
pub fn inline(chart: &Chart, frame: Frame) -> Inline {
    let mut canvas = Canvas::default();
    let plot = draw(chart, frame, &mut canvas);
    let (width, height) = fine_size(frame.size);
    Inline { content: canvas.finish(), view: format!("0 0 {width} {height}"), plot }
}

/// The class of letters in a colour.
#[must_use]
pub fn letters(color: Color) -> String {
    let known = COLORS.iter().find(|(it, _)| *it == color);
    format!("t-{}", known.map_or("ink", |(_, name)| name))
}

/// A shape of a key by itself, in a square of 16 pixels.
#[must_use]
pub fn shape(key: &Key) -> Markup {
    let mut canvas = Canvas::default();
    draw_shape(key, &mut canvas);
    let view = format!("0 0 {0} {0}", 16 * GRID);
    html! { svg.shape viewBox=(view) aria-hidden="true" { (canvas.finish()) } }
}

/// Writes elements, and joins those that follow each other and look alike.
#[derive(Default)]
struct Canvas {
    content: String,
    /// The opening of the path that is being written, up to its data; empty if there is none.
    open: String,
}

/// The name of a colour.
fn name(color: BackendColor) -> &'static str {
    let known = COLORS.iter().find(|(it, _)| it.rgb() == color.rgb);
    known.map_or("ink", |(_, name)| name)
}

/// How much of the ground a colour hides, as an attribute; nothing where it hides all.
fn opacity(color: BackendColor, attribute: &str) -> String {
    if color.alpha >= 1.0 {
        return String::new();
    }
    let share = format!("{:.3}", color.alpha);
    format!(" {attribute}=\"{}\"", share.trim_start_matches('0').trim_end_matches('0'))
}

impl Canvas {
    /// Goes on with the path that looks like this, or begins one.
    fn path(&mut self, opening: &str) {
        if self.open != opening {
            self.close();
            self.open = opening.to_owned();
            let _ = write!(self.content, "<path {opening} d=\"");
        }
    }

    fn finish(mut self) -> Markup {
        self.close();
        PreEscaped(self.content)
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.content.push_str("\"/>");
            self.open.clear();
        }
    }

    /// Writes the corners of a path, each relative to the one before it.
    fn corners(&mut self, points: &[BackendCoord]) {
        let mut last: Option<BackendCoord> = None;
        for (x, y) in points.iter().copied() {
            let content = &mut self.content;
            let _ = match last.map(|last| (x - last.0, y - last.1)) {
                None => write!(content, "M{x} {y}"),
                Some((0, 0)) => Ok(()),
                Some((right, 0)) => write!(content, "h{right}"),
                Some((0, down)) => write!(content, "v{down}"),
                Some((right, down)) => write!(content, "l{right} {down}"),
            };
            last = Some((x, y));
        }
    }
}

impl Surface for Canvas {
    fn fill<S: BackendStyle>(&mut self, corners: &[BackendCoord], style: &S) {
        let color = style.color();
        self.path(&format!("class=\"f-{}\"{}", name(color), opacity(color, "fill-opacity")));
        self.corners(corners);
        self.content.push('z');
    }

    fn stroke<S: BackendStyle>(&mut self, points: &[BackendCoord], style: &S) {
        let (color, width) = (style.color(), style.stroke_width().max(1));
        let opacity = opacity(color, "stroke-opacity");
        self.path(&format!("class=\"l-{}\"{opacity} stroke-width=\"{width}\"", name(color)));
        self.corners(points);
    }

    fn disc<S: BackendStyle>(&mut self, (x, y): BackendCoord, radius: u32, style: &S) {
        // A line of no length with round ends: the shortest way to write a circle.
        let (color, width) = (style.color(), 2 * radius);
        let opacity = opacity(color, "stroke-opacity");
        self.path(&format!("class=\"l-{} o\"{opacity} stroke-width=\"{width}\"", name(color)));
        let _ = write!(self.content, "M{x} {y}h0");
    }

    fn write<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) {
        self.close();
        let line = Line::of(text, style);
        let anchor = match style.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " m",
            HPos::Right => " e",
        };
        let weight = if line.strong { " s" } else { "" };
        let class = format!("t-{}{anchor}{weight}", name(style.color()));
        let base = f64::from(y) + line.below;
        // As wide as it is measured, whatever font the reader has.
        let text = html! {
            text class=(class) x=(x) y=(format!("{base:.0}")) font-size=(format!("{:.0}", line.size))
                textLength=(format!("{:.0}", line.width)) lengthAdjust="spacingAndGlyphs" { (text) }
        };
        self.content.push_str(&text.into_string());
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Axis, Data, Ink, Mark, Stroke};
    use super::*;

    fn chart(name: &str) -> Chart {
        let points = vec![(0.0, 1.0), (1.0, 1.0), (1.0, 2.0), (2.0, 2.0)];
        let ink = Ink::full(Color::Blue);
        Chart {
            name: "test",
            title: String::new(),
            subtitle: String::new(),
            source: String::new(),
            key: Vec::new(),
            x: Axis::time(0.0, 7_200.0),
            y: Axis { label: name.into(), ..Axis::bare(0.0, 2.0) },
            marks: vec![Mark::Line { points, ink, stroke: Stroke::Plain }],
            sides: Vec::new(),
            data: Data::default(),
        }
    }

    #[test]
    fn names_are_no_markup() {
        let drawn = inline(&chart("<script>alert(1)</script>"), Frame::PAGE).content.into_string();
        assert!(drawn.contains("&lt;script&gt;alert(1)"), "{drawn}");
        assert!(!drawn.contains("<script"), "{drawn}");
    }

    #[test]
    fn colours_are_those_of_the_page() {
        let drawn = inline(&chart("nodes"), Frame::PHONE).content.into_string();
        assert!(drawn.contains("class=\"l-blue\""), "{drawn}");
        assert!(!drawn.contains('#') && !drawn.contains("rgb"), "{drawn}");
    }

    /// What is neither in the list nor has a name of its own would be drawn as ink.
    #[test]
    fn every_colour_has_a_name() {
        let names = COLORS.map(|(color, _)| name(BackendColor { alpha: 1.0, rgb: color.rgb() }));
        assert_eq!(names, COLORS.map(|(_, name)| name));
    }
}
