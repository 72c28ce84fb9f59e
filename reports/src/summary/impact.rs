//! The impact of reclaims over all replications.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use sim::model::workload::WorkloadId;
use sim::{Legend, Run};

use super::waits::{self, Pending};
use super::workload_name;
use crate::figures::Figures;
use crate::folds::disruption::Ends;
use crate::stats::Estimate;

/// What reclaims do.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImpactSummary {
    /// From notice, or loss, to the ready replacement of each disrupted pod: median, 95th percentile,
    /// averaged over replications, and the longest.
    pub replacement_seconds: [Option<Pending>; 3],
    /// The worst five minutes, over all replications.
    pub worst_burst: Option<WorstBurst>,
    /// Launches that the provider refused, per day.
    pub launch_refusals_per_day: Estimate,
    /// Each workload that was hit, the worst hit first.
    pub workloads: Vec<WorkloadImpact>,
    /// Each instance type in a zone that hit any, the worst first.
    pub offerings: Vec<OfferingImpact>,
}

/// The most instances that were taken within five minutes.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorstBurst {
    /// How many.
    pub nodes: u32,
    /// Of how many spot instances that ran.
    pub of: u32,
    /// The most in one zone, not always in the same five minutes.
    pub nodes_in_a_zone: u32,
    /// In which run, as seed/replication.
    pub run: String,
    /// When, since `T+0`.
    pub at: String,
}

/// How one workload was hit.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadImpact {
    /// Namespace and name.
    pub workload: String,
    /// Pods whose end they did not choose, per day.
    pub disrupted_per_day: f64,
    /// Of them: terminating, and killed before they had stopped.
    pub cut_short_per_day: f64,
    /// Of them: killed without having been asked to terminate.
    pub killed_without_warning_per_day: f64,
    /// How long a pod takes to stop, in seconds.
    pub needs_seconds: f64,
    /// Its grace period, in seconds.
    pub grace_seconds: f64,
    /// The shortest notice of a node on which one of its pods ended, in seconds; none without any.
    pub shortest_notice_seconds: Option<f64>,
    /// Minutes per day in which a replica was missing, times how many.
    pub unavailable_replica_minutes_per_day: Option<f64>,
}

/// What one instance type in a zone did.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferingImpact {
    /// The instance type.
    pub instance_type: String,
    /// The zone.
    pub zone: String,
    /// Instances taken, per day.
    pub reclaims_per_day: f64,
    /// Pods disrupted, per day.
    pub disrupted_per_day: f64,
    /// Of them: cut short, or killed without having been asked to terminate.
    pub cut_short_or_killed_per_day: f64,
    /// Launches refused, per day.
    pub refusals_per_day: f64,
}

/// What all replications say together.
pub(super) fn summarize(runs: &[(Figures, Run)], legend: &Legend, seed: u64) -> ImpactSummary {
    let days = legend.to.since(legend.from).as_hours_f64() / 24.0;
    let all_days = days * runs.len() as f64;
    let refusals = |(figures, _): &(Figures, Run)| {
        let counts = figures.impact.sources.offerings.values();
        counts.map(|it| it.refusals).sum::<u64>() as f64 / days
    };
    let refusals: Vec<f64> = runs.iter().map(refusals).collect();
    ImpactSummary {
        replacement_seconds: [
            waits::mean(runs, |f| f.replacement.p50()),
            waits::mean(runs, |f| f.replacement.p95()),
            waits::longest(runs, |f| f.replacement.longest()),
        ],
        worst_burst: worst_burst(runs, seed),
        launch_refusals_per_day: Estimate::of(&refusals),
        workloads: workloads(runs, legend, all_days),
        offerings: offerings(runs, legend, all_days),
    }
}

