//! What replayed prices cost: the integral of the history, worked by hand, to the last unit.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

use std::fs;

use super::support::{Place, stderr};

/// Two instances from 02:00 on, for ten hours; the second zone's price is older than that.
const SCENARIO: &str = "
apiVersion: spotsim/v1
name: replayed
horizon: 10h
region: us-east-1
provider: generic
market: {prices: {model: replay, file: prices.csv}, reclaims: {model: none}}
pools:
  - name: spot
    count: 2
    capacityType: spot
    instanceTypes: [{name: box, cpu: 2, memory: 8Gi, onDemandPrice: 0.1, spotPrice: 0.05}]
    zones: [us-east-1a, us-east-1b]
";

const PRICES: &str = "\
instance_type,zone,time,usd_per_hour
box,us-east-1b,2026-05-05T00:00:00Z,0.03
box,us-east-1a,2026-05-05T02:00:00Z,0.02
box,us-east-1a,2026-05-05T04:30:00Z,0.020001
box,us-east-1a,2026-05-05T04:30:00.007Z,0.025
box,us-east-1b,2026-05-05T11:59:59Z,0.04
box,us-east-1b,2026-05-05T12:00:00Z,0.99
";

#[test]
fn a_replay_costs_its_integral() {
    let folder = Place::with("scenario.yaml", SCENARIO);
    fs::write(folder.path("prices.csv"), PRICES).unwrap();
    let output = folder.spotsim(&["run", "scenario.yaml", "-n", "2", "--out", "run"]);
    assert!(output.status.success(), "{}", stderr(&output));
    // Micro-dollars per hour times milliseconds.
    let first = [(20_000, 9_000_000), (20_001, 7), (25_000, 26_999_993)];
    let second = [(30_000, 35_999_000), (40_000, 1_000)];
    let expected: u128 = first.iter().chain(&second).map(|(price, ms)| price * ms).sum();
    let mut table = csv::Reader::from_path(folder.path("run/costs.csv")).unwrap();
    let column = table.headers().unwrap().iter().position(|it| it == "cost_micro_usd_ms_per_hour");
    let lines: Vec<u128> =
        table.records().map(|row| row.unwrap()[column.unwrap()].parse().unwrap()).collect();
    assert_eq!(lines.len(), first.len() + second.len(), "a line for each price");
    assert_eq!(lines.iter().sum::<u128>(), expected);
    let summary = fs::read_to_string(folder.path("run/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert!(summary.to_string().contains("replayed-prices"), "{summary}");
}
