//! Every golden case of Karpenter and of the Cluster Autoscaler: what one pass launches, and what it
//! removes.
//!
//! The cases are in `fixtures/autoscalers`, or in the folder that `SPOTSIM_AUTOSCALER_CASES` names.

#![allow(unreachable_pub, reason = "modules of a test")]

#[path = "autoscaler_conformance/cluster_autoscaler.rs"]
mod cluster_autoscaler;
#[path = "autoscaler_conformance/karpenter.rs"]
mod karpenter;

use serde_json::Value as Json;

/// `cargo test --workspace autoscaler_conformance` runs the cases.
mod autoscaler_conformance {
    #[test]
    fn the_autoscalers_decide_as_their_programs_do() {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/autoscalers");
        testing::golden::run_by_file("SPOTSIM_AUTOSCALER_CASES", fixtures, super::differences);
    }
}

/// What is different about a case of a file.
fn differences(file: &str, case: &Json) -> Vec<String> {
    match file.split_once('_').map(|(program, _)| program) {
        Some("karpenter") => karpenter::differences(file, case),
        Some("ca") => cluster_autoscaler::differences(file, case),
        _ => vec![format!("{file} is of no autoscaler")],
    }
}
