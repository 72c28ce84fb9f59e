//! Availability: how many replicas of each workload could serve, and for how long too few could.

use sim::table::Table;
use sim::world::Model;
use sim::world::fact::{Fact, Sink};
use sim::world::workload::WorkloadId;
use sim::{Legend, SimTime, Span};

/// The availability of one workload in one run.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Available {
    /// Share of the window in which enough replicas were available; none when none were wanted.
    pub time_based: Option<f64>,
    /// Replica-milliseconds that were wanted and not available.
    pub unavailable_ms: u128,
    /// Replica-milliseconds that were wanted.
    pub desired_ms: u128,
    /// The fewest replicas available after all had been for the first time.
    pub least: Option<u32>,
}

/// Folds facts into the availability of every workload that has replicas.
#[derive(Clone)]
pub struct Availability {
    legend: Legend,
    workloads: Table<WorkloadId, Option<Watch>>,
}

#[derive(Clone)]
struct Watch {
    desired: u32,
    /// How many are enough.
    required: u32,
    available: u32,
    since: SimTime,
    enough_ms: u128,
    wanted_ms: u128,
    unavailable_ms: u128,
    was_full: bool,
    least: Option<u32>,
}

impl Availability {
    /// No workload exists yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Availability {
        let workloads = legend.model.workloads.rows().map(|_| None).collect();
        Availability { legend: legend.clone(), workloads }
    }

    /// The availability of every workload that has replicas, at the end of the window.
    #[must_use]
    pub fn finish(mut self) -> Vec<(WorkloadId, Available)> {
        let ids: Vec<WorkloadId> = self.workloads.ids().collect();
        ids.into_iter()
            .filter_map(|id| {
                self.change(self.legend.to, id, |_| {});
                let watch = self.workloads[id].as_ref()?;
                let time_based =
                    (watch.wanted_ms > 0).then(|| watch.enough_ms as f64 / watch.wanted_ms as f64);
                Some((
                    id,
                    Available {
                        time_based,
                        unavailable_ms: watch.unavailable_ms,
                        desired_ms: watch.wanted_ms * u128::from(watch.desired),
                        least: watch.least,
                    },
                ))
            })
            .collect()
    }

    fn change(&mut self, at: SimTime, workload: WorkloadId, change: impl FnOnce(&mut u32)) {
        let (from, to) = (self.legend.from, self.legend.to);
        let Some(watch) = &mut self.workloads[workload] else { return };
        let ms = u128::from(at.min(to).since(watch.since.max(from)).as_ms());
        if watch.desired > 0 {
            watch.wanted_ms += ms;
            watch.enough_ms += if watch.available >= watch.required { ms } else { 0 };
            watch.unavailable_ms += u128::from(watch.desired.saturating_sub(watch.available)) * ms;
        }
        watch.since = at;
        change(&mut watch.available);
        watch.was_full |= watch.available >= watch.desired;
        if watch.was_full && at >= from {
            watch.least = Some(watch.least.unwrap_or(u32::MAX).min(watch.available));
        }
    }
}

impl Sink for Availability {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::WorkloadCreated { workload } => {
                let controller = self.legend.model.workloads[workload].controller;
                let required = required(&self.legend.model, workload);
                self.workloads[workload] = controller.desired_replicas().map(|desired| Watch {
                    desired,
                    required: required.min(desired),
                    available: 0,
                    since: at,
                    enough_ms: 0,
                    wanted_ms: 0,
                    unavailable_ms: 0,
                    was_full: false,
                    least: None,
                });
            }
            Fact::PodAvailable { workload, .. } => self.change(at, workload, |n| *n += 1),
            Fact::PodTerminating { workload, was_available: true, .. }
            | Fact::PodEnded { workload, was_available: true, .. } => {
                self.change(at, workload, |n| *n -= 1);
            }
            _ => {}
        }
    }
}

/// How many replicas are enough: as many as the budget demands that selects the workload, or one.
pub(crate) fn required(model: &Model, workload: WorkloadId) -> u32 {
    if model.budgets.is_empty() {
        return 1;
    }
    let relations = model.relations();
    let budgets = relations.of_spec(model.workloads[workload].spec).budgets.iter();
    let each = budgets.map(|id| model.budgets[*id].desired_healthy(relations.wanted(*id)));
    each.max().map_or(1, |desired| u32::try_from(desired).unwrap_or(u32::MAX))
}

/// Milliseconds as a span of replica time, in minutes.
#[must_use]
pub fn replica_minutes(ms: u128) -> f64 {
    ms as f64 / Span::from_secs(60).as_ms() as f64
}
