//! Pods that never run, in the summary: whether there is a verdict on the whole workload at all.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use sim::Legend;
use sim::model::workload::WorkloadId;

use super::{Plan, Summary, WorkloadAvailability, workload_name};
use crate::folds::placed::Placed;

/// How many workloads are named in one line.
const NAMED: usize = 3;

/// What never runs of a scenario. Where there is any, its saving is that of an incomplete workload.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NeverPlaced {
    /// How many pods never run: of each workload in the replication with most of them.
    pub pods: u64,
    /// How many pods there are to run.
    pub of: u64,
    /// In how many replications any pod never runs.
    pub replications: usize,
    /// Whose pods they are, those with most of them first.
    pub workloads: Vec<WorkloadNeverPlaced>,
}

/// What never runs of one workload.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadNeverPlaced {
    /// Namespace and name.
    pub workload: String,
    /// How many pods never run, in the replication with most of them.
    pub pods: u64,
    /// How many pods it has.
    pub of: u64,
    /// In how many replications any of them never runs.
    pub replications: usize,
    /// What the scheduler said last.
    pub why: String,
}

/// What never runs in any of several replications; none where every pod finds a node.
#[must_use]
pub fn never_placed<'p>(
    runs: impl Iterator<Item = &'p [Placed]>,
    legend: &Legend,
) -> Option<NeverPlaced> {
    let (mut all, mut replications) = (0, 0);
    let mut rows: BTreeMap<WorkloadId, WorkloadNeverPlaced> = BTreeMap::new();
    let mut of: BTreeMap<WorkloadId, u64> = BTreeMap::new();
    for placed in runs {
        replications += usize::from(placed.iter().any(|it| it.never > 0));
        for it in placed {
            let most = of.entry(it.workload).or_default();
            *most = it.of.max(*most);
            if it.never == 0 {
                continue;
            }
            let row = rows.entry(it.workload).or_insert_with(|| WorkloadNeverPlaced {
                workload: workload_name(legend, it.workload),
                pods: 0,
                of: 0,
                replications: 0,
                why: String::new(),
            });
            row.replications += 1;
            if it.never > row.pods {
                let why = it.why.as_deref().unwrap_or("it was not tried before the end");
                (row.pods, row.of, row.why) = (it.never, it.of, why.to_owned());
            }
        }
    }
    of.values().for_each(|of| all += of);
    let mut workloads: Vec<WorkloadNeverPlaced> = rows.into_values().collect();
    workloads.sort_by_key(|row| std::cmp::Reverse(row.pods));
    let pods = workloads.iter().map(|row| row.pods).sum();
    (pods > 0).then_some(NeverPlaced { pods, of: all, replications, workloads })
}

impl NeverPlaced {
    /// In one clause: `14 of 30 pods never run (shop/web 10, shop/db 4)`.
    #[must_use]
    pub fn clause(&self, replications: usize) -> String {
        let named = self.workloads.iter().take(NAMED);
        let mut named: Vec<String> =
            named.map(|row| format!("{} {}", row.workload, row.pods)).collect();
        if let Some(more) = self.workloads.len().checked_sub(NAMED).filter(|more| *more > 0) {
            let noun = if more == 1 { "workload" } else { "workloads" };
            named.push(format!("{more} more {noun}"));
        }
        format!(
            "{}{} ({})",
            self.count(),
            in_some(self.replications, replications),
            named.join(", ")
        )
    }

    /// `14 of 30 pods never run`.
    #[must_use]
    pub fn count(&self) -> String {
        let verb = if self.pods == 1 { "runs" } else { "run" };
        let noun = if self.of == 1 { "pod" } else { "pods" };
        format!("{} of {} {noun} never {verb}", self.pods, self.of)
    }

    fn names(&self, workload: &str) -> bool {
        self.workloads.iter().any(|row| row.workload == workload)
    }
}

/// In how many replications something holds, where not in all of them.
pub(crate) fn in_some(some: usize, of: usize) -> String {
    if some == of { String::new() } else { format!(" in {some} of {of} replications") }
}

impl Summary {
    /// The least available of the workloads that run whole. Those that do not are named apart: what
    /// has no node says nothing of how reclaims are survived.
    #[must_use]
    pub fn least_available<'p>(&self, plan: &'p Plan) -> Option<&'p WorkloadAvailability> {
        let whole = |row: &&WorkloadAvailability| {
            self.subject().never_placed.as_ref().is_none_or(|never| !never.names(&row.workload))
        };
        plan.availability.iter().find(whole)
    }
}
