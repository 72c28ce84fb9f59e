//! The eviction API: whether a pod may be asked to leave, by what its budgets say.
// API server: pkg/registry/core/pod/storage/eviction.go Create, canIgnorePDB, checkAndDecrement

use super::World;
use super::pods::Phase;
use crate::model::budget::BudgetId;
use crate::model::pod::PodId;

/// How far a pod has come, as the eviction API sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Its phase is `Succeeded` or `Failed`, or it is terminating: there is nothing to protect.
    Over,
    /// Its phase is `Pending`: no budget protects it until its containers run.
    Pending,
    /// Its containers run, and it is not ready.
    Unready,
    /// It is ready.
    Ready,
}

/// What a budget says of its pods now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Status {
    /// Whether the disruption controller has yet to see what the budget says now.
    pub is_behind: bool,
    /// `currentHealthy`.
    pub healthy: i64,
    /// `desiredHealthy`.
    pub desired_healthy: i64,
    /// `disruptionsAllowed`.
    pub allowed: i64,
    /// How many evictions it has allowed whose pods are still there (`disruptedPods`).
    pub disrupted: usize,
    /// `unhealthyPodEvictionPolicy: AlwaysAllow`.
    pub unready_may_go: bool,
}

/// What the eviction API answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The pod is deleted, and its budget is not asked.
    Deleted {
        /// Unless it has changed meanwhile: a pod that may yet become healthy.
        if_unchanged: bool,
    },
    /// The pod is deleted, and its budget allows one disruption less.
    Allowed,
    /// 429: not now.
    TooManyRequests {
        /// When to ask again, in seconds; none says nothing of that.
        retry_after: Option<u32>,
    },
    /// 403: the status of its budget makes no sense.
    Forbidden,
    /// 500: more than one budget selects the pod, which the eviction subresource does not support.
    SeveralBudgets,
}

/// How many disrupted pods a budget lists at most.
const MOST_DISRUPTED: usize = 2_000;

/// What is answered for a pod in this stage, which these budgets select.
#[must_use]
pub fn answer(stage: Stage, budgets: &[Status]) -> Answer {
    match (stage, budgets) {
        (Stage::Over, _) => Answer::Deleted { if_unchanged: false },
        (Stage::Pending, _) => Answer::Deleted { if_unchanged: true },
        (_, []) => Answer::Deleted { if_unchanged: false },
        (Stage::Unready, [budget]) if budget.lets_unready_go() => {
            Answer::Deleted { if_unchanged: true }
        }
        (_, [budget]) => budget.answer(),
        _ => Answer::SeveralBudgets,
    }
}

impl Answer {
    /// Whether the pod is deleted.
    #[must_use]
    pub fn deletes(self) -> bool {
        matches!(self, Answer::Deleted { .. } | Answer::Allowed)
    }
}

impl Status {
    /// Whether a pod that is not ready goes without being counted: enough others are healthy.
    fn lets_unready_go(self) -> bool {
        self.unready_may_go || (self.desired_healthy > 0 && self.healthy >= self.desired_healthy)
    }

    // eviction.go checkAndDecrement
    fn answer(self) -> Answer {
        if self.is_behind {
            return Answer::TooManyRequests { retry_after: Some(10) };
        }
        if self.allowed < 0 || self.disrupted > MOST_DISRUPTED {
            return Answer::Forbidden;
        }
        match self.allowed {
            0 => Answer::TooManyRequests { retry_after: None },
            _ => Answer::Allowed,
        }
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
        let budgets = &self.specs.related(self.pods.spec(pod)).budgets;
        let statuses: Vec<Status> = budgets.iter().map(|id| self.budget_status(*id)).collect();
        match budgets.first() {
            Some(first) if !answer(self.stage(pod), &statuses).deletes() => Err(*first),
            _ => Ok(()),
        }
    }

    fn stage(&self, pod: PodId) -> Stage {
        match self.pods.phase(pod) {
            Phase::Running { .. } => Stage::Ready,
            Phase::Starting { .. } if self.pods.runs_containers(pod) => Stage::Unready,
            Phase::Starting { .. } | Phase::Pending => Stage::Pending,
            Phase::Terminating { .. } | Phase::Ended(_) | Phase::Withdrawn => Stage::Over,
        }
    }

    fn budget_status(&self, id: BudgetId) -> Status {
        let budget = &self.model.budgets[id];
        let wanted = self.expected(id);
        let healthy = self.healthy(id);
        // An eviction is done at once, and no budget changes: no status is behind, no pod disrupted and
        // yet there.
        Status {
            is_behind: false,
            disrupted: 0,
            healthy,
            desired_healthy: budget.desired_healthy(wanted),
            allowed: budget.allows(wanted, healthy),
            unready_may_go: budget.unready_may_go,
        }
    }
}
