//! Which pods a ReplicaSet deletes.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use sim::controllers::replica_set::{Candidate, Phase, deletion_cost, to_delete};

use super::{int, list};

/// 2000-01-01T00:00:00Z, from which the cases count.
const EPOCH: i64 = 946_684_800;

pub fn answer(case: &Json) -> Json {
    let (pods, related) = (list(&case["pods"]), list(&case["relatedPods"]));
    let mut on_node: BTreeMap<&str, u32> = BTreeMap::new();
    for pod in pods.iter().chain(related).filter(|pod| is_active(pod)) {
        *on_node.entry(node(pod)).or_default() += 1;
    }
    let candidates: Vec<Candidate<&str>> =
        pods.iter().map(|pod| candidate(pod, on_node[node(pod)])).collect();
    let surplus = usize::try_from(int(&case["diff"])).unwrap();
    let order = to_delete(&candidates, int(&case["now"]), surplus);
    let names: Vec<&Json> = order.into_iter().map(|at| &pods[at]["metadata"]["name"]).collect();
    json!({ "order": names })
}

fn node(pod: &Json) -> &str {
    pod["spec"]["nodeName"].as_str().unwrap_or("")
}

fn is_active(pod: &Json) -> bool {
    let over = matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"));
    !over && pod["metadata"]["deletionTimestamp"].is_null()
}

fn candidate(pod: &Json, on_same_node: u32) -> Candidate<&str> {
    let (metadata, spec, status) = (&pod["metadata"], &pod["spec"], &pod["status"]);
    let ready = list(&status["conditions"])
        .iter()
        .find(|it| it["type"] == "Ready" && it["status"] == "True");
    let sidecars: Vec<&Json> = list(&spec["initContainers"])
        .iter()
        .filter(|container| container["restartPolicy"] == "Always")
        .map(|container| &container["name"])
        .collect();
    let restarts = |statuses: &Json, counts: &dyn Fn(&Json) -> bool| {
        let counted = list(statuses).iter().filter(|status| counts(&status["name"]));
        let most = counted.map(|status| int(&status["restartCount"])).max().unwrap_or(0);
        u32::try_from(most).unwrap()
    };
    Candidate {
        assigned: !node(pod).is_empty(),
        phase: match status["phase"].as_str() {
            Some("Running") => Phase::Running,
            Some("Unknown") => Phase::Unknown,
            _ => Phase::Pending,
        },
        ready: ready.is_some(),
        deletion_cost: deletion_cost(
            metadata["annotations"]["controller.kubernetes.io/pod-deletion-cost"].as_str(),
        ),
        on_same_node,
        ready_since: ready.map_or(0, |it| seconds(&it["lastTransitionTime"])),
        restarts: restarts(&status["containerStatuses"], &|_| true),
        sidecar_restarts: restarts(&status["initContainerStatuses"], &|name| {
            sidecars.contains(&name)
        }),
        created_at: seconds(&metadata["creationTimestamp"]),
        uid: metadata["uid"].as_str().unwrap(),
    }
}

fn seconds(time: &Json) -> i64 {
    let time: jiff::Timestamp = time.as_str().unwrap().parse().unwrap();
    time.as_second() - EPOCH
}
