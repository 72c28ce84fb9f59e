//! Every pod spec that a scenario names, once; specs that differ only in size share their traits.

use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use super::pod::{PodSpec, PodTraits, SpecId, TraitsId};
use crate::table::{Id, Table};

/// Every pod spec that occurs, once.
#[derive(Clone, Debug, Default)]
pub struct Specs {
    specs: IndexSet<PodSpec>,
    /// The traits of each spec.
    of: Table<SpecId, TraitsId>,
    /// Distinct traits, each with the first spec that has them.
    traits: IndexMap<Arc<PodTraits>, SpecId>,
}

impl Specs {
    /// The id of a pod spec, new or known.
    pub fn intern(&mut self, mut spec: PodSpec) -> SpecId {
        let known = self.traits.get_full(&spec.traits);
        let (traits, is_new) = match known {
            Some((index, shared, _)) => {
                spec.traits = Arc::clone(shared);
                (index, false)
            }
            None => (self.traits.len(), true),
        };
        let shared = Arc::clone(&spec.traits);
        let (index, first) = self.specs.insert_full(spec);
        let id = SpecId::from_index(index);
        if first {
            self.of.push(TraitsId::from_index(traits));
        }
        if is_new {
            self.traits.insert(shared, id);
        }
        id
    }

    /// The id of a pod spec, if it is known.
    #[must_use]
    pub fn find(&self, spec: &PodSpec) -> Option<SpecId> {
        self.specs.get_index_of(spec).map(SpecId::from_index)
    }

    /// The first spec with these traits, if there is one.
    #[must_use]
    pub fn first_with(&self, traits: &PodTraits) -> Option<SpecId> {
        self.traits.get(traits).copied()
    }

    /// The traits of a spec.
    #[must_use]
    pub fn traits_of(&self, id: SpecId) -> TraitsId {
        self.of[id]
    }

    /// Distinct traits, each with the first spec that has them, in order of their ids.
    pub fn traits(&self) -> impl ExactSizeIterator<Item = (&PodTraits, SpecId)> {
        self.traits.iter().map(|(traits, first)| (&**traits, *first))
    }

    /// How many specs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.specs.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.specs.is_empty()
    }

    /// The ids of all specs.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = SpecId> + use<> {
        (0..self.specs.len()).map(SpecId::from_index)
    }

    /// All specs, in id order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &PodSpec> {
        self.specs.iter()
    }
}

impl std::ops::Index<SpecId> for Specs {
    type Output = PodSpec;
    fn index(&self, id: SpecId) -> &PodSpec {
        &self.specs[id.index()]
    }
}
