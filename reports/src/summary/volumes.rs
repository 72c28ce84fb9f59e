//! Volumes in the summary: who waited for a node where theirs are, and who lost data with a node.

use schemars::JsonSchema;
use serde::Serialize;
use sim::Legend;
use sim::model::workload::WorkloadId;

use super::replications::Replications;
use super::workload_name;
use crate::figures::Figures;
use crate::stats::Estimate;

/// What became of pods whose volumes hold them to a zone.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Volumes {
    /// Minutes for which pods waited because no node in the zone of their volumes would take them,
    /// per day, all pods together.
    pub stranded_pod_minutes_per_day: Estimate,
}

/// Data on nodes' own disks that was lost with the nodes.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataLost {
    /// Pods that lost data with their nodes, per day.
    pub pods_per_day: Estimate,
    /// Whose they were, those that lost data most often first; who lost none is left out.
    pub workloads: Vec<WorkloadLoss>,
}

/// How often one workload lost data.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadLoss {
    /// Namespace and name.
    pub workload: String,
    /// Pods of it that lost data with their nodes, per day.
    pub pods_per_day: Estimate,
    /// The same over all replications, in the window.
    pub pods_total: u64,
}

/// What became of pods with zonal volumes; none when there are none.
pub(super) fn of(replications: Replications<'_>, legend: &Legend) -> Option<Volumes> {
    let zonal = legend.model.workloads.rows().any(|workload| workload.volumes.is_some());
    zonal.then(|| Volumes {
        stranded_pod_minutes_per_day: replications.per_day(|f| f.stranded_ms as f64 / 60_000.0),
    })
}

/// Workloads that lost data with nodes; none when no pod keeps any there.
pub(super) fn data_lost(replications: Replications<'_>, legend: &Legend) -> Option<DataLost> {
    let (runs, who) = (replications.runs, &legend.terms.local_data);
    let per_day = |of: &dyn Fn(&Figures) -> u64| {
        replications.pod_events_per_day(|figures| of(figures) as f64)
    };
    let by = |figures: &Figures, id: WorkloadId| figures.data_lost.get(&id).copied().unwrap_or(0);
    let mut workloads: Vec<WorkloadLoss> = who
        .iter()
        .map(|id| WorkloadLoss {
            workload: workload_name(legend, *id),
            pods_per_day: per_day(&|figures| by(figures, *id)),
            pods_total: runs.iter().map(|(figures, _)| by(figures, *id)).sum(),
        })
        .filter(|row| row.pods_total > 0)
        .collect();
    workloads.sort_by_key(|row| std::cmp::Reverse(row.pods_total));
    (!who.is_empty()).then(|| DataLost {
        pods_per_day: per_day(&|figures| figures.data_lost.values().sum()),
        workloads,
    })
}
