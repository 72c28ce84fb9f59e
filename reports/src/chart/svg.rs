//! A chart as SVG: text stays text, and a screen reader reads the finding.

use plotters_svg::SVGBackend;
use sim::plain::plain;

use super::Chart;
use super::draw::{Frame, GRID, draw};

/// The chart as an SVG document.
///
/// # Panics
/// Never: a string takes all that is written to it.
#[must_use]
pub fn svg(chart: &Chart) -> String {
    let fine = |pixels: u32| pixels * GRID.unsigned_abs();
    let mut text = String::new();
    let Frame { size: (width, height), .. } = Frame::SLIDE;
    let size = (fine(width), fine(height));
    draw(chart, Frame::SLIDE, &mut SVGBackend::with_string(&mut text, size))
        .expect("a string takes all");
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
