//! Every golden case of kube-scheduler 1.36: the same verdicts, scores, messages and choices.
//!
//! The cases are in `fixtures/scheduler`, or in the folder that `SPOTSIM_SCHEDULER_CASES` names. A binary
//! of its own, because it is the one that is run with other people's cases.

#![allow(unreachable_pub, reason = "modules of a test")]

#[path = "conformance/answer.rs"]
mod answer;
#[path = "conformance/case.rs"]
mod case;
#[path = "conformance/difference.rs"]
mod difference;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use answer::Path as Way;
use case::Case;

fn folder() -> PathBuf {
    std::env::var_os("SPOTSIM_SCHEDULER_CASES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/scheduler"),
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

/// Prints a line whether the test passes or not.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// What is different about a case, by either way of evaluating it.
fn differences(case: &Case) -> Vec<String> {
    let mut found = Vec::new();
    for path in Way::ALL {
        match answer::answer(case, path) {
            Ok(answer) => found.extend(
                difference::between(&case.expect, &answer)
                    .into_iter()
                    .map(|difference| format!("{} ({path:?}) {difference}", case.id)),
            ),
            Err(error) => found.push(format!("{} ({path:?}) {error}", case.id)),
        }
    }
    found
}

/// `cargo test --workspace scheduler_conformance` runs the cases.
mod scheduler_conformance {
    use super::*;

    #[test]
    fn the_scheduler_decides_as_kube_scheduler_does() {
        let mut failed_in_all = 0;
        for file in files() {
            let cases = case::read(&file);
            let mut failed = 0;
            for case in &cases {
                let differences = differences(case);
                failed += usize::from(!differences.is_empty());
                differences.iter().for_each(|difference| say(&format!("  {difference}")));
            }
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            say(&format!("{name}: {} passed, {failed} failed", cases.len() - failed));
            failed_in_all += failed;
        }
        assert_eq!(failed_in_all, 0, "cases differ from what kube-scheduler did; see above");
    }
}
