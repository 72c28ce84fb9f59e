//! Small values of a case: texts, quantities, times, durations, selectors and expressions.

use autoscalers::karpenter::input::Selector;
use autoscalers::karpenter::requirement::{Expression, Operator};
use autoscalers::karpenter::resources::{Resource, Resources};
use jiff::Timestamp;
use manifests::quantity::Quantity;
use serde_json::Value as Json;
use sim::model::labels::{self, LabelSet};
use sim::model::taints::{Effect, Taint};
use sim::names::{NameId, Names};

/// The items of a list; none if it is not there.
pub fn list(value: &Json) -> &[Json] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A text; empty if it is not there.
pub fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

/// A text as a name, if it is there.
pub fn name(value: &Json, names: &mut Names) -> Option<NameId> {
    value.as_str().map(|text| names.intern(text))
}

/// The entries of an object that are texts.
pub fn entries(value: &Json) -> impl Iterator<Item = (&str, &str)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), text(value)))
}

pub fn label_set(value: &Json, names: &mut Names) -> LabelSet {
    entries(value).map(|(key, value)| (names.intern(key), names.intern(value))).collect()
}

/// Thousandths of a quantity, which may be written as a number.
pub fn milli(value: &Json) -> i64 {
    let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let quantity = Quantity::parse(&written).unwrap_or_else(|wrong| panic!("{wrong}"));
    i64::try_from(quantity.milli()).unwrap_or(i64::MAX)
}

pub fn resource(written: &str, names: &mut Names) -> Resource {
    match written {
        "cpu" => Resource::Cpu,
        "memory" => Resource::Memory,
        "ephemeral-storage" => Resource::EphemeralStorage,
        "pods" => Resource::Pods,
        other => Resource::Extended(names.intern(other)),
    }
}

pub fn resources(value: &Json, names: &mut Names) -> Resources {
    let mut amounts = Resources::default();
    for (key, value) in value.as_object().into_iter().flatten() {
        amounts.set(resource(key, names), milli(value));
    }
    amounts
}

/// Milliseconds of Unix time, if there is a time.
pub fn instant(value: &Json) -> Option<i64> {
    let written = value.as_str()?;
    let at: Timestamp = written.parse().unwrap_or_else(|wrong| panic!("{written}: {wrong}"));
    Some(at.as_millisecond())
}

/// Milliseconds of a duration as Go writes it; nothing for `Never` and whatever is none.
pub fn duration(written: &str) -> Option<i64> {
    let mut rest = written;
    let mut sum = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest[..digits].parse().ok()?;
        let (length, unit) = match &rest[digits..] {
            unit if unit.starts_with("ms") => (1, 2),
            unit if unit.starts_with('h') => (3_600_000, 1),
            unit if unit.starts_with('m') => (60_000, 1),
            unit if unit.starts_with('s') => (1_000, 1),
            _ => return None,
        };
        sum += number * length;
        rest = &rest[digits + unit..];
    }
    Some(sum)
}

pub fn effect(written: &str) -> Option<Effect> {
    match written {
        "NoSchedule" => Some(Effect::NoSchedule),
        "PreferNoSchedule" => Some(Effect::PreferNoSchedule),
        "NoExecute" => Some(Effect::NoExecute),
        _ => None,
    }
}

pub fn taints(value: &Json, names: &mut Names) -> Vec<Taint> {
    let taint = |taint: &Json| Taint {
        key: names.intern(text(&taint["key"])),
        value: names.intern(text(&taint["value"])),
        effect: effect(text(&taint["effect"])).expect("an effect"),
    };
    list(value).iter().map(taint).collect()
}

pub fn expressions(value: &Json, names: &mut Names) -> Vec<Expression> {
    list(value).iter().map(|value| expression(value, names)).collect()
}

pub fn expression(value: &Json, names: &mut Names) -> Expression {
    let operator = match text(&value["operator"]) {
        "In" => Operator::In,
        "NotIn" => Operator::NotIn,
        "Exists" => Operator::Exists,
        "DoesNotExist" => Operator::DoesNotExist,
        "Gt" => Operator::Gt,
        "Lt" => Operator::Lt,
        "Gte" => Operator::Gte,
        "Lte" => Operator::Lte,
        other => panic!("{other} is no operator"),
    };
    Expression {
        key: names.intern(text(&value["key"])),
        operator,
        values: list(&value["values"]).iter().map(|value| names.intern(text(value))).collect(),
        min_values: value["minValues"].as_u64().and_then(|number| u32::try_from(number).ok()),
    }
}

/// A label selector; none means nothing.
pub fn selector(value: &Json, names: &mut Names) -> Selector {
    value.as_object()?;
    let mut all: Vec<labels::Requirement> = entries(&value["matchLabels"])
        .map(|(key, value)| labels::Requirement {
            key: names.intern(key),
            operator: labels::Operator::In(vec![names.intern(value)]),
        })
        .collect();
    for wanted in list(&value["matchExpressions"]) {
        let values =
            list(&wanted["values"]).iter().map(|value| names.intern(text(value))).collect();
        let operator = match text(&wanted["operator"]) {
            "In" => labels::Operator::In(values),
            "NotIn" => labels::Operator::NotIn(values),
            "Exists" => labels::Operator::Exists,
            _ => labels::Operator::DoesNotExist,
        };
        all.push(labels::Requirement { key: names.intern(text(&wanted["key"])), operator });
    }
    Some(all)
}

/// Whether a condition of an object is `True`, and since when.
pub fn condition(object: &Json, kind: &str) -> Option<i64> {
    let is_it = |it: &&Json| it["type"] == kind && it["status"] == "True";
    let it = list(&object["status"]["conditions"]).iter().find(is_it)?;
    Some(instant(&it["lastTransitionTime"]).unwrap_or_default())
}
