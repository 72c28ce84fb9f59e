//! What follows from all pod specs and selectors of a scenario together: which selectors match which
//! pods, and which pods are alike to the scheduler.
//!
//! Selectors match traits. So whatever size a run adds, it is known which selectors match it, and only
//! its classes are new.

use indexmap::{IndexMap, IndexSet};

use super::Model;
use super::budget::BudgetId;
use super::containers::{QosClass, RestartPolicy};
use super::labels::LabelSet;
use super::pod::{PodAffinity, PodSpec, PodTraits, SpecId, TraitsId};
use super::resources::Resources;
use super::selectors::{SelectorId, TermId};
use super::workload::Workload;
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
    traits: Table<TraitsId, Related>,
    of: Table<SpecId, Alike>,
    classes: Classes,
    /// How many pods of each budget should be there.
    wanted: Table<BudgetId, i64>,
}

/// What follows for pods with the same traits.
#[derive(Clone, Debug)]
pub struct Related {
    /// The selectors that match them, in order.
    pub matched_by: Vec<SelectorId>,
    /// The terms of other pods that match them, in order.
    pub targeted_by: Vec<TermId>,
    /// The budgets that are about them.
    pub budgets: Vec<BudgetId>,
    shapes: Shapes,
}

/// The classes of a pod spec.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Alike {
    /// Pods that are alike to the scheduler.
    pub class: ClassId,
    /// Pods that are alike to a node by itself.
    pub own_class: OwnClassId,
    /// Pods that are alike to the scheduler but for their size.
    pub shape: Shape,
    /// Pods that are alike to a node by itself but for their size.
    pub own_shape: OwnShape,
}

id! {
    /// What the scheduler reads of traits, and which terms of other pods match them. Labels are in
    /// here only as those terms: a label that no selector names makes no difference.
    Shape
    /// What a node by itself reads of traits.
    OwnShape
    /// What the scheduler reads of a size.
    SizeId
}

/// What the scheduler reads of traits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Shapes {
    shape: Shape,
    own_shape: OwnShape,
}

/// Sizes and classes, each once, in the order in which they were first met. A table may continue
/// another one.
#[derive(Clone, Debug, Default)]
pub struct Classes {
    sizes: IndexSet<[Resources; 3]>,
    classes: IndexSet<(Shape, SizeId)>,
    own_classes: IndexSet<(OwnShape, SizeId)>,
    /// How many of these classes are of one shape.
    of_shape: Table<Shape, u32>,
}

impl Classes {
    /// The classes of a pod spec that has these relations, new or known; `before` is the table that
    /// this one continues.
    pub(crate) fn intern(&mut self, before: &Classes, related: &Related, spec: &PodSpec) -> Alike {
        let Shapes { shape, own_shape } = related.shapes;
        let size = SizeId::from_index(number(&before.sizes, &mut self.sizes, spec.size()));
        let known = self.classes.len();
        let class = number(&before.classes, &mut self.classes, (shape, size));
        *self.of_shape.slot(shape) += u32::from(self.classes.len() > known);
        let own_class = number(&before.own_classes, &mut self.own_classes, (own_shape, size));
        let (class, own_class) = (ClassId::from_index(class), OwnClassId::from_index(own_class));
        Alike { class, own_class, shape, own_shape }
    }

    /// How many sizes there are of a shape.
    pub(crate) fn sizes_of(&self, shape: Shape) -> u32 {
        self.of_shape.get(shape).copied().unwrap_or(0)
    }
}

/// The number of a key in two tables of which one continues the other.
fn number<K: Eq + std::hash::Hash>(before: &IndexSet<K>, own: &mut IndexSet<K>, key: K) -> usize {
    before.get_index_of(&key).unwrap_or_else(|| before.len() + own.insert_full(key).0)
}

/// A pod as selectors see it.
type Labelled<'m> = (Option<NameId>, &'m LabelSet);
/// The selectors and the terms that match it.
type Matching = (Vec<SelectorId>, Vec<TermId>);

