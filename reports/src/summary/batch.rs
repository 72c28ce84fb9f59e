//! Jobs in the summary: lost work, makespans, missed deadlines.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use sim::model::job::{Outcome, Worked};
use sim::model::workload::{Controller, Workload, WorkloadId};
use sim::{Legend, Span};

use super::replications::Replications;
use super::workload_name;
use crate::figures::Figures;
use crate::folds::fates::Fates;
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
    /// Jobs that failed, per replication; none when none can.
    pub jobs_failed: Option<Estimate>,
    /// Jobs of CronJobs that were due and never made, per replication; none without CronJobs.
    pub jobs_skipped: Option<Estimate>,
    /// Each Job, and each CronJob.
    pub jobs: Vec<JobFate>,
}

/// What became of one Job, or of all Jobs of one CronJob. Numbers are over all replications.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobFate {
    /// Namespace and name.
    pub workload: String,
    /// How many were made: one in each replication, or as many as a CronJob made.
    pub made: u64,
    /// How many of them were done before the end.
    pub done: u64,
    /// How many failed, by the reason of their condition `Failed`.
    pub failed: BTreeMap<&'static str, u64>,
    /// How many a CronJob deleted to make the next.
    pub replaced: u64,
    /// How many of a CronJob's were due and never made.
    pub skipped: u64,
    /// Hours from creation to last completion: the mean of those that were done, over replications.
    pub makespan_hours: Option<Estimate>,
    /// How many were late; none without a deadline.
    pub late: Option<u64>,
}

/// What became of them in all replications; none when there are neither Jobs nor pods that end.
pub(super) fn of(replications: Replications<'_>, legend: &Legend) -> Option<Batch> {
    let runs = replications.runs;
    let each = |of: &dyn Fn(&Figures) -> f64| replications.mean(of);
    let per_day =
        |of: fn(&Worked) -> Span| replications.per_day(|it| of(&it.worked).as_hours_f64());
    // Of each workload the fates in each replication that has some, and how many were skipped.
    let mut fates: BTreeMap<WorkloadId, (Vec<Fates>, u64)> = BTreeMap::new();
    for (figures, _) in runs {
        for own in &figures.jobs {
            fates.entry(own.workload).or_default().0.push(*own);
        }
        for (workload, skipped) in &figures.skipped {
            fates.entry(*workload).or_default().1 += skipped;
        }
    }
    let has_work = |it: &Workload| it.controller.work().is_some();
    if fates.is_empty() && !legend.model.workloads.rows().any(has_work) {
        return None;
    }
    let controllers = || legend.model.workloads.rows().map(|it| it.controller);
    let any_deadline = runs.iter().any(|(it, _)| it.jobs.iter().any(|own| own.late.is_some()));
    let sum =
        |of: fn(&Fates) -> u64| each(&|figures| figures.jobs.iter().map(of).sum::<u64>() as f64);
    let misses = || sum(|own| own.late.unwrap_or(0));
    let may_fail = controllers().filter_map(Controller::job).any(|job| job.retries.is_some());
    let cron_jobs = controllers().any(|it| matches!(it, Controller::CronJob { .. }));
    let skips = || each(&|figures| figures.skipped.values().sum::<u64>() as f64);
    let job = |(workload, (replications, skipped)): (WorkloadId, (Vec<Fates>, u64))| {
        job_fate(workload_name(legend, workload), &replications, skipped)
    };
    Some(Batch {
        useful_pod_hours_per_day: per_day(|it| it.useful),
        lost_work_pod_hours_per_day: per_day(|it| it.lost),
        lost_work_monthly: replications.per_month(|f| f.money.lost_work),
        checkpoint_overhead_pod_hours_per_day: per_day(|it| it.saving),
        waiting_pod_hours_per_day: per_day(|it| it.waiting),
        deadline_misses: any_deadline.then(misses),
        jobs_failed: may_fail.then(|| sum(Fates::failed)),
        jobs_skipped: cron_jobs.then(skips),
        jobs: fates.into_iter().map(job).collect(),
    })
}

fn job_fate(workload: String, replications: &[Fates], skipped: u64) -> JobFate {
    let sum = |of: &dyn Fn(&Fates) -> u64| replications.iter().map(of).sum::<u64>();
    let makespans: Vec<f64> = replications.iter().filter_map(Fates::mean_makespan_hours).collect();
    let reasons = Outcome::ALL.into_iter().filter(|outcome| outcome.failed());
    let reasons = reasons.map(|it| (it.name(), sum(&|own| own.ended(it))));
    let any_deadline = replications.iter().any(|own| own.late.is_some());
    JobFate {
        workload,
        made: sum(&|own| own.made),
        done: sum(&|own| own.done),
        failed: reasons.filter(|(_, count)| *count > 0).collect(),
        replaced: sum(&|own| own.ended(Outcome::Replaced)),
        skipped,
        makespan_hours: (!makespans.is_empty()).then(|| Estimate::of(&makespans)),
        late: any_deadline.then(|| sum(&|own| own.late.unwrap_or(0))),
    }
}
