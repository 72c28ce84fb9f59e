//! Intervals: a printout says one thing of one rate, and what is random is not printed as certain.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::process::Command;

use serde_json::Value;

fn demo(args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotsim"));
    let output = command.args(["demo", "--quiet"]).args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// With more replications than the multiples above it have.
#[test]
fn the_row_of_the_own_rates_is_the_headline() {
    let summary: Value = serde_json::from_str(&demo(&["-n", "70", "-o", "json"])).unwrap();
    let rows = summary["sensitivity"].as_array().unwrap();
    let own: Vec<&Value> = rows.iter().filter(|row| row["replications"] == 70).collect();
    let headline = &summary["proposed"]["reclaimsPerDay"];
    assert!(own.iter().any(|row| row["reclaimsPerDay"] == *headline), "{rows:#?}\n{headline:#}");
    let saving = &summary["saving"]["onDemandPlan"]["percent"];
    let close = |row: &&Value| {
        let ends = ["mean", "low", "high"].map(|end| (&row["savingPercent"][end], &saving[end]));
        ends.iter().all(|(a, b)| match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-6,
            (a, b) => a == b,
        })
    };
    assert!(own.iter().any(close), "{rows:#?}\n{saving:#}");
    for row in rows {
        assert!(row["reclaimsPerDay"]["high"].is_number(), "each row has an interval: {row:#}");
    }
}

/// A week in which nothing is taken is no proof that nothing ever is.
#[test]
fn what_was_not_seen_has_a_bound() {
    let text = demo(&["-n", "8"]);
    assert!(!text.contains('±'), "{text}");
    let killed = text.lines().find(|line| line.contains("killed without warning")).unwrap();
    assert!(killed.contains("at most"), "{killed}");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("of the mean over 8 simulated weeks"), "{text}");
    assert!(words.contains("5th to 95th percentile"), "{text}");
}
