//! Cost against disruption: plans or settings as points, and those that no other beats in both.

use crate::chart::{Anchor, Axis, Chart, Color, Data, Datum, Ink, Key, Mark, Shape, Stroke};
use crate::format::{rate, usd, usd_to};

/// At most this many points on the front are named: between more there is no room.
const NAMED: usize = 9;

/// A plan or a setting.
pub(crate) struct Point {
    /// What it is called.
    pub(crate) name: String,
    /// What it costs a month, on average.
    pub(crate) cost: f64,
    /// How many pods it disrupts a day.
    pub(crate) disrupted: f64,
    /// What it is among all.
    pub(crate) rank: Rank,
}

/// What a point is among all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rank {
    /// It is what was searched for.
    Best,
    /// No other is cheaper and disrupts less.
    Front,
    /// It does not keep an expectation.
    Fails,
    /// Another is as good in both, and better in one.
    Beaten,
}

/// The ranks, those that lie on top last: how each is drawn, and what that means.
const RANKS: [(Rank, Shape, Color, f64, &str); 4] = [
    (Rank::Beaten, Shape::Ring, Color::Grey, 0.9, "another is as good in both"),
    (Rank::Fails, Shape::Diamond, Color::Vermillion, 1.0, "an expectation not met"),
    (Rank::Front, Shape::Circle, Color::Purple, 1.3, "on the Pareto front"),
    (Rank::Best, Shape::Square, Color::Green, 1.4, "the answer"),
];

/// The chart of these points, which are `what`: plans or settings.
pub(crate) fn chart(points: &[Point], what: &str, subtitle: String, source: String) -> Chart {
    let most = points.iter().map(|it| it.disrupted).fold(0.0, f64::max);
    let (x, y) = (cost_axis(points), Axis::from_zero(DISRUPTED, most, false, super::decimal));
    let mut front: Vec<&Point> = points.iter().filter(|it| it.is_on_front()).collect();
    front.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let mut marks = vec![Mark::Line {
        points: front.iter().map(|it| (it.cost, it.disrupted)).collect(),
        ink: Ink::tint(Color::Purple, 0.5),
        stroke: Stroke::Dashed,
    }];
    for (rank, shape, color, size, _) in RANKS {
        let own = points.iter().filter(|it| it.rank == rank);
        marks.extend(own.map(|it| Mark::Dot { at: (it.cost, it.disrupted), shape, color, size }));
    }
    let every = front.len().div_ceil(NAMED).max(1);
    let is_named = |(index, it): &(usize, &&Point)| index % every == 0 || it.rank == Rank::Best;
    marks.extend(front.iter().enumerate().filter(is_named).map(|(_, it)| label(it, &x)));
    let key = RANKS.iter().rev().filter_map(|(rank, shape, color, _, text)| {
        let count = points.iter().filter(|it| it.rank == *rank).count();
        let text = if *rank == Rank::Best { (*text).into() } else { format!("{text}: {count}") };
        (count > 0).then_some(Key { shape: *shape, color: *color, text })
    });
    Chart {
        name: "front",
        title: title(&front, points.len(), what),
        subtitle,
        source,
        key: key.collect(),
        x,
        y,
        marks,
        sides: Vec::new(),
        data: data(points, what),
    }
}

const DISRUPTED: &str = "pods disrupted a day";

impl Point {
    fn is_on_front(&self) -> bool {
        matches!(self.rank, Rank::Front | Rank::Best)
    }
}

/// From a little below the cheapest to a little above the dearest.
fn cost_axis(points: &[Point]) -> Axis {
    let costs = || points.iter().map(|it| it.cost);
    let (least, most) = (costs().fold(f64::INFINITY, f64::min), costs().fold(0.0, f64::max));
    let room = (0.08 * (most - least)).max(0.01 * most).max(0.01);
    let text = |at: f64, step: f64| usd_to(at, if step < 1.0 { 2 } else { 0 });
    let least = if least.is_finite() { (least - room).max(0.0) } else { 0.0 };
    Axis { lines: false, ..Axis::between("$ per month", least, most + room, text) }
}

fn label(point: &Point, x: &Axis) -> Mark {
    let (right, anchor) =
        if x.place(point.cost) > 0.6 { (-10.0, Anchor::End) } else { (10.0, Anchor::Start) };
    Mark::Label {
        at: (point.cost, point.disrupted),
        shift: (right, -9.0),
        text: point.name.clone(),
        anchor,
        color: Color::Black,
        strong: point.rank == Rank::Best,
        until: None,
    }
}

fn title(front: &[&Point], all: usize, what: &str) -> String {
    let at = |it: &Point| {
        format!("{} a month with {} disrupted pods a day", usd(it.cost), rate(it.disrupted))
    };
    match front {
        [] => format!("No {what} of {all} keeps every expectation"),
        [only] => format!("{} beats every other {what}: {}", only.name, at(only)),
        [first, .., last] => {
            let (count, from, to) = (front.len(), at(first), at(last));
            format!("{count} of {all} {what}s are on the front: from {from} to {to}")
        }
    }
}

fn data(points: &[Point], what: &str) -> Data {
    let rows = points.iter().map(|it| {
        let rank = RANKS.iter().find(|(rank, ..)| *rank == it.rank).map_or("", |it| it.4);
        let values = [usd_to(it.cost, 2), rate(it.disrupted), rank.to_owned()];
        Datum::new(&it.name, values).x(it.cost).y(it.disrupted)
    });
    Data::of([what, "$ per month", DISRUPTED, "what it is"], rows.collect())
}
