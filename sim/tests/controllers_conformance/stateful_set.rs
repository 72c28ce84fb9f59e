//! One sync of a StatefulSet.

use serde_json::{Value as Json, json};
use sim::controllers::stateful_set::{Desired, Pod, Revision, Stage, Update, sync};

use super::{amount, int, list};

pub fn answer(case: &Json) -> Json {
    let number = |json: &Json| u32::try_from(int(json)).unwrap();
    let desired = Desired {
        replicas: number(&case["replicas"]),
        start: number(&case["startOrdinal"]),
        ordered: case["podManagementPolicy"] == "OrderedReady",
        update: update(case),
        current_replicas: number(&case["statusCurrentReplicas"]),
    };
    let up_to_date = case["noUpdatePending"] == true;
    let pods: Vec<Pod> = list(&case["pods"]).iter().map(|it| pod(case, it)).collect();
    let done = sync(&desired, &pods);

    let name = |ordinal: u32| format!("web-{ordinal}");
    let mut created: Vec<String> = Vec::new();
    for (ordinal, revision) in &done.created {
        let old = *revision == Revision::Current && !up_to_date;
        created.push(format!("{}@{}", name(*ordinal), if old { "old" } else { "new" }));
    }
    let mut deleted: Vec<String> = done.deleted.iter().copied().map(name).collect();
    if !desired.ordered {
        created.sort();
        deleted.sort();
    }
    json!({"created": created, "deleted": deleted, "status": status(case, done.replaced)})
}

/// The status that the sync leaves: what it created has no phase yet, what it deleted is still there.
fn status(case: &Json, replaced: u32) -> Json {
    let up_to_date = case["noUpdatePending"] == true;
    let (mut replicas, mut ready, mut available, mut current, mut updated) = (0, 0, 0, 0, 0);
    for pod in list(&case["pods"]) {
        replicas += 1;
        let is_ready = pod["phase"] == "Running" && pod["ready"] == true;
        ready += i64::from(is_ready);
        available += i64::from(is_ready && has_been_ready(case, pod));
        if pod["deleting"] != true {
            updated += i64::from(pod["revision"] == "new");
            current += i64::from(pod["revision"] == if up_to_date { "new" } else { "old" });
        }
    }
    current -= i64::from(replaced);
    json!({
        "replicas": replicas, "ready": ready, "available": available, "current": current,
        "updated": updated,
    })
}

fn update(case: &Json) -> Update {
    let has = |field: &str| case.get(field).filter(|value| !value.is_null());
    let most = has("maxUnavailable").map(amount);
    let partition = has("partition").map(|it| u32::try_from(int(it)).unwrap());
    let gate = case["maxUnavailableGate"] == true;
    Update {
        rolling: case["updateStrategy"] == "RollingUpdate",
        partition: partition.or(most.map(|_| 0)),
        // The default is one pod.
        max_unavailable: gate.then(|| most.unwrap_or(sim::model::budget::Amount::Pods(1))),
    }
}

fn pod(case: &Json, pod: &Json) -> Pod {
    let up_to_date = case["noUpdatePending"] == true;
    let ready = pod["ready"] == true;
    Pod {
        ordinal: u32::try_from(int(&pod["ordinal"])).unwrap(),
        revision: match pod["revision"].as_str() {
            Some("new") => Some(Revision::Update),
            Some("old") if !up_to_date => Some(Revision::Current),
            _ => None,
        },
        stage: match pod["phase"].as_str() {
            Some("Failed" | "Succeeded") => Stage::Over,
            Some("Running") if ready => Stage::Ready,
            _ => Stage::Unready,
        },
        available: has_been_ready(case, pod),
        terminating: pod["deleting"] == true,
    }
}

fn has_been_ready(case: &Json, pod: &Json) -> bool {
    let least = int(&case["minReadySeconds"]);
    pod["ready"] == true && (least == 0 || int(&pod["readyAt"]) + least <= int(&case["now"]))
}
