//! Availability: how many replicas of each workload could serve, and for how long too few could.

use sim::fact::{Fact, Sink};
use sim::model::budget::Expected;
use sim::model::workload::WorkloadId;
use sim::table::Table;
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

impl Available {
    /// Replica-milliseconds that were wanted and available.
    #[must_use]
    pub fn available_ms(&self) -> u128 {
        self.desired_ms - self.unavailable_ms
    }
}

/// Folds facts into the availability of every workload that has replicas.
#[derive(Clone)]
pub struct Availability {
    legend: Legend,
    workloads: Table<WorkloadId, Option<Watch>>,
    expected: Expected,
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
    /// The same, times how many were wanted.
    desired_ms: u128,
    unavailable_ms: u128,
    was_full: bool,
    least: Option<u32>,
}

impl Watch {
    /// Takes note of how many replicas are available.
    fn seen(&mut self) {
        if self.was_full {
            self.least = Some(self.least.unwrap_or(u32::MAX).min(self.available));
        }
    }
}

impl Availability {
    /// No workload exists yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Availability {
        let workloads = legend.model.workloads.rows().map(|_| None).collect();
        let expected = Expected::new(&legend.model);
        Availability { legend: legend.clone(), workloads, expected }
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
                        desired_ms: watch.desired_ms,
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
            watch.desired_ms += u128::from(watch.desired) * ms;
            watch.enough_ms += if watch.available >= watch.required { ms } else { 0 };
            watch.unavailable_ms += u128::from(watch.desired.saturating_sub(watch.available)) * ms;
        }
        if ms > 0 {
            // What held until now held in the window, even if it began before.
            watch.seen();
        }
        watch.since = at;
        change(&mut watch.available);
        watch.was_full |= watch.available >= watch.desired;
        if at >= from && at < to {
            watch.seen();
        }
    }
}

impl Sink for Availability {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::WorkloadCreated { workload } => {
                let controller = self.legend.model.workloads[workload].controller;
                let desired = controller.desired_replicas().unwrap_or(0);
                let required = enough(&self.legend, workload, desired, &self.expected);
                self.workloads[workload] = controller.desired_replicas().map(|desired| Watch {
                    desired,
                    required,
                    available: 0,
                    since: at,
                    enough_ms: 0,
                    wanted_ms: 0,
                    desired_ms: 0,
                    unavailable_ms: 0,
                    was_full: false,
                    least: None,
                });
            }
            Fact::WorkloadScaled { workload, before, replicas } => {
                self.change(at, workload, |_| {});
                self.expected.scaled(&self.legend.model, workload, before, replicas);
                let required = enough(&self.legend, workload, replicas, &self.expected);
                if let Some(watch) = &mut self.workloads[workload] {
                    (watch.desired, watch.required) = (replicas, required);
                }
            }
            Fact::PodAvailable { workload, .. } => self.change(at, workload, |n| *n += 1),
            Fact::PodTerminating { workload, was_available: true, .. }
            | Fact::PodUnready { workload, was_available: true, .. }
            | Fact::PodEnded { workload, was_available: true, .. } => {
                self.change(at, workload, |n| *n -= 1);
            }
            _ => {}
        }
    }
}

/// How many replicas of a workload are required as the scenario says, before it is scaled.
#[must_use]
pub fn required(legend: &Legend, workload: WorkloadId) -> u32 {
    let model = &legend.model;
    let desired = model.workloads[workload].controller.desired_replicas().unwrap_or(0);
    enough(legend, workload, desired, &Expected::new(model))
}

/// How many replicas of a workload are required: as many as the scenario says, else as many as keep
/// every budget that selects it, else one. A budget that spans workloads lets one of them be short by
/// all that it allows, so that this is what the workload wants less that; below it the budget is short
/// for certain.
fn enough(legend: &Legend, workload: WorkloadId, desired: u32, expected: &Expected) -> u32 {
    let (model, desired) = (&legend.model, i64::from(desired));
    if let Some(required) = legend.terms.required.get(&workload) {
        return u32::try_from(desired).unwrap_or(0).min(*required);
    }
    if model.budgets.is_empty() {
        return u32::from(desired > 0);
    }
    let budgets = model.related(model.workloads[workload].spec).budgets.iter();
    let each = budgets.map(|id| {
        let wanted = expected[*id];
        desired - (wanted - model.budgets[*id].desired_healthy(wanted))
    });
    let most = each.max().unwrap_or(0).max(1).min(desired);
    u32::try_from(most).unwrap_or(0)
}

/// Milliseconds as a span of replica time, in minutes.
#[must_use]
pub fn replica_minutes(ms: u128) -> f64 {
    ms as f64 / Span::from_secs(60).as_ms() as f64
}
