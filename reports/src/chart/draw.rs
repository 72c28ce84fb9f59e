//! Drawing: where everything goes, and in which order, on whatever can draw.

use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontFamily, FontStyle, FontTransform,
};

use sim::plain::plain;

use super::{Anchor, Axis, Chart, Color, Ink, Key, Mark, Shape, Side, Stroke, font};

/// Drawing is on a grid so much finer than pixels at 1x.
pub(super) const GRID: i32 = 8;

const TITLE: f64 = 23.0;
const TEXT: f64 = 14.0;
const SMALL: f64 = 11.5;
/// What is written at a mark of the upright axis is no wider.
const TICK_WIDTH: f64 = 150.0;
/// The height of a name beside the plot, with its number.
const SIDE_HEIGHT: f64 = 42.0;
/// Room between what is written at two marks of the level axis.
const TICK_GAP: f64 = 6.0;
/// Room above the plot for the name of the upright axis.
const AXIS_NAME: f64 = 30.0;

/// The picture that a chart is drawn in, in pixels at 1x.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Frame {
    /// Its width and height.
    pub(super) size: (u32, u32),
    /// The room around everything.
    margin: f64,
    /// Whether the finding, the meaning of shapes and the source are a part of it; else the page has them.
    words: bool,
    /// Whether names stand beside the plot.
    sides: bool,
    /// The least room for what is written to the left and to the right of the plot.
    room: (f64, f64),
}

impl Frame {
    /// As wide as a slide, with all that is said of it.
    pub(super) const SLIDE: Frame =
        Frame { size: (960, 540), margin: 40.0, words: true, sides: true, room: (0.0, 0.0) };
    /// As wide as the text of a page, which says what it shows.
    pub const PAGE: Frame =
        Frame { size: (960, 330), margin: 12.0, words: false, sides: true, room: (0.0, 0.0) };
    /// As wide as a phone; the page has the names, too.
    pub const PHONE: Frame =
        Frame { size: (340, 300), margin: 8.0, words: false, sides: false, room: (0.0, 0.0) };

    /// Higher, for a chart with a row for each of a few things.
    #[must_use]
    pub fn of_rows(self) -> Frame {
        Frame { size: (self.size.0, self.size.1 + 90), ..self }
    }

    /// The room that a chart takes to the left and to the right of its plot.
    #[must_use]
    pub fn room_of(self, chart: &Chart) -> (f64, f64) {
        let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
        let tick = |text: &str| font::width(text, 13.0, false).min(self.tick_width());
        let ticks = widest(&mut chart.y.ticks.iter().map(|at| tick(&at.text)));
        let sides = chart.sides.iter().filter(|_| self.sides);
        let names = widest(&mut sides.flat_map(|side| {
            [font::width(&side.name, TEXT, true), font::width(&side.value, TEXT, false)]
        }));
        let beside = |width: f64, gap: f64| if width > 0.0 { width + gap } else { 0.0 };
        (beside(ticks, 10.0), beside(names, 12.0))
    }

    /// The same with at least so much room.
    #[must_use]
    pub fn with_room(self, room: (f64, f64)) -> Frame {
        Frame { room, ..self }
    }

    fn width(self) -> f64 {
        f64::from(self.size.0)
    }

    fn tick_width(self) -> f64 {
        TICK_WIDTH.min(self.width() * 0.3)
    }
}

