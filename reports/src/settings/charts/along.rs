//! Cost and disruption along the one path that is varied.

use sim::terms::metrics::Figure;

use super::super::{Setting, Swept};
use super::source;
use crate::chart::{Axis, Chart, Color, Data, Datum, Ink, Key, Mark, Shape, Stroke, Tick};
use crate::charts::decimal;
use crate::format::{rate, usd};
use crate::metrics::Column;
use crate::stats::Estimate;

/// Fewer values than these are no line.
const FEWEST: usize = 3;
/// More values that are no numbers than these have no room.
const MOST_WORDS: usize = 16;

/// What is drawn along the path.
struct Drawn {
    name: &'static str,
    figure: Figure,
    axis: &'static str,
    color: Color,
    text: fn(f64) -> String,
    title: fn(&str, [(&str, String); 2]) -> String,
}

const DRAWN: [Drawn; 2] = [
    Drawn {
        name: "along-cost",
        figure: Figure::CostMonthly,
        axis: "$ per month",
        color: Color::Purple,
        text: usd,
        title: |path, [(least_at, least), (most_at, most)]| {
            format!("Cheapest at {path}={least_at}, {least} a month; dearest at {most_at}, {most}")
        },
    },
    Drawn {
        name: "along-disruption",
        figure: Figure::PodsDisrupted,
        axis: "pods disrupted a day",
        color: Color::Vermillion,
        text: rate,
        title: |path, [(least_at, least), (most_at, most)]| {
            format!(
                "Fewest pods are disrupted at {path}={least_at}, {least} a day; most at {most_at}, {most}"
            )
        },
    },
];

/// A chart for each figure; none unless one path is varied over several values.
pub(super) fn charts(swept: &Swept) -> [Option<Chart>; 2] {
    DRAWN.map(|drawn| chart(swept, &drawn))
}

/// A setting with where it is and what the figure comes to.
struct Point<'s> {
    setting: &'s Setting,
    at: f64,
    value: Estimate,
}

fn chart(swept: &Swept, drawn: &Drawn) -> Option<Chart> {
    let [path] = &swept.paths[..] else { return None };
    let (x, points) = points(swept, path, drawn.figure)?;
    let by_value = |a: &&Point<'_>, b: &&Point<'_>| a.value.mean.total_cmp(&b.value.mean);
    let (least, most) = (points.iter().min_by(by_value)?, points.iter().max_by(by_value)?);
    // What is the same everywhere is a line that says nothing.
    if least.value.mean >= most.value.mean {
        return None;
    }
    let end = |it: &Point<'_>| it.value.high.unwrap_or(it.value.mean);
    let y = Axis::from_zero(drawn.axis, points.iter().map(end).fold(0.0, f64::max), false, decimal);
    let mut marks = vec![Mark::Line {
        points: points.iter().map(|it| (it.at, it.value.mean)).collect(),
        ink: Ink::full(drawn.color),
        stroke: Stroke::Thin,
    }];
    for it in &points {
        if let (Some(low), Some(high)) = (it.value.low, it.value.high) {
            marks.push(Mark::Line {
                points: vec![(it.at, low), (it.at, high)],
                ink: Ink::tint(drawn.color, 0.6),
                stroke: Stroke::Plain,
            });
        }
        let shape = if it.setting.keeps() { Shape::Circle } else { Shape::Diamond };
        marks.push(Mark::Dot { at: (it.at, it.value.mean), shape, color: drawn.color, size: 1.1 });
    }
    let fails = points.iter().filter(|it| !it.setting.keeps()).count();
    let key = Key {
        shape: Shape::Diamond,
        color: drawn.color,
        text: format!("an expectation not met: {fails}"),
    };
    let rows = points.iter().map(|it| {
        let within = it.value.low.zip(it.value.high);
        let ends = within.map_or_else(
            || "-".to_owned(),
            |(low, high)| format!("{} to {}", (drawn.text)(low), (drawn.text)(high)),
        );
        let values = [(drawn.text)(it.value.mean), ends];
        Datum::new(format!("{path}={}", it.setting.values[0]), values).x(it.at).y(it.value.mean)
    });
    let said = [least, most].map(|it| (&it.setting.values[0][..], (drawn.text)(it.value.mean)));
    Some(Chart {
        name: drawn.name,
        title: (drawn.title)(path, said),
        subtitle: format!(
            "Means of {} replications of each; bars: 95 % intervals",
            swept.replications
        ),
        source: source(swept),
        key: (fails > 0).then_some(key).into_iter().collect(),
        x,
        y,
        marks,
        sides: Vec::new(),
        data: Data::of(["Setting", drawn.axis, "95 % interval"], rows.collect()),
    })
}

/// The axis of the path, and the points on it from left to right: numbers where they are, words in order.
fn points<'s>(swept: &'s Swept, path: &str, figure: Figure) -> Option<(Axis, Vec<Point<'s>>)> {
    let numbers = swept.settings.iter().map(|it| it.values[0].parse::<f64>().ok());
    let numbers: Option<Vec<f64>> = numbers.collect();
    let count = swept.settings.len();
    if count < FEWEST || (numbers.is_none() && count > MOST_WORDS) {
        return None;
    }
    let places = numbers.clone().unwrap_or_else(|| (0..count).map(|it| it as f64).collect());
    let points = swept.settings.iter().zip(&places).filter_map(|(setting, at)| {
        let value = setting.column(figure).and_then(Column::estimate)?;
        Some(Point { setting, at: *at, value })
    });
    let mut points: Vec<Point<'_>> = points.collect();
    points.sort_by(|a, b| a.at.total_cmp(&b.at));
    let (first, last) = (points.first()?.at, points.last()?.at);
    let room = (0.04 * (last - first)).max(1e-9);
    let x = match numbers {
        Some(_) => Axis {
            lines: false,
            ..Axis::between(path, first - room, last + room, |at, step| {
                let sign = if at < 0.0 { "-" } else { "" };
                format!("{sign}{}", decimal(at.abs(), step))
            })
        },
        None => {
            let words = swept.settings.iter().zip(&places);
            let ticks = words.map(|(it, at)| Tick { at: *at, text: it.values[0].clone() });
            let axis = Axis::bare(first - 0.5, last + 0.5);
            Axis { label: path.to_owned(), ticks: ticks.collect(), ..axis }
        }
    };
    Some((x, points))
}
