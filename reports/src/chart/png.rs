//! A chart as PNG, at twice its size so that it stays sharp on a slide.

use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle};
use tiny_skia::{Color, FillRule, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

use super::draw::{Frame, draw};
use super::outline::{GRID, Line, Surface};
use super::{Chart, font};

/// Pixels for each one of the picture at 1x.
const SCALE: u32 = 2;

/// The chart as a PNG file.
///
/// # Panics
/// Never: the picture has a size and the encoder writes to memory.
#[must_use]
pub fn png(chart: &Chart) -> Vec<u8> {
    let (width, height) = Frame::SLIDE.size;
    let mut pixels = Pixmap::new(width * SCALE, height * SCALE).expect("a size above zero");
    pixels.fill(Color::WHITE);
    draw(chart, Frame::SLIDE, &mut pixels);
    pixels.encode_png().expect("memory takes all")
}

/// Draws smooth shapes and letters.
impl Surface for Pixmap {
    fn fill<S: BackendStyle>(&mut self, corners: &[BackendCoord], style: &S) {
        let mut path = path(corners);
        path.close();
        fill(self, path.finish(), style.color());
    }

    fn stroke<S: BackendStyle>(&mut self, points: &[BackendCoord], style: &S) {
        if let Some(path) = path(points).finish() {
            let stroke = Stroke { width: style.stroke_width().max(1) as f32, ..Stroke::default() };
            self.stroke_path(&path, &paint(style.color()), &stroke, placed(), None);
        }
    }

    fn disc<S: BackendStyle>(&mut self, (x, y): BackendCoord, radius: u32, style: &S) {
        fill(self, PathBuilder::from_circle(x as f32, y as f32, radius as f32), style.color());
    }

    fn write<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) {
        let line = Line::of(text, style);
        let at = (f64::from(x) - line.before(style.anchor().h_pos), f64::from(y) + line.below);
        #[allow(clippy::cast_possible_truncation)] // from a picture's coordinates
        let (size, at) = (line.size as f32, (at.0 as f32, at.1 as f32));
        fill(self, font::outline(text, size, line.strong, at), style.color());
    }
}

fn path(points: &[BackendCoord]) -> PathBuilder {
    let mut path = PathBuilder::new();
    for (x, y) in points {
        let (x, y) = (*x as f32, *y as f32);
        if path.is_empty() { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    path
}

fn fill(pixels: &mut Pixmap, path: Option<Path>, color: BackendColor) {
    if let Some(path) = path {
        pixels.fill_path(&path, &paint(color), FillRule::Winding, placed(), None);
    }
}

/// From the fine grid of drawing to pixels.
fn placed() -> Transform {
    let scale = SCALE as f32 / GRID as f32;
    Transform::from_scale(scale, scale)
}

fn paint(color: BackendColor) -> Paint<'static> {
    let (r, g, b) = color.rgb;
    let mut paint = Paint::default();
    // In range by the clamp.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    paint.set_color_rgba8(r, g, b, (color.alpha.clamp(0.0, 1.0) * 255.0).round() as u8);
    paint
}
