//! The verdict on a workload of which some pods never run.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;
use std::process::Output;

use serde_json::Value;

use super::support::{Place, stdout};

/// Six pods for which there is room, and three that are larger than any node.
const TOO_LARGE: &str = "
apiVersion: spotsim/v1
name: shop
horizon: 1d
region: us-east-1
pools:
  - {name: spot, count: 4, capacityType: spot, instanceTypes: [m6i.xlarge]}
workloads:
  - name: web
    replicas: 6
    template: {containers: [{name: app, resources: {requests: {cpu: 500m}}}]}
  - name: train
    replicas: 3
    template: {containers: [{name: app, resources: {requests: {cpu: 6}}}]}
";

fn spotsim(scenario: &str, args: &[&str]) -> Output {
    Place::with("scenario.yaml", scenario).spotsim(&[args, &["-n", "3", "-q"]].concat())
}

#[test]
fn what_never_runs_is_said_before_any_saving() {
    let text = stdout(&spotsim(TOO_LARGE, &["run", "scenario.yaml"]));
    let first = text.lines().next().unwrap();
    assert!(first.starts_with("shop: 3 of 9 pods never run (default/train 3)"), "{first}");
    assert!(!first.contains("saves"), "{first}");
    assert!(text.contains("Incomplete workload, saving against the same workload"), "{text}");
    assert!(text.contains("Never placed: 3 of 3 pods of default/train\n"), "{text}");
    assert!(text.contains("4 Insufficient cpu"), "{text}");
}

/// In text, Markdown and on the page alike: a saving of nothing would say that spot was tried.
#[test]
fn without_spot_there_is_nothing_to_save() {
    let scenario = TOO_LARGE.replace("Type: spot", "Type: on-demand");
    let scenario = scenario.replace("cpu: 6", "cpu: 600m");
    let place = Place::with("scenario.yaml", &scenario);
    let run = ["run", "scenario.yaml", "-n", "3", "-q", "--out", "run", "--report", "r.html"];
    let text = stdout(&place.spotsim(&run));
    let claim = "no spot capacity is used, so there is nothing to save";
    assert!(text.starts_with(&format!("shop: {claim}; 0 node reclaims/day")), "{text}");
    stdout(&place.spotsim(&["report", "run", "--md", "r.md"]));
    for file in ["r.md", "r.html"] {
        let text = fs::read_to_string(place.path(file)).unwrap();
        let said = text.to_lowercase().contains(claim);
        assert!(said && !text.contains("saves nothing"), "{file}: {text}");
    }
}

#[test]
fn it_does_not_hide_how_available_the_others_are() {
    let text = stdout(&spotsim(TOO_LARGE, &["run", "scenario.yaml"]));
    let least = text.lines().find(|line| line.starts_with("Least availability")).unwrap();
    assert!(least.ends_with("default/web"), "{least}");
    let output = spotsim(TOO_LARGE, &["run", "scenario.yaml", "-o", "json"]);
    let summary: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let rows = summary["sensitivity"].as_array().unwrap();
    assert!(rows.len() > 1, "{rows:?}");
    assert!(rows.iter().all(|row| row["leastAvailability"].as_f64().unwrap() > 0.5), "{rows:?}");
}

#[test]
fn programs_see_it_beside_the_saving() {
    let output = spotsim(TOO_LARGE, &["run", "scenario.yaml", "-o", "json"]);
    let summary: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let never = &summary["neverPlaced"];
    assert_eq!((never["pods"].as_u64(), never["of"].as_u64()), (Some(3), Some(9)));
    assert_eq!(never["replications"], 3);
    assert_eq!(never["workloads"][0]["workload"], "default/train");
    assert!(summary["saving"]["onDemandPlan"]["usdMonthly"]["mean"].is_number());
}

#[test]
fn check_ends_with_99() {
    let output = spotsim(TOO_LARGE, &["check", "scenario.yaml"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(99), "{text}");
    assert!(text.starts_with("shop: 3 of 9 pods never run (default/train 3)\n"), "{text}");
    let output = spotsim(TOO_LARGE, &["check", "scenario.yaml", "-o", "json"]);
    let found: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((output.status.code(), found["neverPlaced"]["pods"].as_u64()), (Some(99), Some(3)));
    let fits = TOO_LARGE.replace("cpu: 6", "cpu: 600m");
    let output = spotsim(&fits, &["check", "scenario.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}

#[test]
fn it_says_at_which_multiple_of_the_published_rates_it_was_measured() {
    let at = |scale: &str| {
        let scenario = format!("{TOO_LARGE}market: {{reclaims: {{scale: {scale}}}}}\n");
        let text = stdout(&spotsim(&scenario, &["run", "scenario.yaml"]));
        text.lines().next().unwrap().to_owned()
    };
    let (thirty, one) = (at("30"), at("1"));
    assert!(thirty.contains(" (at ×30 the stated rates)"), "{thirty}");
    assert!(!one.contains("stated rates"), "{one}");
}

/// A scenario of jobs with deadlines alone has no pods, and nothing is said of any.
#[test]
fn without_pods_nothing_is_said_of_them() {
    let place = Place::with("unused", "");
    let output = place.spotsim(&["demo", "training-by-a-deadline", "-n", "3", "-q"]);
    let text = stdout(&output);
    let (verdict, table) = text.split_once('\n').unwrap();
    assert!(verdict.contains("node reclaims/day, and 0 Jobs late a run."), "{verdict}");
    let table = table.split("Assumptions").next().unwrap();
    for of_pods in ["isrupted", "ending", "requested", "vailability", "cut short"] {
        assert!(!table.contains(of_pods), "{of_pods}: {table}");
    }
    let rows = ["Paid for deadline jobs", "  not less than"];
    assert!(rows.iter().all(|row| table.contains(row)), "{table}");
}
