//! Every golden case of Pod Security: what each level forbids of a pod, in every version of the policy.
//!
//! The cases are in `fixtures/pod-security`, or in the folder that `SPOTSIM_POD_SECURITY_CASES` names.

use manifests::kube::Pod;
use manifests::pod_security::{Level, Policy};
use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    id: String,
    pod: Json,
    verdicts: Vec<Verdict>,
}

#[derive(Deserialize)]
struct Verdict {
    level: String,
    from: String,
    to: String,
    allowed: bool,
    reasons: Vec<String>,
    details: Vec<String>,
    #[serde(default)]
    message: String,
}

/// What is different about a case.
fn differences(case: &Case) -> Vec<String> {
    let pod: Pod = serde_json::from_value(case.pod.clone()).expect("a pod");
    let mut found = Vec::new();
    for verdict in &case.verdicts {
        let level = if verdict.level == "baseline" { Level::Baseline } else { Level::Restricted };
        for version in minor(&verdict.from)..=minor(&verdict.to) {
            let policy = Policy { level, version: Some(version) };
            let violations = policy.violations(&pod.metadata.annotations, &pod.spec);
            let reasons: Vec<&str> = violations.iter().map(|it| it.reason.as_str()).collect();
            let details: Vec<&str> = violations.iter().map(|it| it.detail.as_str()).collect();
            let message: Vec<String> = violations.iter().map(ToString::to_string).collect();
            if violations.is_empty() != verdict.allowed
                || reasons != verdict.reasons
                || details != verdict.details
                || message.join(", ") != verdict.message
            {
                let message = message.join(", ");
                let expected = &verdict.message;
                found.push(format!("{} {policy}: {message:?} instead of {expected:?}", case.id));
            }
        }
    }
    found
}

fn minor(version: &str) -> u32 {
    let minor = version.strip_prefix("v1.").and_then(|minor| minor.parse().ok());
    minor.unwrap_or_else(|| panic!("{version} is no version"))
}

/// `cargo test --workspace pod_security_conformance` runs the cases.
mod pod_security_conformance {
    #[test]
    fn it_forbids_what_pod_security_does() {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pod-security");
        testing::golden::run("SPOTSIM_POD_SECURITY_CASES", fixtures, super::differences);
    }
}
