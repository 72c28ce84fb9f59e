//! The cases of Karpenter: what its decision core comes to, beside what the real program did.

#[path = "karpenter/cluster.rs"]
mod cluster;
#[path = "karpenter/outcome.rs"]
mod outcome;
#[path = "karpenter/pods.rs"]
mod pods;
#[path = "karpenter/read.rs"]
mod read;
#[path = "karpenter/units.rs"]
mod units;

use autoscalers::karpenter::disruption::{VALIDATION_AFTER, propose, validate};
use autoscalers::karpenter::provisioning::provision;
use serde_json::Value as Json;

use self::cluster::World;

/// What is different about a case of a file.
pub fn differences(file: &str, case: &Json) -> Vec<String> {
    let expected = &case["expect"];
    let found = if file.contains("units") {
        units::differences(case)
    } else if file.contains("provisioning") {
        let world = World::read(&case["case"]);
        let cluster = world.cluster();
        let found = outcome::provisioned(&provision(&cluster), &world);
        unless_observed(expected, &found, outcome::expected_provisioning)
    } else {
        let world = World::read(&case["case"]);
        let cluster = world.cluster();
        let mut disrupted = propose(&cluster);
        let mut later = cluster;
        later.now += VALIDATION_AFTER;
        disrupted.command = disrupted.command.and_then(|command| validate(&command, &later));
        let found = outcome::disrupted(&disrupted, &world);
        unless_observed(expected, &found, outcome::expected_disruption)
    };
    found.into_iter().map(|difference| format!("{}: {difference}", case["id"])).collect()
}

/// The difference to the reference outcome; none if the real program was seen to come to the same at some
/// time, where its outcome is not always one.
fn unless_observed(expected: &Json, found: &Json, normal: impl Fn(&Json) -> Json) -> Vec<String> {
    let others = expected["otherObserved"].as_array().into_iter().flatten();
    let mut all = std::iter::once(&expected["result"]).chain(others);
    if all.any(|outcome| normal(outcome) == *found) {
        return Vec::new();
    }
    outcome::difference(&normal(&expected["result"]), found, "")
}
