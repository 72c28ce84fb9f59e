//! Every golden case of kube-scheduler 1.36: the same verdicts, scores, messages and choices.
//!
//! The cases are in `fixtures/scheduler`, or in the folder that `SPOTSIM_SCHEDULER_CASES` names. A binary
//! of its own, because it is the one that is run with other people's cases.

#![allow(unreachable_pub, reason = "modules of a test")]

#[path = "conformance/answer.rs"]
mod answer;
#[path = "conformance/case.rs"]
mod case;
#[path = "conformance/difference.rs"]
mod difference;

use answer::Path as Way;
use case::Case;

/// What is different about a case, by either way of evaluating it.
fn differences(case: &Case) -> Vec<String> {
    let mut found = Vec::new();
    for path in Way::ALL {
        match answer::answer(case, path) {
            Ok(answer) => found.extend(
                difference::between(&case.expect, &answer)
                    .into_iter()
                    .map(|difference| format!("{} ({path:?}) {difference}", case.id)),
            ),
            Err(error) => found.push(format!("{} ({path:?}) {error}", case.id)),
        }
    }
    found
}

/// `cargo test --workspace scheduler_conformance` runs the cases.
mod scheduler_conformance {
    use super::*;

    #[test]
    fn the_scheduler_decides_as_kube_scheduler_does() {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/scheduler");
        testing::golden::run("SPOTSIM_SCHEDULER_CASES", fixtures, differences);
    }
}
