//! The glossary: `spotsim explain` knows every figure that a run of the library prints.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn spotsim(args: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotsim"));
    let output = command.args(args).env("COLUMNS", "100").output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

/// The labels of the tables in a text: what stands before the first gap, and what heads columns.
fn labels(text: &str) -> BTreeSet<String> {
    let mut labels = BTreeSet::new();
    // The verdict comes first, lists of sentences last.
    let tables = text.split("\n\n").skip(1).take_while(|part| !part.starts_with("Assumptions"));
    for line in tables.flat_map(str::lines) {
        let cells: Vec<&str> =
            line.split("  ").map(str::trim).filter(|it| !it.is_empty()).collect();
        let head = cells.len() > 2 && cells[1..].iter().all(|it| !it.contains(char::is_numeric));
        let figures = cells.len() > 1 && cells[1..].iter().any(|it| it.contains(char::is_numeric));
        let names: &[&str] = if head { &cells } else { &cells[..usize::from(figures)] };
        let known = names.iter().filter(|name| {
            let workload = name.contains('/') && !name.contains(' ') && !name.ends_with("/day");
            !workload
                && !name.contains(" in us-")
                && !name.contains(" in europe-")
                && !name.contains(" in eu-")
                && name.contains(char::is_alphabetic)
                && !name.contains(" to ")
                && !name.starts_with("at most")
        });
        labels.extend(known.map(|name| (*name).to_owned()));
    }
    labels
}

#[test]
fn every_figure_of_a_run_is_explained() {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/library");
    let mut all: BTreeSet<String> = ["harsh".to_owned()].into();
    for entry in fs::read_dir(library).unwrap() {
        let path = entry.unwrap().path();
        let (done, text) =
            spotsim(&["demo", path.file_stem().unwrap().to_str().unwrap(), "-n", "2", "-q"]);
        assert!(done, "{}", path.display());
        all.extend(labels(&text));
    }
    assert!(all.len() > 25, "{all:?}");
    let unknown: Vec<&String> =
        all.iter().filter(|label| !spotsim(&["explain", label]).0).collect();
    assert!(unknown.is_empty(), "`spotsim explain` does not know {unknown:?}");
}