/// Draws a chart.
pub(super) fn draw<B: DrawingBackend>(chart: &Chart, frame: Frame, backend: &mut B) -> Drawn<B> {
    let mut pen = Pen { backend, frame, written: Vec::new() };
    let (width, height) = (frame.width(), f64::from(frame.size.1));
    let Frame { margin, .. } = frame;
    let mut y = 0.0;
    if frame.words {
        pen.rect((0.0, 0.0), (width, height), Ink::full(Color::White))?;
        y = 28.0;
        for line in font::wrap(&chart.title, TITLE, true, width - 2.0 * margin) {
            y += TITLE;
            let line = font::shorten(&line, TITLE, true, width - 2.0 * margin);
            pen.text(&line, (margin, y), &Type::new(TITLE, Color::Black).strong())?;
            y += 6.0;
        }
        for line in font::wrap(&chart.subtitle, TEXT, false, width - 2.0 * margin) {
            y += TEXT + 4.0;
            let line = font::shorten(&line, TEXT, false, width - 2.0 * margin);
            pen.text(&line, (margin, y), &Type::new(TEXT, Color::Grey))?;
        }
        if !chart.key.is_empty() {
            y += 26.0;
            keys(&mut pen, chart, y)?;
        }
        pen.text(&chart.source, (margin, height - 18.0), &Type::new(SMALL, Color::Grey))?;
    }

    let plot = Plot::of(chart, frame, y);
    axes(&mut pen, chart, &plot)?;
    for mark in &chart.marks {
        draw_mark(&mut pen, &plot, mark)?;
    }
    if frame.sides {
        sides(&mut pen, chart, &plot)?;
    }
    pen.backend.present()
}

/// Draws the shape of a key alone, in a square of 16 pixels.
pub(super) fn draw_shape<B: DrawingBackend>(key: &Key, frame: Frame, backend: &mut B) -> Drawn<B> {
    Pen { backend, frame, written: Vec::new() }.shape(key.shape, (8.0, 8.0), key.color, 1.0)
}

/// Where the plot is in a picture without words: left, right, top and bottom.
pub(super) fn plot_of(chart: &Chart, frame: Frame) -> [f64; 4] {
    let plot = Plot::of(chart, frame, 0.0);
    [plot.left, plot.right, plot.top, plot.bottom]
}

/// The result of drawing something.
type Drawn<B> = Result<(), DrawingErrorKind<<B as DrawingBackend>::ErrorType>>;

/// The part of the picture that data are drawn in.
struct Plot<'a> {
    x: &'a Axis,
    y: &'a Axis,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl<'a> Plot<'a> {
    /// The room that is left below `top` and between the names on both sides.
    fn of(chart: &'a Chart, frame: Frame, top: f64) -> Plot<'a> {
        let (left, right) = frame.room_of(chart);
        let (left, right) = (left.max(frame.room.0), right.max(frame.room.1));
        let below = if frame.words { 76.0 } else { 48.0 };
        let bottom = f64::from(frame.size.1) - below;
        Plot {
            x: &chart.x,
            y: &chart.y,
            left: frame.margin + left,
            right: frame.width() - frame.margin - right,
            top: top + if chart.y.label.is_empty() { 18.0 } else { AXIS_NAME + 12.0 },
            bottom: if chart.x.ticks.is_empty() { bottom + 24.0 } else { bottom },
        }
    }

    fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (
            self.left + self.x.place(x) * (self.right - self.left),
            self.bottom - self.y.place(y) * (self.bottom - self.top),
        )
    }
}

fn axes<B: DrawingBackend>(pen: &mut Pen<'_, B>, chart: &Chart, plot: &Plot<'_>) -> Drawn<B> {
    let label = Type::new(13.0, Color::Grey);
    let (rule, base) = (Ink::tint(Color::Black, 0.12), Ink::tint(Color::Black, 0.7));
    for tick in &plot.y.ticks {
        let (_, y) = plot.at((plot.x.from, tick.at));
        if plot.y.lines {
            pen.line(&[(plot.left, y), (plot.right, y)], rule, 1.0)?;
        }
        let text = font::shorten(&tick.text, 13.0, false, pen.frame.tick_width());
        pen.text(&text, (plot.left - 10.0, y + 4.7), &label.anchored(Anchor::End))?;
    }
    if !plot.y.label.is_empty() {
        let left = if plot.y.lines { plot.left } else { pen.frame.margin };
        pen.text(&plot.y.label, (left, plot.top - 14.0), &label)?;
    }
    if plot.x.ticks.is_empty() {
        return Ok(());
    }
    pen.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], base, 1.0)?;
    // A mark keeps its word where there is room for it.
    let mut free = f64::NEG_INFINITY;
    for tick in &plot.x.ticks {
        let (x, _) = plot.at((tick.at, plot.y.from));
        if plot.x.lines {
            pen.line(&[(x, plot.top), (x, plot.bottom)], rule, 1.0)?;
        }
        pen.line(&[(x, plot.bottom), (x, plot.bottom + 5.0)], base, 1.0)?;
        let half = font::width(&tick.text, 13.0, false) / 2.0;
        if x - half >= free {
            pen.text(&tick.text, (x, plot.bottom + 20.0), &label.anchored(Anchor::Middle))?;
            free = x + half + TICK_GAP;
        }
    }
    let end = (plot.right, plot.bottom + 40.0);
    pen.text(&chart.x.label, end, &label.anchored(Anchor::End))
}

