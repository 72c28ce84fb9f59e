//! The specs of a run: those of the model, and those that the run adds.
//!
//! A run adds sizes: of pods that a generator draws, of pods that are resized. All else of a spec is
//! the model's, because it may be what selectors match and budgets count, and that is worked out once
//! for all runs. So a spec that is added differs in size alone from one of the model, its *base*.

use std::sync::Arc;

use indexmap::IndexSet;

use super::World;
use crate::fact::Requested;
use crate::model::Model;
use crate::model::pod::{PodId, PodSpec, SpecId};
use crate::model::relations::{Alike, Classes, Related, Shape};
use crate::table::Id;

/// The specs of a run; one is only ever added.
#[derive(Clone, Debug)]
pub struct RunSpecs {
    model: Arc<Model>,
    /// What follows those of the model.
    added: IndexSet<PodSpec>,
    /// The base and the classes of each that was added.
    rows: Vec<(SpecId, Alike)>,
    /// The classes that follow those of the model.
    classes: Classes,
}

impl RunSpecs {
    /// Those of the model.
    pub(super) fn new(model: Arc<Model>) -> RunSpecs {
        RunSpecs { model, added: IndexSet::new(), rows: Vec::new(), classes: Classes::default() }
    }

    /// What does not change.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The place of a spec among those that were added, if it was.
    fn place(&self, id: SpecId) -> Option<usize> {
        id.index().checked_sub(self.model.specs.len())
    }

    /// The spec behind an id.
    pub fn get(&self, id: SpecId) -> &PodSpec {
        match self.place(id) {
            None => &self.model.specs[id],
            Some(place) => &self.added[place],
        }
    }

    /// The spec of the model that differs from this one in size at most.
    pub fn base(&self, id: SpecId) -> SpecId {
        self.place(id).map_or(id, |place| self.rows[place].0)
    }

    /// Whether a spec is not of the model.
    pub fn is_added(&self, id: SpecId) -> bool {
        self.place(id).is_some()
    }

    /// What follows for pods of a spec.
    pub fn related(&self, id: SpecId) -> &Related {
        let traits = self.model.specs.traits_of(self.base(id));
        self.model.relations().of_traits(traits)
    }

    /// The classes of a spec.
    pub fn alike(&self, id: SpecId) -> Alike {
        match self.place(id) {
            None => self.model.relations().alike(id),
            Some(place) => self.rows[place].1,
        }
    }

    /// In how many sizes pods of a shape come.
    pub fn sizes_of(&self, shape: Shape) -> u32 {
        self.model.relations().classes().sizes_of(shape) + self.classes.sizes_of(shape)
    }

    fn add(&mut self, mut spec: PodSpec) -> SpecId {
        if let Some(known) = self.model.specs.find(&spec) {
            return known;
        }
        let first = self.model.specs.first_with(&spec.traits);
        let base = first.expect("a run adds sizes, and no traits");
        spec.traits = Arc::clone(&self.model.specs[base].traits);
        let (place, is_new) = self.added.insert_full(spec);
        if is_new {
            let relations = self.model.relations();
            let related = relations.of_traits(self.model.specs.traits_of(base));
            let alike = self.classes.intern(relations.classes(), related, &self.added[place]);
            self.rows.push((base, alike));
        }
        SpecId::from_index(self.model.specs.len() + place)
    }
}

impl World {
    /// The specs of this run.
    pub fn specs(&self) -> &RunSpecs {
        &self.specs
    }

    /// The spec behind an id.
    pub fn spec(&self, id: SpecId) -> &PodSpec {
        self.specs.get(id)
    }

    /// What a pod asks for.
    pub fn spec_of(&self, pod: PodId) -> &PodSpec {
        self.specs.get(self.pods.spec(pod))
    }

    /// The spec of the model that a pod differs from in size at most: what is not of this run alone
    /// knows the pod by it.
    pub fn base_spec(&self, pod: PodId) -> SpecId {
        self.specs.base(self.pods.spec(pod))
    }

    /// What a pod requests, as a fact says it.
    pub fn requested(&self, pod: PodId) -> Requested {
        self.requested_by(self.pods.spec(pod))
    }

    /// What the pods of a spec request, as a fact says it.
    pub(super) fn requested_by(&self, id: SpecId) -> Requested {
        let requests = &self.spec(id).requests;
        if self.specs.is_added(id) { Requested::added(requests) } else { Requested::of(requests) }
    }

    /// The id of a pod spec, new or known. It differs from one of the model in requests and containers
    /// at most.
    ///
    /// # Panics
    /// If the model has no spec with its traits.
    pub fn add_spec(&mut self, spec: PodSpec) -> SpecId {
        self.specs.add(spec)
    }
}
