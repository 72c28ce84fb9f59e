//! The start of pods in the summary: how long it takes, and what for.

use schemars::JsonSchema;
use serde::Serialize;

use super::replications::Replications;
use super::waits::{self, Pending};
use crate::stats::Estimate;

/// What it took pods to start: disks to be attached, images to be pulled, their own time.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StartUp {
    /// From binding to readiness, median; mean over replications. Pods of DaemonSets are left out.
    pub seconds_p50: Option<Pending>,
    /// 95th percentile, mean over replications.
    pub seconds_p95: Option<Pending>,
    /// The longest of all replications.
    pub seconds_max: Option<Pending>,
    /// Images that nodes pulled, per day.
    pub images_pulled_per_day: Estimate,
    /// Minutes for which bound pods waited for their disks, per day, all pods together.
    pub disk_wait_pod_minutes_per_day: Estimate,
}

/// What it took in all replications; none when no image was pulled and no disk attached.
pub(super) fn of(replications: Replications<'_>) -> Option<StartUp> {
    let runs = replications.runs;
    runs.iter().any(|(figures, _)| figures.started.any).then(|| StartUp {
        seconds_p50: waits::mean(runs, |f| f.start_up.p50()),
        seconds_p95: waits::mean(runs, |f| f.start_up.p95()),
        seconds_max: waits::longest(runs, |f| f.start_up.longest()),
        images_pulled_per_day: replications.per_day(|f| f.started.images_pulled as f64),
        disk_wait_pod_minutes_per_day: replications
            .per_day(|f| f.started.disk_wait_ms as f64 / 60_000.0),
    })
}
