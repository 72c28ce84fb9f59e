//! Placed: how many pods of each workload ever ran side by side, and how many never ran at all.
//!
//! A pod that waits when the run ends may be one that was created a moment ago. What counts here is
//! a replica that the cluster had no room for at any time: a verdict on a workload that does not run
//! is none.

use std::collections::BTreeMap;

use sim::Legend;
use sim::fact::Fact;
use sim::fact::refusal::RefusalId;
use sim::model::pod::PodId;
use sim::model::workload::WorkloadId;
use sim::{Run, SimTime};

use super::roster::{Follow, Roster};

/// How many pods of one workload there were to run in one run, and how many never did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placed {
    /// The workload.
    pub workload: WorkloadId,
    /// How many were to run.
    pub of: u64,
    /// How many of them never ran.
    pub never: u64,
    /// What the scheduler said last of one that did not.
    pub why: Option<String>,
}

/// Folds facts into what was placed of every workload.
#[derive(Clone)]
pub struct Placements {
    legend: Legend,
    workloads: BTreeMap<WorkloadId, Watched>,
}

#[derive(Clone, Default)]
struct Watched {
    /// Pods on nodes that have not been asked to stop.
    placed: u64,
    /// The most of them at once.
    most: u64,
    /// Pods that wait at the end, and have done so for half of the window.
    waiting: u64,
    refusal: Option<RefusalId>,
    /// How many replicas it is to have, once it is scaled.
    scaled: Option<u32>,
}

impl Placements {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Placements {
        Placements { legend: legend.clone(), workloads: BTreeMap::new() }
    }

    /// Every workload that was created, at the end of `run`.
    ///
    /// Of replicas, those never ran that are more than ever were on nodes at once: other replicas may
    /// take turns in what room there is. Pods that are not replicas have no number to reach; of them
    /// those count that have waited for half of the window and still do.
    #[must_use]
    pub fn finish(self, run: &Run) -> Vec<Placed> {
        let legend = &self.legend;
        let message = |id: RefusalId| run.refusals[id].message(&legend.model);
        let each = self.workloads.into_iter().map(|(workload, watched)| {
            let controller = legend.model.workloads[workload].controller;
            let (of, never) = match controller
                .desired_replicas()
                .map(|it| u64::from(watched.scaled.unwrap_or(it)))
            {
                Some(desired) => (desired, desired.saturating_sub(watched.most)),
                None => (watched.most + watched.waiting, watched.waiting),
            };
            Placed { workload, of, never, why: watched.refusal.map(message) }
        });
        each.collect()
    }

    fn goes(&mut self, roster: &Roster, pod: PodId) {
        if let Some(row) = roster.pod(pod).filter(|row| row.is_placed())
            && let Some(watched) = self.workloads.get_mut(&row.workload)
        {
            watched.placed -= 1;
        }
    }
}

impl Follow for Placements {
    fn follow(&mut self, roster: &Roster, _: SimTime, fact: &Fact) {
        match *fact {
            Fact::WorkloadCreated { workload } => {
                self.workloads.entry(workload).or_default();
            }
            Fact::WorkloadScaled { workload, replicas, .. } => {
                self.workloads.entry(workload).or_default().scaled = Some(replicas);
            }
            Fact::PodScheduled { workload, .. } | Fact::PodFound { workload, .. } => {
                let watched = self.workloads.entry(workload).or_default();
                watched.placed += 1;
                watched.most = watched.most.max(watched.placed);
            }
            Fact::PodTerminating { pod, .. } | Fact::PodEnded { pod, .. } => {
                self.goes(roster, pod);
            }
            Fact::StillPending { workload, waited, refusal, .. } => {
                let window = self.legend.to.since(self.legend.from).as_ms();
                let watched = self.workloads.entry(workload).or_default();
                watched.waiting += u64::from(waited.as_ms() >= window.div_ceil(2));
                watched.refusal = refusal.or(watched.refusal);
            }
            _ => {}
        }
    }
}
