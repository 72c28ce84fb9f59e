//! What is paid today as a baseline: a cluster that runs spot already saves nothing by it once more.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;

use serde_json::Value;

use super::support::{Place, stderr, stdout};

/// Six nodes, of which `spot` are bought on spot.
fn scenario(spot: u32, more: &str) -> String {
    let base = 6 - spot;
    format!(
        "apiVersion: spotsim/v1
name: shop
horizon: 1d
region: us-east-1
{more}
pools:
  - {{name: base, count: {base}, capacityType: on-demand, instanceTypes: [m6i.large]}}
  - {{name: spot, count: {spot}, capacityType: spot, instanceTypes: [m6i.large]}}
workloads:
  - name: web
    replicas: 6
    template: {{containers: [{{name: app, resources: {{requests: {{cpu: 500m}}}}}}]}}
"
    )
}

fn place(today: &str, proposal: &str) -> Place {
    let place = Place::with("spot.yaml", proposal);
    fs::create_dir(place.path("now")).unwrap();
    fs::write(place.path("now/scenario.yaml"), today).unwrap();
    place
}

const NAMED: &str = "today: now/scenario.yaml";

#[test]
fn a_proposal_is_measured_against_today_and_both_baselines() {
    let dir = place(&scenario(3, ""), &scenario(5, NAMED));
    let args = ["run", "spot.yaml", "-n", "4", "-q", "--out", "run"];
    let text = stdout(&dir.spotsim(&args));
    let first = text.lines().next().unwrap();
    assert!(first.starts_with("shop: spot saves $"), "{first}");
    assert!(first.contains("/month against today ("), "{first}");
    assert!(text.contains("\nPaid today /month "), "{text}");
    assert!(text.contains("\nSaving against what is paid today: $"), "{text}");

    let summary = fs::read_to_string(dir.path("run/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    let mean = |path: &str| summary.pointer(path).and_then(Value::as_f64).unwrap();
    let today = mean("/today/costMonthly/mean");
    let own = mean("/proposed/costMonthly/mean");
    let saving = mean("/saving/today/usdMonthly/mean");
    assert!((today - own - saving).abs() < 1e-6, "{today} {own} {saving}");
    // Two more of six nodes on spot save less than all five against on-demand.
    assert!(saving > 0.0 && saving < 0.6 * mean("/saving/onDemandPlan/usdMonthly/mean"));

    // The other scenario is an input of the run, which can be made again.
    let manifest = fs::read_to_string(dir.path("run/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["inputs"][1]["file"], "now/scenario.yaml");
    assert_eq!(manifest["digests"]["today"].as_array().unwrap().len(), 4);
    let again = dir.spotsim(&["run", "--verify", "run", "-q"]);
    assert!(stdout(&again).starts_with("equal: 4 replications of all three plans"), "{again:?}");
    fs::write(dir.path("now/scenario.yaml"), scenario(2, "")).unwrap();
    let again = dir.spotsim(&["run", "--verify", "run"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(stdout(&again).contains("of the present plan has digest"), "{again:?}");
    assert!(stderr(&again).contains("now/scenario.yaml has changed"), "{again:?}");
}

#[test]
fn the_same_cluster_saves_nothing_against_itself() {
    let dir = place(&scenario(3, ""), &scenario(3, NAMED));
    let text = stdout(&dir.spotsim(&["run", "spot.yaml", "-n", "3", "-q"]));
    assert!(text.starts_with("shop: spot saves nothing per month against today"), "{text}");
}

#[test]
fn without_it_there_are_two_baselines() {
    let dir = place(&scenario(3, ""), &scenario(3, ""));
    let args = ["run", "spot.yaml", "-n", "2", "-q", "-o", "json"];
    let summary: Value = serde_json::from_str(&stdout(&dir.spotsim(&args))).unwrap();
    assert!(summary["saving"]["today"].is_null() && summary["today"].is_null());
}

#[test]
fn what_is_wrong_with_the_other_is_said_at_its_place() {
    for (today, proposal, message, place) in [
        (
            scenario(3, "").replace("m6i.large", "m6i.lage"),
            scenario(5, NAMED),
            "m6i.lage",
            "--> now/scenario.yaml:7:",
        ),
        (scenario(3, ""), scenario(5, "today: gone.yaml"), "gone.yaml", "--> spot.yaml:5:8"),
        (
            scenario(3, "").replace("horizon: 1d", "horizon: 2d"),
            scenario(5, NAMED),
            "the same `horizon`",
            "--> spot.yaml:5:8",
        ),
        (
            scenario(3, "today: ../spot.yaml"),
            scenario(5, NAMED),
            "names a `today` of its own",
            "--> spot.yaml:5:8",
        ),
    ] {
        let dir = self::place(&today, &proposal);
        let output = dir.spotsim(&["run", "spot.yaml", "-n", "1", "-q"]);
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(message) && text.contains(place), "{message}: {text}");
    }
}
