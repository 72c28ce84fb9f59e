//! The cases of the Cluster Autoscaler: units, what one loop adds, and what it could remove.

#[path = "cluster_autoscaler/cluster.rs"]
mod cluster;
#[path = "cluster_autoscaler/compare.rs"]
mod compare;
#[path = "cluster_autoscaler/scale_down.rs"]
mod scale_down;
#[path = "cluster_autoscaler/scale_up.rs"]
mod scale_up;
#[path = "cluster_autoscaler/units.rs"]
mod units;

use serde_json::Value as Json;

/// What is different about a case of a file.
pub fn differences(file: &str, case: &Json) -> Vec<String> {
    let answer = match file.split_once('.').map(|(name, _)| name) {
        Some("ca_units") => units::answer(case),
        Some("ca_scaleup") => scale_up::answer(&case["case"]),
        Some("ca_scaledown") => scale_down::answer(&case["case"]),
        _ => Err(format!("{file} holds no cases that are known")),
    };
    let found = match answer {
        Ok(answer) => compare::differences(&case["expect"], &answer),
        Err(error) => vec![error],
    };
    found.into_iter().map(|difference| format!("{} {difference}", case["id"])).collect()
}
