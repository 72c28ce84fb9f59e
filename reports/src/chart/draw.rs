//! Drawing: where everything goes, and in which order, laid out by plotters on any surface.

use plotters::chart::{ChartBuilder, LabelAreaPosition};
use plotters::drawing::IntoDrawingArea;
use plotters::style::TRANSPARENT;

use super::coordinate::{Coordinate, MARK};
use super::elements::{
    Area, Drawn, Labels, Plot, TEXT, anchored, letters, mark, pixels, shape, style, write,
};
use super::outline::{Outline, Surface, fine};
use super::{Anchor, Chart, Color, Ink, Key, Side, Tick, font};

const TITLE: f64 = 23.0;
const SMALL: f64 = 11.5;
/// What is written at a mark of the upright axis is no wider.
const TICK_WIDTH: f64 = 150.0;
/// The length of a mark of the level axis; words are twice as far from their axis.
const TICK: f64 = 5.0;
/// The height of a name beside the plot, with its number.
const SIDE_HEIGHT: f64 = 42.0;
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
        let tick = |text: &str| font::width(text, MARK, false).min(self.tick_width());
        let ticks = widest(&mut chart.y.ticks.iter().map(|at| tick(&at.text)));
        let sides = chart.sides.iter().filter(|_| self.sides);
        let names = widest(&mut sides.flat_map(|side| {
            [font::width(&side.name, TEXT, true), font::width(&side.value, TEXT, false)]
        }));
        let beside = |width: f64, gap: f64| if width > 0.0 { width + gap } else { 0.0 };
        let (left, right) = (beside(ticks, 2.0 * TICK), beside(names, 12.0));
        // Half of a word at an end of the level axis lies beyond it. No plot is narrower than half of its
        // picture.
        let beyond = |tick: &Tick, inside: f64| {
            let half = font::width(&tick.text, MARK, false) / 2.0;
            half - inside * self.width() / 2.0 - self.margin
        };
        let place = |tick: &Tick| chart.x.place(tick.at);
        let first = widest(&mut chart.x.ticks.iter().map(|it| beyond(it, place(it))));
        let last = widest(&mut chart.x.ticks.iter().map(|it| beyond(it, 1.0 - place(it))));
        (left.max(first), right.max(last))
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

/// Draws a chart, and says where its plot is on the fine grid: left, right, top and bottom.
pub(super) fn draw<S: Surface>(chart: &Chart, frame: Frame, surface: &mut S) -> [i32; 4] {
    let area = Outline::new(surface, frame.size).into_drawing_area();
    drawn(chart, frame, &area).expect("a surface takes all")
}

/// Draws the shape of a key alone, in a square of 16 pixels.
pub(super) fn draw_shape<S: Surface>(key: &Key, surface: &mut S) {
    let area = Outline::new(surface, (16, 16)).into_drawing_area();
    shape(&area, key.shape, (fine(8.0), fine(8.0)), key.color, 1.0).expect("a surface takes all");
}

fn drawn<S: Surface>(chart: &Chart, frame: Frame, area: &Area<'_, S>) -> Drawn<[i32; 4]> {
    let top = if frame.words { words(area, chart, frame)? } else { 0.0 };
    let mut plot = plot(area, chart, frame, top)?;
    mesh(&mut plot, chart)?;
    let (x, y) = plot.plotting_area().get_pixel_range();
    names(area, chart, frame, [x.start, x.end, y.start, y.end])?;
    // In a picture of any width labels are moved inside.
    let within = (!frame.words).then(|| (frame.margin, frame.width() - frame.margin));
    let mut labels = Labels { within, written: Vec::new() };
    for it in &chart.marks {
        mark(area, &mut plot, it, &mut labels)?;
    }
    if frame.sides {
        sides(area, chart, &plot)?;
    }
    Ok([x.start, x.end, y.start, y.end])
}

/// What is said around the plot, and how far down the words above it go.
fn words<S: Surface>(area: &Area<'_, S>, chart: &Chart, frame: Frame) -> Drawn<f64> {
    let Frame { margin, .. } = frame;
    let width = frame.width() - 2.0 * margin;
    area.fill(&style(Ink::full(Color::White), 0.0).color)?;
    let mut y = 28.0;
    for line in font::wrap(&chart.title, TITLE, true, width) {
        y += TITLE;
        let line = font::shorten(&line, TITLE, true, width);
        write(area, &line, (margin, y), &letters(TITLE, Color::Black, true))?;
        y += 6.0;
    }
    for line in font::wrap(&chart.subtitle, TEXT, false, width) {
        y += TEXT + 4.0;
        let line = font::shorten(&line, TEXT, false, width);
        write(area, &line, (margin, y), &letters(TEXT, Color::Grey, false))?;
    }
    if !chart.key.is_empty() {
        y += 26.0;
        keys(area, chart, (margin, y))?;
    }
    let foot = (margin, f64::from(frame.size.1) - 18.0);
    write(area, &chart.source, foot, &letters(SMALL, Color::Grey, false))?;
    Ok(y)
}

