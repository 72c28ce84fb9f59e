//! PodDisruptionBudgets: where they held evictions back, and where a reclaim went past them.

use sim::fact::Cause;
use sim::fact::{Fact, Sink};
use sim::model::budget::{BudgetId, Expected};
use sim::model::disruption::DisruptionReason;
use sim::model::pod::End;
use sim::model::workload::{Controller, WorkloadId};
use sim::table::Table;
use sim::{Legend, SimTime};

/// What became of the budgets in one run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Budgets {
    /// Pods that a reclaim ended, or made terminate, while a budget of theirs allowed no disruption.
    pub violations: u64,
    /// Attempts to evict a pod that a budget refused.
    pub refusals: u64,
    /// Milliseconds in which a budget had fewer healthy pods than it demands, added up over budgets.
    pub short_ms: u128,
}

/// Folds facts into what became of the budgets.
#[derive(Clone)]
pub struct BudgetsFold {
    legend: Legend,
    watches: Table<BudgetId, Watch>,
    expected: Expected,
    sums: Budgets,
}

#[derive(Clone, Copy)]
struct Watch {
    /// Since when a workload of its pods has existed and this has been so.
    since: Option<SimTime>,
    healthy: i64,
}

impl BudgetsFold {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(legend: &Legend) -> BudgetsFold {
        let budgets = legend.model.budgets.rows();
        BudgetsFold {
            watches: budgets.map(|_| Watch { since: None, healthy: 0 }).collect(),
            expected: Expected::new(&legend.model),
            legend: legend.clone(),
            sums: Budgets::default(),
        }
    }

    /// The figures at the end of the window.
    #[must_use]
    pub fn finish(mut self) -> Budgets {
        let ids: Vec<BudgetId> = self.watches.ids().collect();
        ids.into_iter().for_each(|id| self.change(self.legend.to, id, 0));
        self.sums
    }

    /// How many healthy pods a budget demands.
    fn desired(&self, id: BudgetId) -> i64 {
        self.legend.model.budgets[id].desired_healthy(self.expected[id])
    }

    /// The budgets of a workload's pods.
    fn of(&self, workload: WorkloadId) -> Vec<BudgetId> {
        let model = &self.legend.model;
        if model.budgets.is_empty() {
            return Vec::new();
        }
        model.related(model.workloads[workload].spec).budgets.clone()
    }

    fn change(&mut self, at: SimTime, id: BudgetId, change: i64) {
        let short = self.watches[id].healthy < self.desired(id);
        let watch = &mut self.watches[id];
        if let Some(since) = &mut watch.since {
            let (from, to) = (self.legend.from, self.legend.to);
            if short {
                self.sums.short_ms += u128::from(at.min(to).since((*since).max(from)).as_ms());
            }
            *since = at;
        }
        watch.healthy += change;
    }

    /// A reclaim ends a pod, or makes it terminate, without asking its budgets.
    fn went_past(&mut self, at: SimTime, workload: WorkloadId) {
        let model = &self.legend.model;
        let protected = model.workloads[workload].controller != Controller::DaemonSet;
        let refuses = |id: &BudgetId| {
            model.budgets[*id].allows(self.expected[*id], self.watches[*id].healthy) == 0
        };
        let violated = at >= self.legend.from && protected && self.of(workload).iter().any(refuses);
        self.sums.violations += u64::from(violated);
    }
}

impl Sink for BudgetsFold {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        let (workload, change) = match *fact {
            Fact::WorkloadCreated { workload } => {
                for id in self.of(workload) {
                    self.watches[id].since.get_or_insert(at);
                }
                return;
            }
            Fact::WorkloadScaled { workload, before, replicas } => {
                self.of(workload).into_iter().for_each(|id| self.change(at, id, 0));
                self.expected.scaled(&self.legend.model, workload, before, replicas);
                return;
            }
            Fact::EvictionRefused { .. } => {
                self.sums.refusals += u64::from(at >= self.legend.from);
                return;
            }
            Fact::PodReady { workload, .. } => (workload, 1),
            Fact::PodUnready { workload, .. } => (workload, -1),
            Fact::PodTerminating { workload, was_ready, why, reason, .. } => {
                if why == Cause::Reclaimed
                    && reason != Some(DisruptionReason::EvictionByEvictionApi)
                {
                    self.went_past(at, workload);
                }
                (workload, -i64::from(was_ready))
            }
            Fact::PodEnded { workload, was_ready, end, .. } => {
                if end == End::KilledWithoutWarning {
                    self.went_past(at, workload);
                }
                (workload, -i64::from(was_ready))
            }
            _ => return,
        };
        if change != 0 {
            self.of(workload).into_iter().for_each(|id| self.change(at, id, change));
        }
    }
}
