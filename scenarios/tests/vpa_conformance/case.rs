//! The cases as they are written, and how answers are compared.

use manifests::kube::Object;
use manifests::quantity::Quantity;
use serde::Deserialize;
use serde_json::Value as Json;
use sim::Span;

/// A question, and the answer of the real program.
#[derive(Deserialize)]
pub struct Case {
    pub id: String,
    #[serde(rename = "case")]
    pub question: Json,
    pub expect: Json,
}

/// Lists what differs, by its place in the answer.
pub fn compare(place: &str, expected: &Json, answer: &Json, found: &mut Vec<String>) {
    match (expected, answer) {
        (Json::Object(wanted), Json::Object(given)) => {
            for key in wanted.keys().chain(given.keys().filter(|key| !wanted.contains_key(*key))) {
                let at =
                    |of: &serde_json::Map<String, Json>| of.get(key).cloned().unwrap_or_default();
                compare(&format!("{place}.{key}"), &at(wanted), &at(given), found);
            }
        }
        (Json::Array(wanted), Json::Array(given)) if wanted.len() == given.len() => {
            for (number, (wanted, given)) in wanted.iter().zip(given).enumerate() {
                compare(&format!("{place}[{number}]"), wanted, given, found);
            }
        }
        _ if expected == answer => {}
        _ => found.push(format!("{place}: {answer} instead of {expected}")),
    }
}

/// A list; none is empty.
pub fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A whole number.
pub fn int(value: &Json) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no whole number"))
}

pub fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// A Kubernetes object.
pub fn object(value: &Json) -> Object {
    serde_json::from_value(value.clone()).unwrap_or_else(|wrong| panic!("{value}: {wrong}"))
}

/// A quantity in millicores.
pub fn milli(value: &Json) -> u64 {
    quantity(value).milli()
}

/// A quantity in bytes.
pub fn bytes(value: &Json) -> u64 {
    quantity(value).value()
}

fn quantity(value: &Json) -> Quantity {
    let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Quantity::parse(&written).unwrap_or_else(|wrong| panic!("{wrong}"))
}

/// A duration as Go writes it: `10m`, `168h`, `1h30m`.
pub fn duration(value: &Json) -> Span {
    let (mut total, mut number) = (0, String::new());
    for letter in text(value).chars() {
        if letter.is_ascii_digit() {
            number.push(letter);
            continue;
        }
        let count: u64 = number.parse().expect("a number before its unit");
        number.clear();
        total += count
            * match letter {
                'h' => 3_600,
                'm' => 60,
                's' => 1,
                other => panic!("{other} is no unit of time"),
            };
    }
    Span::from_secs(total)
}
