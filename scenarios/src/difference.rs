//! What one scenario changes in another: a line for each value that is added, taken away or changed.

use std::collections::BTreeSet;

use serde_json::Value;

/// As many letters of a value are shown.
const SHOWN: usize = 60;
/// Fields that say what a scenario is called and what it asks, and change nothing of it.
const WORDS: [&str; 2] = ["name", "description"];

/// What `to` changes in `from`: lines that begin with `+`, `-` or `~`. Items of lists go by their names
/// where all have one, else by their places.
#[must_use]
pub fn lines(from: &Value, to: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    match (from, to) {
        (Value::Object(_), Value::Object(_)) => compare("", from, to, &mut lines),
        _ => compare("scenario", from, to, &mut lines),
    }
    lines
}

fn compare(path: &str, from: &Value, to: &Value, lines: &mut Vec<String>) {
    if from == to {
        return;
    }
    if let (Value::Object(own), Value::Object(other)) = (from, to) {
        let more = other.keys().filter(|key| !own.contains_key(*key));
        for key in own.keys().chain(more) {
            if path.is_empty() && WORDS.contains(&key.as_str()) {
                continue;
            }
            entry(&below(path, key), own.get(key), other.get(key), lines);
        }
        return;
    }
    if let (Value::Array(own), Value::Array(other)) = (from, to)
        && (own.iter().chain(other)).all(|item| item.is_object() || item.is_array())
    {
        let names = names(own).zip(names(other));
        match names {
            Some((own_names, other_names)) => {
                let more = other_names.iter().filter(|name| !own_names.contains(name));
                for name in own_names.iter().chain(more) {
                    let find = |names: &[&str], items: &'_ [Value]| {
                        names.iter().position(|it| it == name).map(|at| items[at].clone())
                    };
                    let (from, to) = (find(&own_names, own), find(&other_names, other));
                    entry(&below(path, name), from.as_ref(), to.as_ref(), lines);
                }
            }
            None => {
                for index in 0..own.len().max(other.len()) {
                    let path = format!("{path}[{index}]");
                    entry(&path, own.get(index), other.get(index), lines);
                }
            }
        }
        return;
    }
    lines.push(format!("~ {path}: {} -> {}", short(from), short(to)));
}

/// One entry of a map or a list that at least one of them has.
fn entry(path: &str, from: Option<&Value>, to: Option<&Value>, lines: &mut Vec<String>) {
    match (from, to) {
        (Some(from), Some(to)) => compare(path, from, to, lines),
        (Some(from), None) => lines.push(format!("- {path}: {}", short(from))),
        (None, Some(to)) => lines.push(format!("+ {path}: {}", short(to))),
        (None, None) => {}
    }
}

/// The names of all items, if each has one of its own.
fn names(items: &[Value]) -> Option<Vec<&str>> {
    let names: Option<Vec<&str>> = items.iter().map(|item| item.get("name")?.as_str()).collect();
    let names = names?;
    (names.iter().collect::<BTreeSet<_>>().len() == names.len()).then_some(names)
}

fn below(path: &str, key: &str) -> String {
    let plain = key.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
    match (path.is_empty(), plain) {
        (true, true) => key.to_owned(),
        (false, true) => format!("{path}.{key}"),
        (_, false) => format!("{path}[\"{key}\"]"),
    }
}

/// A value on one line, without the quotes of a text.
fn short(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    };
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_go_by_their_names() {
        let from = json!({"name": "a", "pools": [{"name": "base", "count": 12}, {"name": "old"}]});
        let to = json!({"name": "b", "pools": [{"name": "spot", "count": 3}, {"name": "base", "count": 4}],
            "market": {"reclaims": {"scale": 10}}});
        assert_eq!(
            lines(&from, &to),
            [
                "~ pools.base.count: 12 -> 4",
                r#"- pools.old: {"name":"old"}"#,
                r#"+ pools.spot: {"name":"spot","count":3}"#,
                r#"+ market: {"reclaims":{"scale":10}}"#,
            ]
        );
        assert!(lines(&from, &from).is_empty());
    }

    #[test]
    fn other_lists_are_compared_by_their_places() {
        let from = json!({"a": [{"x": 1}, {"x": 2}], "b": ["m6i.large"], "c": {"k.d/e": 1}});
        let to = json!({"a": [{"x": 1}], "b": ["m6a.large"], "c": {"k.d/e": "y".repeat(70)}});
        let long = format!("~ c[\"k.d/e\"]: 1 -> {}…", "y".repeat(60));
        assert_eq!(
            lines(&from, &to),
            [r#"- a[1]: {"x":2}"#, r#"~ b: ["m6i.large"] -> ["m6a.large"]"#, &long]
        );
    }
}
