//! What is in a plot, as series and elements of plotters.

use std::convert::Infallible;

use plotters::chart::ChartContext;
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{Circle, Polygon, Rectangle, Text};
use plotters::series::{AreaSeries, DashedLineSeries, LineSeries};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    FontDesc, FontFamily, FontStyle, RGBAColor, RGBColor, ShapeStyle, TextStyle,
};
use plotters_backend::{BackendCoord, BackendTextStyle};

use super::coordinate::Coordinate;
use super::outline::{GRID, LINE, Line, Outline, Surface, fine};
use super::{Anchor, Color, Ink, Mark, Shape, Stroke, font};

/// The size of most letters.
pub(super) const TEXT: f64 = 14.0;

/// A picture, or a part of one.
pub(super) type Area<'a, S> = DrawingArea<Outline<'a, S>, Shift>;

/// The part of a picture that data are drawn in.
pub(super) type Plot<'a, 's, S> =
    ChartContext<'a, Outline<'s, S>, Cartesian2d<Coordinate<'a>, Coordinate<'a>>>;

/// The result of drawing something: no surface of ours fails.
pub(super) type Drawn<T = ()> = Result<T, DrawingAreaErrorKind<Infallible>>;

/// Labels in a plot, with what has been written.
pub(super) struct Labels {
    /// Where they may begin and end, from left to right, and one that would lie on another is left out;
    /// where nothing is said, all are written where they are put.
    pub(super) within: Option<(f64, f64)>,
    /// Where labels are: left, right and line.
    pub(super) written: Vec<[f64; 3]>,
}

/// Draws a mark in a plot.
pub(super) fn mark<S: Surface>(
    area: &Area<'_, S>,
    plot: &mut Plot<'_, '_, S>,
    mark: &Mark,
    labels: &mut Labels,
) -> Drawn {
    match mark {
        Mark::Bar { from, to, ink } => {
            plot.draw_series([Rectangle::new([*from, *to], style(*ink, 0.0))])?;
        }
        Mark::Area { points, ink } => {
            let upper = points.iter().map(|(x, _, high)| (*x, *high));
            let lower = points.iter().rev().map(|(x, low, _)| (*x, *low));
            match ground(points) {
                Some(ground) => {
                    plot.draw_series(AreaSeries::new(upper, ground, style(*ink, 0.0)))?
                }
                None => {
                    let corners: Vec<_> = upper.chain(lower).collect();
                    plot.draw_series([Polygon::new(corners, style(*ink, 0.0))])?
                }
            };
        }
        Mark::Line { points, ink, stroke } => {
            let points = points.clone();
            match stroke {
                Stroke::Plain => plot.draw_series(LineSeries::new(points, style(*ink, 2.5)))?,
                Stroke::Thin => plot.draw_series(LineSeries::new(points, style(*ink, 1.25)))?,
                Stroke::Dashed => {
                    let dash = (fine(7.0), fine(5.0));
                    let dashes = DashedLineSeries::new(points, dash.0, dash.1, style(*ink, 2.0));
                    plot.draw_series(dashes)?
                }
            };
        }
        Mark::Dot { at, shape, color, size } => {
            self::shape(area, *shape, plot.backend_coord(at), *color, *size)?;
        }
        Mark::Label { at, shift, text, anchor, color, strong, until } => {
            let (x, y) = pixels(plot.backend_coord(at));
            let (x, y) = (x + shift.0, y + shift.1);
            let end = until.map(|end| pixels(plot.backend_coord(&(end, at.1))).0);
            if end.is_none_or(|end| x + font::width(text, TEXT, *strong) <= end) {
                let style = anchored(&letters(TEXT, *color, *strong), *anchor);
                label(area, text, (x, y), &style, labels)?;
            }
        }
    }
    Ok(())
}

/// The height of the level ground that an area stands on, if it does.
fn ground(points: &[(f64, f64, f64)]) -> Option<f64> {
    let (_, first, _) = points.first()?;
    points.iter().all(|(_, low, _)| low.total_cmp(first).is_eq()).then_some(*first)
}

