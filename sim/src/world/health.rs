//! How many pods of each PodDisruptionBudget are healthy, and how many more may be evicted.

use super::World;
use super::pods::Phase;
use super::specs::RunSpecs;
use crate::model::Model;
use crate::model::budget::{Budget, BudgetId};
use crate::model::pod::{PodId, SpecId};
use crate::table::Table;

/// How many pods of each budget are healthy: ready and not terminating.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Health(Table<BudgetId, i64>);

impl Health {
    /// None is there yet.
    pub(super) fn new(model: &Model) -> Health {
        Health(model.budgets.rows().map(|_| 0).collect())
    }

    /// A pod of this spec has gone from one phase to another.
    pub(super) fn moved(&mut self, spec: SpecId, from: Phase, to: Phase, specs: &RunSpecs) {
        let healthy = |phase| i64::from(matches!(phase, Phase::Running { .. }));
        let change = healthy(to) - healthy(from);
        if change != 0 && !specs.model().budgets.is_empty() {
            for budget in &specs.related(spec).budgets {
                self.0[*budget] += change;
            }
        }
    }
}

impl World {
    /// Whether preemption takes a budget to be about a pod.
    // kube-scheduler: plugins/defaultpreemption filterPodsWithPDBViolation
    #[must_use]
    pub fn budget_covers(&self, budget: &Budget, pod: PodId) -> bool {
        let spec = self.base_spec(pod);
        let related = self.specs.related(spec);
        !budget.selects_all && budget.selects(spec, &related.matched_by, &self.model)
    }

    /// How many pods of a budget are healthy.
    #[must_use]
    pub fn healthy(&self, budget: BudgetId) -> i64 {
        self.health.0[budget]
    }

    /// How many more pods of a budget may be evicted now.
    #[must_use]
    pub fn disruptions_allowed(&self, budget: BudgetId) -> i64 {
        self.model.budgets[budget].allows(self.expected(budget), self.healthy(budget))
    }

    /// The healthy pods of each budget, counted anew.
    pub(super) fn health_recounted(&self) -> Health {
        let mut health = Health::new(&self.model);
        for pod in self.pods.ids() {
            health.moved(self.pods.spec(pod), Phase::Pending, self.pods.phase(pod), &self.specs);
        }
        health
    }

    /// What is kept of the health of budgets.
    pub(super) fn health(&self) -> &Health {
        &self.health
    }
}
