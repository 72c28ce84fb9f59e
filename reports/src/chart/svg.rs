//! A chart as SVG: text stays text, and a screen reader reads the finding.

use plotters::backend::SVGBackend;
use plotters_backend::{BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend};
use sim::plain::plain;

use super::Chart;
use super::draw::{Frame, draw};
use super::outline::{Surface, fine_size};

/// The chart as an SVG document.
#[must_use]
pub fn svg(chart: &Chart) -> String {
    let mut text = String::new();
    let Frame { size: (width, height), .. } = Frame::SLIDE;
    let size = fine_size(Frame::SLIDE.size);
    // Dropped, it closes the document.
    draw(chart, Frame::SLIDE, &mut SVGBackend::with_string(&mut text, size));
    let view = format!("viewBox=\"0 0 {} {}\"", size.0, size.1);
    let opening = format!(
        "<svg width=\"{width}\" height=\"{height}\" {view} xmlns=\"http://www.w3.org/2000/svg\" role=\"img\">\n\
         <title>{}</title>\n<desc>{}</desc>\n",
        escape(&chart.title),
        escape(&chart.subtitle)
    );
    let rest = text.split_once(">\n").map_or("", |(_, rest)| rest);
    // The backend knows one weight that is not normal; the font's is lighter.
    opening + &rest.replace(" opacity=\"1\"", "").replace("\"bold\"", "\"600\"")
}

fn escape(text: &str) -> String {
    plain(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Writes to a string, which takes all.
impl Surface for SVGBackend<'_> {
    fn fill<S: BackendStyle>(&mut self, corners: &[BackendCoord], style: &S) {
        let _ = self.fill_polygon(corners.iter().copied(), style);
    }

    fn stroke<S: BackendStyle>(&mut self, points: &[BackendCoord], style: &S) {
        let _ = self.draw_path(points.iter().copied(), style);
    }

    fn disc<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S) {
        let _ = self.draw_circle(center, radius, style, true);
    }

    fn write<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) {
        let _ = self.draw_text(text, style, at);
    }
}
