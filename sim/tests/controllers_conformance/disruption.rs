//! The status of a PodDisruptionBudget.

use serde_json::{Value as Json, json};
use sim::controllers::disruption::{Pod, Scale, sync};
use sim::model::budget::{Amount, Budget, Limit};
use sim::names::NameId;
use sim::table::Id;

use super::{amount, int, list, selects};

pub fn answer(case: &Json) -> Json {
    let (spec, disrupted) = (&case["spec"], &case["disruptedPods"]);
    let selected: Vec<&Json> = list(&case["pods"])
        .iter()
        .filter(|pod| selects(&spec["selector"], &pod["labels"]))
        .collect();
    let pods: Vec<Pod> = selected
        .iter()
        .map(|pod| Pod {
            scale: scale(case, pod),
            ready: pod["ready"] == true,
            terminating: pod["deleting"] == true,
            disrupted_at: disrupted.get(pod["name"].as_str().unwrap()).map(int),
        })
        .collect();
    let budget = Budget {
        namespace: NameId::from_index(0),
        name: NameId::from_index(0),
        selector: None,
        selects_all: false,
        limit: match (spec.get("minAvailable"), spec.get("maxUnavailable")) {
            (_, Some(most)) => Limit::MaxUnavailable(amount(most)),
            (Some(least), None) => Limit::MinAvailable(amount(least)),
            (None, None) => Limit::MinAvailable(Amount::Pods(0)),
        },
        unready_may_go: false,
        disrupted: Vec::new(),
    };
    let Some(status) = sync(&budget, &pods, int(&case["now"])) else {
        let mut kept: Vec<&String> =
            disrupted.as_object().into_iter().flatten().map(|it| it.0).collect();
        kept.sort();
        return json!({
            "expectedPods": 0, "desiredHealthy": 0, "currentHealthy": 0, "disruptionsAllowed": 0,
            "disruptedPods": kept, "condition": "False/SyncFailed", "error": false,
        });
    };
    let mut kept: Vec<&str> =
        status.disrupted.iter().map(|at| selected[*at]["name"].as_str().unwrap()).collect();
    kept.sort_unstable();
    let sufficient = status.allowed > 0;
    json!({
        "expectedPods": status.expected,
        "desiredHealthy": status.desired_healthy,
        "currentHealthy": status.healthy,
        "disruptionsAllowed": status.allowed,
        "disruptedPods": kept,
        "condition": if sufficient { "True/SufficientPods" } else { "False/InsufficientPods" },
        "error": false,
    })
}

/// What has a scale and looks after a pod.
fn scale(case: &Json, pod: &Json) -> Scale {
    let controllers = list(&case["controllers"]);
    let find = |name: &str| controllers.iter().position(|it| it["name"] == name);
    let Some(owner) = pod["owner"].as_str() else { return Scale::Unmanaged };
    let Some(mut at) = find(owner) else { return Scale::Missing };
    if let Some(owner) = controllers[at]["owner"].as_str() {
        match find(owner) {
            Some(found) => at = found,
            None => return Scale::Missing,
        }
    }
    Scale::Of { controller: at, replicas: int(&controllers[at]["replicas"]) }
}
