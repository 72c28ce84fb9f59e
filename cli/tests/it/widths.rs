//! Widths: what is printed fits the terminal, whatever the scenario and however long its names are.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::support::small;

fn library() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/library");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    files
}

/// What a command prints, on a terminal of a given width, or into a pipe.
fn printed(dir: &Path, args: &[&str], columns: Option<usize>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotsim"));
    command.current_dir(dir).args(args).env_remove("COLUMNS");
    if let Some(columns) = columns {
        command.env("COLUMNS", columns.to_string());
    }
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 99)), "{args:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn assert_fits<'t>(what: &str, lines: impl Iterator<Item = &'t str>, columns: usize) {
    for line in lines {
        let length = line.chars().count();
        assert!(length <= columns, "{what}: {length} of {columns} columns:\n{line}");
    }
}

#[test]
fn every_run_of_the_library_fits_80_and_100_columns() {
    let dir = tempfile::tempdir().unwrap();
    for file in library() {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let run = ["demo", name, "-n", "2", "-q"];
        for columns in [80, 100] {
            assert_fits(name, printed(dir.path(), &run, Some(columns)).lines(), columns);
        }
    }
}

#[test]
fn the_verdict_is_the_first_line_of_a_pipe() {
    let dir = tempfile::tempdir().unwrap();
    let text = printed(dir.path(), &["demo", "web-on-spot", "-n", "2", "-q"], None);
    let verdict = text.lines().next().unwrap();
    assert!(verdict.contains("p95 pending") && verdict.ends_with('.'), "{verdict}");
    assert_fits("web-on-spot", text.lines().skip(1), 100);
}

/// Names that differ at their end are distinct in what is compared, however long they are.
#[test]
fn long_names_of_plans_stay_distinct() {
    let dir = tempfile::tempdir().unwrap();
    let plans = ["base", "spot"].map(|last| format!("checkout-of-the-shop-in-eu-{last}"));
    for (nodes, name) in [3, 4].into_iter().zip(&plans) {
        fs::write(dir.path().join(format!("{name}.yaml")), small("1d", nodes, 8)).unwrap();
    }
    let files = plans.each_ref().map(|name| format!("{name}.yaml"));
    let compare = ["compare", &files[0], &files[1], "-n", "8", "-q"];
    for columns in [80, 100] {
        let text = printed(dir.path(), &compare, Some(columns));
        assert_fits("compare", text.lines(), columns);
        for name in &plans {
            assert!(text.contains(&name.to_uppercase()), "{name} in\n{text}");
        }
    }
}

/// Names as long as Kubernetes and clouds allow them to be, in a scenario, its rules and its bill.
#[test]
fn long_names_fit_too() {
    let dir = tempfile::tempdir().unwrap();
    let name = "checkout-with-a-very-long-name-".repeat(2) + "x";
    let scenario = format!(
        "apiVersion: spotsim/v1\nname: {name}\nhorizon: 7d\nprovider: aws\nregion: us-east-1\n\
         pools:\n- name: {name}\n  count: 3\n  capacityType: spot\n  \
         instanceTypes: [m6i.large]\n  zones: [us-east-1a]\n\
         market:\n  reclaims: {{model: constant, perHour: 0.2}}\n\
         workloads:\n- name: {name}\n  namespace: {name}\n  replicas: 3\n  template:\n    \
         terminationGracePeriodSeconds: 600\n    shutdownDuration: 5m\n    containers:\n    \
         - name: app\n      resources: {{requests: {{cpu: 500m, memory: 1Gi}}}}\n\
         rules:\n- name: {name}\n  podSelector: {{matchLabels: {{app: {name}}}}}\n  \
         atMost: {{pods: 1, topologyKey: topology.kubernetes.io/zone}}\n"
    );
    fs::write(dir.path().join("long.yaml"), scenario).unwrap();
    let run = ["run", "long.yaml", "-n", "3", "-q", "--out", "made"];
    for columns in [80, 100] {
        let fits = |args: &[&str]| {
            let text = printed(dir.path(), args, Some(columns));
            assert!(text.contains("checkout-with"), "{text}");
            assert_fits(&args.join(" "), text.lines(), columns);
        };
        fits(&run);
        fits(&["check", "long.yaml", "-n", "3", "-q"]);
        fits(&["explain", "cost", "--run", "made"]);
    }
}
