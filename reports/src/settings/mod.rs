//! Settings of a scenario side by side: what each costs and disrupts, and which of them are worth a look.

mod charts;
mod document;
mod optimum;
mod page;
mod sections;

use std::collections::BTreeSet;

use sim::terms::metrics::{Figure, Metric, OfWorkload};

pub use charts::{of as drawn, of_optimum as drawn_optimum};
pub use document::document;
pub use optimum::{Found, Optimum, optimum_document, optimum_sections};
pub use page::{optimum_page, page};
pub use sections::sections;

use crate::expect::Judged;
use crate::metrics::{Column, Measured};

/// A setting of a scenario.
#[derive(Clone, PartialEq, Debug)]
pub struct Setting {
    /// The value of each path that is varied, in their order.
    pub values: Vec<String>,
    /// Its metrics.
    pub measured: Measured,
    /// How its expectations fared.
    pub judged: Vec<Judged>,
}

/// Settings of a scenario in the same replications.
#[derive(Clone, PartialEq, Debug)]
pub struct Swept {
    /// The scenario's name.
    pub scenario: String,
    /// The seed of all replications.
    pub seed: u64,
    /// How many there are of each setting.
    pub replications: usize,
    /// The version of the program.
    pub version: String,
    /// The paths that are varied.
    pub paths: Vec<String>,
    /// How settings were chosen, in words.
    pub chosen: String,
    /// The settings.
    pub settings: Vec<Setting>,
}

impl Setting {
    /// The mean of a figure; none where no run has anything of the kind.
    #[must_use]
    pub fn mean(&self, figure: Figure) -> Option<f64> {
        self.column(figure).and_then(Column::estimate).map(|it| it.mean)
    }

    /// What it costs a month.
    #[must_use]
    pub fn cost(&self) -> f64 {
        self.mean(Figure::CostMonthly).unwrap_or(f64::INFINITY)
    }

    /// How many pods it disrupts a day.
    #[must_use]
    pub fn disruption(&self) -> f64 {
        self.mean(Figure::PodsDisrupted).unwrap_or(0.0)
    }

    /// Whether every expectation that decides holds, by its point estimate.
    #[must_use]
    pub fn keeps(&self) -> bool {
        !self.judged.iter().any(Judged::fails)
    }

    /// Whether an expectation fails beyond doubt.
    #[must_use]
    pub fn certainly_fails(&self) -> bool {
        self.judged.iter().any(|it| it.fails() && it.certain)
    }

    fn column(&self, figure: Figure) -> Option<&Column> {
        let metric = Metric::of(figure);
        self.measured.columns.iter().find(|it| it.metric == metric)
    }

    /// The availability of the workload that is least available.
    fn least_available(&self) -> Option<f64> {
        let of = Metric::of(Figure::Of(OfWorkload::Availability));
        let own = self.measured.columns.iter().filter(|it| it.metric == of);
        own.filter_map(|it| Some(it.estimate()?.mean)).reduce(f64::min)
    }
}

impl Swept {
    /// The settings that no other beats in cost and disruption at once, by their means, from the
    /// cheapest on.
    #[must_use]
    pub fn front(&self) -> Vec<usize> {
        let points: Vec<(f64, f64)> =
            self.settings.iter().map(|it| (it.cost(), it.disruption())).collect();
        pareto(&points)
    }

    /// The cheapest setting that keeps every expectation: the first of several.
    #[must_use]
    pub fn cheapest(&self) -> Option<usize> {
        let all = self.settings.iter().enumerate().filter(|(_, it)| it.keeps());
        all.min_by(|a, b| a.1.cost().total_cmp(&b.1.cost())).map(|(index, _)| index)
    }

    /// What a setting is called: its values behind the last parts of their paths.
    #[must_use]
    pub fn named(&self, setting: &Setting) -> String {
        named(&self.paths, &setting.values)
    }
}

/// Values behind the parts of their paths that tell these apart.
fn named(paths: &[String], values: &[String]) -> String {
    let all = short(paths).into_iter().zip(values);
    all.map(|(path, value)| format!("{path}={value}")).collect::<Vec<_>>().join(" ")
}

/// Paths without the parts before their last ones, if those alone tell them apart.
fn short(paths: &[String]) -> Vec<String> {
    let last = |parts: usize| -> Vec<String> {
        let of = |path: &String| {
            let all: Vec<&str> = path.split('.').collect();
            all[all.len().saturating_sub(parts)..].join(".")
        };
        paths.iter().map(of).collect()
    };
    let differ = |all: &[String]| all.iter().collect::<BTreeSet<_>>().len() == all.len();
    [1, 2].map(last).into_iter().find(|all| differ(all)).unwrap_or_else(|| paths.to_vec())
}

/// The points that no other is better than in one coordinate and as good in the other, by the first
/// coordinate. Of points that are the same the first is there.
pub(crate) fn pareto(points: &[(f64, f64)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|a, b| {
        let ((a_x, a_y), (b_x, b_y)) = (points[*a], points[*b]);
        a_x.total_cmp(&b_x).then(a_y.total_cmp(&b_y)).then(a.cmp(b))
    });
    let mut least = f64::INFINITY;
    order.retain(|index| {
        let better = points[*index].1 < least;
        least = least.min(points[*index].1);
        better
    });
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_front_is_what_nothing_beats() {
        let points = [(3.0, 1.0), (1.0, 5.0), (2.0, 2.0), (2.0, 2.0), (4.0, 1.0), (2.5, 3.0)];
        assert_eq!(pareto(&points), [1, 2, 0]);
        assert!(pareto(&[]).is_empty());
    }

    #[test]
    fn paths_are_as_short_as_they_differ() {
        let short =
            |paths: &[&str]| short(&paths.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(short(&["pools.spot.count", "horizon"]), ["count", "horizon"]);
        assert_eq!(short(&["pools.spot.count", "pools.base.count"]), ["spot.count", "base.count"]);
    }

    proptest! {
        /// Against the definition, point by point.
        #[test]
        fn the_front_is_that_of_the_definition(points in prop::collection::vec((0..6_u8, 0..6_u8), 0..20)) {
            let points: Vec<(f64, f64)> =
                points.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).collect();
            let front = pareto(&points);
            for (index, (x, y)) in points.iter().enumerate() {
                let beaten = points.iter().enumerate().any(|(other, (a, b))| {
                    a <= x && b <= y && (a < x || b < y || other < index)
                });
                prop_assert_eq!(front.contains(&index), !beaten);
            }
        }
    }
}
