//! Every golden case of the workload controllers, of disruption and of the eviction API of Kubernetes
//! 1.36: the same pods deleted and created, the same sizes, the same statuses.
//!
//! The cases are in `fixtures/controllers`, or in the folder that `SPOTSIM_CONTROLLERS_CASES` names. A
//! binary of its own, because it is the one that is run with other people's cases.

#![allow(unreachable_pub, reason = "modules of a test")]
#![allow(clippy::unwrap_used, reason = "golden cases are well formed")]

#[path = "controllers_conformance/daemon_set.rs"]
mod daemon_set;
#[path = "controllers_conformance/deployment.rs"]
mod deployment;
#[path = "controllers_conformance/disruption.rs"]
mod disruption;
#[path = "controllers_conformance/eviction.rs"]
mod eviction;
#[path = "controllers_conformance/replica_set.rs"]
mod replica_set;
#[path = "controllers_conformance/stateful_set.rs"]
mod stateful_set;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::Value as Json;
use sim::model::budget::Amount;

/// What a kind of case is answered by: from the case to all that is expected of it.
type Answer = fn(&Json) -> Json;

/// Who answers which kind of case.
const ANSWERS: [(&str, Answer); 8] = [
    ("rs-rank", replica_set::answer),
    ("dep-rolling", deployment::answer),
    ("dep-scale", deployment::answer),
    ("dep-create", deployment::answer),
    ("sts", stateful_set::answer),
    ("ds", daemon_set::answer),
    ("pdb", disruption::answer),
    ("evict", eviction::answer),
];

fn folder() -> PathBuf {
    std::env::var_os("SPOTSIM_CONTROLLERS_CASES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/controllers"),
        PathBuf::from,
    )
}

/// Every file of cases, in order of name.
fn files() -> Vec<PathBuf> {
    let folder = folder();
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a readable entry").path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".jsonl.gz"));
    files.sort();
    assert!(!files.is_empty(), "no cases in {}", folder.display());
    files
}

/// Every case of a file.
fn cases(path: &Path) -> Vec<Json> {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
}

/// A whole number of a case.
fn int(json: &Json) -> i64 {
    json.as_i64().unwrap_or_else(|| panic!("{json} is no number"))
}

/// A list of a case; none is empty.
fn list(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}

/// A number of pods, or a share of them.
fn amount(json: &Json) -> Amount {
    match json.as_str() {
        Some(percent) => Amount::Percent(percent.trim_end_matches('%').parse().unwrap()),
        None => Amount::Pods(u32::try_from(int(json)).unwrap()),
    }
}

/// Whether a selector of labels, which has no expressions, selects them.
fn selects(selector: &Json, labels: &Json) -> bool {
    assert!(selector.get("matchExpressions").is_none(), "the cases use matchLabels alone");
    let wanted = selector.get("matchLabels").and_then(Json::as_object);
    // A selector that is missing selects no pod; an empty one every pod.
    selector.is_object()
        && wanted.is_none_or(|it| it.iter().all(|(key, value)| labels.get(key) == Some(value)))
}

/// What differs from what was expected, field by field. A text for people is not compared.
fn differences(answer: &Json, expect: &Json) -> Vec<String> {
    let fields = expect.as_object().unwrap().iter().filter(|(field, _)| *field != "cause");
    fields
        .filter(|(field, value)| answer.get(field) != Some(value))
        .map(|(field, value)| {
            let is = answer.get(field).unwrap_or(&Json::Null);
            format!("{field} is {is} and should be {value}")
        })
        .collect()
}

/// `cargo test --workspace controllers_conformance` runs the cases.
mod controllers_conformance {
    use super::*;

    #[test]
    fn controllers_decide_as_those_of_kubernetes_do() {
        let mut failed_in_all = 0;
        for file in files() {
            let cases = cases(&file);
            let mut failed = 0;
            for case in &cases {
                let kind = case["case"]["kind"].as_str().unwrap();
                let answer = ANSWERS.iter().find(|(name, _)| *name == kind);
                let (_, answer) = answer.unwrap_or_else(|| panic!("no rule for {kind}"));
                let differences = differences(&answer(&case["case"]), &case["expect"]);
                failed += usize::from(!differences.is_empty());
                for difference in differences {
                    say(&format!("  {}: {difference}", case["id"].as_str().unwrap()));
                }
            }
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            say(&format!("{name}: {} passed, {failed} failed", cases.len() - failed));
            failed_in_all += failed;
        }
        assert_eq!(failed_in_all, 0, "cases differ from what Kubernetes did; see above");
    }
}

/// Prints a line whether the test passes or not.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
