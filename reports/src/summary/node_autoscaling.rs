//! Node autoscaling in the summary: launches and removals by reason, churn, and what consolidation saves and
//! moves.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::replications::Replications;
use crate::folds::scaling::{Consolidation, NodesScaled};
use crate::stats::Estimate;

/// What a program that buys nodes launches and removes, and why.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeAutoscaling {
    /// Instances bought after `T+0`, per day, by the reason in the program's words.
    pub launches_by_reason_per_day: BTreeMap<&'static str, Estimate>,
    /// Nodes removed, per day, by the reason in the program's words.
    pub removals_by_reason_per_day: BTreeMap<&'static str, Estimate>,
    /// Launches a day in percent of the nodes that are there on average; none where there are none.
    pub churn_percent_per_day: Option<Estimate>,
    /// Decisions by which nodes went whose pods fit elsewhere, or on something cheaper.
    pub consolidations_per_day: Estimate,
    /// What each of them is worth; none where there are none.
    pub consolidation: Option<Consolidations>,
}

/// What consolidations come to, on average over them.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Consolidations {
    /// Nodes that one removes.
    pub nodes: Estimate,
    /// Dollars an hour that one takes off the bill.
    pub saves_usd_per_hour: Estimate,
    /// Pods that have to leave their nodes for one.
    pub moves_pods: Estimate,
    /// Share of all nodes' CPU that is requested when one is decided, in percent.
    pub cpu_requested_percent_before: Option<Estimate>,
    /// The same once its nodes are gone.
    pub cpu_requested_percent_after: Option<Estimate>,
}

/// What it came to in all replications; none where no pool follows demand.
pub(super) fn of(replications: Replications<'_>) -> Option<NodeAutoscaling> {
    let runs = replications.runs.iter().map(|(figures, _)| figures.scaled.as_deref());
    let runs: Vec<&NodesScaled> = runs.collect::<Option<_>>()?;
    let per_day = |of: &dyn Fn(&NodesScaled) -> u64| {
        replications.per_day(|figures| figures.scaled.as_deref().map_or(0, of) as f64)
    };
    let by_reason = |of: fn(&NodesScaled) -> &BTreeMap<&'static str, u64>| {
        let reasons: BTreeSet<&'static str> =
            runs.iter().flat_map(|run| of(run).keys().copied()).collect();
        let each = reasons
            .into_iter()
            .map(|reason| (reason, per_day(&|run| of(run).get(reason).copied().unwrap_or(0))));
        each.collect()
    };
    let launched = |run: &NodesScaled| run.launches.values().sum::<u64>() as f64;
    let nodes = |run: &NodesScaled| run.node_ms as f64 / (replications.hours * 3_600_000.0);
    let ratio = |top: &dyn Fn(&NodesScaled) -> f64, bottom: &dyn Fn(&NodesScaled) -> f64| {
        let values =
            |of: &dyn Fn(&NodesScaled) -> f64| runs.iter().map(|run| of(run)).collect::<Vec<f64>>();
        Estimate::of_ratio(&values(top), &values(bottom))
    };
    let a_day = 24.0 / replications.hours;
    Some(NodeAutoscaling {
        launches_by_reason_per_day: by_reason(|run| &run.launches),
        removals_by_reason_per_day: by_reason(|run| &run.removals),
        churn_percent_per_day: ratio(&|run| launched(run) * a_day, &nodes)
            .map(|it| it.times(100.0)),
        consolidations_per_day: per_day(&|run| run.consolidations.len() as u64),
        consolidation: consolidations(&ratio),
    })
}

/// A ratio of means of two amounts of a run.
type Ratio<'r> =
    &'r dyn Fn(&dyn Fn(&NodesScaled) -> f64, &dyn Fn(&NodesScaled) -> f64) -> Option<Estimate>;

fn consolidations(ratio: Ratio<'_>) -> Option<Consolidations> {
    let sum = |of: fn(&Consolidation) -> f64| {
        move |run: &NodesScaled| run.consolidations.iter().map(of).sum::<f64>()
    };
    let each = |of: fn(&Consolidation) -> f64| ratio(&sum(of), &sum(|_| 1.0));
    let share = |requested: fn(&Consolidation) -> f64, allocatable: fn(&Consolidation) -> f64| {
        ratio(&sum(requested), &sum(allocatable)).map(|it| it.times(100.0))
    };
    Some(Consolidations {
        nodes: each(|it| it.nodes.into())?,
        saves_usd_per_hour: each(|it| it.saves as f64 / 1e6)?,
        moves_pods: each(|it| it.moves.into())?,
        cpu_requested_percent_before: share(
            |it| it.before.requested as f64,
            |it| it.before.allocatable as f64,
        ),
        cpu_requested_percent_after: share(
            |it| it.after.requested as f64,
            |it| it.after.allocatable as f64,
        ),
    })
}
