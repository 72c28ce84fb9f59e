//! Folders of golden cases: gzipped JSON lines, one case a line, a count for every file.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;

/// Holds every case of every file to what is expected, and prints `FILE: N passed, M failed`. The files
/// are in the folder that the environment variable names, or else in `fixtures`. What is different about
/// a case is for `differences` to say, a line each.
///
/// # Panics
/// If a case differs, a file cannot be read, or there is none.
pub fn run<C: DeserializeOwned>(
    variable: &str,
    fixtures: &str,
    differences: impl Fn(&C) -> Vec<String>,
) {
    run_by_file(variable, fixtures, |_, case| differences(case));
}

/// The same, where what a case asks depends on the name of its file.
///
/// # Panics
/// As [`run`].
pub fn run_by_file<C: DeserializeOwned>(
    variable: &str,
    fixtures: &str,
    differences: impl Fn(&str, &C) -> Vec<String>,
) {
    let mut failed_in_all = 0;
    for file in files(variable, fixtures) {
        let cases: Vec<C> = read(&file);
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let mut failed = 0;
        for case in &cases {
            let differences = differences(&name, case);
            failed += usize::from(!differences.is_empty());
            differences.iter().for_each(|difference| say(&format!("  {difference}")));
        }
        say(&format!("{name}: {} passed, {failed} failed", cases.len() - failed));
        failed_in_all += failed;
    }
    assert_eq!(failed_in_all, 0, "cases differ from what Kubernetes did; see above");
}

/// Every file of cases, in order of name.
fn files(variable: &str, fixtures: &str) -> Vec<PathBuf> {
    let folder = std::env::var_os(variable).map_or_else(|| fixtures.into(), PathBuf::from);
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a readable entry").path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".jsonl.gz"));
    files.sort();
    assert!(!files.is_empty(), "no cases in {}", folder.display());
    files
}

fn read<C: DeserializeOwned>(path: &Path) -> Vec<C> {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    let case = |(number, line): (usize, std::io::Result<String>)| {
        let line = line.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("{} line {}: {error}", path.display(), number + 1))
    };
    lines.enumerate().map(case).collect()
}

/// Prints a line whether the test passes or not.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
