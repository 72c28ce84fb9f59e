//! The charts of settings: cost against disruption, what moves the cost, and both along a path.

mod along;
mod tornado;

use super::{Optimum, Setting, Swept, named, pareto};
use crate::chart::Chart;
use crate::charts::front::{self, Point, Rank};

/// The charts of settings side by side, the front first.
#[must_use]
pub fn of(swept: &Swept) -> Vec<Chart> {
    let points = points(&swept.paths, &swept.settings, swept.cheapest());
    let subtitle = format!(
        "Means of {} replications of each. The axis of cost does not begin at zero",
        swept.replications
    );
    let front = front::chart(&points, "setting", subtitle, source(swept));
    let others = [tornado::chart(swept)].into_iter().chain(along::charts(swept));
    [front].into_iter().chain(others.flatten()).collect()
}

/// The chart of what an optimum was found among.
#[must_use]
pub fn of_optimum(optimum: &Optimum) -> Chart {
    let points = points(&optimum.paths, &optimum.candidates, optimum.found.index());
    let Optimum { scenario, seed, version, .. } = optimum;
    front::chart(
        &points,
        "setting",
        "Means; settings that were given up early have few replications. The axis of cost does not begin \
         at zero"
            .into(),
        format!("{scenario} · seed {seed} · spotsim {version}"),
    )
}

/// Settings as points; the front is that of those that keep every expectation.
fn points(paths: &[String], settings: &[Setting], best: Option<usize>) -> Vec<Point> {
    let kept: Vec<usize> = (0..settings.len()).filter(|it| settings[*it].keeps()).collect();
    let of = |it: &usize| (settings[*it].cost(), settings[*it].disruption());
    let front: Vec<usize> =
        pareto(&kept.iter().map(of).collect::<Vec<_>>()).into_iter().map(|it| kept[it]).collect();
    let rank = |index: usize| match index {
        index if Some(index) == best => Rank::Best,
        index if front.contains(&index) => Rank::Front,
        index if kept.contains(&index) => Rank::Beaten,
        _ => Rank::Fails,
    };
    let point = |(index, setting): (usize, &Setting)| Point {
        name: named(paths, &setting.values),
        cost: setting.cost(),
        disrupted: setting.disruption(),
        rank: rank(index),
    };
    settings.iter().enumerate().map(point).collect()
}

/// Where the data of a chart come from.
fn source(swept: &Swept) -> String {
    let Swept { scenario, seed, version, .. } = swept;
    format!("{scenario} · seed {seed} · spotsim {version}")
}
