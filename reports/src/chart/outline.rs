//! The outline of every picture: plotters' drawing as areas, lines, discs and texts of the one font.

use std::convert::Infallible;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle, rasterizer,
};

use sim::plain::plain;

use super::font;

/// Drawing is on a grid so much finer than pixels at 1x.
pub(super) const GRID: i32 = 8;

/// Plotters' sizes are of the line, ours of the letters.
pub(super) const LINE: f64 = 1.24;

/// A length in pixels at 1x, on the fine grid of drawing.
#[allow(clippy::cast_possible_truncation)] // no picture is so large
pub(super) fn fine(length: f64) -> i32 {
    (length * f64::from(GRID)).round() as i32
}

/// The size of a picture on the fine grid of drawing.
pub(super) fn fine_size((width, height): (u32, u32)) -> (u32, u32) {
    (width * GRID.unsigned_abs(), height * GRID.unsigned_abs())
}

/// What pictures are drawn on. All coordinates are on the fine grid of drawing.
pub(super) trait Surface {
    /// Fills the area within corners.
    fn fill<S: BackendStyle>(&mut self, corners: &[BackendCoord], style: &S);
    /// Draws a line through points.
    fn stroke<S: BackendStyle>(&mut self, points: &[BackendCoord], style: &S);
    /// Fills a circle.
    fn disc<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S);
    /// Writes a text that is free of control characters.
    fn write<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord);
}

/// The line that a text is written on.
pub(super) struct Line {
    /// The size of its letters.
    pub(super) size: f64,
    /// Whether it is semi-bold.
    pub(super) strong: bool,
    /// How wide it is.
    pub(super) width: f64,
    /// How far the line is below the place of the text.
    pub(super) below: f64,
}

impl Line {
    pub(super) fn of<S: BackendTextStyle>(text: &str, style: &S) -> Line {
        let strong = matches!(style.style(), FontStyle::Bold);
        let size = style.size() / LINE;
        // As plotters' SVG has it.
        let below = match style.anchor().v_pos {
            VPos::Top => 0.76 * size,
            VPos::Center => size * font::X_HEIGHT / 2.0,
            VPos::Bottom => -size * font::X_HEIGHT / 2.0,
        };
        Line { size, strong, width: font::width(text, size, strong), below }
    }

    /// How much of the text is to the left of its place.
    pub(super) fn before(&self, anchor: HPos) -> f64 {
        match anchor {
            HPos::Left => 0.0,
            HPos::Center => self.width / 2.0,
            HPos::Right => self.width,
        }
    }
}

/// A surface as plotters draws on it.
pub(super) struct Outline<'a, S> {
    surface: &'a mut S,
    size: (u32, u32),
}

impl<'a, S: Surface> Outline<'a, S> {
    /// A picture of this many pixels at 1x.
    pub(super) fn new(surface: &'a mut S, size: (u32, u32)) -> Outline<'a, S> {
        Outline { surface, size: fine_size(size) }
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl<S: Surface> DrawingBackend for Outline<'_, S> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.draw_rect((x, y), (x + 1, y + 1), &color, true)
    }

    fn draw_line<T: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &T,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<T: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &T,
        fill: bool,
    ) -> Drawn {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        if fill {
            self.fill_polygon(corners, style)
        } else {
            self.draw_path(corners.into_iter().chain([(left, top)]), style)
        }
    }

    fn draw_path<T: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &T,
    ) -> Drawn {
        if style.color().alpha > 0.0 {
            self.surface.stroke(&path.into_iter().collect::<Vec<_>>(), style);
        }
        Ok(())
    }

    fn draw_circle<T: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &T,
        fill: bool,
    ) -> Drawn {
        if !fill {
            return rasterizer::draw_circle(self, center, radius, style, fill);
        }
        self.surface.disc(center, radius, style);
        Ok(())
    }

    fn fill_polygon<T: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &T,
    ) -> Drawn {
        if style.color().alpha > 0.0 {
            self.surface.fill(&corners.into_iter().collect::<Vec<_>>(), style);
        }
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Drawn {
        // A mark of an axis without room for its word has none.
        if !text.is_empty() {
            self.surface.write(&plain(text), style, at);
        }
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let line = Line::of(text, style);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
        let whole = |length: f64| length.ceil() as u32;
        Ok((whole(line.width), whole(line.size * LINE)))
    }
}

#[cfg(test)]
mod tests {
    use plotters::drawing::IntoDrawingArea;
    use plotters::element::{Circle, PathElement, Rectangle};
    use plotters::style::{BLACK, Color as _, FontDesc, FontFamily, ShapeStyle, TRANSPARENT};

    use super::*;

    /// Writes down what is drawn.
    #[derive(Default)]
    struct Log(Vec<String>);

    impl Surface for Log {
        fn fill<S: BackendStyle>(&mut self, corners: &[BackendCoord], _: &S) {
            self.0.push(format!("fill {corners:?}"));
        }

        fn stroke<S: BackendStyle>(&mut self, points: &[BackendCoord], style: &S) {
            self.0.push(format!("stroke {points:?} by {}", style.stroke_width()));
        }

        fn disc<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, _: &S) {
            self.0.push(format!("disc {center:?} of {radius}"));
        }

        fn write<S: BackendTextStyle>(&mut self, text: &str, _: &S, at: BackendCoord) {
            self.0.push(format!("write {text} {at:?}"));
        }
    }

    #[test]
    fn what_can_be_seen_is_drawn() {
        let mut log = Log::default();
        let area = Outline::new(&mut log, (100, 50)).into_drawing_area();
        assert_eq!(area.dim_in_pixel(), (800, 400));
        area.draw(&Rectangle::new([(8, 8), (16, 24)], BLACK.filled())).unwrap();
        area.draw(&Rectangle::new([(8, 8), (16, 24)], ShapeStyle::from(BLACK).stroke_width(4)))
            .unwrap();
        area.draw(&Circle::new((40, 40), 8, BLACK.filled())).unwrap();
        area.draw(&PathElement::new([(0, 0), (8, 8)], TRANSPARENT)).unwrap();
        let letters = FontDesc::new(FontFamily::Name(font::FAMILY), 100.0, FontStyle::Normal);
        area.draw_text("", &letters.color(&BLACK), (8, 8)).unwrap();
        area.draw_text("a\u{1b}[31m", &letters.color(&BLACK), (8, 8)).unwrap();
        drop(area);
        let drawn = [
            "fill [(8, 8), (16, 8), (16, 24), (8, 24)]",
            "stroke [(8, 8), (16, 8), (16, 24), (8, 24), (8, 8)] by 4",
            "disc (40, 40) of 8",
        ];
        assert_eq!(log.0[..3], drawn);
        assert_eq!(log.0.len(), 4);
        assert_eq!(log.0[3], format!("write {} (8, 8)", plain("a\u{1b}[31m")));
    }

    /// Plotters measures with the font of the program, not with a guess at the machine's.
    #[test]
    fn texts_are_measured_with_the_embedded_font() {
        let mut log = Log::default();
        let area = Outline::new(&mut log, (100, 50)).into_drawing_area();
        for (weight, strong) in [(FontStyle::Normal, false), (FontStyle::Bold, true)] {
            let letters = FontDesc::new(FontFamily::Name(font::FAMILY), 100.0 * LINE, weight);
            let (width, _) = area.estimate_text_size("Illness", &letters.color(&BLACK)).unwrap();
            assert!((f64::from(width) - font::width("Illness", 100.0, strong)).abs() <= 1.0);
        }
    }
}
