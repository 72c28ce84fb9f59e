//! The cases as they are written, and how an answer differs from what is expected.

use serde::Deserialize;
use serde_json::Value as Json;

/// A question, and the answer that upstream gave.
#[derive(Deserialize)]
pub struct Case {
    pub id: String,
    #[serde(rename = "case")]
    pub question: Json,
    pub expect: Json,
}

/// Where an answer first differs. Messages for people are not compared, and numbers are equal when they
/// say the same: `5` and `5.0`.
pub fn difference(expected: &Json, answer: &Json) -> Option<String> {
    match (expected, answer) {
        (Json::Object(expected), Json::Object(answer)) => {
            let keys = expected.keys().chain(answer.keys()).filter(|key| *key != "message");
            keys.into_iter().find_map(|key| {
                let of = |object: &serde_json::Map<String, Json>| {
                    object.get(key).cloned().unwrap_or(Json::Null)
                };
                let inner = difference(&of(expected), &of(answer))?;
                Some(format!(".{key}{inner}"))
            })
        }
        // An event ends with a message.
        (Json::Array(event), Json::Array(answer))
            if event.first().is_some_and(|kind| kind == "Warning" || kind == "Normal") =>
        {
            (event.get(..answer.len()) != Some(answer.as_slice()))
                .then(|| format!(": expected {expected}, got {answer:?}"))
        }
        (Json::Array(expected), Json::Array(answer)) if expected.len() == answer.len() => {
            let pairs = expected.iter().zip(answer).enumerate();
            pairs.into_iter().find_map(|(at, (expected, answer))| {
                Some(format!("[{at}]{}", difference(expected, answer)?))
            })
        }
        (Json::Number(a), Json::Number(b)) if a.as_f64() == b.as_f64() => None,
        _ => (expected != answer).then(|| format!(": expected {expected}, got {answer}")),
    }
}
