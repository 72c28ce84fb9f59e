//! A chart on a page: its finding above it, drawn for a wide page and for a phone, and its numbers below.

use maud::{Markup, html};
use sim::plain::plain;

use crate::chart::{Axis, Chart, Data, Datum, Frame, Inline, inline, letters, shape};

/// At most this many rows of numbers are on a page for one chart.
const ROWS: usize = 400;

/// How charts are shown: those over time share their room, so that an instant is at one place in all.
pub(super) struct Rooms {
    page: (f64, f64),
    phone: (f64, f64),
    /// Of this many rows of numbers one is on the page.
    every: usize,
}

impl Rooms {
    /// The room that the charts over time need together.
    pub(super) fn of<'c>(charts: impl Iterator<Item = &'c Chart>, every: usize) -> Rooms {
        let charts: Vec<&Chart> = charts.filter(|it| is_over_time(it)).collect();
        let most = |frame: Frame| {
            let rooms = charts.iter().map(|it| frame.room_of(it));
            rooms.fold((0.0, 0.0), |most: (f64, f64), it| (most.0.max(it.0), most.1.max(it.1)))
        };
        Rooms { page: most(Frame::PAGE), phone: most(Frame::PHONE), every }
    }
}

/// Whether a chart has the time axis that all of a report share.
fn is_over_time(chart: &Chart) -> bool {
    chart.x.label.ends_with("since the start")
}

/// A chart with all that is said of it.
pub(super) fn of(chart: &Chart, rooms: &Rooms) -> Markup {
    let time = is_over_time(chart);
    let rows = chart.y.label.is_empty();
    let frame = |frame: Frame, room| match (time, rows) {
        (true, _) => frame.with_room(room),
        (false, true) => frame.of_rows(),
        (false, false) => frame,
    };
    let wide = inline(chart, frame(Frame::PAGE, rooms.page));
    let narrow = inline(chart, frame(Frame::PHONE, rooms.phone));
    let id = |part: &str| format!("{}-{part}", chart.name);
    html! {
        figure.chart id=(id("chart")) data-time[time] {
            figcaption {
                h3 id=(id("finding")) { (plain(&chart.title)) }
                p.sub id=(id("about")) { (plain(&chart.subtitle)) }
            }
            @if !chart.key.is_empty() {
                ul.key { @for key in &chart.key { li { (shape(key)) (plain(&key.text)) } } }
            }
            (drawn(chart, &wide, "wide"))
            (drawn(chart, &narrow, "narrow"))
            @if !chart.sides.is_empty() {
                ul.names { @for side in &chart.sides {
                    li { b class=(letters(side.color)) { (plain(&side.name)) } " " (plain(&side.value)) }
                } }
            }
            (table(chart, rooms.every))
        }
    }
}

fn drawn(chart: &Chart, drawn: &Inline, class: &str) -> Markup {
    let [left, right, top, bottom] = drawn.plot;
    let id = |part: &str| format!("{}-{class}-{part}", chart.name);
    let labelled = id("title");
    html! {
        svg class=(class) viewBox=(drawn.view) role="img" tabindex="0"
            aria-labelledby=(labelled) aria-describedby=(id("about"))
            data-plot=(format!("{left} {right} {top} {bottom}")) {
            title id=(labelled) { (plain(&chart.title)) }
            desc id=(id("about")) {
                (plain(&chart.subtitle)) ". " (plain(&chart.source)) ". The numbers are in the table below."
            }
            (drawn.content)
        }
    }
}

/// The numbers of a chart, folded; its rows say where they are in the plot, in thousandths.
fn table(chart: &Chart, every: usize) -> Markup {
    let Data { columns, rows } = &chart.data;
    let every = every.max(rows.len().div_ceil(ROWS));
    let label = format!("Numbers of: {}", chart.title);
    html! {
        details.numbers {
            summary { "Numbers " span.count { (rows.len()) } }
            @if every > 1 {
                p.fine { "One row of " (every) "; the files of a run folder have all." }
            }
            div.scroll role="region" tabindex="0" aria-label=(plain(&label)) {
                table {
                    thead { tr { @for (index, column) in columns.iter().enumerate() {
                        @let class = (index > 0).then_some("number");
                        th scope="col" class=[class] { (plain(column)) }
                    } } }
                    tbody { @for it in rows.iter().step_by(every) { (row(chart, it)) } }
                }
            }
        }
    }
}

fn row(chart: &Chart, row: &Datum) -> Markup {
    let place = |axis: &Axis, at: Option<f64>| at.map(|at| format!("{:.0}", 1e3 * axis.place(at)));
    html! {
        tr data-x=[place(&chart.x, row.x)] data-y=[place(&chart.y, row.y)] {
            th { (plain(&row.name)) }
            @for value in &row.values { td { (plain(value)) } }
        }
    }
}
