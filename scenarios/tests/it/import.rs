//! Manifests without a cluster: what is proposed holds them, and what it cannot hold is named.

use std::fs;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use scenarios::file::ProviderName;
use scenarios::init::{Draft, Files, from_files};
use sim::{Fact, Root, SimTime};

/// The draft for some objects, and how many pods wait at the end of its run.
fn drafted(objects: &str) -> (Draft, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("shop.yaml");
    fs::write(&file, objects).expect("a writable folder");
    let from = ["shop.yaml".to_owned()];
    let scenario = folder.path().join("scenario.yaml").display().to_string();
    let names = Files { from: &from, scenario: &scenario, spot: "" };
    let draft = from_files(&[file], names, ProviderName::default());
    let draft = draft.unwrap_or_else(|errors| panic!("{errors}"));
    let source = Source { file: scenario, text: Arc::from(draft.scenario.as_str()) };
    let scenario = Scenario::parse(&source, Some(folder.path()));
    let setup = scenario.unwrap_or_else(|errors| panic!("{errors}")).setup.on_demand();
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&setup, Root { seed: 1, replication: 0 }, &mut facts);
    let waits = |(_, fact): &&(SimTime, Fact)| matches!(fact, Fact::StillPending { .. });
    (draft, facts.iter().filter(waits).count())
}

fn deployment(name: &str, replicas: u32, more: &str, requests: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  \
         replicas: {replicas}\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    \
         metadata: {{labels: {{app: {name}}}}}\n    spec:\n      {more}\n      \
         containers: [{{name: app, resources: {{requests: {requests}, limits: {requests}}}}}]\n"
    )
}

#[test]
fn the_largest_pod_decides_the_type() {
    // A node of four vCPU has less than that for pods.
    let (draft, waiting) = drafted(&deployment("web", 10, "", "{cpu: 4, memory: 1Gi}"));
    assert_eq!(waiting, 0, "{}", draft.scenario);
    assert!(draft.scenario.contains("instanceTypes: [m6i.2xlarge"), "{}", draft.scenario);
    assert!(draft.gaps.is_empty(), "{:?}", draft.gaps);
    let (draft, waiting) = drafted(&deployment("cache", 2, "", "{cpu: 1, memory: 100Gi}"));
    assert_eq!(waiting, 0, "{}", draft.scenario);
}

#[test]
fn daemon_sets_leave_less_room() {
    let agent = deployment("agent", 1, "", "{cpu: 500m, memory: 1Gi}")
        .replace("kind: Deployment", "kind: DaemonSet")
        .replace("  replicas: 1\n", "");
    let web = deployment("web", 3, "", "{cpu: 3700m, memory: 1Gi}");
    let (alone, waiting) = drafted(&web);
    assert_eq!(waiting, 0);
    assert!(alone.scenario.contains("[m6i.xlarge"), "{}", alone.scenario);
    let (draft, waiting) = drafted(&(agent + &web));
    assert_eq!(waiting, 0, "{}", draft.scenario);
    assert!(!draft.scenario.contains("[m6i.xlarge"), "{}", draft.scenario);
}

#[test]
fn pods_that_keep_apart_have_a_node_each() {
    let apart = "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: \
                 [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}]}}";
    let (draft, waiting) = drafted(&deployment("web", 11, apart, "{cpu: 100m, memory: 64Mi}"));
    assert_eq!(waiting, 0, "{}", draft.scenario);
}

#[test]
fn what_fits_no_type_is_named() {
    let gpu = deployment("train", 2, "", "{cpu: 1, nvidia.com/gpu: 1}");
    let selects = deployment("db", 1, "nodeSelector: {disk: fast}", "{cpu: 1}");
    let huge = deployment("huge", 1, "", "{cpu: 5000}");
    let web = deployment("web", 4, "", "{cpu: 1, memory: 2Gi}");
    let (draft, waiting) = drafted(&[gpu, selects, huge, web].concat());
    assert_eq!(waiting, 4, "{}", draft.scenario);
    let gaps = draft.gaps.join("\n");
    for sentence in [
        "2 pods of default/train find no node: ",
        "nvidia.com/gpu",
        "1 pod of default/db finds no node: ",
        "node affinity/selector",
        "1 pod of default/huge finds no node: ",
        "Insufficient cpu",
    ] {
        assert!(gaps.contains(sentence), "{sentence}: {gaps}");
    }
    assert!(draft.notes[1].contains("but for 4 pods"), "{:?}", draft.notes);
    // They do not make the others' nodes larger.
    assert!(draft.scenario.contains("[m6i.xlarge"), "{}", draft.scenario);
}

#[test]
fn a_spot_pool_has_types_that_stand_in_for_each_other() {
    let (draft, _) = drafted(&deployment("web", 6, "", "{cpu: 1, memory: 2Gi}"));
    assert!(
        draft.scenario.contains("instanceTypes: [m6i.xlarge, m5a.xlarge, m7i.xlarge]"),
        "{}",
        draft.scenario
    );
}

#[test]
fn what_lacks_the_same_is_named_together() {
    let selects = |name: &str| deployment(name, 1, "nodeSelector: {disk: fast}", "{cpu: 100m}");
    let (draft, _) = drafted(&["a", "b", "c", "d", "e"].map(selects).concat());
    let [gap] = &draft.gaps[..] else { panic!("{:?}", draft.gaps) };
    let begin = "5 pods of default/a, default/b, default/c and 2 more find no node: 0/3 nodes";
    assert!(gap.starts_with(begin), "{gap}");
}
