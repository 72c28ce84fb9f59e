//! What changes from the first plan to another, in percent of the first, with the intervals of the paired
//! differences.

use sim::terms::metrics::{Figure, Metric};

use super::super::{Compared, Difference, Plan, Verdict};
use crate::chart::{Anchor, Axis, Chart, Color, Data, Datum, Ink, Key, Mark, Shape, Stroke, Tick};
use crate::charts::{decimal, rows_axis};
use crate::section::{Cell, Value};

/// At most this many figures have room.
const ROWS: usize = 14;
/// What changes by more than this many percent is drawn at the edge, with its number.
const MOST: f64 = 200.0;

/// How each verdict is drawn.
const VERDICTS: [(Verdict, Shape, Color); 5] = [
    (Verdict::Better, Shape::Circle, Color::Green),
    (Verdict::Worse, Shape::Diamond, Color::Vermillion),
    (Verdict::Higher, Shape::Square, Color::Purple),
    (Verdict::Lower, Shape::Square, Color::Purple),
    (Verdict::NotDetectable, Shape::Ring, Color::Grey),
];

/// A figure that both plans have.
struct Row<'d> {
    difference: &'d Difference,
    /// The mean of the differences and the ends of its interval, in percent; none where the figure of the
    /// first plan is nothing.
    percent: Option<[f64; 3]>,
    /// The middle of its row.
    height: f64,
}

pub(super) fn chart(
    name: &'static str,
    compared: &Compared,
    plan: &Plan,
    rows: &[Difference],
) -> Option<Chart> {
    let base = &compared.plans[0];
    let drawn =
        rows.iter().filter(|row| row.difference.is_some() && drawn_as(row.verdict).is_some());
    let drawn: Vec<&Difference> = drawn.take(ROWS).collect();
    if drawn.is_empty() {
        return None;
    }
    let count = drawn.len() as f64;
    let rows = drawn.into_iter().enumerate().map(|(index, difference)| Row {
        difference,
        percent: percent(difference),
        height: count - index as f64 - 0.5,
    });
    let rows: Vec<Row<'_>> = rows.collect();
    let ends = rows.iter().filter_map(|row| row.percent).flatten();
    let (least, most) = ends.fold((0.0, 0.0), |(least, most): (f64, f64), end| {
        (least.min(end.max(-MOST)), most.max(end.min(MOST)))
    });
    let room = (0.12 * (most - least)).max(0.1);
    let from_nothing = rows.iter().any(|row| row.percent.is_none());
    let to = if from_nothing { most + 3.0 * room } else { most + room };
    let x = Axis::between("change in percent of the first plan", least - room, to, |at, step| {
        let sign = if at < 0.0 {
            "-"
        } else if at > 0.0 {
            "+"
        } else {
            ""
        };
        format!("{sign}{} %", decimal(at.abs(), step))
    });
    let x = Axis { lines: false, ..x };
    let mut marks = vec![Mark::Line {
        points: vec![(0.0, 0.0), (0.0, count)],
        ink: Ink::tint(Color::Black, 0.5),
        stroke: Stroke::Thin,
    }];
    rows.iter().for_each(|row| draw(row, &x, &mut marks));
    let ticks = rows.iter().map(|row| Tick { at: row.height, text: row.difference.label.clone() });
    Some(Chart {
        name,
        title: title(&rows, &plan.name, &base.name),
        subtitle: format!(
            "Means of the differences in {} replications. Bars: 95 % intervals; one that covers zero is no \
             detectable difference",
            compared.replications
        ),
        source: super::source(compared),
        key: key(&rows),
        y: rows_axis(ticks.collect()),
        x,
        marks,
        sides: Vec::new(),
        data: data(&rows, &base.name, &plan.name),
    })
}

fn drawn_as(verdict: Verdict) -> Option<(Shape, Color)> {
    VERDICTS.iter().find(|(it, ..)| *it == verdict).map(|(_, shape, color)| (*shape, *color))
}

