//! Requirements of many labels: what a node will be, or what a pod asks of it.

use std::collections::BTreeMap;
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

    /// Whether nothing is required of any label.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether distinct values are counted for any label.
    #[must_use]
    pub fn has_min_values(&self) -> bool {
        self.0.iter().any(|(_, requirement)| requirement.min_values().is_some())
    }
}

/// Requirements that are tried on top of others, which stay as they are.
#[derive(Clone, Debug)]
pub(crate) struct Tightened<'a> {
    base: &'a Requirements,
    /// What has become different.
    changed: Requirements,
}

impl<'a> Tightened<'a> {
    /// Nothing on top.
    pub(crate) fn of(base: &'a Requirements) -> Tightened<'a> {
        Tightened { base, changed: Requirements::default() }
    }

    /// The requirement of a label, if there is one.
    pub(crate) fn get(&self, key: NameId) -> Option<&Requirement> {
        self.changed.get(key).or_else(|| self.base.get(key))
    }

    /// What has become different.
    pub(crate) fn changed(&self) -> &Requirements {
        &self.changed
    }

    /// As [`Requirements::compatible`].
    pub(crate) fn compatible(
        &self,
        incoming: &Requirements,
        undefined: Undefined<'_>,
        names: &Names,
    ) -> bool {
        incoming
            .0
            .iter()
            .all(|(key, requirement)| self.compatible_with(*key, requirement, undefined, names))
    }

    /// Whether the label can be what one requirement asks.
    pub(crate) fn compatible_with(
        &self,
        key: NameId,
        requirement: &Requirement,
        undefined: Undefined<'_>,
        names: &Names,
    ) -> bool {
        match self.get(key) {
            None => requirement.is_negative() || undefined.allows(key),
            Some(there) => {
                there.has_intersection(requirement, names)
                    || (there.is_negative() && requirement.is_negative())
            }
        }
    }

    /// Requires what others do.
    pub(crate) fn add_all(&mut self, others: &Requirements, names: &Names) {
        others.0.iter().for_each(|(key, requirement)| self.add(*key, requirement, names));
    }

    /// Requires one more thing of a label.
    pub(crate) fn add(&mut self, key: NameId, requirement: &Arc<Requirement>, names: &Names) {
        let Some(there) = self.get(key) else {
            self.changed.add(key, requirement, names);
            return;
        };
        let stays = there.single().is_some_and(|value| requirement.allows(value, names))
            && requirement.min_values() <= there.min_values();
        if stays {
            return;
        }
        let both = requirement.intersection(there, names);
        if both != *there {
            self.changed.replace(key, both);
        }
    }

    /// Whether distinct values are counted for any label.
    pub(crate) fn has_min_values(&self) -> bool {
        self.base.has_min_values() || self.changed.has_min_values()
    }

    /// Wants no more distinct values than there are.
    pub(crate) fn lower_min_values(&mut self, there: &BTreeMap<NameId, u32>) {
        for (key, number) in there {
            if let Some(requirement) = self.get(*key) {
                let lowered = requirement.clone().with_min_values(Some(*number));
                self.changed.replace(*key, lowered);
            }
        }
    }

    /// Both together.
    pub(crate) fn whole(&self) -> Requirements {
        let mut whole = self.base.clone();
        for (key, requirement) in &self.changed.0 {
            match whole.0.binary_search_by_key(key, |(key, _)| *key) {
                Ok(at) => whole.0[at].1 = Arc::clone(requirement),
                Err(at) => whole.0.insert(at, (*key, Arc::clone(requirement))),
            }
        }
        whole
    }
}
