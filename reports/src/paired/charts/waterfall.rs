//! How the bill of the first plan becomes that of another, part by part.

use sim::terms::metrics::{Figure, Metric};

use super::super::{Compared, Plan};
use crate::chart::{Anchor, Axis, Chart, Color, Data, Datum, Ink, Mark, Tick};
use crate::charts::rows_axis;
use crate::format::{usd, usd_signed, usd_to};
use crate::metrics::Column;

/// The parts of a bill, in the order in which they are changed.
const PARTS: [(&str, Color); 4] = [
    ("on-demand instances", Color::Blue),
    ("spot instances", Color::Orange),
    ("unused commitments", Color::Purple),
    ("beside instances", Color::Green),
];

/// A bar: what it is, from where to where, in which ink, and what is written at it.
struct Bar {
    name: String,
    from: f64,
    to: f64,
    ink: Ink,
    text: String,
}

pub(super) fn chart(compared: &Compared, plan: &Plan) -> Option<Chart> {
    let base = &compared.plans[0];
    let (before, after) = (parts(base)?, parts(plan)?);
    let total = |parts: &[f64; 4]| parts.iter().sum::<f64>();
    let whole = Ink::tint(Color::Black, 0.25);
    let end = |plan: &Plan, total: f64| Bar {
        name: plan.name.clone(),
        from: 0.0,
        to: total,
        ink: whole,
        text: usd(total),
    };
    let mut bars = vec![end(base, total(&before))];
    let mut at = total(&before);
    let mut said = Vec::new();
    for (index, (name, color)) in PARTS.into_iter().enumerate() {
        let change = after[index] - before[index];
        // What rounds to nothing changes nothing.
        if change.abs() < 0.005 {
            continue;
        }
        let text = usd_signed(change);
        said.push(format!("{name} {text}"));
        let (from, to) = (at, at + change);
        bars.push(Bar { name: name.into(), from, to, ink: Ink::full(color), text });
        at += change;
    }
    if said.is_empty() {
        return None;
    }
    bars.push(end(plan, total(&after)));
    let count = bars.len() as f64;
    let height = |index: usize| count - index as f64 - 0.5;
    let most = bars.iter().map(|it| it.from.max(it.to)).fold(0.0, f64::max);
    let x = Axis::from_zero("$ per month", 1.3 * most, false, |at, step| {
        usd_to(at, if step < 1.0 { 2 } else { 0 })
    });
    let marks = bars.iter().enumerate().flat_map(|(index, bar)| draw(bar, height(index))).collect();
    let ticks = bars
        .iter()
        .enumerate()
        .map(|(index, it)| Tick { at: height(index), text: it.name.clone() });
    let ticks = ticks.collect();
    let rows = bars.iter().enumerate().map(|(index, bar)| {
        let values =
            [usd_to(bar.from.min(bar.to), 2), usd_to(bar.from.max(bar.to), 2), bar.text.clone()];
        Datum::new(&bar.name, values).x(bar.to).y(height(index))
    });
    Some(Chart {
        name: "waterfall",
        title: format!(
            "{} becomes {} a month: {}",
            usd(total(&before)),
            usd(total(&after)),
            said.join(", ")
        ),
        subtitle: format!(
            "Mean monthly cost of {} and of {}, and what is between them",
            base.name, plan.name
        ),
        source: super::source(compared),
        key: Vec::new(),
        x: Axis { lines: false, ..x },
        y: rows_axis(ticks),
        marks,
        sides: Vec::new(),
        data: Data::of(["Part", "from", "to", "amount"], rows.collect()),
    })
}

/// The bar, and its amount behind it.
fn draw(bar: &Bar, height: f64) -> [Mark; 2] {
    let (low, high) = (bar.from.min(bar.to), bar.from.max(bar.to));
    [
        Mark::Area {
            points: [low, high].map(|x| (x, height - 0.3, height + 0.3)).to_vec(),
            ink: bar.ink,
        },
        Mark::Label {
            at: (high, height),
            shift: (8.0, 5.0),
            text: bar.text.clone(),
            anchor: Anchor::Start,
            color: Color::Black,
            strong: true,
            until: None,
        },
    ]
}

/// What a plan pays for each part, on average; none where its metrics lack some.
fn parts(plan: &Plan) -> Option<[f64; 4]> {
    let mean = |figure| {
        plan.measured.named(Metric::of(figure).key).and_then(Column::estimate).map(|it| it.mean)
    };
    let [spot, unused, other] =
        [Figure::CostSpot, Figure::CostUnused, Figure::CostOther].map(|it| mean(it).unwrap_or(0.0));
    let all = mean(Figure::CostMonthly)?;
    Some([all - spot - unused - other, spot, unused, other])
}
