//! What differs between a run folder and the same run made again: every file, byte for byte, and
//! every field of the manifest.

use std::fs;
use std::path::Path;

use reports::export::facts;
use reports::export::manifest::{self, File, Manifest};
use serde_json::Value;
use sim::Stop;

use super::contents::{Contents, MANIFEST, facts_of};
use crate::atomic_write::folder;

/// How much of a line is quoted.
const QUOTED: usize = 100;

/// Files of `folder` that are not as its manifest says, whatever a replay may say of them.
pub(super) fn damage(folder: &Path, manifest: &Manifest) -> Vec<String> {
    let of = |file: &File| {
        let name = &file.file;
        if Path::new(name).file_name() != Some(name.as_ref()) {
            return Some(format!("{MANIFEST} lists {name:?}, which is not the name of a file"));
        }
        match folder::hash(&folder.join(name)) {
            Ok(there) if there == *file => None,
            Ok(_) => Some(format!("{name} was changed after {MANIFEST} was written")),
            Err(error) => Some(unreadable(name, &error)),
        }
    };
    manifest.files.iter().filter_map(of).collect()
}

/// What differs, in words, one place of each file; the facts first, which say when it began.
/// `inputs_moved` says that the inputs were read elsewhere, under other names.
pub(super) fn all(
    folder: &Path,
    manifest: &Manifest,
    contents: &Contents<'_>,
    inputs_moved: bool,
    stop: Stop<'_>,
) -> anyhow::Result<Vec<String>> {
    let (mut first, mut others, mut again) = (Vec::new(), Vec::new(), Vec::new());
    contents.each(stop, |name, fill| {
        let mut bytes = Vec::new();
        fill(&mut bytes)?;
        let here = folder::hash_bytes(name, &bytes);
        let found = match folder::read(&folder.join(name)) {
            Err(error) => Some(unreadable(name, &error)),
            Ok(there) if there != bytes => {
                Some(format!("{name} {}", place(name, &there, &bytes, contents)))
            }
            Ok(_) => entry(manifest, &here),
        };
        let is_facts = name.starts_with("facts");
        if is_facts { &mut first } else { &mut others }.extend(found);
        again.push(here);
        Ok(())
    })?;
    let equal = first.is_empty() && others.is_empty();
    first.extend(others);
    first.extend(strangers(folder, manifest, &again)?);
    first.extend(digests(manifest, contents));
    let mut rebuilt = contents.manifest(again);
    if inputs_moved {
        for (here, there) in rebuilt.inputs.iter_mut().zip(&manifest.inputs) {
            here.file.clone_from(&there.file);
        }
    }
    first.extend(fields(manifest, &rebuilt, equal));
    if first.is_empty() {
        first.extend(spelling(folder, manifest));
    }
    Ok(first)
}

fn unreadable(name: &str, error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => format!("{name} is missing"),
        _ => format!("{name} cannot be read: {error}"),
    }
}

/// What the manifest says of a file that is as it should be, if that is something else.
fn entry(manifest: &Manifest, here: &File) -> Option<String> {
    let name = &here.file;
    let Some(there) = manifest.files.iter().find(|file| file.file == *name) else {
        return Some(format!("{MANIFEST} does not list {name}"));
    };
    (there != here).then(|| {
        format!(
            "{MANIFEST} gives {name} {} bytes and the SHA-256 {}, the replay {} bytes and {}",
            there.bytes, there.sha256, here.bytes, here.sha256
        )
    })
}

/// What is in the folder or in its manifest and not of the run.
fn strangers(folder: &Path, manifest: &Manifest, again: &[File]) -> anyhow::Result<Vec<String>> {
    let known = |name: &str| again.iter().any(|file| file.file == name);
    let listed = manifest.files.iter().filter(|file| !known(&file.file));
    let mut found: Vec<String> = listed
        .map(|file| format!("{MANIFEST} lists {:?}, which the replay does not have", file.file))
        .collect();
    let names = folder::names(folder)?;
    let strange = names.iter().filter(|name| *name != MANIFEST && !known(name));
    found.extend(strange.map(|name| format!("{name:?} is not a file of the run")));
    Ok(found)
}

/// Where a file begins to differ from its replay.
fn place(name: &str, there: &[u8], here: &[u8], contents: &Contents<'_>) -> String {
    let mut recordings = contents.results.recordings();
    let recording = recordings.find(|(variant, _)| facts_of(variant) == name);
    let text = String::from_utf8_lossy(there);
    let fact = recording.and_then(|(_, recording)| facts::first_difference(&text, recording));
    fact.or_else(|| line(there, here)).unwrap_or_else(|| {
        let same = there.iter().zip(here).take_while(|(there, here)| there == here).count();
        let (there, here) = (there.len(), here.len());
        format!("differs from byte {same} on; it has {there} bytes, and {here} in the replay")
    })
}

