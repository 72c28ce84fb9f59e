//! Whether an answer is one of those that the real program gave.

use serde_json::{Map, Value as Json};

/// The tolerance of shares, which are floats.
const TOLERANCE: f64 = 1e-12;

/// Where an answer differs from what is expected: the answer itself, or that or any other one that was
/// observed.
pub fn differences(expect: &Json, answer: &Json) -> Vec<String> {
    let Some(result) = expect.get("result") else {
        return difference("", &bare(expect), &bare(answer));
    };
    let others = expect.get("otherObserved").and_then(Json::as_array);
    let mut accepted = [result].into_iter().chain(others.into_iter().flatten());
    if accepted.any(|it| difference("", &bare(it), &bare(answer)).is_empty()) {
        return Vec::new();
    }
    difference("", &bare(result), &bare(answer))
}

/// Without what says nothing: empty lists, empty objects, and nothing itself.
fn bare(json: &Json) -> Json {
    match json {
        Json::Object(fields) => {
            let kept = fields.iter().map(|(key, value)| (key.clone(), bare(value)));
            kept.filter(|(_, value)| !says_nothing(value)).collect::<Map<_, _>>().into()
        }
        Json::Array(items) => items.iter().map(bare).collect(),
        other => other.clone(),
    }
}

fn says_nothing(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::Array(items) => items.is_empty(),
        Json::Object(fields) => fields.is_empty(),
        Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

fn difference(path: &str, expected: &Json, got: &Json) -> Vec<String> {
    match (expected, got) {
        (Json::Object(expected), Json::Object(got)) => {
            let mut keys: Vec<&String> = expected.keys().chain(got.keys()).collect();
            keys.sort_unstable();
            keys.dedup();
            let of =
                |json: &Map<String, Json>, key: &str| json.get(key).cloned().unwrap_or_default();
            let inside = |key: &String| {
                difference(&format!("{path}.{key}"), &of(expected, key), &of(got, key))
            };
            keys.into_iter().flat_map(inside).collect()
        }
        (Json::Array(expected), Json::Array(got)) if expected.len() == got.len() => {
            let pairs = expected.iter().zip(got).enumerate();
            pairs.flat_map(|(at, (a, b))| difference(&format!("{path}.{at}"), a, b)).collect()
        }
        (Json::Number(a), Json::Number(b)) if are_close(a.as_f64(), b.as_f64()) => Vec::new(),
        _ if expected == got => Vec::new(),
        _ => vec![format!("{path}: expected {expected}, got {got}")],
    }
}

fn are_close(a: Option<f64>, b: Option<f64>) -> bool {
    a.zip(b).is_some_and(|(a, b)| (a - b).abs() <= TOLERANCE)
}
