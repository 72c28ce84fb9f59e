//! Where a run goes: it replaces only a run, through links, and before its figures are printed.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Output;

use super::support::{Place, small, stderr};

fn place() -> Place {
    Place::with("s.yaml", &small("2h", 1, 1))
}

/// Runs the scenario with more arguments; the exit code, and what it says on stderr.
fn run(place: &Place, more: &[&str]) -> (Option<i32>, String) {
    said(&place.spotsim(&[&["run", "s.yaml", "-n", "1"], more].concat()))
}

/// Runs the program in a shell, with `rest` after the command.
fn shell(place: &Place, command: &str, rest: &str) -> (Option<i32>, String) {
    let spotsim = env!("CARGO_BIN_EXE_spotsim");
    said(&place.bash(&format!("set -o pipefail; {spotsim} {command} {rest}")))
}

fn said(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), stderr(output))
}

#[test]
fn force_replaces_a_run_and_nothing_else() {
    let place = place();
    assert_eq!(run(&place, &["--out", "run"]).0, Some(0));
    // A user keeps a manifest among other things.
    fs::create_dir(place.path("thesis")).unwrap();
    fs::copy(place.path("run/manifest.json"), place.path("thesis/manifest.json")).unwrap();
    for chapter in ["a.md", "b.md", "c.md", "d.md", "e.md", "f.md"] {
        fs::write(place.path("thesis").join(chapter), "years of work").unwrap();
    }
    let before = place.names("thesis");
    let (code, said) = run(&place, &["--seed", "7", "--out", "thesis", "--force"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("holds more than a run"), "{said}");
    assert!(said.contains("a.md, b.md, c.md, d.md, e.md and 1 more"), "{said}");
    assert_eq!(place.names("thesis"), before);
    // Notes within a run, and a folder that has the name of one of its files.
    fs::write(place.path("run/my-notes.md"), "mine").unwrap();
    let (code, said) = run(&place, &["--seed", "7", "--out", "run", "--force"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("my-notes.md"), "{said}");
    fs::remove_file(place.path("run/my-notes.md")).unwrap();
    fs::remove_file(place.path("run/nodes.csv")).unwrap();
    fs::create_dir(place.path("run/nodes.csv")).unwrap();
    assert_eq!(run(&place, &["--seed", "7", "--out", "run", "--force"]).0, Some(2));
    assert_eq!(place.names(""), ["run", "s.yaml", "thesis"]);
}

#[test]
fn a_damaged_run_is_named_and_can_be_written_anew() {
    let place = place();
    assert_eq!(run(&place, &["--out", "run"]).0, Some(0));
    fs::write(place.path("run/nodes.csv"), "").unwrap();
    fs::remove_file(place.path("run/costs.csv")).unwrap();
    let (code, said) = run(&place, &["--out", "run"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("holds this run, but not as it was written: nodes.csv, costs.csv"),
        "{said}"
    );
    assert_eq!(run(&place, &["--out", "run", "--force"]).0, Some(0));
    assert!(run(&place, &["--out", "run"]).1.contains("already there, same bytes"));
    let manifest = fs::read_to_string(place.path("run/manifest.json")).unwrap();
    let digest = manifest.lines().find(|line| line.contains("\"digest\"")).unwrap();
    let other = manifest.replace(digest, "  \"digest\": \"0000000000000000\",");
    fs::write(place.path("run/manifest.json"), other).unwrap();
    let (code, said) = run(&place, &["--out", "run"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("not as it was written: manifest.json"), "{said}");
}

#[test]
fn links_stay_and_lead_where_they_led() {
    let place = place();
    fs::create_dir(place.path("elsewhere")).unwrap();
    symlink("elsewhere", place.path("link")).unwrap();
    let is_link = || fs::symlink_metadata(place.path("link")).unwrap().is_symlink();
    // An empty folder, then a run.
    for more in [&["--out", "link"][..], &["--seed", "7", "--out", "link", "--force"]] {
        let (code, said) = run(&place, more);
        assert_eq!(code, Some(0), "{said}");
        assert!(is_link() && place.path("elsewhere/manifest.json").exists());
    }
    assert_eq!(place.names(""), ["elsewhere", "link", "s.yaml"]);
    symlink("nowhere", place.path("dangling")).unwrap();
    let (code, said) = run(&place, &["--out", "dangling"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("nothing was simulated"), "{said}");
}

#[test]
fn where_nothing_can_be_written_nothing_is_simulated() {
    let place = place();
    let long = "x".repeat(300);
    for out in [long.as_str(), "s.yaml/run", "s.yaml"] {
        let output = place.spotsim(&["run", "s.yaml", "-n", "1", "--out", out]);
        assert!(output.stdout.is_empty());
        let (code, said) = said(&output);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("nothing was simulated"), "{said}");
    }
    assert_eq!(place.names(""), ["s.yaml"]);
}

#[test]
fn figures_that_cannot_be_printed_leave_the_run() {
    let place = place();
    let run = "run s.yaml -n 1 -q --out";
    // `true` has ended long before there is anything to read.
    let (code, said) = shell(&place, &format!("{run} piped"), "| true");
    assert_eq!(code, Some(141), "{said}");
    assert!(said.contains("cannot print the figures; the run is in piped/"), "{said}");
    let (code, said) = shell(&place, &format!("{run} full"), "> /dev/full");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("cannot print the figures; the run is in full/"), "{said}");
    for folder in ["piped", "full"] {
        let verified = place.spotsim(&["run", "--verify", folder, "-q"]);
        assert_eq!(verified.status.code(), Some(0), "{verified:?}");
    }
    let (code, said) = shell(&place, "--help", "> /dev/full");
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(shell(&place, "--help", "> /dev/null").0, Some(0));
}
