//! Kubernetes objects: read, printed and read again they are the same, and nothing gets lost.

use std::collections::BTreeSet;

use proptest::prelude::*;
use scenarios::kube::{Object, ObjectKind};
use serde_json::{Value as Json, json};

/// One object of every kind with every field, as they were written.
fn every_field() -> Vec<Json> {
    let documents =
        scenarios::tree::parse(include_str!("../objects/every-field.yaml")).expect("YAML");
    documents[0].to_json()["items"].as_array().expect("a list").clone()
}

fn read(json: &Json) -> Object {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{error} in {json}"))
}

fn print(object: &Object) -> Json {
    serde_json::to_value(object).expect("JSON")
}

#[test]
fn every_field_of_every_kind_is_read_and_printed() {
    let objects = every_field();
    let kinds: BTreeSet<ObjectKind> = objects.iter().map(|json| read(json).kind()).collect();
    assert_eq!(kinds.len(), ObjectKind::ALL.len(), "a kind is missing in every-field.yaml");
    for json in objects {
        assert_eq!(print(&read(&json)), json);
    }
}

/// Maps whose keys are not fields; a value in there is not left out as `null`.
const MAPS: &[&str] = &[
    "allocatable",
    "allocatedResources",
    "annotations",
    "capacity",
    "default",
    "defaultRequest",
    "disruptedPods",
    "hard",
    "labels",
    "limits",
    "lowerBound",
    "matchLabels",
    "max",
    "maxAllowed",
    "maxLimitRequestRatio",
    "min",
    "minAllowed",
    "nodeSelector",
    "overhead",
    "parameters",
    "requests",
    "selector",
    "target",
    "uncappedTarget",
    "upperBound",
    "volumeAttributes",
];

/// Takes something out: a key that is not there, or `null`, or an empty map or list, at a place
/// chosen by `choice`. `name` is the key of `json` itself.
fn without_something(name: &str, json: &mut Json, choice: &mut impl FnMut(usize) -> usize) {
    match json {
        Json::Object(map) => {
            let keys: Vec<String> = map.keys().cloned().collect();
            let Some(key) = keys.get(choice(keys.len().max(1))) else { return };
            // What makes an object or a requirement what it is cannot be left out.
            if matches!(key.as_str(), "apiVersion" | "kind" | "operator" | "key" | "effect") {
                return;
            }
            match choice(6) {
                0 => drop(map.remove(key)),
                1 if !MAPS.contains(&name) => map[key] = Json::Null,
                2 if map[key].is_object() => map[key] = json!({}),
                3 if map[key].is_array() => map[key] = json!([]),
                _ => without_something(key, &mut map[key], choice),
            }
        }
        Json::Array(items) if !items.is_empty() => {
            let at = choice(items.len());
            without_something(name, &mut items[at], choice);
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn read_print_read_is_equal(
        which in 0..ObjectKind::ALL.len(),
        choices in prop::collection::vec(any::<prop::sample::Index>(), 1..200),
    ) {
        let mut json = every_field()[which].clone();
        let mut at = 0;
        while at < choices.len() {
            let mut choice = |most: usize| {
                let chosen = choices.get(at).map_or(0, |index| index.index(most));
                at += 1;
                chosen
            };
            without_something("", &mut json, &mut choice);
        }
        let once = read(&json);
        let printed = print(&once);
        let twice = read(&printed);
        prop_assert_eq!(&twice, &once);
        prop_assert_eq!(print(&twice), printed);
    }
}

#[test]
fn null_is_as_good_as_nothing() {
    let nulls = json!({
        "kind": "Pod",
        "metadata": {"name": "a", "labels": null, "creationTimestamp": null},
        "spec": {"containers": null, "affinity": null, "hostNetwork": null},
    });
    assert_eq!(read(&nulls), read(&json!({"kind": "Pod", "metadata": {"name": "a"}})));
}

#[test]
fn what_is_empty_is_not_what_is_absent() {
    let budget = |spec: Json| read(&json!({"kind": "PodDisruptionBudget", "spec": spec}));
    let all = budget(json!({"selector": {}}));
    assert_ne!(all, budget(json!({})), "an empty selector selects all pods, none selects none");
    assert_eq!(print(&all)["spec"], json!({"selector": {}}));
}

#[test]
fn quantities_keep_their_text() {
    let pod = |cpu: Json| {
        let resources = json!({"requests": {"cpu": cpu}});
        let spec = json!({"containers": [{"name": "a", "resources": resources}]});
        print(&read(&json!({"kind": "Pod", "spec": spec})))
            .pointer("/spec/containers/0/resources/requests/cpu")
            .cloned()
    };
    assert_eq!(pod(json!("0.50")), Some(json!("0.50")));
    assert_eq!([pod(json!(2)), pod(json!(0.5))], [Some(json!("2")), Some(json!("0.5"))]);
}

#[test]
fn a_kind_is_known_in_every_version_of_its_own_group() {
    let deployment = ObjectKind::of("apps/v1beta2", "Deployment");
    assert_eq!(deployment, Some(ObjectKind::Deployment));
    assert_eq!(ObjectKind::of("serving.knative.dev/v1", "Service"), None);
    assert_eq!(ObjectKind::of("v1", "Service"), Some(ObjectKind::Service));
}
