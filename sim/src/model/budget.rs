//! PodDisruptionBudgets: how many pods of a kind may be evicted at once.
//!
//! The eviction API asks them (`eviction.rs`); a reclaim, the kubelet and taints do not.

use super::Model;
use super::pod::SpecId;
use super::selectors::SelectorId;
use super::workload::WorkloadId;
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

/// A number of pods, or a share of those that are wanted (`IntOrString`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Amount {
    /// A number of pods.
    Pods(u32),
    /// A percentage.
    Percent(u32),
}

impl Amount {
    /// The number of pods of those that are wanted; a percentage is rounded up.
    #[must_use]
    pub fn rounded_up(self, wanted: i64) -> i64 {
        self.share(wanted, 99)
    }

    /// The same; a percentage is rounded down.
    #[must_use]
    pub fn rounded_down(self, wanted: i64) -> i64 {
        self.share(wanted, 0)
    }

    fn share(self, wanted: i64, rounding: i64) -> i64 {
        match self {
            Amount::Pods(pods) => i64::from(pods),
            Amount::Percent(percent) => (wanted * i64::from(percent) + rounding) / 100,
        }
    }
}

impl Budget {
    /// Whether a budget is about pods of a spec. One without labels is in no budget.
    // API server: registry/core/pod/storage/eviction.go getPodDisruptionBudgets
    #[must_use]
    pub(crate) fn selects(&self, spec: SpecId, matched_by: &[SelectorId], model: &Model) -> bool {
        model.specs[spec].labels.iter().next().is_some()
            && self.selector.is_some_and(|id| matched_by.binary_search(&id).is_ok())
    }

    /// How many of its pods must be healthy when a number is wanted.
    // Disruption controller: pkg/controller/disruption getExpectedPodCount
    #[must_use]
    pub fn desired_healthy(&self, wanted: i64) -> i64 {
        match self.limit {
            Limit::Allowed(_) => 0,
            Limit::MinAvailable(amount) => amount.rounded_up(wanted),
            Limit::MaxUnavailable(amount) => (wanted - amount.rounded_up(wanted)).max(0),
        }
    }

    /// How many more of its pods may be evicted, given how many are wanted and how many are healthy. Never
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

/// How many pods each budget expects. It changes when workloads are scaled.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Expected(Table<BudgetId, i64>);

impl Expected {
    /// As the scenario says.
    #[must_use]
    pub fn new(model: &Model) -> Expected {
        let relations = model.relations();
        Expected(model.budgets.ids().map(|id| relations.wanted(id)).collect())
    }

    /// A workload has another number of replicas from now on.
    pub fn scaled(&mut self, model: &Model, workload: WorkloadId, before: u32, replicas: u32) {
        for id in &model.related(model.workloads[workload].spec).budgets {
            self.0[*id] += i64::from(replicas) - i64::from(before);
        }
    }
}

impl std::ops::Index<BudgetId> for Expected {
    type Output = i64;
    fn index(&self, id: BudgetId) -> &i64 {
        &self.0[id]
    }
}
