//! NodePools of Karpenter as pools of a scenario: the same fields under the same names.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use crate::file::{File, Pool};
use crate::kube::{self, NodePool, Object};
use crate::load::{Loaded, Origin};
use crate::node_autoscaler::DO_NOT_DISRUPT;

/// Adds the NodePools among objects to the pools of a scenario whose nodes an autoscaler buys.
pub(crate) fn take_over(file: &mut File, objects: &[Loaded], found: &mut Diagnostics) {
    if file.autoscaler.is_none() {
        return;
    }
    let zones = zones_of_classes(objects);
    for Loaded { object, origin, .. } in objects {
        let Object::NodePool(node_pool) = object else { continue };
        let name = &node_pool.metadata.name;
        if file.pools.iter().any(|pool| pool.name == *name) {
            let message = format!("NodePool `{name}` has the name of a pool of the scenario");
            found.push(origin.diagnostic("E0203", &message));
            continue;
        }
        if let Some(pool) = pool(node_pool, origin, found) {
            let zones = zones.get(class_of(node_pool)).cloned().unwrap_or_default();
            file.pools.push(Pool { zones, ..pool });
        }
    }
}

/// The zones of the subnets of node classes, by name.
pub(crate) fn zones_of_classes(objects: &[Loaded]) -> BTreeMap<String, Vec<String>> {
    let classes = objects.iter().filter_map(|loaded| match &loaded.object {
        Object::Ec2NodeClass(class) => Some(class),
        _ => None,
    });
    let zones = |class: &kube::Ec2NodeClass| {
        let mut zones: Vec<String> =
            class.status.subnets.iter().map(|subnet| subnet.zone.clone()).collect();
        zones.sort();
        zones.dedup();
        zones
    };
    classes.map(|class| (class.metadata.name.clone(), zones(class))).collect()
}

/// The name of a NodePool's node class.
pub(crate) fn class_of(node_pool: &NodePool) -> &str {
    let class = node_pool.spec.template.spec.node_class_ref.as_ref();
    class.map_or("", |class| class.name.as_str())
}

/// A NodePool as a pool, unless one of its words is none.
pub(crate) fn pool(node_pool: &NodePool, origin: &Origin, found: &mut Diagnostics) -> Option<Pool> {
    match serde_json::from_value(fields(node_pool)) {
        Ok(pool) => Some(pool),
        Err(error) => {
            let wrong = wrong_word(node_pool).unwrap_or_else(|| error.to_string());
            let diagnostic: Diagnostic =
                origin.diagnostic("E1202", &format!("{}: {wrong}", origin.name));
            found.push(diagnostic);
            None
        }
    }
}

/// The fields of a pool that a NodePool is, as a scenario writes them.
pub(crate) fn fields(node_pool: &NodePool) -> Value {
    let spec = &node_pool.spec;
    let of_nodes = &spec.template.spec;
    let mut pool = json!({ "name": node_pool.metadata.name });
    let mut set = |key: &str, value: Value| {
        let is_nothing = match &value {
            Value::Null => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        };
        if !is_nothing {
            pool[key] = value;
        }
    };
    set("weight", json!(spec.weight.filter(|weight| *weight > 0)));
    let requirements = of_nodes.requirements.iter().map(|it| {
        let mut one = json!({ "key": it.key, "operator": it.operator });
        if !it.values.is_empty() {
            one["values"] = json!(it.values);
        }
        if let Some(least) = it.min_values {
            one["minValues"] = json!(least);
        }
        one
    });
    set("requirements", requirements.collect());
    let limits = spec.limits.iter().map(|(name, amount)| (name.clone(), json!(amount.to_string())));
    set("limits", Value::Object(limits.collect()));
    let disruption = &spec.disruption;
    let mut said = serde_json::Map::new();
    if let Some(policy) = &disruption.consolidation_policy {
        said.insert("consolidationPolicy".into(), json!(policy));
    }
    if let Some(after) = &disruption.consolidate_after {
        said.insert("consolidateAfter".into(), json!(after));
    }
    let budgets: Vec<Value> = disruption.budgets.iter().map(budget).collect();
    if !budgets.is_empty() {
        said.insert("budgets".into(), json!(budgets));
    }
    set("disruption", Value::Object(said));
    set("expireAfter", json!(of_nodes.expire_after.as_ref().or(disruption.expire_after.as_ref())));
    set("terminationGracePeriod", json!(of_nodes.termination_grace_period));
    set("labels", json!(spec.template.metadata.labels));
    set("taints", of_nodes.taints.iter().map(taint).collect());
    set("startupTaints", of_nodes.startup_taints.iter().map(taint).collect());
    // Of the others, nothing depends on what they say.
    let annotation = spec.template.metadata.annotations.get_key_value(DO_NOT_DISRUPT);
    let annotations = annotation.map(|(key, value)| (key.clone(), json!(value)));
    set("annotations", Value::Object(annotations.into_iter().collect()));
    pool
}

fn taint(taint: &kube::Taint) -> Value {
    json!({ "key": taint.key, "value": taint.value, "effect": format!("{:?}", taint.effect) })
}

fn budget(budget: &kube::NodePoolBudget) -> Value {
    let mut said = json!({ "nodes": budget.nodes });
    if !budget.reasons.is_empty() {
        said["reasons"] = json!(budget.reasons);
    }
    for (key, value) in [("schedule", &budget.schedule), ("duration", &budget.duration)] {
        if let Some(value) = value {
            said[key] = json!(value);
        }
    }
    said
}

/// Which word of a NodePool is none of those that there are.
fn wrong_word(node_pool: &NodePool) -> Option<String> {
    const OPERATORS: [&str; 8] =
        ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Gte", "Lte"];
    const POLICIES: [&str; 3] = ["WhenEmpty", "WhenEmptyOrUnderutilized", "WhenUnderutilized"];
    const REASONS: [&str; 3] = ["Underutilized", "Empty", "Drifted"];
    let spec = &node_pool.spec;
    let operators = spec.template.spec.requirements.iter();
    let operators = operators.map(|it| ("operator", it.operator.as_str(), &OPERATORS[..]));
    let policy = spec.disruption.consolidation_policy.iter();
    let policy = policy.map(|it| ("consolidationPolicy", it.as_str(), &POLICIES[..]));
    let reasons = spec.disruption.budgets.iter().flat_map(|budget| &budget.reasons);
    let reasons = reasons.map(|it| ("reason", it.as_str(), &REASONS[..]));
    let mut words = operators.chain(policy).chain(reasons);
    let (field, word, known) = words.find(|(_, word, known)| !known.contains(word))?;
    let near = did_you_mean(word, known.iter().copied());
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Some(format!("{field} `{word}` is not one of {}{hint}", known.join(", ")))
}
