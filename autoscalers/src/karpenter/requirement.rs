//! One requirement of a label: which values it may have, as a set that may be all but some.

use sim::names::{NameId, Names};

/// How an [`Expression`] asks for a label.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Operator {
    /// With one of the values.
    In,
    /// Absent, or with none of the values.
    NotIn,
    /// Present.
    Exists,
    /// Absent.
    DoesNotExist,
    /// An integer greater than the value.
    Gt,
    /// An integer less than the value.
    Lt,
    /// An integer that is the value or greater.
    Gte,
    /// An integer that is the value or less.
    Lte,
}

/// A requirement as an object writes it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Expression {
    /// The label.
    pub key: NameId,
    /// How it is asked for.
    pub operator: Operator,
    /// The values, which `Exists` and `DoesNotExist` do not have; an integer for the last four.
    pub values: Vec<NameId>,
    /// How many distinct values the instance types that are left must have between them.
    pub min_values: Option<u32>,
}

/// Which values a label may have.
// Karpenter: pkg/scheduling/requirement.go
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Requirement {
    /// Whether every value is allowed except `values`.
    complement: bool,
    /// Sorted.
    values: Vec<NameId>,
    at_least: Option<i64>,
    at_most: Option<i64>,
    min_values: Option<u32>,
}

impl Requirement {
    /// Every value, and absence.
    pub const EXISTS: Requirement = Requirement::without_values(true);
    /// No value.
    pub const DOES_NOT_EXIST: Requirement = Requirement::without_values(false);

    const fn without_values(complement: bool) -> Requirement {
        Requirement {
            complement,
            values: Vec::new(),
            at_least: None,
            at_most: None,
            min_values: None,
        }
    }

    /// One value.
    #[must_use]
    pub fn only(value: NameId) -> Requirement {
        Requirement { values: vec![value], ..Requirement::DOES_NOT_EXIST }
    }

    /// One of these values; none of them is absence.
    pub fn one_of(values: impl IntoIterator<Item = NameId>) -> Requirement {
        Requirement { values: sorted(values), ..Requirement::DOES_NOT_EXIST }
    }

    /// What an expression asks. `Gt` and `Lt` become the bounds that include them.
    pub fn of(expression: &Expression, names: &Names) -> Requirement {
        let bound = || {
            expression.values.first().and_then(|value| names.integer(*value)).unwrap_or_default()
        };
        let values = || sorted(expression.values.iter().copied());
        let exists = Requirement::EXISTS;
        let requirement = match expression.operator {
            Operator::In => Requirement::one_of(values()),
            Operator::NotIn => Requirement { values: values(), ..exists },
            Operator::Exists => exists,
            Operator::DoesNotExist => Requirement::DOES_NOT_EXIST,
            Operator::Gt => Requirement { at_least: Some(bound().saturating_add(1)), ..exists },
            Operator::Lt => Requirement { at_most: Some(bound().saturating_sub(1)), ..exists },
            Operator::Gte => Requirement { at_least: Some(bound()), ..exists },
            Operator::Lte => Requirement { at_most: Some(bound()), ..exists },
        };
        Requirement { min_values: expression.min_values, ..requirement }
    }

    /// What both allow.
    // Karpenter: pkg/scheduling/requirement.go Intersection
    #[must_use]
    pub fn intersection(&self, other: &Requirement, names: &Names) -> Requirement {
        let min_values = self.min_values.max(other.min_values);
        let Some((at_least, at_most)) = self.common_bounds(other) else {
            return Requirement { min_values, ..Requirement::DOES_NOT_EXIST };
        };
        let complement = self.complement && other.complement;
        let within = |value: &NameId| is_within(*value, at_least, at_most, names);
        let mut values: Vec<NameId> = match (self.complement, other.complement) {
            (true, true) => sorted(self.values.iter().chain(&other.values).copied()),
            (true, false) => less(&other.values, &self.values),
            (false, true) => less(&self.values, &other.values),
            (false, false) => {
                let there = |value: &NameId| other.values.binary_search(value).is_ok();
                self.values.iter().copied().filter(there).collect()
            }
        };
        values.retain(within);
        // A set that is written out needs no bounds.
        let (at_least, at_most) = if complement { (at_least, at_most) } else { (None, None) };
        Requirement { complement, values, at_least, at_most, min_values }
    }

