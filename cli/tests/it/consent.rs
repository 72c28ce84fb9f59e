//! What is refused before it is begun: at the prompt, in a draft, in a manifest; and what consent lifts.
#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;
use std::path::Path;
use std::process::Output;

use super::support::{self, stderr};

const SCENARIO: &str = "apiVersion: spotsim/v1
name: sized
horizon: 1h
provider: aws
region: us-east-1
pools:
  - {name: spot, count: 4, capacityType: on-demand, instanceTypes: [m6i.large]}
workloads:
  - name: web
    replicas: 10
    template:
      containers: [{name: app, resources: {requests: {cpu: 50m}}}]
";

fn spotsim(folder: &Path, args: &[&str]) -> Output {
    support::spotsim(folder).args(args).output().unwrap()
}

#[test]
fn what_is_too_large_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text = SCENARIO.replace("replicas: 10", "replicas: 1000000000");
    fs::write(folder.join("large.yaml"), text).unwrap();
    for command in ["run", "check"] {
        let output = spotsim(folder, &[command, "large.yaml", "-n", "1"]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        for part in ["error[E0212]", "large.yaml:10:15", "1397 GiB", "--large"] {
            assert!(stderr(&output).contains(part), "{part}: {}", stderr(&output));
        }
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "nothing was written");
}

/// Pods of a StatefulSet come one after the other, so that as many are made as there is room for; the
/// estimate does not know.
#[test]
fn consent_lifts_the_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let set = SCENARIO.replace("replicas: 10", "kind: StatefulSet\n    replicas: 10000000");
    fs::write(folder.join("set.yaml"), set).unwrap();
    let run = ["run", "set.yaml", "-n", "1", "--threads", "65535"];
    let refused = spotsim(folder, &run);
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    let begun = spotsim(folder, &[&run[..], &["--large"]].concat());
    assert_eq!(begun.status.code(), Some(0), "{}", stderr(&begun));
}

#[test]
fn a_manifest_does_not_tell_of_more_replications_than_can_be_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("small.yaml"), SCENARIO).unwrap();
    let run = spotsim(folder, &["run", "small.yaml", "-n", "2", "--out", "run"]);
    assert_eq!(run.status.code(), Some(0), "{}", stderr(&run));
    let manifest = folder.join("run/manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    for number in ["4294967295", "0"] {
        let field = format!("\"replications\": {number}");
        fs::write(&manifest, text.replace("\"replications\": 2", &field)).unwrap();
        let verified = spotsim(folder, &["run", "--verify", "run"]);
        assert_eq!(verified.status.code(), Some(2), "{}", stderr(&verified));
        let what = format!("replications is {number}");
        assert!(stderr(&verified).contains(&what), "{}", stderr(&verified));
    }
}

fn manifest(replicas: u64, cpu: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  \
         replicas: {replicas}\n  selector: {{matchLabels: {{a: b}}}}\n  template:\n    \
         metadata: {{labels: {{a: b}}}}\n    spec:\n      containers:\n      - name: app\n        \
         image: app\n        resources: {{requests: {{cpu: {cpu}, memory: 10Mi}}}}\n"
    )
}

/// What is drafted is what `run` accepts, or the draft says that it does not.
#[test]
fn a_draft_says_what_run_would_refuse() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("web.yaml"), manifest(2_000_000_000, "4")).unwrap();
    let output = spotsim(folder, &["init", "--from", "web.yaml"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    for part in ["error[E0212]", "web.yaml:5:13", "2000000000 pods", "1000000 nodes at most"] {
        assert!(stderr(&output).contains(part), "{part}: {}", stderr(&output));
    }
    assert!(!folder.join("scenario.yaml").exists());
    fs::write(folder.join("web.yaml"), manifest(20_000_000, "50m")).unwrap();
    let output = spotsim(folder, &["init", "--from", "web.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("was not tried"), "{}", stderr(&output));
    assert_eq!(spotsim(folder, &["run", "scenario.yaml"]).status.code(), Some(2));
}