/// Draws a shape with a white rim, so that shapes which overlap can be counted.
pub(super) fn shape<S: Surface>(
    area: &Area<'_, S>,
    shape: Shape,
    at: BackendCoord,
    color: Color,
    size: f64,
) -> Drawn {
    filled(area, shape, at, 5.2 * size + 1.0, Color::White)?;
    filled(area, shape, at, 5.2 * size, color)?;
    // A ring too small to have a hole is a spot.
    if shape == Shape::Ring && size > 0.5 {
        filled(area, shape, at, 3.4 * size, Color::White)?;
    }
    Ok(())
}

fn filled<S: Surface>(
    area: &Area<'_, S>,
    shape: Shape,
    (x, y): BackendCoord,
    size: f64,
    color: Color,
) -> Drawn {
    let style = style(Ink::full(color), 0.0);
    match shape {
        Shape::Ring | Shape::Circle => area.draw(&Circle::new((x, y), fine(size), style)),
        Shape::Diamond => {
            let size = fine(size * 1.3);
            let corners = [(x - size, y), (x, y - size), (x + size, y), (x, y + size)];
            area.draw(&Polygon::new(corners, style))
        }
        Shape::Square => {
            let size = fine(size);
            area.draw(&Rectangle::new([(x - size, y - size), (x + size, y + size)], style))
        }
    }
}

/// Writes a label where there is room.
fn label<S: Surface>(
    area: &Area<'_, S>,
    text: &str,
    (x, y): (f64, f64),
    style: &TextStyle<'static>,
    labels: &mut Labels,
) -> Drawn {
    let Some((from, to)) = labels.within else { return write(area, text, (x, y), style) };
    let text = font::shorten(text, TEXT, Line::of(text, style).strong, to - from);
    let line = Line::of(&text, style);
    let width = line.width / f64::from(GRID);
    let before = line.before(style.pos.h_pos) / f64::from(GRID);
    let left = (x - before).min(to - width).max(from);
    let hides = |it: &[f64; 3]| {
        left < it[1] + 4.0 && it[0] < left + width + 4.0 && (it[2] - y).abs() < TEXT
    };
    if labels.written.iter().any(hides) {
        return Ok(());
    }
    labels.written.push([left, left + width, y]);
    write(area, &text, (left, y), &anchored(style, Anchor::Start))
}

/// Writes a text on the line `y`, in pixels at 1x.
pub(super) fn write<S: Surface>(
    area: &Area<'_, S>,
    text: &str,
    (x, y): (f64, f64),
    style: &TextStyle<'static>,
) -> Drawn {
    let half = style.size() / LINE / f64::from(GRID) * font::X_HEIGHT / 2.0;
    area.draw(&Text::new(text, (fine(x), fine(y - half)), style))
}

/// How an area, or a line of a width in pixels at 1x, is drawn.
pub(super) fn style(ink: Ink, width: f64) -> ShapeStyle {
    let (red, green, blue) = ink.color.rgb();
    let color = RGBAColor(red, green, blue, ink.opacity);
    ShapeStyle { color, filled: true, stroke_width: fine(width).unsigned_abs() }
}

/// A place in pixels at 1x.
pub(super) fn pixels((x, y): BackendCoord) -> (f64, f64) {
    (f64::from(x) / f64::from(GRID), f64::from(y) / f64::from(GRID))
}

/// Letters of a size in pixels at 1x; a text begins at its place.
pub(super) fn letters(size: f64, color: Color, strong: bool) -> TextStyle<'static> {
    let weight = if strong { FontStyle::Bold } else { FontStyle::Normal };
    let (red, green, blue) = color.rgb();
    let size = size * f64::from(GRID) * LINE;
    let font = FontDesc::new(FontFamily::Name(font::FAMILY), size, weight);
    font.color(&RGBColor(red, green, blue)).pos(Pos::new(HPos::Left, VPos::Center))
}

/// The same for texts with this end at their place.
pub(super) fn anchored(style: &TextStyle<'static>, anchor: Anchor) -> TextStyle<'static> {
    let h_pos = match anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    style.pos(Pos::new(h_pos, VPos::Center))
}
