//! A ResourceQuota in a scenario's manifests keeps pods from being created.

use std::fs;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::model::breach::{Bound, Breach};
use sim::model::quota::Counted;
use sim::model::resources::Lane;
use sim::{Fact, Root, SimTime};

const SCENARIO: &str = "apiVersion: spotsim/v1
name: quotas
horizon: 1h
region: us-east-1
pools:
  - {name: a, count: 4, capacityType: on-demand, instanceTypes: [m6i.large]}
manifests: [objects.yaml]
";

const WEB: &str = r#"
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app
          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m}}
"#;

/// How many pods are placed, and whether one is forbidden, under a quota with this spec.
fn under(quota: &str) -> (usize, bool) {
    let facts = facts_under(quota);
    let placed = facts.iter().filter(|it| matches!(it, Fact::PodScheduled { .. }));
    let forbidden = |it: &Fact| matches!(it, Fact::PodForbidden { by: "ResourceQuota", .. });
    (placed.count(), facts.iter().any(forbidden))
}

/// The first bound that a pod breaks under a quota with this spec.
fn breach_under(quota: &str) -> Option<Breach> {
    facts_under(quota).iter().find_map(|fact| match fact {
        Fact::PodForbidden { breach, .. } => *breach,
        _ => None,
    })
}

fn facts_under(quota: &str) -> Vec<Fact> {
    let folder = tempfile::tempdir().expect("a folder");
    let objects = format!(
        "apiVersion: v1\nkind: ResourceQuota\nmetadata: {{name: q, namespace: shop}}\nspec: {quota}\n{WEB}"
    );
    fs::write(folder.path().join("objects.yaml"), objects).expect("it is written");
    let source = Source { file: "quotas.yaml".into(), text: SCENARIO.into() };
    let scenario = Scenario::parse(&source, Some(folder.path()));
    let scenario = scenario.unwrap_or_else(|errors| panic!("{errors}"));
    assert!(scenario.unmodelled.is_empty(), "a quota is modelled");
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&scenario.setup, Root { seed: 42, replication: 0 }, &mut facts);
    facts.into_iter().map(|(_, fact)| fact).collect()
}

#[test]
fn a_quota_limits_what_pods_of_its_namespace_request_and_use() {
    assert_eq!(under("{hard: {pods: 3}}"), (3, true));
    assert_eq!(under("{hard: {count/pods: 2}}"), (2, true));
    assert_eq!(under("{hard: {cpu: 250m}}"), (2, true));
    assert_eq!(under("{hard: {requests.memory: 64Mi}}"), (1, true));
    assert_eq!(under("{hard: {limits.cpu: 600m}}"), (3, true));
    assert_eq!(under("{hard: {pods: 4, cpu: 400m, limits.cpu: 800m}}"), (4, false));
    assert_eq!(under("{hard: {services: 0, requests.storage: 1Gi}}"), (4, false));
}

/// What a quota has too little room for is on the fact, and how much.
#[test]
fn a_forbidden_pod_says_what_it_lacks() {
    let short = |quota: &str| breach_under(quota).map(|it| (it.what, it.bound, it.by));
    let cpu = Counted::Requests(Lane::CPU);
    assert_eq!(short("{hard: {cpu: 250m}}"), Some((cpu, Bound::Room, 50)));
    assert_eq!(short("{hard: {pods: 3}}"), Some((Counted::Pods, Bound::Room, 1)));
    let limits = Counted::Limits(Lane::MEMORY);
    assert_eq!(short("{hard: {limits.memory: 1Gi}}"), Some((limits, Bound::Stated, 0)));
}

#[test]
fn a_quota_wants_to_know_what_containers_do_not_state() {
    assert_eq!(under("{hard: {limits.memory: 100Gi}}"), (0, true));
    assert_eq!(under("{hard: {limits.ephemeral-storage: 100Gi}}"), (4, false));
}

#[test]
fn a_quota_counts_pods_in_its_scopes() {
    assert_eq!(under("{hard: {pods: 0}, scopes: [BestEffort]}"), (4, false));
    assert_eq!(under("{hard: {pods: 1}, scopes: [NotBestEffort]}"), (1, true));
}
