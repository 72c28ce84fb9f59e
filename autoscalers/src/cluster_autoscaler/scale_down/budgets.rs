//! What PodDisruptionBudgets have left, as nodes are removed one after the other in the simulation.
// Cluster Autoscaler: core/scaledown/pdb/basic.go

use std::collections::BTreeMap;

use sim::model::budget::BudgetId;
use sim::model::pod::PodId;
use sim::world::World;

/// How many disruptions each budget allows yet; fewer than none if more were needed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RemainingBudgets(BTreeMap<BudgetId, i64>);

impl RemainingBudgets {
    /// As they stand.
    #[must_use]
    pub fn of(world: &World) -> RemainingBudgets {
        let budgets = world.model().budgets.ids();
        RemainingBudgets(budgets.map(|id| (id, world.disruptions_allowed(id))).collect())
    }

    /// The budgets that are about a pod.
    // One with an empty selector is about every pod of its namespace.
    pub fn matching(pod: PodId, world: &World) -> impl Iterator<Item = BudgetId> + '_ {
        let matched_by = &world.specs().related(world.pods().spec(pod)).matched_by;
        let budgets = world.model().budgets.iter();
        let selects = |selector| matched_by.binary_search(&selector).is_ok();
        budgets.filter(move |(_, it)| it.selector.is_some_and(selects)).map(|(id, _)| id)
    }

    /// Whether a budget lets no pod go.
    #[must_use]
    pub fn is_used_up(&self, budget: BudgetId) -> bool {
        self.0.get(&budget).is_some_and(|left| *left < 1)
    }

    /// Whether all of these pods may be evicted at once.
    // CanRemovePods: inParallel
    #[must_use]
    pub fn allow_at_once(&self, pods: &[PodId], world: &World) -> bool {
        needed(pods, world)
            .iter()
            .all(|(budget, count)| self.0.get(budget).is_none_or(|left| count <= left))
    }

    /// These pods are evicted.
    pub fn take(&mut self, pods: &[PodId], world: &World) {
        for (budget, count) in needed(pods, world) {
            *self.0.entry(budget).or_default() -= count;
        }
    }
}

/// How many of the pods each budget is about.
fn needed(pods: &[PodId], world: &World) -> BTreeMap<BudgetId, i64> {
    let mut needed = BTreeMap::new();
    for pod in pods {
        for budget in RemainingBudgets::matching(*pod, world) {
            *needed.entry(budget).or_default() += 1;
        }
    }
    needed
}
