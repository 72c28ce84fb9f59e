//! Pods that still wait for a node at the end, in the summary.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use sim::{Legend, Run};

use super::workload_name;
use crate::figures::Figures;

/// Pods of one workload that still wait for a node at the end: some for a moment, some since ever.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unplaced {
    /// Namespace and name.
    pub workload: String,
    /// How many, in the replication with most of them.
    pub pods: u64,
    /// What the scheduler said last.
    pub why: String,
}

/// Whose pods wait, and what the scheduler said.
pub(super) fn of(runs: &[(Figures, Run)], legend: &Legend) -> Vec<Unplaced> {
    let mut rows = BTreeMap::new();
    for (workload, pods, why) in runs.iter().flat_map(|(figures, _)| &figures.never_scheduled) {
        let why = why.as_deref().unwrap_or("it was not tried before the end");
        let row = rows.entry(*workload).or_insert((0, why));
        if *pods > row.0 {
            *row = (*pods, why);
        }
    }
    rows.into_iter()
        .map(|(workload, (pods, why))| Unplaced {
            workload: workload_name(legend, workload),
            pods,
            why: why.to_owned(),
        })
        .collect()
}
