//! What the eviction API answers.

use serde_json::{Map, Value as Json, json};
use sim::world::eviction::{Answer, Stage, Status, answer as ask};

use super::{int, list, selects};

pub fn answer(case: &Json) -> Json {
    let over = matches!(case["phase"].as_str(), Some("Succeeded" | "Failed"));
    let stage = match (case["phase"].as_str(), case["ready"] == true) {
        _ if over || case["deleting"] == true => Stage::Over,
        (Some("Pending"), _) => Stage::Pending,
        (_, true) => Stage::Ready,
        (_, false) => Stage::Unready,
    };
    let labels = &case["labels"];
    // eviction.go getPodDisruptionBudgets: a pod without labels is in no budget
    let labelled = labels.as_object().is_some_and(|labels| !labels.is_empty());
    let budgets = list(&case["pdbs"]);
    let selecting: Vec<&Json> =
        budgets.iter().filter(|it| labelled && selects(&it["spec"]["selector"], labels)).collect();
    let statuses: Vec<Status> = selecting.iter().map(|budget| status(budget)).collect();
    let answered = ask(stage, &statuses);

    let mut after = Map::new();
    for budget in budgets {
        let mut disrupted: Vec<&str> = budget["status"]["disruptedPods"]
            .as_object()
            .map_or_else(Vec::new, |pods| pods.keys().map(String::as_str).collect());
        let mut allowed = number(&budget["status"], "disruptionsAllowed");
        if answered == Answer::Allowed && std::ptr::eq(budget, selecting[0]) {
            allowed -= 1;
            // The name of the pod in every case.
            disrupted.push("p");
        }
        let now = json!({"disruptedPods": disrupted, "disruptionsAllowed": allowed});
        after.insert(budget["name"].as_str().unwrap().to_owned(), now);
    }
    let (code, retry_after) = match answered {
        Answer::Deleted { .. } | Answer::Allowed => (200, None),
        Answer::TooManyRequests { retry_after } => (429, Some(retry_after.unwrap_or(0))),
        Answer::Forbidden => (403, None),
        Answer::SeveralBudgets => (500, None),
    };
    json!({
        "code": code,
        "deleted": answered.deletes(),
        "resourceVersionPrecondition": answered == Answer::Deleted { if_unchanged: true },
        "retryAfterSeconds": retry_after,
        "pdbs": after,
    })
}

fn status(budget: &Json) -> Status {
    let (spec, status) = (&budget["spec"], &budget["status"]);
    Status {
        is_behind: number(status, "observedGeneration") < int(&budget["generation"]),
        healthy: number(status, "currentHealthy"),
        desired_healthy: number(status, "desiredHealthy"),
        allowed: number(status, "disruptionsAllowed"),
        disrupted: status["disruptedPods"].as_object().map_or(0, Map::len),
        unready_may_go: spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow",
    }
}

fn number(status: &Json, name: &str) -> i64 {
    status.get(name).and_then(Json::as_i64).unwrap_or(0)
}
