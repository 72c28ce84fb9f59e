//! Requirements of a pool, and which nodes meet them.

use std::collections::BTreeMap;

use crate::file::Pool;
use crate::file::node_autoscaler::{Requirement, RequirementOperator, Requirements};
use crate::node_labels::ROWS;

/// Labels that Karpenter knows of every instance type, whether they are modelled here or not.
const OF_TYPES: [&str; 2] = ["karpenter.k8s.aws/", "karpenter.azure.com/"];

/// All requirements of a pool.
pub(crate) fn of(pool: &Pool) -> Vec<Requirement> {
    pool.requirements.as_ref().map(Requirements::listed).unwrap_or_default()
}

/// The values that a pool's requirements list for a label.
pub(crate) fn values_of(pool: &Pool, key: &str) -> Vec<String> {
    let is_list = |it: &Requirement| it.key == key && it.operator == RequirementOperator::In;
    of(pool).into_iter().find(is_list).map(|it| it.values).unwrap_or_default()
}

/// Whether a label says something of instance types that is not modelled here.
pub(crate) fn is_unmodelled(key: &str) -> bool {
    OF_TYPES.iter().any(|start| key.starts_with(start)) && ROWS.iter().all(|row| row.key != key)
}

/// Labels that no table knows, with the value that its nodes get unless pods ask for another: the first.
// Karpenter: pkg/controllers/provisioning/scheduling/nodeclaimtemplate.go, custom labels
pub(crate) fn custom_labels(pool: &Pool) -> BTreeMap<String, String> {
    custom_values(pool)
        .into_iter()
        .filter_map(|(key, values)| Some((key, values.into_iter().next()?)))
        .collect()
}

/// Labels that no table knows, with all values that its nodes may have.
pub(crate) fn custom_values(pool: &Pool) -> BTreeMap<String, Vec<String>> {
    let custom = of(pool).into_iter().filter(|it| {
        it.operator == RequirementOperator::In
            && ROWS.iter().all(|row| row.key != it.key)
            && !is_unmodelled(&it.key)
            && !pool.labels.contains_key(&it.key)
    });
    custom.map(|it| (it.key, it.values)).collect()
}

/// The first requirement that a node of these labels does not meet.
pub(crate) fn unmet<'r>(
    requirements: &'r [Requirement],
    labels: &BTreeMap<String, String>,
) -> Option<&'r Requirement> {
    let met = |it: &Requirement| {
        is_unmodelled(&it.key) || is_met(it, labels.get(&it.key).map(String::as_str))
    };
    requirements.iter().find(|it| !met(it))
}

/// The first requirement that a node that is there does not meet: it has every label, modelled or not.
pub(crate) fn unmet_by_node<'r>(
    requirements: &'r [Requirement],
    labels: &BTreeMap<String, String>,
) -> Option<&'r Requirement> {
    requirements.iter().find(|it| !is_met(it, labels.get(&it.key).map(String::as_str)))
}

fn is_met(requirement: &Requirement, value: Option<&str>) -> bool {
    let listed = value.is_some_and(|value| requirement.values.iter().any(|it| it == value));
    let compare = |holds: fn(&i64, &i64) -> bool| {
        let integer = |text: &str| text.parse::<i64>().ok();
        let bound = requirement.values.first().and_then(|it| integer(it));
        value.and_then(integer).zip(bound).is_some_and(|(value, bound)| holds(&value, &bound))
    };
    match requirement.operator {
        RequirementOperator::In => listed,
        RequirementOperator::NotIn => !listed,
        RequirementOperator::Exists => value.is_some(),
        RequirementOperator::DoesNotExist => value.is_none(),
        RequirementOperator::Gt => compare(i64::gt),
        RequirementOperator::Lt => compare(i64::lt),
        RequirementOperator::Gte => compare(i64::ge),
        RequirementOperator::Lte => compare(i64::le),
    }
}

/// A requirement as an object would write it, in one line.
pub(crate) fn written(requirement: &Requirement) -> String {
    let Requirement { key, operator, values, .. } = requirement;
    match values.is_empty() {
        true => format!("{key} {operator:?}"),
        false => format!("{key} {operator:?} [{}]", values.join(", ")),
    }
}
