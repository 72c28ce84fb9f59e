//! The eviction API: whether a pod may be asked to leave, by what its budgets say.
// API server: pkg/registry/core/pod/storage/eviction.go Create, canIgnorePDB, checkAndDecrement

use super::World;
use super::pods::Phase;
use crate::model::budget::BudgetId;
use crate::model::pod::PodId;

/// How far a pod has come, as the eviction API sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Nothing of it runs that a budget could protect: its phase is `Pending`, `Succeeded` or
    /// `Failed`, or it is terminating.
    Idle,
    /// Its containers run, and it is not ready.
    Unready,
    /// It is ready.
    Ready,
}

/// What a budget says of its pods now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Status {
    /// `currentHealthy`.
    pub healthy: i64,
    /// `desiredHealthy`.
    pub desired_healthy: i64,
    /// `disruptionsAllowed`.
    pub allowed: i64,
    /// `unhealthyPodEvictionPolicy: AlwaysAllow`.
    pub unready_may_go: bool,
}

/// Whether a pod in this stage is let go by all budgets that select it.
#[must_use]
pub fn lets_go(stage: Stage, budgets: &[Status]) -> bool {
    match (stage, budgets) {
        (Stage::Idle, _) | (_, []) => true,
        (Stage::Unready, [budget]) => budget.lets_unready_go() || budget.allowed > 0,
        (Stage::Ready, [budget]) => budget.allowed > 0,
        // This pod has more than one PodDisruptionBudget, which the eviction subresource does not
        // support.
        _ => false,
    }
}

impl Status {
    /// Whether a pod that is not ready goes without being counted: enough others are healthy.
    fn lets_unready_go(self) -> bool {
        self.unready_may_go || (self.desired_healthy > 0 && self.healthy >= self.desired_healthy)
    }
}

impl World {
    /// Whether the eviction API lets a pod go that is on a node and is not terminating.
    ///
    /// # Errors
    /// The budget that keeps it. A pod of two budgets that runs is never let go.
    pub fn may_be_evicted(&self, pod: PodId) -> Result<(), BudgetId> {
        if self.model.budgets.is_empty() {
            return Ok(());
        }
        let budgets = &self.model.relations().of_spec(self.pods.spec(pod)).budgets;
        let statuses: Vec<Status> = budgets.iter().map(|id| self.budget_status(*id)).collect();
        match budgets.first() {
            Some(first) if !lets_go(self.stage(pod), &statuses) => Err(*first),
            _ => Ok(()),
        }
    }

    fn stage(&self, pod: PodId) -> Stage {
        match self.pods.phase(pod) {
            Phase::Running { .. } => Stage::Ready,
            Phase::Starting { .. } if self.pods.runs_containers(pod) => Stage::Unready,
            _ => Stage::Idle,
        }
    }

    fn budget_status(&self, id: BudgetId) -> Status {
        let budget = &self.model.budgets[id];
        let wanted = self.expected(id);
        let healthy = self.healthy(id);
        Status {
            healthy,
            desired_healthy: budget.desired_healthy(wanted),
            allowed: budget.allows(wanted, healthy),
            unready_may_go: budget.unready_may_go,
        }
    }
}
