//! Budgets by hand: what a reclaim goes past, and for how long too few are there.

use crate::common;
use crate::common::half;

use std::sync::Arc;

use common::{legend, s};
use reports::folds::availability::required;
use reports::folds::budgets::BudgetsFold;
use sim::fact::Cause;
use sim::model::Model;
use sim::model::budget::{Amount, Budget, Limit};
use sim::model::disruption::DisruptionReason;
use sim::model::labels::{LabelSet, Operator, Requirement};
use sim::model::node::NodeId;
use sim::model::pod::End;
use sim::model::selectors::{Namespaces, PodSelector};
use sim::model::workload::{Controller, Workload};
use sim::table::Id;
use sim::{Fact, Legend, Sink, Span};

/// Two replicas, of which at most one may be missing.
fn protected() -> Legend {
    let legend = legend(Span::ZERO, Span::from_secs(100));
    let mut model = Model::clone(&legend.model);
    let workload = Id::from_index(0);
    let name = model.workloads[workload].name;
    let mut spec = model.specs[model.workloads[workload].spec].clone();
    spec.namespace = Some(name);
    spec.labels = LabelSet::from_iter([(name, name)]);
    model.workloads[workload].spec = model.specs.intern(spec);
    let labels = vec![Requirement { key: name, operator: Operator::In(vec![name]) }];
    let namespaces = Namespaces::Only(vec![name]);
    let selector = Some(model.selectors.intern(PodSelector::Pods { namespaces, labels }));
    model.budgets.push(Budget {
        namespace: name,
        name,
        selector,
        selects_all: false,
        limit: Limit::MaxUnavailable(Amount::Pods(1)),
        unready_may_go: false,
        disrupted: Vec::new(),
    });
    Legend { model: Arc::new(model), ..legend }
}

#[test]
fn a_reclaim_goes_past_a_budget_and_an_eviction_does_not() {
    let mut fold = BudgetsFold::new(&protected());
    let (workload, node, spec) = (Id::from_index(0), NodeId::from_index(0), Id::from_index(0));
    let ready = |pod| Fact::PodReady { pod: Id::from_index(pod), workload, node };
    let evicted = |pod| Fact::PodTerminating {
        pod: Id::from_index(pod),
        workload,
        was_ready: true,
        was_available: true,
        why: Cause::Reclaimed,
        reason: Some(DisruptionReason::EvictionByEvictionApi),
    };
    let killed = |pod| Fact::PodEnded {
        pod: Id::from_index(pod),
        workload,
        spec,
        requests: half(),
        node,
        end: End::KilledWithoutWarning,
        reason: Some(DisruptionReason::DeletionByPodGc),
        was_ready: true,
        was_available: true,
        ran: Span::ZERO,
    };
    let (pod, budget) = (Id::from_index(1), Id::from_index(0));
    for (at, fact) in [
        (10, Fact::WorkloadCreated { workload }),
        (15, ready(0)), // 5 s with none
        (15, ready(1)),
        (30, evicted(0)), // allowed
        (30, Fact::EvictionRefused { pod, workload, budget }),
        (40, killed(1)), // not allowed: one of two is missing
        (60, ready(2)),  // 20 s with none
        (70, ready(3)),
        (80, killed(2)), // it was allowed, as it happens
        (81, killed(3)), // 19 s with none
    ] {
        fold.fact(s(at), &fact);
    }
    let fold = fold.finish();
    assert_eq!((fold.violations, fold.refusals), (2, 1));
    assert_eq!(fold.short_ms, (5 + 20 + 19) * 1_000);
}

/// Two workloads of two and four replicas share a budget that allows one disruption in all: each may
/// be short by one. What the scenario says of a workload comes first.
#[test]
fn what_is_required_of_workloads_that_share_a_budget() {
    let legend = protected();
    let mut model = Model::clone(&legend.model);
    let four = Controller::Deployment { replicas: 4, min_ready: Span::ZERO };
    let other = Workload { controller: four, ..model.workloads[Id::from_index(0)].clone() };
    let other = model.workloads.push(other);
    let mut legend = Legend { model: Arc::new(model), ..legend };
    let of = |legend: &Legend| {
        legend.model.workloads.ids().map(|id| required(legend, id)).collect::<Vec<_>>()
    };
    assert_eq!(of(&legend), [1, 3]);
    Arc::make_mut(&mut legend.terms).required.insert(other, 2);
    assert_eq!(of(&legend), [1, 2]);
}
