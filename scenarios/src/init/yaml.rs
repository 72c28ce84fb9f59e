//! YAML by hand: a file that people are to read and change has comments and short lines.

use std::collections::BTreeMap;

use serde_json::Value;

/// A text as a scalar, quoted only where YAML would read something else.
pub(crate) fn scalar(text: &str) -> String {
    let plain = !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
        && text.starts_with(|first: char| first.is_ascii_alphabetic() || "/._".contains(first))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    // Every JSON text is a YAML text.
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// A list on one line.
pub(super) fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let items: Vec<String> = texts.into_iter().map(scalar).collect();
    format!("[{}]", items.join(", "))
}

/// A map on one line.
pub(super) fn map(map: &BTreeMap<String, String>) -> String {
    let entries: Vec<String> =
        map.iter().map(|(key, value)| format!("{}: {}", scalar(key), scalar(value))).collect();
    format!("{{{}}}", entries.join(", "))
}

/// A value on one line.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let entries =
                fields.iter().map(|(key, value)| format!("{}: {}", scalar(key), flow(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A comment of any length, broken into lines.
pub(super) fn comment(indent: usize, text: &str) -> String {
    let margin = " ".repeat(indent);
    let width = 98 - indent;
    let lines = textwrap::wrap(text, width);
    lines.iter().map(|line| format!("{margin}# {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scalar_is_read_as_it_was_written() {
        for text in ["a", "m6i.large", "", "true", "No", "1", "1e3", "a: b", "#a", "é", "- a", "~"]
        {
            let read = crate::tree::parse(&format!("key: {}", scalar(text))).unwrap();
            assert_eq!(read[0].get("key").unwrap().text(), Some(text));
        }
    }
}
