//! Where two answers differ, by their paths: `nodes.node-03.plugin: expected "NodePorts", got ...`.

use std::collections::BTreeSet;

use serde_json::Value as Json;

/// Every place at which `got` is not as expected. What is absent in one must be absent in the other.
pub fn between(expected: &Json, got: &Json) -> Vec<String> {
    let mut found = Vec::new();
    compare("", Some(expected), Some(got), &mut found);
    found
}

fn compare(path: &str, expected: Option<&Json>, got: Option<&Json>, found: &mut Vec<String>) {
    let inside = |step: &str| if path.is_empty() { step.into() } else { format!("{path}.{step}") };
    match (expected, got) {
        (Some(Json::Object(expected)), Some(Json::Object(got))) => {
            let keys: BTreeSet<&String> = expected.keys().chain(got.keys()).collect();
            for key in keys {
                compare(&inside(key), expected.get(key), got.get(key), found);
            }
        }
        (Some(Json::Array(expected)), Some(Json::Array(got)))
            if expected.len() == got.len() && expected.iter().all(Json::is_object) =>
        {
            for (index, (expected, got)) in expected.iter().zip(got).enumerate() {
                compare(&inside(&index.to_string()), Some(expected), Some(got), found);
            }
        }
        _ if expected == got => {}
        _ => {
            let text = |json: Option<&Json>| json.map_or("nothing".to_owned(), Json::to_string);
            found.push(format!("{path}: expected {}, got {}", text(expected), text(got)));
        }
    }
}

#[test]
fn every_difference_has_its_path() {
    let json = |text: &str| serde_json::from_str::<Json>(text).unwrap();
    let expected = json(r#"{"a": {"b": 1, "c": [1]}, "d": [{"e": 1}], "f": 0}"#);
    let got = json(r#"{"a": {"b": 2, "c": [1]}, "d": [{"e": 3}], "g": 0}"#);
    assert_eq!(
        between(&expected, &got),
        [
            "a.b: expected 1, got 2",
            "d.0.e: expected 1, got 3",
            "f: expected 0, got nothing",
            "g: expected nothing, got 0"
        ]
    );
    assert!(between(&expected, &expected).is_empty());
}