/// The plot in the room that is left below `top` and between the names on both sides.
fn plot<'a, 's, S: Surface>(
    area: &Area<'s, S>,
    chart: &'a Chart,
    frame: Frame,
    top: f64,
) -> Drawn<Plot<'a, 's, S>> {
    let (left, right) = frame.room_of(chart);
    let (left, right) = (left.max(frame.room.0), right.max(frame.room.1));
    let above = top + if chart.y.label.is_empty() { 18.0 } else { AXIS_NAME + 12.0 };
    let below = if chart.x.ticks.is_empty() { 24.0 } else { 48.0 };
    let width = frame.width() - 2.0 * frame.margin - left - right;
    ChartBuilder::on(area)
        .margin_left(fine(frame.margin))
        .margin_right(fine(frame.margin + right))
        .margin_top(fine(above))
        .margin_bottom(fine(if frame.words { 28.0 } else { 0.0 }))
        .set_label_area_size(LabelAreaPosition::Left, fine(left))
        .set_label_area_size(LabelAreaPosition::Bottom, fine(below))
        .build_cartesian_2d(
            Coordinate::level(&chart.x, width),
            Coordinate::upright(&chart.y, frame.tick_width()),
        )
}

/// The marks of both axes, with the lines that go with them.
fn mesh<S: Surface>(plot: &mut Plot<'_, '_, S>, chart: &Chart) -> Drawn {
    let (rule, base) = (Ink::tint(Color::Black, 0.12), Ink::tint(Color::Black, 0.7));
    let label = letters(MARK, Color::Grey, false);
    // The upright axis needs no line where it has words.
    let mut mesh = plot.configure_mesh();
    mesh.disable_x_mesh()
        .disable_x_axis()
        .axis_style(TRANSPARENT)
        .bold_line_style(style(rule, 1.0));
    mesh.label_style(label.clone()).set_all_tick_mark_size(fine(TICK));
    // From the middle of small letters to that of digits.
    mesh.y_label_offset(fine(1.2));
    if !chart.y.lines {
        mesh.disable_y_mesh();
    }
    mesh.draw()?;
    if chart.x.ticks.is_empty() {
        return Ok(());
    }
    let mut mesh = plot.configure_mesh();
    mesh.disable_y_mesh().disable_y_axis().axis_style(style(base, 1.0));
    mesh.bold_line_style(style(rule, 1.0)).label_style(label).set_all_tick_mark_size(fine(TICK));
    if !chart.x.lines {
        mesh.disable_x_mesh();
    }
    mesh.draw()
}

/// The names of the axes: that of the upright one above it, to be read without turning one's head.
fn names<S: Surface>(area: &Area<'_, S>, chart: &Chart, frame: Frame, plot: [i32; 4]) -> Drawn {
    let (left, top) = pixels((plot[0], plot[2]));
    let (right, bottom) = pixels((plot[1], plot[3]));
    let style = letters(MARK, Color::Grey, false);
    if !chart.y.label.is_empty() {
        let left = if chart.y.lines { left } else { frame.margin };
        write(area, &chart.y.label, (left, top - 14.0), &style)?;
    }
    if chart.x.ticks.is_empty() {
        return Ok(());
    }
    write(area, &chart.x.label, (right, bottom + 40.0), &anchored(&style, Anchor::End))
}

/// One line of shapes with their meanings.
fn keys<S: Surface>(area: &Area<'_, S>, chart: &Chart, (mut x, y): (f64, f64)) -> Drawn {
    for key in &chart.key {
        shape(area, key.shape, (fine(x + 6.0), fine(y - 5.0)), key.color, 1.0)?;
        write(area, &key.text, (x + 18.0, y), &letters(TEXT, Color::Black, false))?;
        x += 18.0 + font::width(&key.text, TEXT, false) + 26.0;
    }
    Ok(())
}

/// Names at the height of what they name, moved apart where they would overlap.
fn sides<S: Surface>(area: &Area<'_, S>, chart: &Chart, plot: &Plot<'_, '_, S>) -> Drawn {
    let place = |side: &Side| pixels(plot.backend_coord(&(chart.x.to, side.y)));
    let mut sides: Vec<((f64, f64), &Side)> =
        chart.sides.iter().map(|side| (place(side), side)).collect();
    sides.sort_by(|a, b| a.0.1.total_cmp(&b.0.1));
    let mut heights: Vec<f64> = sides.iter().map(|((_, y), _)| *y).collect();
    let (_, bottom) = pixels(plot.backend_coord(&(chart.x.to, chart.y.from)));
    spread(&mut heights, SIDE_HEIGHT, bottom - SIDE_HEIGHT / 2.0);
    for (((right, _), side), y) in sides.into_iter().zip(heights) {
        let x = right + 12.0;
        write(area, &side.name, (x, y - 2.0), &letters(TEXT, side.color, true))?;
        write(area, &side.value, (x, y + 15.0), &letters(TEXT, Color::Black, false))?;
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Axis, Data};
    use super::*;

    #[test]
    fn the_words_at_both_ends_of_the_level_axis_are_in_the_picture() {
        let chart = Chart {
            name: "test",
            title: String::new(),
            subtitle: String::new(),
            source: String::new(),
            key: Vec::new(),
            x: Axis::between("", 0.0, 100.0, |at, _| format!("{at} of a hundred")),
            y: Axis::bare(0.0, 1.0),
            marks: Vec::new(),
            sides: Vec::new(),
            data: Data::default(),
        };
        for frame in [Frame::SLIDE, Frame::PAGE, Frame::PHONE] {
            let (left, right) = frame.room_of(&chart);
            let half = |tick: &Tick| font::width(&tick.text, MARK, false) / 2.0;
            let ticks = &chart.x.ticks;
            assert!(frame.margin + left >= half(&ticks[0]) - 1e-9, "{frame:?}");
            assert!(frame.margin + right >= half(&ticks[ticks.len() - 1]) - 1e-9, "{frame:?}");
        }
    }

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