    /// Whether both allow some value, which may be any that none of them names.
    // Karpenter: pkg/scheduling/requirement.go HasIntersection
    #[must_use]
    pub fn has_intersection(&self, other: &Requirement, names: &Names) -> bool {
        let Some((at_least, at_most)) = self.common_bounds(other) else { return false };
        let (listed, rest) = match (self.complement, other.complement) {
            (true, true) => return true,
            (true, false) => (other, self),
            (false, true) => (self, other),
            (false, false) if self.values.len() > other.values.len() => (other, self),
            (false, false) => (self, other),
        };
        listed.values.iter().any(|value| {
            rest.values.binary_search(value).is_ok() != rest.complement
                && is_within(*value, at_least, at_most, names)
        })
    }

    /// The bounds of an intersection, unless they leave nothing.
    fn common_bounds(&self, other: &Requirement) -> Option<(Option<i64>, Option<i64>)> {
        let at_least = self.at_least.max(other.at_least);
        let at_most = match (self.at_most, other.at_most) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        match (at_least, at_most) {
            (Some(low), Some(high)) if low > high => None,
            bounds => Some(bounds),
        }
    }

    /// Whether it allows a value.
    #[must_use]
    pub fn allows(&self, value: NameId, names: &Names) -> bool {
        self.values.binary_search(&value).is_ok() != self.complement
            && is_within(value, self.at_least, self.at_most, names)
    }

    /// Whether no value is allowed at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.complement && self.values.is_empty()
    }

    /// Whether it is met by a label's absence: `NotIn` or `DoesNotExist`. Without a value, `NotIn` reads
    /// as `Exists`.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.complement != self.values.is_empty()
    }

    /// Whether it is a list of values that are allowed.
    #[must_use]
    pub fn is_list(&self) -> bool {
        !self.complement && !self.values.is_empty()
    }

    /// The values that it names, allowed or not.
    #[must_use]
    pub fn values(&self) -> &[NameId] {
        &self.values
    }

    /// The one value that is allowed, if there is just one.
    #[must_use]
    pub fn single(&self) -> Option<NameId> {
        match self.values.as_slice() {
            [value] if !self.complement => Some(*value),
            _ => None,
        }
    }

    /// How many distinct values are wanted of the instance types that are left.
    #[must_use]
    pub fn min_values(&self) -> Option<u32> {
        self.min_values
    }

    /// The same, with another number of distinct values.
    #[must_use]
    pub fn with_min_values(mut self, min_values: Option<u32>) -> Requirement {
        self.min_values = min_values;
        self
    }

    /// How it is written onto a NodeClaim: operator and values, which are integers for bounds. What
    /// `NotIn` excludes is lost beside a bound.
    // Karpenter: pkg/scheduling/requirement.go BoundedNodeSelectorRequirements
    #[must_use]
    pub fn written(&self, names: &Names) -> Vec<(Operator, Vec<String>)> {
        let bounds = [(Operator::Gte, self.at_least), (Operator::Lte, self.at_most)];
        let bounds: Vec<_> = bounds
            .into_iter()
            .filter_map(|(operator, bound)| Some((operator, vec![bound?.to_string()])))
            .collect();
        if !bounds.is_empty() {
            return bounds;
        }
        let mut values: Vec<String> =
            self.values.iter().map(|value| names.text(*value).to_owned()).collect();
        values.sort_unstable();
        let operator = match (self.complement, values.is_empty()) {
            (true, true) => Operator::Exists,
            (true, false) => Operator::NotIn,
            (false, true) => Operator::DoesNotExist,
            (false, false) => Operator::In,
        };
        vec![(operator, values)]
    }
}

/// Whether a value is within bounds. No text is that is not an integer.
fn is_within(value: NameId, at_least: Option<i64>, at_most: Option<i64>, names: &Names) -> bool {
    if at_least.is_none() && at_most.is_none() {
        return true;
    }
    names.integer(value).is_some_and(|value| {
        at_least.is_none_or(|bound| value >= bound) && at_most.is_none_or(|bound| value <= bound)
    })
}

fn sorted(values: impl IntoIterator<Item = NameId>) -> Vec<NameId> {
    let mut values: Vec<NameId> = values.into_iter().collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// The values of one that are not in another.
fn less(values: &[NameId], others: &[NameId]) -> Vec<NameId> {
    values.iter().copied().filter(|value| others.binary_search(value).is_err()).collect()
}
