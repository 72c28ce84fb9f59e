//! PodDisruptionBudgets: how many pods of a kind may be evicted at once.

use super::World;
use super::model::Model;
use super::pod::{Phase, PodId};
use super::selectors::SelectorId;
use crate::names::NameId;
use crate::table::id;

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
    /// The pods it is about; none if it has no selector, or an empty one, which means no pods here.
    pub selector: Option<SelectorId>,
    /// What it allows.
    pub limit: Limit,
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

impl Budget {
    /// Whether a budget is about a pod.
    // kube-scheduler: plugins/defaultpreemption filterPodsWithPDBViolation
    #[must_use]
    pub fn covers(&self, pod: PodId, world: &World) -> bool {
        let spec = world.pods().spec(pod);
        let related = world.model().relations().of_spec(spec);
        world.model().specs[spec].labels.iter().next().is_some()
            && self.selector.is_some_and(|id| related.matched_by.binary_search(&id).is_ok())
    }

    /// How many of the pods it is about should be there.
    #[must_use]
    pub fn wanted(&self, model: &Model) -> i64 {
        let of = |workload: &super::workload::Workload| {
            let related = model.relations().of_spec(workload.spec);
            let covered =
                self.selector.is_some_and(|id| related.matched_by.binary_search(&id).is_ok());
            if covered { workload.controller.at_once().map_or(0, i64::from) } else { 0 }
        };
        model.workloads.rows().map(of).sum()
    }

    /// How many more of its pods may be evicted now. Never negative.
    // Disruption controller: pkg/controller/disruption updatePdbStatus
    #[must_use]
    pub fn disruptions_allowed(&self, world: &World) -> i64 {
        let wanted = self.wanted(world.model());
        let needed = match self.limit {
            Limit::Allowed(allowed) => return allowed,
            Limit::MinAvailable(amount) => amount.of(wanted),
            Limit::MaxUnavailable(amount) => wanted - amount.of(wanted),
        };
        let healthy = |pod: &PodId| {
            matches!(world.pods().phase(*pod), Phase::Running { .. }) && self.covers(*pod, world)
        };
        let pods = world.registered().iter().flat_map(|node| world.placement().pods_on(*node));
        let healthy = i64::try_from(pods.filter(|pod| healthy(pod)).count()).unwrap_or(i64::MAX);
        (healthy - needed).max(0)
    }
}
