//! Labels, and what a selector may ask of them.

use crate::names::{NameId, Names};

/// Label keys and values, sorted by key, each key once.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct LabelSet(Vec<(NameId, NameId)>);

impl LabelSet {
    /// The value of `key`.
    pub fn get(&self, key: NameId) -> Option<NameId> {
        self.0.binary_search_by_key(&key, |(k, _)| *k).ok().map(|at| self.0[at].1)
    }

    /// Sets `key` to `value`, replacing what was there.
    pub fn set(&mut self, key: NameId, value: NameId) {
        match self.0.binary_search_by_key(&key, |(k, _)| *k) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    /// All labels, in key order.
    pub fn iter(&self) -> impl Iterator<Item = (NameId, NameId)> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<(NameId, NameId)> for LabelSet {
    fn from_iter<I: IntoIterator<Item = (NameId, NameId)>>(labels: I) -> Self {
        let mut set = LabelSet::default();
        labels.into_iter().for_each(|(key, value)| set.set(key, value));
        set
    }
}

/// One condition on one label.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Requirement {
    /// The label it looks at.
    pub key: NameId,
    /// What it asks.
    pub operator: Operator,
}

/// What a [`Requirement`] asks of its label.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Operator {
    /// Present, with one of these values.
    In(Vec<NameId>),
    /// Absent, or with none of these values.
    NotIn(Vec<NameId>),
    /// Present.
    Exists,
    /// Absent.
    DoesNotExist,
    /// Present, and greater than this as an integer.
    Gt(i64),
    /// Present, and less than this as an integer.
    Lt(i64),
}

impl Requirement {
    /// Whether a label with this `value`, or its absence, satisfies the requirement.
    // kube-scheduler: apimachinery labels.Requirement.Matches
    #[must_use]
    pub fn allows(&self, value: Option<NameId>, names: &Names) -> bool {
        let integer = || value.and_then(|value| names.integer(value));
        match &self.operator {
            Operator::In(values) => value.is_some_and(|value| values.contains(&value)),
            Operator::NotIn(values) => value.is_none_or(|value| !values.contains(&value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::Gt(bound) => integer().is_some_and(|value| value > *bound),
            Operator::Lt(bound) => integer().is_some_and(|value| value < *bound),
        }
    }
}

/// One alternative of a node affinity: every requirement must hold.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NodeSelectorTerm {
    /// Conditions on labels.
    pub labels: Vec<Requirement>,
    /// Conditions on the node's name (`matchFields: metadata.name`).
    pub name: Vec<Requirement>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(operator: Operator, value: Option<&str>) -> bool {
        let mut names = Names::default();
        let key = names.intern("key");
        names.intern("a"); // operators below refer to it as the second name
        let value = value.map(|value| names.intern(value));
        Requirement { key, operator }.allows(value, &names)
    }

    #[test]
    fn absence_satisfies_only_the_negative_operators() {
        let a = || {
            let mut names = Names::default();
            names.intern("key");
            vec![names.intern("a")]
        };
        assert!(allows(Operator::In(a()), Some("a")) && !allows(Operator::In(a()), None));
        assert!(!allows(Operator::NotIn(a()), Some("a")) && allows(Operator::NotIn(a()), None));
        assert!(allows(Operator::Exists, Some("b")) && !allows(Operator::Exists, None));
        assert!(!allows(Operator::DoesNotExist, Some("b")) && allows(Operator::DoesNotExist, None));
    }

    #[test]
    fn comparison_is_between_integers() {
        assert!(allows(Operator::Gt(4), Some("5")) && !allows(Operator::Gt(5), Some("5")));
        assert!(allows(Operator::Lt(6), Some("5")) && !allows(Operator::Lt(6), Some("five")));
        assert!(!allows(Operator::Gt(4), None));
    }
}