fn percent(row: &Difference) -> Option<[f64; 3]> {
    let base = row.base.filter(|base| *base != 0.0)?.abs();
    let it = row.difference?;
    Some(
        [it.mean, it.low.unwrap_or(it.mean), it.high.unwrap_or(it.mean)]
            .map(|it| 100.0 * it / base),
    )
}

/// The interval of a figure as a bar, its mean as a dot, and the change in words.
fn draw(row: &Row<'_>, x: &Axis, marks: &mut Vec<Mark>) {
    let Some((shape, color)) = drawn_as(row.difference.verdict) else { return };
    let height = row.height;
    let (at, ends, text) = match row.percent {
        Some([mean, low, high]) => (mean, [low, high], format!("{mean:+.1} %")),
        None => {
            let now = Cell::maybe(row.difference.plan, row.difference.unit.into()).text();
            (x.to, [x.to, x.to], format!("from nothing to {now}"))
        }
    };
    if ends[0] < ends[1] {
        let points = ends.map(|end| (end, height)).to_vec();
        marks.push(Mark::Line { points, ink: Ink::full(color), stroke: Stroke::Plain });
    }
    marks.push(Mark::Dot { at: (at, height), shape, color, size: 1.1 });
    let (end, shift, anchor) = if x.place(ends[1]) < 0.86 {
        (ends[1], 12.0, Anchor::Start)
    } else {
        (ends[0], -12.0, Anchor::End)
    };
    let (at, shift, color) = ((end, height), (shift, 5.0), Color::Black);
    marks.push(Mark::Label { at, shift, text, anchor, color, strong: false, until: None });
}

fn key(rows: &[Row<'_>]) -> Vec<Key> {
    let key = VERDICTS.iter().filter_map(|(verdict, shape, color)| {
        let count = rows.iter().filter(|row| row.difference.verdict == *verdict).count();
        let text = format!("{}: {count}", verdict.name());
        (count > 0).then_some(Key { shape: *shape, color: *color, text })
    });
    key.collect()
}

/// What becomes of the cost, and of how many other figures what.
fn title(rows: &[Row<'_>], plan: &str, base: &str) -> String {
    let cost = Metric::of(Figure::CostMonthly).key;
    let own = rows.iter().find(|row| row.difference.key == cost);
    let change = own.and_then(|row| row.percent).map_or(0.0, |it| it[0].abs());
    let money = match own.map(|row| row.difference.verdict) {
        Some(Verdict::Better) => format!("{plan} costs {change:.1} % less than {base}"),
        Some(Verdict::Worse) => format!("{plan} costs {change:.1} % more than {base}"),
        Some(Verdict::NotDetectable) => {
            format!("{plan} and {base} show no detectable difference in cost")
        }
        _ => format!("{plan} costs the same as {base}"),
    };
    let others = || rows.iter().filter(|row| row.difference.key != cost);
    let count = |verdict| others().filter(|row| row.difference.verdict == verdict).count();
    let said = [(Verdict::Worse, "worse"), (Verdict::Better, "better")];
    let said = said.map(|(verdict, word)| (count(verdict), word));
    let said: Vec<String> = said
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    match (others().count(), said.is_empty()) {
        (0, _) => money,
        (all, true) => format!("{money}; of {all} other figures none is better or worse"),
        (all, false) => format!("{money}; of {all} other figures {}", said.join(", ")),
    }
}

fn data(rows: &[Row<'_>], base: &str, plan: &str) -> Data {
    let rows = rows.iter().map(|row| {
        let Difference { label, unit, base, plan, difference, verdict, .. } = row.difference;
        let unit = (*unit).into();
        let cell = |value: Option<f64>| Cell::maybe(value, unit).text();
        let change = difference
            .map_or(Value::Missing, |it| Value::Change(it.mean, it.low.zip(it.high), unit));
        let values =
            [cell(*base), cell(*plan), Cell::several([change]).text(), verdict.name().into()];
        let datum = Datum::new(label, values).y(row.height);
        row.percent.map_or_else(|| datum.clone(), |[mean, ..]| datum.clone().x(mean))
    });
    Data::of(["Figure", base, plan, "paired difference [95 %]", "verdict"], rows.collect())
}