fn draw_mark<B: DrawingBackend>(pen: &mut Pen<'_, B>, plot: &Plot<'_>, mark: &Mark) -> Drawn<B> {
    match mark {
        Mark::Area { points, ink } => {
            let upper = points.iter().map(|(x, _, high)| plot.at((*x, *high)));
            let lower = points.iter().rev().map(|(x, low, _)| plot.at((*x, *low)));
            pen.polygon(&upper.chain(lower).collect::<Vec<_>>(), *ink)
        }
        Mark::Line { points, ink, stroke } => {
            let points: Vec<_> = points.iter().map(|point| plot.at(*point)).collect();
            match stroke {
                Stroke::Plain => pen.line(&points, *ink, 2.5),
                Stroke::Thin => pen.line(&points, *ink, 1.25),
                Stroke::Dashed => pen.dashes(&points, *ink, 2.0),
            }
        }
        Mark::Dot { at, shape, color, size } => pen.shape(*shape, plot.at(*at), *color, *size),
        Mark::Label { at, shift, text, anchor, color, strong, until } => {
            let (x, y) = plot.at(*at);
            let mut kind = Type::new(TEXT, *color).anchored(*anchor);
            kind.strong = *strong;
            let room = until.map_or(f64::INFINITY, |end| plot.at((end, at.1)).0 - x - shift.0);
            if font::width(text, TEXT, *strong) > room {
                return Ok(());
            }
            pen.label(text, (x + shift.0, y + shift.1), &kind)
        }
    }
}

/// One line of shapes with their meanings.
fn keys<B: DrawingBackend>(pen: &mut Pen<'_, B>, chart: &Chart, y: f64) -> Drawn<B> {
    let mut x = pen.frame.margin;
    for key in &chart.key {
        pen.shape(key.shape, (x + 6.0, y - 5.0), key.color, 1.0)?;
        pen.text(&key.text, (x + 18.0, y), &Type::new(TEXT, Color::Black))?;
        x += 18.0 + font::width(&key.text, TEXT, false) + 26.0;
    }
    Ok(())
}

/// Names at the height of what they name, moved apart where they would overlap.
fn sides<B: DrawingBackend>(pen: &mut Pen<'_, B>, chart: &Chart, plot: &Plot<'_>) -> Drawn<B> {
    let mut sides: Vec<(f64, &Side)> =
        chart.sides.iter().map(|side| (plot.at((plot.x.to, side.y)).1, side)).collect();
    sides.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut heights: Vec<f64> = sides.iter().map(|(y, _)| *y).collect();
    spread(&mut heights, SIDE_HEIGHT, plot.bottom - SIDE_HEIGHT / 2.0);
    sides.iter_mut().zip(heights).for_each(|(side, y)| side.0 = y);
    for (y, side) in sides {
        let x = plot.right + 12.0;
        pen.text(&side.name, (x, y - 2.0), &Type::new(TEXT, side.color).strong())?;
        pen.text(&side.value, (x, y + 15.0), &Type::new(TEXT, Color::Black))?;
    }
    Ok(())
}

/// Moves rising heights apart, down as far as needed and up again where the last would be too low.
fn spread(heights: &mut [f64], apart: f64, lowest: f64) {
    for index in 1..heights.len() {
        heights[index] = heights[index].max(heights[index - 1] + apart);
    }
    let mut limit = lowest;
    for height in heights.iter_mut().rev() {
        *height = height.min(limit);
        limit = *height - apart;
    }
}