fn worst_burst(runs: &[(Figures, Run)], seed: u64) -> Option<WorstBurst> {
    let in_a_zone = runs.iter().map(|(f, _)| f.impact.burst.nodes_in_a_zone).max()?;
    let bursts = runs
        .iter()
        .enumerate()
        .filter_map(|(r, (f, _))| Some((r, f.impact.burst, f.impact.burst.at?)));
    // The first of the worst.
    let (replication, burst, at) =
        bursts.max_by_key(|(r, burst, _)| (burst.nodes, std::cmp::Reverse(*r)))?;
    Some(WorstBurst {
        nodes: burst.nodes,
        of: burst.of,
        nodes_in_a_zone: in_a_zone,
        run: format!("{seed}/{replication}"),
        at: at.to_string(),
    })
}

fn workloads(runs: &[(Figures, Run)], legend: &Legend, all_days: f64) -> Vec<WorkloadImpact> {
    let mut ends: BTreeMap<WorkloadId, Ends> = BTreeMap::new();
    for (figures, _) in runs {
        for (workload, own) in &figures.impact.sources.workloads {
            ends.entry(*workload).or_default().add(own);
        }
    }
    let model = &legend.model;
    let mut rows: Vec<WorkloadImpact> = ends
        .into_iter()
        .map(|(id, ends)| {
            let workload = &model.workloads[id];
            let spec = &model.specs[workload.spec];
            let shortest =
                runs.iter().filter_map(|(f, _)| f.impact.sources.shortest_notice.get(&id)).min();
            let missing: Vec<u128> = runs
                .iter()
                .flat_map(|(f, _)| f.availability.iter().filter(|(it, _)| *it == id))
                .map(|(_, available)| available.unavailable_ms)
                .collect();
            WorkloadImpact {
                workload: workload_name(legend, id),
                disrupted_per_day: ends.total() as f64 / all_days,
                cut_short_per_day: ends.cut_short() as f64 / all_days,
                killed_without_warning_per_day: ends.killed_without_warning as f64 / all_days,
                needs_seconds: spec.shutdown.as_secs_f64(),
                grace_seconds: spec.grace.as_secs_f64(),
                shortest_notice_seconds: shortest.map(|span| span.as_secs_f64()),
                unavailable_replica_minutes_per_day: (!missing.is_empty())
                    .then(|| missing.iter().sum::<u128>() as f64 / 60_000.0 / all_days),
            }
        })
        .collect();
    let badness = |row: &WorkloadImpact| {
        (row.cut_short_per_day + row.killed_without_warning_per_day, row.disrupted_per_day)
    };
    rows.sort_by(|a, b| {
        let (a, b) = (badness(a), badness(b));
        b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    rows
}

fn offerings(runs: &[(Figures, Run)], legend: &Legend, all_days: f64) -> Vec<OfferingImpact> {
    let model = &legend.model;
    let mut rows: Vec<OfferingImpact> = model
        .catalog
        .offerings
        .iter()
        .map(|(id, offering)| {
            let counts = || runs.iter().filter_map(|(f, _)| f.impact.sources.offerings.get(&id));
            let per_day = |count: u64| count as f64 / all_days;
            let harsh = |ends: &Ends| ends.cut_short() + ends.killed_without_warning;
            OfferingImpact {
                instance_type: model.names.text(model.catalog.instance_type(id).name).into(),
                zone: model.names.text(offering.zone).into(),
                reclaims_per_day: per_day(counts().map(|it| it.reclaims).sum()),
                disrupted_per_day: per_day(counts().map(|it| it.ends.total()).sum()),
                cut_short_or_killed_per_day: per_day(counts().map(|it| harsh(&it.ends)).sum()),
                refusals_per_day: per_day(counts().map(|it| it.refusals).sum()),
            }
        })
        .filter(|row| row.reclaims_per_day + row.disrupted_per_day + row.refusals_per_day > 0.0)
        .collect();
    rows.sort_by(|a, b| {
        let by = |row: &OfferingImpact| (row.disrupted_per_day, row.reclaims_per_day);
        let (a, b) = (by(a), by(b));
        b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    rows
}
