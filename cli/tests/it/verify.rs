//! `run --verify` notices every change of a run folder: a byte of a file, a file that is missing or
//! does not belong there, a field of the manifest.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::support::{Place, small, stderr, stdout};

/// A folder with a scenario and its run.
fn with_run() -> Place {
    let place = Place::with("s.yaml", &small("6h", 2, 2));
    let run = place.spotsim(&["run", "s.yaml", "-n", "2", "-q", "--out", "run"]);
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    place
}

/// The exit code of `run --verify`, and all that it says.
fn verified(place: &Place) -> (Option<i32>, String) {
    let output = place.spotsim(&["run", "--verify", "run", "-q"]);
    (output.status.code(), stdout(&output) + &stderr(&output))
}

/// Asserts that a change is noticed by a message with these words.
fn notices(place: &Place, change: &str, words: &[&str]) {
    let (code, said) = verified(place);
    assert!(matches!(code, Some(1 | 2)), "{change}: exit code {code:?}, {said}");
    assert!(!said.contains("equal:"), "{change}: {said}");
    for word in words {
        assert!(said.contains(word), "{change}: no {word} in {said}");
    }
}

#[test]
fn a_changed_byte_or_a_missing_file_is_noticed() {
    let place = with_run();
    assert_eq!(verified(&place).0, Some(0));
    let all: Vec<PathBuf> =
        place.names("run").iter().map(|name| place.path("run").join(name)).collect();
    assert!(all.len() > 20, "{all:?}");
    for file in all {
        let name = file.file_name().unwrap().to_str().unwrap();
        let whole = fs::read(&file).unwrap();
        let mut changed = whole.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        fs::write(&file, &changed).unwrap();
        notices(&place, &format!("a bit of {name}"), &[name]);
        fs::remove_file(&file).unwrap();
        notices(&place, &format!("{name} gone"), &[name]);
        fs::write(&file, &whole).unwrap();
    }
    assert_eq!(verified(&place).0, Some(0), "all is as it was");
}

#[test]
fn what_does_not_belong_there_is_noticed() {
    let place = with_run();
    fs::write(place.path("run").join("my-notes.md"), "mine").unwrap();
    notices(&place, "a file more", &["my-notes.md", "not a file of the run"]);
    fs::remove_file(place.path("run").join("my-notes.md")).unwrap();
    fs::remove_file(place.path("run").join("nodes.csv")).unwrap();
    fs::create_dir(place.path("run").join("nodes.csv")).unwrap();
    notices(&place, "a folder with the name of a file", &["nodes.csv"]);
}

/// Every path to a value that is not an object or a list.
fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| leaves(value, &format!("{path}/{key}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| {
                leaves(value, &format!("{path}/{index}"), found);
            });
        }
        _ => found.push(path.to_owned()),
    }
}

#[test]
fn every_field_of_the_manifest_is_compared() {
    let place = with_run();
    let file = place.path("run").join("manifest.json");
    let whole = fs::read_to_string(&file).unwrap();
    let manifest: Value = serde_json::from_str(&whole).unwrap();
    let mut paths = Vec::new();
    leaves(&manifest, "", &mut paths);
    // Of the files one is enough: all have the same fields.
    paths.retain(|path| !path.starts_with("/files/") || path.starts_with("/files/3/"));
    assert!(paths.len() > 15, "{paths:?}");
    for path in paths {
        let mut other = manifest.clone();
        let value = other.pointer_mut(&path).unwrap();
        *value = match &*value {
            Value::Number(number) => json!(number.as_u64().unwrap() + 1),
            Value::String(text) if text.ends_with('0') => {
                json!(text[..text.len() - 1].to_owned() + "1")
            }
            Value::String(text) => json!(text[..text.len() - 1].to_owned() + "0"),
            other => panic!("{path} is {other}"),
        };
        fs::write(&file, serde_json::to_string_pretty(&other).unwrap() + "\n").unwrap();
        // Another origin is another file, which is not there.
        let named = if path.starts_with("/origin") { "s.yam0" } else { "manifest.json" };
        notices(&place, &path, &[named]);
    }
    let emptied = |pointer: &str, value: Value| {
        let mut other = manifest.clone();
        *other.pointer_mut(pointer).unwrap() = value;
        fs::write(&file, serde_json::to_string_pretty(&other).unwrap() + "\n").unwrap();
        notices(&place, pointer, &["manifest.json"]);
    };
    emptied("/files", json!([]));
    emptied("/inputs", json!([]));
    emptied("/digests/onDemand", json!([]));
    emptied("/replications", json!(0));
    emptied("/replications", json!(4_294_967_295_u32));
    let mut twice = manifest["files"].clone();
    twice.as_array_mut().unwrap().push(manifest["files"][0].clone());
    emptied("/files", twice);
    // One replication less, with both lists cut, is another run.
    let mut other = manifest.clone();
    other["replications"] = json!(1);
    for plan in ["proposed", "onDemand"] {
        other["digests"][plan].as_array_mut().unwrap().pop();
    }
    fs::write(&file, serde_json::to_string_pretty(&other).unwrap() + "\n").unwrap();
    notices(&place, "cut", &["manifest.json: digest is"]);
    fs::write(&file, whole).unwrap();
    assert_eq!(verified(&place).0, Some(0), "all is as it was");
}
