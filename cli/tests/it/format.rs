//! `--format`: one report as text, as Markdown and as JSON, with the same figures in each.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::process::{Command, Output};

use serde_json::Value;

fn demo(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotsim"));
    command.args(["demo", "--quiet", "-n", "2"]).args(args).output().unwrap()
}

fn printed(format: &str) -> String {
    let output = demo(&["--format", format]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_report_says_the_same_in_every_format() {
    let [text, markdown, json] = ["text", "markdown", "json"].map(printed);
    assert_eq!(text, String::from_utf8(demo(&[]).stdout).unwrap(), "text is the default");
    let verdict = text.lines().next().unwrap();
    assert!(markdown.starts_with(&format!("## Answer\n\n{verdict}\n")), "{markdown}");
    assert!(markdown.contains("|  | ON-DEMAND | PROPOSED | CHANGE |"), "{markdown}");
    assert!(markdown.contains("![savings](savings.svg)"), "{markdown}");
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["schema"], "spotsim/report/v1");
    assert_eq!(report["sections"][0]["claim"], verdict);
    let cost = &report["sections"][1]["blocks"][0]["table"]["rows"][0];
    let shown = cost["cells"][1]["values"][0]["text"].as_str().unwrap();
    let row = text.lines().find(|line| line.starts_with("Cost /month")).unwrap();
    assert!(row.contains(shown), "{shown} in {row}");
}

#[test]
fn a_summary_has_no_format() {
    let output = demo(&["-o", "json", "--format", "markdown"]);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("--output") && message.contains("--format"), "{message}");
}
