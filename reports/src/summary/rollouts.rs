//! Rollouts in the summary: how long they take, and what is unavailable meanwhile.

use schemars::JsonSchema;
use serde::Serialize;
use sim::model::workload::WorkloadId;
use sim::{Legend, Run};

use super::replications::Replications;
use super::waits::{self, Pending};
use super::workload_name;
use crate::figures::Figures;
use crate::folds::pending::Waits;
use crate::folds::rollouts::Rolled;
use crate::stats::Estimate;

/// What rollouts come to.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rollouts {
    /// Rollouts that begin in the window, per replication.
    pub began: Estimate,
    /// Those of them that end: every pod that is to be new is, and available.
    pub ended: Estimate,
    /// How often one made no progress for its `progressDeadlineSeconds`, per replication.
    pub stalled: Estimate,
    /// How long they take, median; mean over replications. One that does not end takes at least until
    /// the next of its workload begins, or the simulation ends.
    pub seconds_p50: Option<Pending>,
    /// 95th percentile, mean over replications.
    pub seconds_p95: Option<Pending>,
    /// The longest of all replications.
    pub seconds_max: Option<Pending>,
    /// Minutes for which replicas were wanted and not available while rollouts went on, per
    /// replication, all replicas together.
    pub unavailable_pod_minutes: Estimate,
    /// Each workload that is rolled out, the longest rollout first.
    pub workloads: Vec<WorkloadRollouts>,
}

/// What the rollouts of one workload come to.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadRollouts {
    /// Namespace and name.
    pub workload: String,
    /// The longest of all replications.
    pub seconds_max: Option<Pending>,
    /// Replications in which one did not end.
    pub not_ended: u64,
    /// The most replicas that were wanted and not available at once during a rollout.
    pub most_unavailable: u32,
}

/// What they came to in all replications; none when none is planned.
pub(super) fn of(replications: Replications<'_>, legend: &Legend) -> Option<Rollouts> {
    let runs = replications.runs;
    let planned = &legend.model.planned.rollouts;
    let sum = |of: fn(&Rolled) -> f64| {
        replications.mean(|figures| figures.rollouts.values().map(of).sum())
    };
    let mut workloads: Vec<WorkloadRollouts> =
        planned.keys().map(|id| of_workload(*id, runs, legend)).collect();
    let longest = |row: &WorkloadRollouts| row.seconds_max.map_or(0.0, |it| it.seconds);
    workloads.sort_by(|a, b| longest(b).total_cmp(&longest(a)));
    (!planned.is_empty()).then(|| Rollouts {
        began: sum(|it| it.began as f64),
        ended: sum(|it| it.ended as f64),
        stalled: sum(|it| it.stalled as f64),
        seconds_p50: waits::mean(runs, |f| takes(f).quantile(50)),
        seconds_p95: waits::mean(runs, |f| takes(f).quantile(95)),
        seconds_max: waits::longest(runs, |f| takes(f).quantile(100)),
        unavailable_pod_minutes: sum(|it| it.unavailable_ms as f64 / 60_000.0),
        workloads,
    })
}

/// How long the rollouts of all workloads took.
fn takes(figures: &Figures) -> Waits {
    let mut all = Waits::default();
    figures.rollouts.values().for_each(|rolled| all.add(&rolled.takes));
    all
}

fn of_workload(id: WorkloadId, runs: &[(Figures, Run)], legend: &Legend) -> WorkloadRollouts {
    let each = || runs.iter().filter_map(|(figures, _)| figures.rollouts.get(&id));
    let longest = each().filter_map(|rolled| rolled.takes.quantile(100));
    let longest = longest.max_by_key(|wait| (wait.span, wait.at_least));
    WorkloadRollouts {
        workload: workload_name(legend, id),
        seconds_max: longest
            .map(|it| Pending { seconds: it.span.as_secs_f64(), at_least: it.at_least }),
        not_ended: each().map(|rolled| u64::from(rolled.ended < rolled.began)).sum(),
        most_unavailable: each().map(|rolled| rolled.most_unavailable).max().unwrap_or(0),
    }
}
