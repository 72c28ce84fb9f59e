//! Requirements of labels in Karpenter's terms.

use sim::model::labels;
use sim::names::Names;

use crate::karpenter::requirement::{Expression, Operator};

/// What a label must satisfy.
pub(super) fn expression(requirement: &labels::Requirement, names: &mut Names) -> Expression {
    let (operator, values) = match &requirement.operator {
        labels::Operator::In(values) => (Operator::In, values.clone()),
        labels::Operator::NotIn(values) => (Operator::NotIn, values.clone()),
        labels::Operator::Exists => (Operator::Exists, Vec::new()),
        labels::Operator::DoesNotExist => (Operator::DoesNotExist, Vec::new()),
        labels::Operator::Gt(bound) => (Operator::Gt, vec![names.intern(&bound.to_string())]),
        labels::Operator::Lt(bound) => (Operator::Lt, vec![names.intern(&bound.to_string())]),
    };
    Expression { key: requirement.key, operator, values, min_values: None }
}
