//! Every golden case of the kubelet and metrics-server: the same classes, victims, restarts and figures.
//!
//! The cases are in `fixtures/kubelet`, or in the folder that `SPOTSIM_KUBELET_CASES` names. A binary of its
//! own, because it is run with other people's cases.

#![allow(unreachable_pub, reason = "modules of a test")]

#[path = "kubelet_conformance/case.rs"]
mod case;
#[path = "kubelet_conformance/pods.rs"]
mod pods;
#[path = "kubelet_conformance/small.rs"]
mod small;
#[path = "kubelet_conformance/sync.rs"]
mod sync;

use case::Case;
use serde_json::Value as Json;

/// What the rules answer to a case.
fn answer(case: &Json) -> Json {
    match case["kind"].as_str() {
        Some("oom") => small::oom(case),
        Some("rank") => small::rank(case),
        Some("crashloop") => small::crash_loop(case),
        Some("metrics-server") => small::metrics_server(case),
        Some("sync") => sync::passes(case),
        other => panic!("a case of kind {other:?}"),
    }
}

/// Where the answer to a case differs, if it does.
fn differences(case: &Case) -> Vec<String> {
    let difference = case::difference(&case.expect, &answer(&case.question));
    difference.map(|difference| format!("{} {difference}", case.id)).into_iter().collect()
}

/// `cargo test --workspace kubelet_conformance` runs the cases.
mod kubelet_conformance {
    use super::*;

    #[test]
    fn the_kubelet_decides_as_upstream_does() {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/kubelet");
        testing::golden::run("SPOTSIM_KUBELET_CASES", fixtures, differences);
    }
}
