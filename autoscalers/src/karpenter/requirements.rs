//! Requirements of many labels: what a node will be, or what a pod asks of it.

use std::sync::Arc;

use sim::model::labels::LabelSet;
use sim::names::{NameId, Names};

use super::keys::Keys;
use super::requirement::{Expression, Requirement};

/// At most one requirement of each label.
// Karpenter: pkg/scheduling/requirements.go
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Requirements(Vec<(NameId, Arc<Requirement>)>);

/// Which labels a node may leave undefined though a pod asks for them.
#[derive(Clone, Copy, Debug)]
pub enum Undefined<'a> {
    /// None: the node exists, and its labels are known.
    None,
    /// The well-known ones: the node does not exist yet.
    WellKnown(&'a Keys),
}

impl Undefined<'_> {
    fn allows(self, key: NameId) -> bool {
        match self {
            Undefined::None => false,
            Undefined::WellKnown(keys) => keys.is_well_known(key),
        }
    }
}

impl Requirements {
    /// What expressions ask together.
    pub fn of<'a>(
        expressions: impl IntoIterator<Item = &'a Expression>,
        keys: &Keys,
        names: &Names,
    ) -> Requirements {
        let mut requirements = Requirements::default();
        for expression in expressions {
            let requirement = Arc::new(Requirement::of(expression, names));
            requirements.add(keys.normalized(expression.key), &requirement, names);
        }
        requirements
    }

    /// What labels say: each has its value.
    #[must_use]
    pub fn of_labels(labels: &LabelSet, keys: &Keys, names: &Names) -> Requirements {
        let mut requirements = Requirements::default();
        for (key, value) in labels.iter() {
            requirements.add(keys.normalized(key), &Arc::new(Requirement::only(value)), names);
        }
        requirements
    }

    /// The requirement of a label, if there is one.
    #[must_use]
    pub fn get(&self, key: NameId) -> Option<&Requirement> {
        self.0.binary_search_by_key(&key, |(key, _)| *key).ok().map(|at| &*self.0[at].1)
    }

    /// Requires one more thing of a label.
    pub fn add(&mut self, key: NameId, requirement: &Arc<Requirement>, names: &Names) {
        match self.0.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(at) => {
                let there = &mut self.0[at].1;
                if !Arc::ptr_eq(there, requirement) && **there != **requirement {
                    *there = Arc::new(requirement.intersection(there, names));
                }
            }
            Err(at) => self.0.insert(at, (key, Arc::clone(requirement))),
        }
    }

    /// Requires what others do.
    pub fn add_all(&mut self, others: &Requirements, names: &Names) {
        others.0.iter().for_each(|(key, requirement)| self.add(*key, requirement, names));
    }

    /// Requires something else of a label.
    pub fn replace(&mut self, key: NameId, requirement: Requirement) {
        match self.0.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(at) => self.0[at].1 = Arc::new(requirement),
            Err(at) => self.0.insert(at, (key, Arc::new(requirement))),
        }
    }

    /// Requires nothing of a label.
    pub fn remove(&mut self, key: NameId) {
        self.0.retain(|(there, _)| *there != key);
    }

    /// Whether a node of these requirements can be what `incoming` asks.
    // Karpenter: pkg/scheduling/requirements.go Compatible
    #[must_use]
    pub fn compatible(
        &self,
        incoming: &Requirements,
        undefined: Undefined<'_>,
        names: &Names,
    ) -> bool {
        let defined = |(key, requirement): &(NameId, Arc<Requirement>)| {
            requirement.is_negative() || undefined.allows(*key) || self.get(*key).is_some()
        };
        incoming.0.iter().all(defined) && self.intersects(incoming, names)
    }

    /// Whether labels that both ask for can have a value, or be absent where neither minds.
    // Karpenter: pkg/scheduling/requirements.go Intersects
    #[must_use]
    pub fn intersects(&self, incoming: &Requirements, names: &Names) -> bool {
        let (few, many) =
            if self.0.len() < incoming.0.len() { (self, incoming) } else { (incoming, self) };
        few.0.iter().all(|(key, one)| {
            let Some(other) = many.get(*key) else { return true };
            // What asks for absence, or against values, never contradicts its like.
            one.has_intersection(other, names) || (one.is_negative() && other.is_negative())
        })
    }

    /// Every label with its requirement, in the order of ids.
    pub fn iter(&self) -> impl Iterator<Item = (NameId, &Arc<Requirement>)> {
        self.0.iter().map(|(key, requirement)| (*key, requirement))
    }

    /// Whether distinct values are counted for any label.
    #[must_use]
    pub fn has_min_values(&self) -> bool {
        self.0.iter().any(|(_, requirement)| requirement.min_values().is_some())
    }
}
