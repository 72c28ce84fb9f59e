//! What plans cost in single replications: how far those spread, beside each other.

use super::super::{Compared, Plan};
use super::costs;
use crate::chart::{Axis, Chart, Color, Data, Datum, Ink, Mark, Shape, Stroke, Tick};
use crate::charts::rows_axis;
use crate::format::{usd, usd_to};

/// At most this many plans have room.
const ROWS: usize = 12;

/// The costs of a plan, sorted.
struct Row<'p> {
    plan: &'p Plan,
    costs: Vec<f64>,
    height: f64,
}

pub(super) fn chart(compared: &Compared) -> Option<Chart> {
    let plans: Vec<&Plan> = compared.plans.iter().take(ROWS).collect();
    let count = plans.len() as f64;
    let rows = plans.into_iter().enumerate().map(|(index, plan)| {
        let mut costs = costs(plan);
        costs.sort_by(f64::total_cmp);
        Row { plan, costs, height: count - index as f64 - 0.5 }
    });
    let rows: Vec<Row<'_>> = rows.filter(|row| row.costs.len() > 1).collect();
    let ends = || rows.iter().flat_map(|row| [row.quantile(0), row.quantile(100)]);
    let (least, most) = (ends().fold(f64::INFINITY, f64::min), ends().fold(0.0, f64::max));
    // What costs the same in every replication does not spread.
    if rows.iter().all(|row| row.quantile(0) >= row.quantile(100)) {
        return None;
    }
    let room = 0.06 * (most - least);
    let x = Axis::between(
        "$ per month, in single replications",
        least - room,
        most + room,
        |at, step| usd_to(at, if step < 1.0 { 2 } else { 0 }),
    );
    let marks = rows.iter().flat_map(Row::marks).collect();
    let ticks = rows.iter().map(|row| Tick { at: row.height, text: row.plan.name.clone() });
    let data = rows.iter().map(|row| {
        let values = QUANTILES.map(|percent| usd_to(row.quantile(percent), 2));
        Datum::new(
            &row.plan.name,
            values.into_iter().chain([usd_to(row.mean(), 2)]).collect::<Vec<_>>(),
        )
        .y(row.height)
    });
    let columns = ["Plan", "least", "5 %", "25 %", "median", "75 %", "95 %", "most", "mean"];
    Some(Chart {
        name: "runs",
        title: title(&rows),
        subtitle: format!(
            "Cost of each of {} replications. Line: the least to the most; pale: nine of ten; dark: the \
             middle half; dot: the mean. The axis does not begin at zero",
            compared.replications
        ),
        source: super::source(compared),
        key: Vec::new(),
        x: Axis { lines: false, ..x },
        y: rows_axis(ticks.collect()),
        marks,
        sides: Vec::new(),
        data: Data::of(columns, data.collect()),
    })
}

/// The quantiles that are shown, in percent.
const QUANTILES: [usize; 7] = [0, 5, 25, 50, 75, 95, 100];

impl Row<'_> {
    /// The nearest rank: the smallest value that a percentage do not exceed.
    fn quantile(&self, percent: usize) -> f64 {
        self.costs[(self.costs.len() * percent).div_ceil(100).max(1) - 1]
    }

    fn mean(&self) -> f64 {
        self.costs.iter().sum::<f64>() / self.costs.len() as f64
    }

    fn marks(&self) -> Vec<Mark> {
        let bar = |from: usize, to: usize, half: f64, opacity: f64| Mark::Area {
            points: [from, to]
                .map(|it| (self.quantile(it), self.height - half, self.height + half))
                .to_vec(),
            ink: Ink::tint(Color::Sky, opacity),
        };
        vec![
            Mark::Line {
                points: [0, 100].map(|percent| (self.quantile(percent), self.height)).to_vec(),
                ink: Ink::full(Color::Grey),
                stroke: Stroke::Thin,
            },
            bar(5, 95, 0.16, 0.4),
            bar(25, 75, 0.16, 1.0),
            Mark::Dot {
                at: (self.mean(), self.height),
                shape: Shape::Circle,
                color: Color::Black,
                size: 1.0,
            },
        ]
    }
}

/// From where to where each goes.
fn title(rows: &[Row<'_>]) -> String {
    let range = |row: &Row<'_>| match [row.quantile(0), row.quantile(100)].map(usd) {
        [least, most] if least == most => least,
        [least, most] => format!("{least} to {most}"),
    };
    match rows {
        [first, second] => format!(
            "In single runs {} costs {} a month, {} {}",
            second.plan.name,
            range(second),
            first.plan.name,
            range(first)
        ),
        rows => {
            let most = rows.iter().max_by(|a, b| a.spread().total_cmp(&b.spread()));
            let said = most.map(|it| format!("{} spreads most: {}", it.plan.name, range(it)));
            format!("In single runs {} a month", said.unwrap_or_default())
        }
    }
}

impl Row<'_> {
    fn spread(&self) -> f64 {
        self.quantile(100) - self.quantile(0)
    }
}