/// Draws in pixels at 1x.
struct Pen<'a, B> {
    backend: &'a mut B,
    frame: Frame,
    /// Where labels in the plot are: left, right and line.
    written: Vec<[f64; 3]>,
}

impl<B: DrawingBackend> Pen<'_, B> {
    fn rect(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink) -> Drawn<B> {
        self.backend.draw_rect(grid(from), grid(to), &Style::new(ink, 0.0), true)
    }

    fn polygon(&mut self, points: &[(f64, f64)], ink: Ink) -> Drawn<B> {
        self.backend.fill_polygon(points.iter().map(|point| grid(*point)), &Style::new(ink, 0.0))
    }

    fn line(&mut self, points: &[(f64, f64)], ink: Ink, width: f64) -> Drawn<B> {
        self.backend.draw_path(points.iter().map(|point| grid(*point)), &Style::new(ink, width))
    }

    fn dashes(&mut self, points: &[(f64, f64)], ink: Ink, width: f64) -> Drawn<B> {
        const DASH: f64 = 7.0;
        const GAP: f64 = 5.0;
        // How much of a dash and its gap lies behind.
        let mut done = 0.0;
        let mut dash: Vec<(f64, f64)> = Vec::new();
        for ends in points.windows(2) {
            let [(x0, y0), (x1, y1)] = [ends[0], ends[1]];
            let length = ((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0)).sqrt();
            let mut at = 0.0;
            while at < length {
                let on = done < DASH;
                let step = (if on { DASH } else { DASH + GAP } - done).min(length - at);
                let point = |at: f64| (x0 + (x1 - x0) * at / length, y0 + (y1 - y0) * at / length);
                if on {
                    if dash.is_empty() {
                        dash.push(point(at));
                    }
                    dash.push(point(at + step));
                } else if !dash.is_empty() {
                    self.line(&std::mem::take(&mut dash), ink, width)?;
                }
                (at, done) = (at + step, done + step);
                if done > DASH + GAP - 1e-9 {
                    done = 0.0;
                }
            }
        }
        if dash.len() > 1 { self.line(&dash, ink, width) } else { Ok(()) }
    }

    /// A shape with a white rim, so that shapes which overlap can be counted.
    fn shape(&mut self, shape: Shape, at: (f64, f64), color: Color, size: f64) -> Drawn<B> {
        self.filled(shape, at, 5.2 * size + 1.0, Ink::full(Color::White))?;
        self.filled(shape, at, 5.2 * size, Ink::full(color))?;
        // A ring too small to have a hole is a spot.
        if shape == Shape::Ring && size > 0.5 {
            self.filled(shape, at, 3.4 * size, Ink::full(Color::White))?;
        }
        Ok(())
    }

    fn filled(&mut self, shape: Shape, (x, y): (f64, f64), size: f64, ink: Ink) -> Drawn<B> {
        match shape {
            Shape::Ring | Shape::Circle => {
                let radius = u32::try_from(grid((size, 0.0)).0).unwrap_or(0);
                self.backend.draw_circle(grid((x, y)), radius, &Style::new(ink, 0.0), true)
            }
            Shape::Diamond => {
                let size = size * 1.3;
                self.polygon(&[(x - size, y), (x, y - size), (x + size, y), (x, y + size)], ink)
            }
            Shape::Square => self.rect((x - size, y - size), (x + size, y + size), ink),
        }
    }

    /// Writes a label in the plot. In a picture of any width it is moved inside, and one that would lie on
    /// another is left out.
    fn label(&mut self, text: &str, (x, y): (f64, f64), kind: &Type) -> Drawn<B> {
        if self.frame.words {
            return self.text(text, (x, y), kind);
        }
        let most = self.frame.width() - 2.0 * self.frame.margin;
        let text = font::shorten(text, kind.size, kind.strong, most);
        let width = font::width(&text, kind.size, kind.strong);
        let left = match kind.anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        let left = left.min(self.frame.width() - self.frame.margin - width).max(self.frame.margin);
        let hides = |it: &[f64; 3]| {
            left < it[1] + 4.0 && it[0] < left + width + 4.0 && (it[2] - y).abs() < kind.size
        };
        if self.written.iter().any(hides) {
            return Ok(());
        }
        self.written.push([left, left + width, y]);
        self.text(&text, (left, y), &kind.anchored(Anchor::Start))
    }

    /// Writes a text on the line `y`.
    fn text(&mut self, text: &str, (x, y): (f64, f64), kind: &Type) -> Drawn<B> {
        let y = y - kind.size * font::X_HEIGHT / 2.0;
        self.backend.draw_text(&plain(text), kind, grid((x, y)))
    }
}

