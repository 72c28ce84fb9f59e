//! Who means whom: what follows from all pod specs and selectors of a scenario together.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Model;
use super::budget::BudgetId;
use super::containers::{QosClass, RestartPolicy};
use super::labels::LabelSet;
use super::pod::{PodAffinity, PodSpec, SpecId};
use super::selectors::{SelectorId, TermId};
use super::workload::{Controller, Workload};
use crate::names::NameId;
use crate::table::{Id, Table, id};
use crate::time::Span;

id! {
    /// Pods that see the cluster alike: every question of the scheduler has the same answer for
    /// all of them.
    ClassId
    /// Pods that are alike to a node by itself.
    OwnClassId
}

/// What follows for each pod spec.
#[derive(Clone, Debug, Default)]
pub struct Relations {
    specs: Table<SpecId, Related>,
    /// How many pods of each budget should be there.
    wanted: Table<BudgetId, i64>,
}

/// What follows for one pod spec.
#[derive(Clone, Debug)]
pub struct Related {
    /// The selectors that mean its pods, in order.
    pub matched_by: Vec<SelectorId>,
    /// The terms of other pods that mean its pods, in order.
    pub targeted_by: Vec<TermId>,
    /// The budgets that are about its pods.
    pub budgets: Vec<BudgetId>,
    /// Its class.
    pub class: ClassId,
    /// Its class as far as a node by itself is concerned.
    pub own_class: OwnClassId,
}

/// What the scheduler reads of a pod. The pod's labels are in here only as the terms that mean it:
/// a label that no selector names makes no difference.
#[derive(PartialEq, Eq, Hash)]
struct Signature {
    spec: PodSpec,
    targeted_by: Vec<TermId>,
}

/// A pod as selectors see it.
type Labelled<'m> = (Option<NameId>, &'m LabelSet);
/// The selectors and the terms that mean it.
type Meant = (Vec<SelectorId>, Vec<TermId>);

impl Relations {
    /// Works everything out.
    pub(super) fn of(model: &Model) -> Relations {
        let mut by_labels: IndexMap<Labelled<'_>, Meant> = IndexMap::new();
        let mut signatures: IndexMap<Signature, ClassId> = IndexMap::new();
        let mut own: IndexMap<PodSpec, OwnClassId> = IndexMap::new();
        let mut specs = Table::new();
        for (spec_id, spec) in model.specs.ids().zip(model.specs.iter()) {
            let (matched_by, targeted_by) = by_labels
                .entry((spec.namespace, &spec.labels))
                .or_insert_with(|| means(model, spec))
                .clone();
            let scheduled = as_scheduled(spec);
            let next = OwnClassId::from_index(own.len());
            let own_class = *own.entry(as_seen_by_a_node(&scheduled)).or_insert(next);
            let signature = Signature { spec: scheduled, targeted_by: targeted_by.clone() };
            let next = ClassId::from_index(signatures.len());
            let class = *signatures.entry(signature).or_insert(next);
            let budgets = model.budgets.iter();
            let about = budgets.filter(|(_, it)| it.selects(spec_id, &matched_by, model));
            let budgets = about.map(|(id, _)| id).collect();
            specs.push(Related { matched_by, targeted_by, budgets, class, own_class });
        }
        let wanted = model.budgets.ids().map(|id| wanted(id, &specs, model)).collect();
        Relations { specs, wanted }
    }

    /// How many of a budget's pods should be there.
    pub fn wanted(&self, budget: BudgetId) -> i64 {
        self.wanted[budget]
    }

    /// What follows for pods of a spec.
    pub fn of_spec(&self, spec: SpecId) -> &Related {
        &self.specs[spec]
    }
}

/// How many of the pods that a budget is about should be there. Bare pods have no controller to say so.
// Disruption controller: pkg/controller/disruption getExpectedScale
fn wanted(id: BudgetId, specs: &Table<SpecId, Related>, model: &Model) -> i64 {
    let of = |workload: &Workload| {
        let managed = !matches!(workload.controller, Controller::Pod { .. });
        let counts = managed && specs[workload.spec].budgets.contains(&id);
        if counts { workload.controller.at_once().map_or(0, i64::from) } else { 0 }
    };
    model.workloads.rows().map(of).sum()
}

/// The selectors and terms that mean pods with a spec's labels.
fn means(model: &Model, spec: &PodSpec) -> Meant {
    let selectors = &model.selectors;
    let matched_by: Vec<SelectorId> = selectors
        .ids()
        .filter(|id| selectors.means(*id, spec.namespace, &spec.labels, &model.names))
        .collect();
    let targeted_by = selectors
        .terms()
        .filter(|(_, term)| matched_by.binary_search(&term.selector).is_ok())
        .map(|(id, _)| id)
        .collect();
    (matched_by, targeted_by)
}

/// The spec without what no plugin looks at.
fn as_scheduled(spec: &PodSpec) -> PodSpec {
    PodSpec {
        namespace: None,
        labels: LabelSet::default(),
        containers: Arc::default(),
        qos: QosClass::default(),
        restart_policy: RestartPolicy::default(),
        priority: 0,
        grace: Span::ZERO,
        shutdown: Span::ZERO,
        startup: Span::ZERO,
        ..spec.clone()
    }
}

/// The spec without what no plugin looks at that sees one node by itself.
fn as_seen_by_a_node(spec: &PodSpec) -> PodSpec {
    PodSpec {
        spread: Vec::new(),
        default_spread: None,
        pod_affinity: PodAffinity::default(),
        ..spec.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::super::containers::{Container, ContainerKind, Containers, Requirements};
    use super::*;

    #[test]
    fn pods_that_differ_only_in_containers_are_of_one_class() {
        let mut model = Model::default();
        let plain = PodSpec::default();
        let name = model.names.intern("web");
        let kind = ContainerKind::Regular;
        let list = vec![Container { name, kind, resources: Requirements::default() }];
        let other = PodSpec {
            containers: Arc::new(Containers { list, ..Containers::default() }),
            qos: QosClass::Guaranteed,
            restart_policy: RestartPolicy::Never,
            ..plain.clone()
        };
        let [plain, again, other] =
            [plain.clone(), plain, other].map(|spec| model.specs.intern(spec));
        assert_eq!(plain, again, "equal pods share a spec");
        assert_ne!(plain, other);
        let [one, two] = [plain, other].map(|spec| model.relations().of_spec(spec));
        assert_eq!((one.class, one.own_class), (two.class, two.own_class));
    }
}