/// The first line that differs, if these are texts and not all lines are the same.
fn line(there: &[u8], here: &[u8]) -> Option<String> {
    let here = std::str::from_utf8(here).ok()?;
    let there = String::from_utf8_lossy(there);
    let (mut there, mut here, mut number) = (there.lines(), here.lines(), 0);
    loop {
        number += 1;
        let said = match (there.next(), here.next()) {
            (None, None) => return None,
            (there, here) if there == here => continue,
            (None, Some(here)) => {
                format!("the file ends, the replay goes on with {}", quoted(here))
            }
            (Some(there), None) => {
                format!("the replay ends, the file goes on with {}", quoted(there))
            }
            (Some(there), Some(here)) => {
                format!("the file says {}, the replay {}", quoted(there), quoted(here))
            }
        };
        return Some(format!("line {number}: {said}"));
    }
}

/// A line between quotes, without control characters; of a long one the beginning.
fn quoted(line: &str) -> String {
    let mut shown = String::from("`");
    for c in line.chars().take(QUOTED) {
        if c.is_control() { shown.extend(c.escape_debug()) } else { shown.push(c) }
    }
    shown + if line.chars().nth(QUOTED).is_some() { "…`" } else { "`" }
}

/// The first digest of each plan that differs. Facts are kept of one run of a plan only; of all
/// others the digests say that they differ, but not where.
fn digests(manifest: &Manifest, contents: &Contents<'_>) -> Vec<String> {
    let rebuilt = contents.manifest(Vec::new()).digests;
    let variants = contents.results.variants.iter().map(|(_, it)| &it.name[..]);
    let more = manifest.digests.0.iter().map(|(key, _)| &key[..]);
    let more = more.filter(|key| rebuilt.of(key).is_none());
    let differs = |variant: &str| {
        let key = manifest::key(variant);
        let [there, here] =
            [&manifest.digests, &rebuilt].map(|all| all.of(&key).unwrap_or_default());
        let plan = if variant == "today" { "present" } else { variant };
        if there.len() != here.len() {
            let (there, here) = (there.len(), here.len());
            return Some(format!(
                "{MANIFEST} lists {there} digests of the {plan} plan, not {here}"
            ));
        }
        let replication = there.iter().zip(here).position(|(there, here)| there != here)?;
        let (there, here) = (&there[replication], &here[replication]);
        Some(format!(
            "{MANIFEST}: replication {replication} of the {plan} plan has digest {there} in the file \
             and {here} in the replay; its facts were not kept"
        ))
    };
    variants.chain(more).filter_map(differs).collect()
}

/// All other fields of the manifest that differ. That its list of files is in another order, or
/// names one twice, is said only where all of them are `equal`.
fn fields(there: &Manifest, here: &Manifest, equal: bool) -> Vec<String> {
    let value = |manifest: &Manifest| {
        let mut value = serde_json::to_value(manifest).unwrap_or_default();
        if let Value::Object(fields) = &mut value {
            // Those are compared above, in words of their own.
            fields.retain(|key, _| key != "files" && key != "digests");
        }
        value
    };
    let mut found = Vec::new();
    compare("", &value(there), &value(here), &mut found);
    if equal && there.files != here.files && there.files.len() >= here.files.len() {
        found.push(format!("{MANIFEST} lists its files in another order, or one of them twice"));
    }
    found
}

/// Adds every place where two values differ.
fn compare(path: &str, there: &Value, here: &Value, found: &mut Vec<String>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (there, here) {
        (there, here) if there == here => {}
        (Value::Object(file), Value::Object(replay)) => {
            let more = replay.keys().filter(|key| !file.contains_key(*key));
            for key in file.keys().chain(more) {
                let [there, here] = [file, replay].map(|map| map.get(key).unwrap_or(&Value::Null));
                compare(&below(key), there, here, found);
            }
        }
        (Value::Array(file), Value::Array(replay)) if file.len() == replay.len() => {
            for (index, (there, here)) in file.iter().zip(replay).enumerate() {
                compare(&format!("{path}[{index}]"), there, here, found);
            }
        }
        (there, here) => found
            .push(format!("{MANIFEST}: {path} is {there} in the file and {here} in the replay")),
    }
}

/// What is left to differ: how the manifest is spelled.
fn spelling(folder: &Path, manifest: &Manifest) -> Option<String> {
    let there = fs::read_to_string(folder.join(MANIFEST)).ok()?;
    (there != manifest.to_json() + "\n")
        .then(|| format!("{MANIFEST} says the same in another spelling"))
}
