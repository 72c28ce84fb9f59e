//! Golden cases of the disruption controller and the eviction API of Kubernetes 1.36.

#![allow(clippy::unwrap_used, reason = "golden cases are well formed")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value as Json;
use sim::model::budget::{Amount, Budget, Limit};
use sim::names::NameId;
use sim::table::Id;
use sim::world::eviction::{Stage, Status, lets_go};

/// Every case of a file, with its name.
fn cases(file: &str) -> Vec<(String, Json, Json)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/controllers");
    let file = File::open(folder.join(file)).unwrap();
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    let parsed = lines.map(|line| {
        let mut case: Json = serde_json::from_str(&line.unwrap()).unwrap();
        let id = case["id"].as_str().unwrap().to_owned();
        (id, case["case"].take(), case["expect"].take())
    });
    parsed.collect()
}

fn matches(selector: &Json, labels: &Json) -> bool {
    let wanted = |label: (&String, &Json)| labels.get(label.0) == Some(label.1);
    let all = |wanted_labels: &Json| wanted_labels.as_object().unwrap().iter().all(wanted);
    // A selector that is missing means no pod; an empty one every pod.
    let expressions = selector.get("matchExpressions");
    assert!(expressions.is_none(), "the cases use matchLabels alone");
    !selector.is_null() && selector.get("matchLabels").is_none_or(all)
}

#[test]
fn the_eviction_api_lets_the_same_pods_go() {
    let cases = cases("eviction-api.jsonl.gz");
    assert_eq!(cases.len(), 80);
    for (id, case, expect) in cases {
        let idle = case["deleting"] == true || case["phase"] != "Running";
        let stage = match (idle, case["ready"] == true) {
            (true, _) => Stage::Idle,
            (false, true) => Stage::Ready,
            (false, false) => Stage::Unready,
        };
        let budgets = case["pdbs"].as_array().unwrap().iter();
        let of_pod = budgets.filter(|pdb| matches(&pdb["spec"]["selector"], &case["labels"]));
        let statuses: Vec<Status> = of_pod
            .map(|pdb| {
                let (spec, status) = (&pdb["spec"], &pdb["status"]);
                let of = |name: &str| status.get(name).and_then(Json::as_i64).unwrap_or(0);
                // A status that is behind its spec is answered like one that allows nothing. Here
                // budgets never change, so that no status is ever behind.
                let behind = of("observedGeneration") < pdb["generation"].as_i64().unwrap_or(0);
                Status {
                    healthy: of("currentHealthy"),
                    desired_healthy: of("desiredHealthy"),
                    allowed: if behind { 0 } else { of("disruptionsAllowed") },
                    unready_may_go: spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow",
                }
            })
            .collect();
        assert_eq!(Json::from(lets_go(stage, &statuses)), expect["deleted"], "{id}: {case}");
    }
}

fn amount(written: &Json) -> Amount {
    match written.as_str() {
        Some(percent) => Amount::Percent(percent.trim_end_matches('%').parse().unwrap()),
        None => Amount::Pods(u32::try_from(written.as_u64().unwrap()).unwrap()),
    }
}

/// How many pods the controllers of `pods` want; none if one of the controllers is missing.
fn wanted(case: &Json, pods: &[&Json]) -> Option<i64> {
    let controllers: BTreeMap<&str, &Json> = case["controllers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|controller| (controller["name"].as_str().unwrap(), controller))
        .collect();
    let mut scales: BTreeMap<&str, i64> = BTreeMap::new();
    for owner in pods.iter().filter_map(|pod| pod["owner"].as_str()) {
        let mut controller = controllers.get(owner)?;
        if let Some(owner) = controller["owner"].as_str() {
            controller = controllers.get(owner)?;
        }
        let name = controller["name"].as_str().unwrap();
        scales.insert(name, controller["replicas"].as_i64().unwrap());
    }
    Some(scales.values().sum())
}

#[test]
fn a_budget_has_the_same_status() {
    let cases = cases("disruption-budget.jsonl.gz");
    assert_eq!(cases.len(), 107);
    let mut unmodelled = 0;
    for (id, case, expect) in cases {
        let (spec, now) = (&case["spec"], case["now"].as_i64().unwrap());
        let all = case["pods"].as_array().unwrap().iter();
        let pods: Vec<&Json> =
            all.filter(|pod| matches(&spec["selector"], &pod["labels"])).collect();
        let limit = match (spec.get("minAvailable"), spec.get("maxUnavailable")) {
            (Some(least), _) => Limit::MinAvailable(amount(least)),
            (None, most) => Limit::MaxUnavailable(amount(most.unwrap_or(&Json::from(1)))),
        };
        let by_number = matches!(limit, Limit::MinAvailable(Amount::Pods(_)));
        let pods_there = i64::try_from(pods.len()).unwrap();
        let wanted = if by_number { Some(pods_there) } else { wanted(&case, &pods) };
        let Some(wanted) = wanted else {
            // A controller that cannot be found: every pod here has its workload.
            assert_eq!(expect["condition"], "False/SyncFailed", "{id}");
            unmodelled += 1;
            continue;
        };
        // An eviction is done at once here, so that no pod is `disrupted` and yet there.
        let disrupted = |pod: &&&Json| {
            let at = case["disruptedPods"].get(pod["name"].as_str().unwrap());
            at.and_then(Json::as_i64).is_some_and(|at| at + 120 > now)
        };
        let healthy = pods
            .iter()
            .filter(|pod| pod["ready"] == true && pod["deleting"] != true && !disrupted(pod))
            .count();
        let healthy = i64::try_from(healthy).unwrap();
        let budget = Budget {
            namespace: NameId::from_index(0),
            name: NameId::from_index(0),
            selector: None,
            selects_all: false,
            limit,
            unready_may_go: false,
            disrupted: Vec::new(),
        };
        let is = [healthy, budget.desired_healthy(wanted), budget.allows(wanted, healthy)];
        let fields = ["currentHealthy", "desiredHealthy", "disruptionsAllowed"];
        assert_eq!(is.map(Json::from), fields.map(|field| expect[field].clone()), "{id}: {case}");
    }
    assert!(unmodelled < 40, "{unmodelled} cases are about what is not modelled");
}
