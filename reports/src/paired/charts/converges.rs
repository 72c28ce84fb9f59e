//! How sure the difference in cost becomes as replications are added.

use super::super::{Compared, Plan};
use super::costs;
use crate::chart::{Axis, Chart, Color, Data, Datum, Ink, Mark, Stroke};
use crate::format::{thousands, usd_to};
use crate::stats::Estimate;

/// Of fewer replications nothing is drawn.
const FEWEST: usize = 10;

pub(super) fn chart(compared: &Compared, plan: &Plan) -> Option<Chart> {
    let (base, own) = (costs(&compared.plans[0]), costs(plan));
    let differences: Vec<f64> = base.iter().zip(&own).map(|(base, own)| own - base).collect();
    let all = differences.len();
    // The interval of the first few is so wide that nothing else would be seen.
    let first = (all / 10).max(5);
    let after = (first..=all).map(|n| (n, Estimate::of(&differences[..n])));
    let after: Vec<(usize, Estimate)> = after.collect();
    let last = after.last()?.1;
    let half = (last.high? - last.low?) / 2.0;
    if all < FEWEST || half <= 0.0 {
        return None;
    }
    let ends = |it: &Estimate| [it.low.unwrap_or(it.mean), it.high.unwrap_or(it.mean)];
    let edges = || after.iter().flat_map(|(_, it)| ends(it));
    let (least, most) =
        (edges().fold(f64::INFINITY, f64::min), edges().fold(f64::NEG_INFINITY, f64::max));
    let room = 0.05 * (most - least);
    let decimals = if most - least < 10.0 { 2 } else { 0 };
    let band = after.iter().map(|(n, it)| (*n as f64, ends(it)[0], ends(it)[1])).collect();
    let line = after.iter().map(|(n, it)| (*n as f64, it.mean)).collect();
    let mut marks = vec![
        Mark::Area { points: band, ink: Ink::tint(Color::Purple, 0.25) },
        Mark::Line { points: line, ink: Ink::full(Color::Purple), stroke: Stroke::Plain },
    ];
    if least < 0.0 && most > 0.0 {
        let points = vec![(first as f64, 0.0), (all as f64, 0.0)];
        marks.push(Mark::Line { points, ink: Ink::full(Color::Grey), stroke: Stroke::Dashed });
    }
    let rows = after.iter().map(|(n, it)| {
        let [low, high] = ends(it);
        let values = [it.mean, low, high].map(|value| usd_to(value, 2));
        Datum::new(n.to_string(), values).x(*n as f64).y(it.mean)
    });
    Some(Chart {
        name: "converges",
        title: format!(
            "After {all} replications, what {} costs beyond {} is known to within ±{} a month",
            plan.name,
            compared.plans[0].name,
            usd_to(half, decimals)
        ),
        subtitle: "Mean of the paired differences of monthly cost, and its 95 % interval, after the first \
                   replications"
            .into(),
        source: super::source(compared),
        key: Vec::new(),
        x: Axis {
            lines: false,
            ..Axis::between("replications", first as f64, all as f64, |at, _| thousands(at))
        },
        y: Axis::between("$ a month", least - room, most + room, |at, step| {
            usd_to(at, if step < 1.0 { 2 } else { 0 })
        }),
        marks,
        sides: Vec::new(),
        data: Data::of(["Replications", "difference, $ a month", "from", "to"], rows.collect()),
    })
}
