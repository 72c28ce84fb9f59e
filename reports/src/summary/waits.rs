//! Waiting times in the summary.

use schemars::JsonSchema;
use serde::Serialize;
use sim::Run;

use crate::figures::Figures;
use crate::folds::pending::Wait;

/// A waiting time.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    /// Seconds.
    pub seconds: f64,
    /// Whether it is only known to be at least that: a pod still waited at the end.
    pub at_least: bool,
}

/// The mean over replications in which a pod waited.
pub(super) fn mean(runs: &[(Figures, Run)], of: fn(&Figures) -> Option<Wait>) -> Option<Pending> {
    let waits: Vec<Wait> = runs.iter().filter_map(|(figures, _)| of(figures)).collect();
    let seconds: f64 = waits.iter().map(|wait| wait.span.as_secs_f64()).sum();
    (!waits.is_empty()).then(|| Pending {
        seconds: seconds / waits.len() as f64,
        at_least: waits.iter().any(|wait| wait.at_least),
    })
}

/// The longest of all replications.
pub(super) fn longest(
    runs: &[(Figures, Run)],
    of: fn(&Figures) -> Option<Wait>,
) -> Option<Pending> {
    let waits = runs.iter().filter_map(|(figures, _)| of(figures));
    let longest = waits.max_by_key(|wait| (wait.span, wait.at_least));
    longest.map(|wait| Pending { seconds: wait.span.as_secs_f64(), at_least: wait.at_least })
}
