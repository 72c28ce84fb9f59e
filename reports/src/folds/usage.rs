//! Usage: how much pods use of what nodes offer, over time, requests that are not served, and pods that
//! are created meanwhile.
//!
//! Folded only where a scenario models usage, or lets pods arrive.

use std::collections::BTreeMap;

use sim::fact::{Fact, Sink};
use sim::model::workload::WorkloadId;
use sim::{Legend, SimTime};

use super::capacity::Sums;
use super::series::STEPS;
use super::users::Users;
use super::utilisation::{Step, Utilisation};

/// What one run used.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Used {
    /// Integrals of what pods used: milli-core-milliseconds, byte-milliseconds.
    pub integral: [u128; 2],
    /// Requests of each workload that serves any, in millionths: offered and served.
    pub requests: BTreeMap<WorkloadId, Requests>,
}

/// Requests of one workload, in millionths.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Requests {
    /// Those that there were.
    pub offered: u128,
    /// Those of them that ready replicas served.
    pub served: u128,
}

/// Folds facts into what is used.
#[derive(Clone)]
pub struct Usage {
    legend: Legend,
    /// Whether anything models usage; otherwise only what is created is of interest.
    models_usage: bool,
    since: SimTime,
    pods: Users,
    rates: BTreeMap<WorkloadId, (u64, u64)>,
    used: Used,
    series: Utilisation,
}

impl Usage {
    /// Nothing is used yet; none where nothing models usage and nothing arrives.
    #[must_use]
    pub fn new(legend: &Legend) -> Option<Usage> {
        let models_usage = !legend.model.usage.is_empty();
        let arrives = legend.model.generators.rows().next().is_some();
        (models_usage || arrives).then(|| Usage {
            legend: legend.clone(),
            models_usage,
            since: SimTime::ZERO,
            pods: Users::default(),
            rates: BTreeMap::new(),
            used: Used::default(),
            series: Utilisation::new(STEPS),
        })
    }

    /// Integrates up to an instant, with what nodes offer and pods request until then.
    pub fn advance(&mut self, at: SimTime, nodes: &Sums<u64>) {
        if !self.models_usage {
            return;
        }
        let (from, to) = (self.since.max(self.legend.from), at.min(self.legend.to));
        self.since = at;
        let ms = u128::from(to.since(from).as_ms());
        if ms == 0 {
            return;
        }
        for lane in 0..2 {
            self.used.integral[lane] += u128::from(self.pods.sum[lane]) * ms;
        }
        let (mut offered, mut served) = (0, 0);
        for (workload, rate) in &self.rates {
            let row = self.used.requests.entry(*workload).or_default();
            row.offered += u128::from(rate.0) * ms;
            row.served += u128::from(rate.1) * ms;
            offered += rate.0;
            served += rate.1;
        }
        let step = Step {
            allocatable: nodes.allocatable,
            requested: nodes.requested,
            // As nodes are counted: in MiB.
            used: [self.pods.sum[0], self.pods.sum[1] >> 20],
            offered,
            served,
            created: 0,
        };
        self.series.over((self.legend.from, self.legend.to), (from, to), &step);
    }

    /// What was used, and how that came about over time.
    #[must_use]
    pub fn finish(self) -> (Used, Utilisation) {
        let window = self.legend.to.since(self.legend.from);
        (self.used, self.series.finish(window))
    }
}

impl Sink for Usage {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.pods.fact(fact);
        match *fact {
            Fact::LoadChanged { workload, offered, served, .. } => {
                self.rates.insert(workload, (offered, served));
            }
            Fact::PodCreated { attempt: 0, .. } if at > SimTime::ZERO => {
                self.series.created((self.legend.from, self.legend.to), at);
            }
            _ => {}
        }
    }
}
