//! `facts.jsonl`: everything that happened in one run, a line of JSON each after the legend, and
//! where two such files part.

use std::io::{self, Write};

use serde_json::{Map, Value};
use sim::plain::plain;
use sim::{Fact, SimTime};

use super::{Recording, legend};
use crate::names::Namer;
use crate::words;

/// Writes one line a fact.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(recording: Recording<'_>, out: &mut impl Write) -> io::Result<()> {
    for line in lines(recording) {
        writeln!(out, "{}", plain(&line.to_string()))?;
    }
    Ok(())
}

/// The legend, then the facts in order, as JSON objects.
pub fn lines(recording: Recording<'_>) -> impl Iterator<Item = Value> {
    let mut namer = Namer::new(recording.legend);
    let facts = recording.facts.iter().map(move |(at, fact)| {
        namer.learn(fact);
        line(recording, &namer, *at, fact)
    });
    std::iter::once(legend::line(recording.legend)).chain(facts)
}

/// The first place where a file of facts and a run say different things, in words; none if they
/// agree to the end.
#[must_use]
pub fn first_difference(file: &str, recording: Recording<'_>) -> Option<String> {
    let mut there = file.lines();
    for (index, fact) in lines(recording).enumerate() {
        let number = index + 1;
        let Some(text) = there.next() else {
            return Some(format!("line {number}: the file ends, the replay goes on with {fact}"));
        };
        let here = fact.to_string();
        if text == plain(&here) {
            continue;
        }
        return Some(match serde_json::from_str::<Map<String, Value>>(text) {
            Err(error) => format!("line {number} is not a fact: {error}"),
            Ok(other) => format!("line {number}, {}", difference(&other, &fact)),
        });
    }
    there.next().map(|text| format!("the replay ends, the file goes on with {text}"))
}

/// What differs between a fact of the file and the fact of the replay in its place.
fn difference(file: &Map<String, Value>, replay: &Value) -> String {
    let text = |value: Option<&Value>| value.map_or("nothing".into(), |value| value.to_string());
    let word = |key: &str, of: &Value| of[key].as_str().unwrap_or("nothing").to_owned();
    let (at, kind) = (word("at", replay), word("kind", replay));
    if file.get("at") != replay.get("at") || file.get("kind") != replay.get("kind") {
        let whole = Value::Object(file.clone());
        return format!("at {at}, {kind}: the file says {whole}, the replay {replay}");
    }
    let keys = file.keys().chain(replay.as_object().into_iter().flat_map(Map::keys));
    let parts = keys.filter(|key| file.get(*key) != replay.get(key.as_str()));
    let mut parts: Vec<String> = parts
        .map(|key| {
            let (there, here) = (text(file.get(key)), text(replay.get(key)));
            format!("{key} is {there} in the file and {here} in the replay")
        })
        .collect();
    parts.dedup();
    if parts.is_empty() {
        parts.push("the same fact is spelled in another way".into());
    }
    format!("at {at}, {kind}: {}", parts.join(", "))
}

/// A fact as a JSON object: when, what, and its columns under the names of the cluster.
fn line(recording: Recording<'_>, namer: &Namer<'_>, at: SimTime, fact: &Fact) -> Value {
    let mut line = Map::new();
    line.insert("ms".into(), at.as_ms().into());
    line.insert("at".into(), at.to_string().into());
    line.insert("kind".into(), fact.kind().into());
    fact.columns(|key, column| {
        line.insert(key.into(), words::value(column, namer, recording.refusals));
    });
    Value::Object(line)
}
