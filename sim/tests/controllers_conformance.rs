//! Every golden case of the workload controllers, of disruption and of the eviction API of Kubernetes
//! 1.36: the same pods deleted and created, the same sizes, the same statuses.
//!
//! The cases are in `fixtures/controllers`, or in the folder that `SPOTSIM_CONTROLLERS_CASES` names. A
//! binary of its own, because it is the one that is run with other people's cases.

#![allow(unreachable_pub, reason = "modules of a test")]
#![allow(clippy::unwrap_used, reason = "golden cases are well formed")]

#[path = "controllers_conformance/daemon_set.rs"]
mod daemon_set;
#[path = "controllers_conformance/deployment.rs"]
mod deployment;
#[path = "controllers_conformance/disruption.rs"]
mod disruption;
#[path = "controllers_conformance/eviction.rs"]
mod eviction;
#[path = "controllers_conformance/replica_set.rs"]
mod replica_set;
#[path = "controllers_conformance/stateful_set.rs"]
mod stateful_set;

use serde_json::Value as Json;
use sim::model::budget::Amount;

/// What a kind of case is answered by: from the case to all that is expected of it.
type Answer = fn(&Json) -> Json;

/// Who answers which kind of case.
const ANSWERS: [(&str, Answer); 8] = [
    ("rs-rank", replica_set::answer),
    ("dep-rolling", deployment::answer),
    ("dep-scale", deployment::answer),
    ("dep-create", deployment::answer),
    ("sts", stateful_set::answer),
    ("ds", daemon_set::answer),
    ("pdb", disruption::answer),
    ("evict", eviction::answer),
];

/// A whole number of a case.
fn int(json: &Json) -> i64 {
    json.as_i64().unwrap_or_else(|| panic!("{json} is no number"))
}

/// A list of a case; none is empty.
fn list(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}

/// A number of pods, or a share of them.
fn amount(json: &Json) -> Amount {
    match json.as_str() {
        Some(percent) => Amount::Percent(percent.trim_end_matches('%').parse().unwrap()),
        None => Amount::Pods(u32::try_from(int(json)).unwrap()),
    }
}

/// Whether a selector of labels, which has no expressions, selects them.
fn selects(selector: &Json, labels: &Json) -> bool {
    assert!(selector.get("matchExpressions").is_none(), "the cases use matchLabels alone");
    let wanted = selector.get("matchLabels").and_then(Json::as_object);
    // A selector that is missing selects no pod; an empty one every pod.
    selector.is_object()
        && wanted.is_none_or(|it| it.iter().all(|(key, value)| labels.get(key) == Some(value)))
}

/// What differs from what was expected, field by field. A text for people is not compared.
fn differences(case: &Json) -> Vec<String> {
    let (question, id) = (&case["case"], case["id"].as_str().unwrap());
    let kind = question["kind"].as_str().unwrap();
    let answer = ANSWERS.iter().find(|(name, _)| *name == kind);
    let (_, answer) = answer.unwrap_or_else(|| panic!("no rule for {kind}"));
    let answer = answer(question);
    let fields = case["expect"].as_object().unwrap().iter().filter(|(field, _)| *field != "cause");
    let different = fields.filter(|(field, value)| answer.get(field) != Some(value));
    let words = |(field, value): (&String, &Json)| {
        let is = answer.get(field).unwrap_or(&Json::Null);
        format!("{id}: {field} is {is} and should be {value}")
    };
    different.map(words).collect()
}

/// `cargo test --workspace controllers_conformance` runs the cases.
mod controllers_conformance {
    use super::*;

    #[test]
    fn controllers_decide_as_those_of_kubernetes_do() {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/controllers");
        testing::golden::run("SPOTSIM_CONTROLLERS_CASES", fixtures, differences);
    }
}