/// The nearest point of the grid.
#[allow(clippy::cast_possible_truncation)] // no picture is so large
fn grid((x, y): (f64, f64)) -> BackendCoord {
    let scaled = |value: f64| (value * f64::from(GRID)).round() as i32;
    (scaled(x), scaled(y))
}

/// How a shape is drawn.
struct Style {
    ink: Ink,
    width: u32,
}

impl Style {
    fn new(ink: Ink, width: f64) -> Style {
        Style { ink, width: u32::try_from(grid((width, 0.0)).0).unwrap_or(0) }
    }
}

impl BackendStyle for Style {
    fn color(&self) -> BackendColor {
        BackendColor { alpha: self.ink.opacity, rgb: self.ink.color.rgb() }
    }

    fn stroke_width(&self) -> u32 {
        self.width
    }
}

/// How a text is written. Its place is the middle of a small letter's height.
#[derive(Clone, Copy)]
pub(super) struct Type {
    size: f64,
    color: Color,
    anchor: Anchor,
    strong: bool,
}

impl Type {
    fn new(size: f64, color: Color) -> Type {
        Type { size, color, anchor: Anchor::Start, strong: false }
    }

    fn strong(self) -> Type {
        Type { strong: true, ..self }
    }

    fn anchored(self, anchor: Anchor) -> Type {
        Type { anchor, ..self }
    }
}

/// A text cannot fail to be measured: the font is in the program.
type Never = std::convert::Infallible;

impl BackendTextStyle for Type {
    type FontError = Never;

    fn color(&self) -> BackendColor {
        BackendColor { alpha: 1.0, rgb: self.color.rgb() }
    }

    /// Plotters' sizes are of the line, SVG's and ours of the letters.
    fn size(&self) -> f64 {
        self.size * f64::from(GRID) * 1.24
    }

    fn transform(&self) -> FontTransform {
        FontTransform::None
    }

    fn style(&self) -> FontStyle {
        if self.strong { FontStyle::Bold } else { FontStyle::Normal }
    }

    fn anchor(&self) -> Pos {
        let h_pos = match self.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        Pos::new(h_pos, VPos::Center)
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::Name(font::FAMILY)
    }

    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), Never> {
        let width = font::width(text, self.size, self.strong);
        Ok(((0, 0), grid((width, self.size))))
    }

    /// Pictures of pixels draw outlines instead.
    fn draw<E, DrawFunc: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        _: &str,
        _: BackendCoord,
        _: DrawFunc,
    ) -> Result<Result<(), E>, Never> {
        Ok(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn names_do_not_overlap(mut heights in proptest::collection::vec(-10.0..500.0_f64, 0..8)) {
            heights.sort_by(f64::total_cmp);
            let before = heights.clone();
            spread(&mut heights, 42.0, 440.0);
            prop_assert!(heights.windows(2).all(|pair| pair[1] - pair[0] >= 42.0 - 1e-9));
            prop_assert!(heights.iter().all(|height| *height <= 440.0));
            // What has room stays where it is.
            let roomy = before.windows(2).all(|pair| pair[1] - pair[0] >= 42.0);
            if roomy && before.iter().all(|height| *height <= 440.0) {
                prop_assert_eq!(heights, before);
            }
        }
    }
}
