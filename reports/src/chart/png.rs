//! A chart as PNG, at twice its size so that it stays sharp on a slide.

use std::convert::Infallible;

use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle,
};
use tiny_skia::{Color, FillRule, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform};
use ttf_parser::OutlineBuilder;

use super::draw::{Frame, GRID, draw};
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
    let pixels = Pixmap::new(width * SCALE, height * SCALE).expect("a size above zero");
    let mut canvas = Canvas { pixels };
    canvas.pixels.fill(Color::WHITE);
    draw(chart, Frame::SLIDE, &mut canvas).expect("memory takes all");
    canvas.pixels.encode_png().expect("memory takes all")
}

/// Draws smooth shapes and letters.
struct Canvas {
    pixels: Pixmap,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Canvas {
    fn fill(&mut self, path: Option<Path>, color: BackendColor) {
        if let Some(path) = path {
            let (rule, place) = (FillRule::Winding, placed());
            self.pixels.fill_path(&path, &paint(color), rule, place, None);
        }
    }

    fn stroke(&mut self, path: Option<Path>, color: BackendColor, width: u32) {
        if let Some(path) = path {
            let stroke = Stroke { width: width.max(1) as f32, ..Stroke::default() };
            self.pixels.stroke_path(&path, &paint(color), &stroke, placed(), None);
        }
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

fn corners(points: impl IntoIterator<Item = BackendCoord>) -> PathBuilder {
    let mut path = PathBuilder::new();
    for (x, y) in points {
        let (x, y) = (x as f32, y as f32);
        if path.is_empty() { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    path
}

impl DrawingBackend for Canvas {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let fine = |pixels: u32| pixels * GRID.unsigned_abs();
        let (width, height) = Frame::SLIDE.size;
        (fine(width), fine(height))
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        let rect = Rect::from_xywh(x as f32, y as f32, 1.0, 1.0);
        self.fill(rect.map(PathBuilder::from_rect), color);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        if fill {
            self.fill_polygon(corners, style)
        } else {
            self.draw_path(corners.into_iter().chain([(left, top)]), style)
        }
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.stroke(corners(path).finish(), style.color(), style.stroke_width());
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let path = PathBuilder::from_circle(x as f32, y as f32, radius as f32);
        if fill {
            self.fill(path, style.color());
        } else {
            self.stroke(path, style.color(), style.stroke_width());
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        let mut path = corners(points);
        path.close();
        self.fill(path.finish(), style.color());
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        (x, y): BackendCoord,
    ) -> Drawn {
        let strong = matches!(style.style(), FontStyle::Bold);
        let size = style.size() / 1.24;
        let width = font::width(text, size, strong);
        let left = f64::from(x)
            - match style.anchor().h_pos {
                HPos::Left => 0.0,
                HPos::Center => width / 2.0,
                HPos::Right => width,
            };
        let line = f64::from(y) + size * font::X_HEIGHT / 2.0;
        let mut letters = Letters(PathBuilder::new());
        #[allow(clippy::cast_possible_truncation)] // from a picture's coordinates
        font::outline(text, size as f32, strong, (left as f32, line as f32), &mut letters);
        self.fill(letters.0.finish(), style.color());
        Ok(())
    }
}

/// Collects the outlines of letters.
struct Letters(PathBuilder);

impl OutlineBuilder for Letters {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}