impl Relations {
    /// Works everything out.
    pub(super) fn of(model: &Model) -> Relations {
        let mut by_labels: IndexMap<Labelled<'_>, Matching> = IndexMap::new();
        let mut shapes: IndexSet<(PodTraits, Vec<TermId>)> = IndexSet::new();
        let mut own_shapes: IndexSet<PodTraits> = IndexSet::new();
        let related = model.specs.traits().map(|(traits, first)| {
            let (matched_by, targeted_by) = by_labels
                .entry((traits.namespace, &traits.labels))
                .or_insert_with(|| matching(model, traits))
                .clone();
            let scheduled = as_scheduled(traits);
            let own_shape = own_shapes.insert_full(as_seen_by_a_node(&scheduled)).0;
            let shape = shapes.insert_full((scheduled, targeted_by.clone())).0;
            let budgets = model.budgets.iter();
            let about = budgets.filter(|(_, it)| it.selects(first, &matched_by, model));
            let budgets = about.map(|(id, _)| id).collect();
            let shape = Shape::from_index(shape);
            let shapes = Shapes { shape, own_shape: OwnShape::from_index(own_shape) };
            Related { matched_by, targeted_by, budgets, shapes }
        });
        let traits: Table<TraitsId, Related> = related.collect();
        let (none, mut classes) = (Classes::default(), Classes::default());
        let of = model.specs.ids().map(|spec| {
            let related = &traits[model.specs.traits_of(spec)];
            classes.intern(&none, related, &model.specs[spec])
        });
        let of = of.collect();
        let wanted = model.budgets.ids().map(|id| wanted(id, &traits, model)).collect();
        Relations { traits, of, classes, wanted }
    }

    /// How many of a budget's pods should be there.
    pub fn wanted(&self, budget: BudgetId) -> i64 {
        self.wanted[budget]
    }

    /// What follows for pods with these traits.
    pub fn of_traits(&self, traits: TraitsId) -> &Related {
        &self.traits[traits]
    }

    /// The classes of a spec.
    pub fn alike(&self, spec: SpecId) -> Alike {
        self.of[spec]
    }

    /// All classes, to be continued.
    pub(crate) fn classes(&self) -> &Classes {
        &self.classes
    }
}

/// How many of the pods that a budget is about should be there. Bare pods have no controller to say so.
// Disruption controller: pkg/controller/disruption getExpectedScale
fn wanted(id: BudgetId, traits: &Table<TraitsId, Related>, model: &Model) -> i64 {
    let of = |workload: &Workload| {
        let related = &traits[model.specs.traits_of(workload.spec)];
        let counts = !workload.controller.is_bare() && related.budgets.contains(&id);
        if counts { workload.controller.at_once().map_or(0, i64::from) } else { 0 }
    };
    model.workloads.rows().map(of).sum()
}

/// The selectors and terms that match pods with these labels.
fn matching(model: &Model, pod: &PodTraits) -> Matching {
    let selectors = &model.selectors;
    let matched_by: Vec<SelectorId> = selectors
        .ids()
        .filter(|id| selectors.means(*id, pod.namespace, &pod.labels, &model.names))
        .collect();
    let targeted_by = selectors
        .terms()
        .filter(|(_, term)| matched_by.binary_search(&term.selector).is_ok())
        .map(|(id, _)| id)
        .collect();
    (matched_by, targeted_by)
}

/// The traits without what no plugin looks at.
fn as_scheduled(traits: &PodTraits) -> PodTraits {
    PodTraits {
        namespace: None,
        labels: LabelSet::default(),
        qos: QosClass::default(),
        restart_policy: RestartPolicy::default(),
        quotas: Vec::new(),
        pod_security: None,
        priority: 0,
        deletion_cost: 0,
        grace: Span::ZERO,
        shutdown: Span::ZERO,
        startup: Span::ZERO,
        ..traits.clone()
    }
}

/// The traits without what no plugin looks at that sees one node by itself.
fn as_seen_by_a_node(traits: &PodTraits) -> PodTraits {
    PodTraits {
        spread: Vec::new(),
        default_spread: None,
        pod_affinity: PodAffinity::default(),
        ..traits.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::containers::{Container, ContainerKind, Containers, Requirements};
    use super::*;

    #[test]
    fn pods_that_differ_only_in_containers_are_of_one_class() {
        let mut model = Model::default();
        let plain = PodSpec::default();
        let name = model.names.intern("web");
        let kind = ContainerKind::Regular;
        let list = vec![Container { name, kind, resources: Requirements::default() }];
        let mut other = plain.clone();
        other.containers = Arc::new(Containers { list, ..Containers::default() });
        other.qos = QosClass::Guaranteed;
        other.restart_policy = RestartPolicy::Never;
        let [plain, again, other] =
            [plain.clone(), plain, other].map(|spec| model.specs.intern(spec));
        assert_eq!(plain, again, "equal pods share a spec");
        assert_ne!(plain, other);
        assert_eq!(model.relations().alike(plain), model.relations().alike(other));
    }

    #[test]
    fn specs_that_differ_only_in_size_share_their_traits() {
        let mut model = Model::default();
        let traits = PodTraits { priority: 7, ..PodTraits::default() };
        let of = |cpu| traits.clone().requesting(Resources::one_pod(cpu, 0));
        let [small, large] = [100, 200].map(|cpu| model.specs.intern(of(cpu)));
        assert!(Arc::ptr_eq(&model.specs[small].traits, &model.specs[large].traits));
        assert_eq!(model.specs.traits_of(small), model.specs.traits_of(large));
        assert_ne!(model.relations().alike(small), model.relations().alike(large));
    }
}
