//! Jobs in the summary: lost work, makespans, missed deadlines.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use sim::world::job::Worked;
use sim::world::workload::{Workload, WorkloadId};
use sim::{Legend, Run, Span};

use super::{MONTH, workload_name};
use crate::batch::Fate;
use crate::figures::Figures;
use crate::stats::Estimate;

/// What became of Jobs and of the time of their pods.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// Progress that was saved, completed, or is held at the end: pod-hours per day.
    pub useful_pod_hours_per_day: Estimate,
    /// Progress that was not saved when its pod or its gang was disturbed, and taking work up again.
    pub lost_work_pod_hours_per_day: Estimate,
    /// What is paid for lost work, in dollars per month of 730 h.
    pub lost_work_monthly: Estimate,
    /// Time spent on saving.
    pub checkpoint_overhead_pod_hours_per_day: Estimate,
    /// Ready, and waiting for the rest of the gang or shutting down.
    pub waiting_pod_hours_per_day: Estimate,
    /// Jobs that were late, per replication; none when no Job has a deadline.
    pub deadline_misses: Option<Estimate>,
    /// Each Job.
    pub jobs: Vec<JobFate>,
}

/// What became of one Job.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobFate {
    /// Namespace and name.
    pub workload: String,
    /// In how many replications it was done before the end.
    pub done: u64,
    /// Hours from its creation to its last completion, over those.
    pub makespan_hours: Option<Estimate>,
    /// In how many replications it was late; none without a deadline.
    pub late: Option<u64>,
}

/// What became of them in all replications; none when there are neither Jobs nor pods that end.
pub(super) fn of(runs: &[(Figures, Run)], legend: &Legend, hours: f64) -> Option<Batch> {
    let each = |of: &dyn Fn(&Figures) -> f64| {
        Estimate::of(&runs.iter().map(|(figures, _)| of(figures)).collect::<Vec<_>>())
    };
    let per_day = |of: fn(&Worked) -> Span| {
        each(&|figures| of(&figures.worked).as_hours_f64() * 24.0 / hours)
    };
    let mut fates: BTreeMap<WorkloadId, Vec<Fate>> = BTreeMap::new();
    for fate in runs.iter().flat_map(|(figures, _)| &figures.jobs) {
        fates.entry(fate.workload).or_default().push(*fate);
    }
    let has_work = |it: &Workload| it.controller.work().is_some();
    if fates.is_empty() && !legend.model.workloads.rows().any(has_work) {
        return None;
    }
    let late = |fate: &Fate| fate.late == Some(true);
    let any_deadline = fates.values().flatten().any(|fate| fate.late.is_some());
    let misses = || each(&|figures| figures.jobs.iter().filter(|it| late(it)).count() as f64);
    let job = |(workload, fates): (WorkloadId, Vec<Fate>)| {
        let makespans: Vec<f64> =
            fates.iter().filter_map(|fate| fate.makespan).map(Span::as_hours_f64).collect();
        let has_deadline = fates.iter().any(|fate| fate.late.is_some());
        JobFate {
            workload: workload_name(legend, workload),
            done: makespans.len() as u64,
            makespan_hours: (!makespans.is_empty()).then(|| Estimate::of(&makespans)),
            late: has_deadline.then(|| fates.iter().filter(|fate| late(fate)).count() as u64),
        }
    };
    Some(Batch {
        useful_pod_hours_per_day: per_day(|it| it.useful),
        lost_work_pod_hours_per_day: per_day(|it| it.lost),
        lost_work_monthly: each(&|f| f.money.lost_work.as_usd_f64() * MONTH / hours),
        checkpoint_overhead_pod_hours_per_day: per_day(|it| it.saving),
        waiting_pod_hours_per_day: per_day(|it| it.waiting),
        deadline_misses: any_deadline.then(misses),
        jobs: fates.into_iter().map(job).collect(),
    })
}
