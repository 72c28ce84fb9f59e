//! Tails in the summary: beside a mean, the worst replication and the mean of the worst 5 %.

use schemars::JsonSchema;
use serde::Serialize;
use sim::terms::metrics::{Figure, OfWorkload, Unit};
use sim::{Legend, Run};

use crate::figures::Figures;
use crate::metrics::{Column, Readings};

/// The figures that have a tail worth knowing.
const TAILS: &[Figure] = &[
    Figure::CostMonthly,
    Figure::Reclaims,
    Figure::PodsDisrupted,
    Figure::EndsCutShort,
    Figure::EndsKilled,
    Figure::Pending(95),
    Figure::Pending(100),
    Figure::DeadlineMisses,
    Figure::Of(OfWorkload::Availability),
];

/// How bad a figure gets.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tail {
    /// The key of the metric.
    pub metric: String,
    /// What its row is called.
    #[serde(skip)]
    pub label: String,
    /// What it is counted in.
    #[serde(skip)]
    pub unit: Counted,
    /// Its mean over replications.
    pub mean: f64,
    /// The mean of the worst 5 % of replications; none of fewer than 20.
    pub cvar95: Option<f64>,
    /// The worst replication.
    pub worst: f64,
    /// Which one that is, as seed/replication.
    pub worst_run: String,
}

/// What a figure is counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counted(pub Unit);

/// The tails of figures that differ between replications, in the order of the list.
pub(super) fn of(runs: &[(Figures, Run)], legend: &Legend, seed: u64) -> Vec<Tail> {
    let measured = Readings::new(runs, None, legend).of(|it| TAILS.contains(&it.figure));
    let columns = TAILS
        .iter()
        .flat_map(|figure| measured.columns.iter().filter(move |it| it.metric.figure == *figure));
    columns.filter_map(|column| tail(column, seed)).collect()
}

fn tail(column: &Column, seed: u64) -> Option<Tail> {
    let estimate = column.estimate()?;
    // What is the same in every replication has no tail.
    estimate.low?;
    let (run, worst) = column.worst()?;
    Some(Tail {
        metric: column.key(),
        label: column.label(),
        unit: Counted(column.metric.unit),
        mean: estimate.mean,
        cvar95: column.cvar95(),
        worst,
        worst_run: format!("{seed}/{run}"),
    })
}
