//! `spotsim explain node/NAME`: what a node of a kept run is, why it stays, and what would let it go.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::path::Path;
use std::process::{Command, Output};

fn spotsim(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spotsim")).current_dir(dir).args(args).output().unwrap()
}

#[test]
fn a_node_says_why_it_stays() {
    let dir = tempfile::tempdir().unwrap();
    let run = ["demo", "insufficient-capacity-storm", "-n", "1", "-q", "--out", "made"];
    assert!(spotsim(dir.path(), &run).status.success());
    let explain = |topic: &str, at: &str| {
        let output = spotsim(dir.path(), &["explain", topic, "--run", "made", "--at", at]);
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    // While there is no spot, what was bought on-demand in its place stays.
    let (code, text) = explain("node/general-7", "T+13h");
    assert_eq!(code, Some(0), "{text}");
    for part in [
        "on-demand, of pool general",
        "Why it stays",
        "What would let it go",
        "could not be launched",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    // Once there is, it is gone.
    let (code, text) = explain("node/general-7", "T+16h");
    assert!(code != Some(0) || text.contains("gone"), "{text}");
    let (code, text) = explain("node/nope", "T+13h");
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("nodes.csv lists those of the run"), "{text}");
}
