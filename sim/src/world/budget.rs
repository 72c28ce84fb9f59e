//! PodDisruptionBudgets: how many pods of a kind may be evicted at once.
//!
//! The eviction API asks them (`eviction.rs`); a reclaim, the kubelet and taints do not.

use super::World;
use super::model::Model;
use super::pod::{Phase, PodId, SpecId};
use super::relations::Related;
use super::selectors::SelectorId;
use super::workload::{Controller, Workload};
use crate::names::NameId;
use crate::table::{Table, id};

id! {
    /// A PodDisruptionBudget.
    BudgetId
}

/// A PodDisruptionBudget.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Budget {
    /// Its namespace.
    pub namespace: NameId,
    /// Its name.
    pub name: NameId,
    /// The pods it is about; none if it has no selector.
    pub selector: Option<SelectorId>,
    /// Whether its selector is empty, which means every pod of the namespace to the eviction API,
    /// and no pod to preemption.
    pub selects_all: bool,
    /// What it allows.
    pub limit: Limit,
    /// Whether pods that are not ready may always be evicted (`unhealthyPodEvictionPolicy:
    /// AlwaysAllow`), and not only when enough others are healthy.
    pub unready_may_go: bool,
    /// Start pods, by their number, whose eviction it has already allowed.
    pub disrupted: Vec<usize>,
}

/// What a budget allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// This many disruptions, whatever happens: what a dump says that is only looked at.
    Allowed(i64),
    /// As many as leave this much available.
    MinAvailable(Amount),
    /// As many as leave no more than this much unavailable.
    MaxUnavailable(Amount),
}

/// A number of pods, or a share of those that are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Amount {
    /// So many.
    Pods(u32),
    /// So many percent, rounded up.
    Percent(u32),
}

impl Amount {
    fn of(self, wanted: i64) -> i64 {
        match self {
            Amount::Pods(pods) => i64::from(pods),
            Amount::Percent(percent) => (wanted * i64::from(percent) + 99) / 100,
        }
    }
}

/// How many pods of each budget are healthy: ready and not told to stop.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Health(Table<BudgetId, i64>);

impl Health {
    /// Nobody is there yet.
    pub(super) fn new(model: &Model) -> Health {
        Health(model.budgets.rows().map(|_| 0).collect())
    }

    /// A pod of this spec has gone from one phase to another.
    pub(super) fn moved(&mut self, spec: SpecId, from: Phase, to: Phase, model: &Model) {
        let healthy = |phase| i64::from(matches!(phase, Phase::Running { .. }));
        let change = healthy(to) - healthy(from);
        if change != 0 && !model.budgets.is_empty() {
            for budget in &model.relations().of_spec(spec).budgets {
                self.0[*budget] += change;
            }
        }
    }
}

impl Budget {
    /// Whether a budget is about pods of a spec. One without labels is in no budget.
    // API server: registry/core/pod/storage/eviction.go getPodDisruptionBudgets
    #[must_use]
    pub(super) fn selects(&self, spec: SpecId, matched_by: &[SelectorId], model: &Model) -> bool {
        model.specs[spec].labels.iter().next().is_some()
            && self.selector.is_some_and(|id| matched_by.binary_search(&id).is_ok())
    }

    /// Whether preemption takes a budget to be about a pod.
    // kube-scheduler: plugins/defaultpreemption filterPodsWithPDBViolation
    #[must_use]
    pub fn covers(&self, pod: PodId, world: &World) -> bool {
        let spec = world.pods().spec(pod);
        let related = world.model().relations().of_spec(spec);
        !self.selects_all && self.selects(spec, &related.matched_by, world.model())
    }

    /// How many of the pods it is about should be there. Bare pods have nobody to say so.
    // Disruption controller: pkg/controller/disruption getExpectedScale
    pub(super) fn wanted(id: BudgetId, specs: &Table<SpecId, Related>, model: &Model) -> i64 {
        let of = |workload: &Workload| {
            let managed = !matches!(workload.controller, Controller::Pod { .. });
            let counts = managed && specs[workload.spec].budgets.contains(&id);
            if counts { workload.controller.at_once().map_or(0, i64::from) } else { 0 }
        };
        model.workloads.rows().map(of).sum()
    }

    /// How many of its pods must be healthy when so many are wanted.
    // Disruption controller: pkg/controller/disruption getExpectedPodCount
    #[must_use]
    pub fn desired_healthy(&self, wanted: i64) -> i64 {
        match self.limit {
            Limit::Allowed(_) => 0,
            Limit::MinAvailable(amount) => amount.of(wanted),
            Limit::MaxUnavailable(amount) => (wanted - amount.of(wanted)).max(0),
        }
    }

    /// How many more of its pods may be evicted when so many are wanted and so many healthy. Never
    /// negative.
    // Disruption controller: pkg/controller/disruption updatePdbStatus
    #[must_use]
    pub fn allows(&self, wanted: i64, healthy: i64) -> i64 {
        let spare = (healthy - self.desired_healthy(wanted)).max(0);
        match self.limit {
            Limit::Allowed(allowed) => allowed,
            Limit::MinAvailable(Amount::Pods(_)) => spare,
            // A share of nothing is not known.
            Limit::MinAvailable(_) | Limit::MaxUnavailable(_) => {
                if wanted > 0 {
                    spare
                } else {
                    0
                }
            }
        }
    }
}

impl World {
    /// How many pods of a budget are healthy.
    #[must_use]
    pub fn healthy(&self, budget: BudgetId) -> i64 {
        self.health.0[budget]
    }

    /// How many more pods of a budget may be evicted now.
    #[must_use]
    pub fn disruptions_allowed(&self, budget: BudgetId) -> i64 {
        let wanted = self.model.relations().wanted(budget);
        self.model.budgets[budget].allows(wanted, self.healthy(budget))
    }

    /// The healthy pods of each budget, counted anew.
    pub(super) fn health_recounted(&self) -> Health {
        let mut health = Health::new(&self.model);
        for pod in self.pods.ids() {
            health.moved(self.pods.spec(pod), Phase::Pending, self.pods.phase(pod), &self.model);
        }
        health
    }

    /// What is kept of the health of budgets.
    pub(super) fn health(&self) -> &Health {
        &self.health
    }
}
