//! Rollouts: how long they take, whether they get stuck, and how many pods they leave unavailable.

use std::collections::BTreeMap;

use sim::fact::{Fact, Sink};
use sim::model::workload::WorkloadId;
use sim::{Legend, SimTime};

use crate::folds::pending::Waits;

/// Folds facts into what rollouts come to, of those that begin in the window.
#[derive(Clone)]
pub struct Rollouts {
    legend: Legend,
    /// The workloads for which rollouts are planned.
    workloads: BTreeMap<WorkloadId, Watch>,
}

/// What the rollouts of one workload come to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rolled {
    /// Rollouts that began.
    pub began: u64,
    /// Those of them that ended.
    pub ended: u64,
    /// How often one was said to make no progress.
    pub stalled: u64,
    /// How long each took; of those that did not end, how long they had taken when the next began, or the
    /// simulation ended.
    pub takes: Waits,
    /// Replica-milliseconds that were wanted and not available while a rollout went on.
    pub unavailable_ms: u128,
    /// The most replicas that were wanted and not available at once meanwhile.
    pub most_unavailable: u32,
}

#[derive(Clone, Default)]
struct Watch {
    desired: u32,
    available: u32,
    /// Until when all is counted.
    counted: SimTime,
    /// When the rollout began that goes on.
    since: Option<SimTime>,
    rolled: Rolled,
}

impl Watch {
    /// Counts what held until now, if a rollout went on.
    fn count(&mut self, at: SimTime) {
        let short = self.desired.saturating_sub(self.available);
        if self.since.is_some() {
            let ms = at.since(self.counted).as_ms();
            self.rolled.unavailable_ms += u128::from(short) * u128::from(ms);
            if ms > 0 {
                self.rolled.most_unavailable = self.rolled.most_unavailable.max(short);
            }
        }
        self.counted = at;
    }

    /// The rollout that goes on does not end.
    fn abandon(&mut self, at: SimTime) {
        if let Some(since) = self.since.take() {
            self.rolled.takes.still_waits(at.since(since));
        }
    }
}

impl Rollouts {
    /// No workload exists yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Rollouts {
        let planned = &legend.model.planned.rollouts;
        let workloads = planned.keys().map(|id| (*id, Watch::default())).collect();
        Rollouts { legend: legend.clone(), workloads }
    }

    /// What they came to at the end of the window.
    #[must_use]
    pub fn finish(self) -> BTreeMap<WorkloadId, Rolled> {
        let to = self.legend.to;
        let finish = |(id, mut watch): (WorkloadId, Watch)| {
            watch.count(to.max(watch.counted));
            watch.abandon(to);
            (id, watch.rolled)
        };
        self.workloads.into_iter().map(finish).collect()
    }
}

impl Sink for Rollouts {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        if self.workloads.is_empty() {
            return;
        }
        let workload = match *fact {
            Fact::WorkloadCreated { workload }
            | Fact::WorkloadScaled { workload, .. }
            | Fact::RolloutBegan { workload, .. }
            | Fact::RolloutEnded { workload, .. }
            | Fact::RolloutStalled { workload, .. }
            | Fact::PodAvailable { workload, .. }
            | Fact::PodUnready { workload, was_available: true, .. }
            | Fact::PodTerminating { workload, was_available: true, .. }
            | Fact::PodEnded { workload, was_available: true, .. } => workload,
            _ => return,
        };
        let Some(watch) = self.workloads.get_mut(&workload) else { return };
        watch.count(at);
        match *fact {
            Fact::WorkloadCreated { .. } => {
                let controller = self.legend.model.workloads[workload].controller;
                watch.desired = controller.desired_replicas().unwrap_or(0);
            }
            Fact::WorkloadScaled { replicas, .. } => watch.desired = replicas,
            Fact::RolloutBegan { .. } => {
                watch.abandon(at);
                if at >= self.legend.from && at < self.legend.to {
                    watch.rolled.began += 1;
                    watch.since = Some(at);
                }
            }
            Fact::RolloutEnded { took, .. } => {
                if watch.since.take().is_some() {
                    watch.rolled.ended += 1;
                    watch.rolled.takes.ended(took);
                }
            }
            Fact::RolloutStalled { .. } => {
                watch.rolled.stalled += u64::from(watch.since.is_some());
            }
            Fact::PodAvailable { .. } => watch.available += 1,
            _ => watch.available -= 1,
        }
    }
}
