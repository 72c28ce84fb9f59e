//! The level of a namespace in a scenario's manifests keeps pods from being created.

use std::fs;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::{Fact, Root, SimTime};

const SCENARIO: &str = "apiVersion: spotsim/v1
name: levels
horizon: 1h
region: us-east-1
pools:
  - {name: a, count: 4, capacityType: on-demand, instanceTypes: [m6i.large]}
manifests: [objects.yaml]
";

/// How many pods of a workload with this spec are placed in a namespace with these labels, and what
/// forbids the others.
fn under(labels: &str, spec: &str) -> (usize, Option<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let objects = format!(
        "apiVersion: v1\nkind: Namespace\nmetadata: {{name: shop, labels: {{{labels}}}}}\n---\n\
         apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, namespace: shop}}\nspec:\n  \
         replicas: 2\n  selector: {{matchLabels: {{app: web}}}}\n  template:\n    \
         metadata: {{labels: {{app: web}}}}\n    spec: {spec}\n"
    );
    fs::write(folder.path().join("objects.yaml"), objects).expect("it is written");
    let source = Source { file: "levels.yaml".into(), text: SCENARIO.into() };
    let scenario = Scenario::parse(&source, Some(folder.path()));
    let scenario = scenario.unwrap_or_else(|errors| panic!("{errors}"));
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&scenario.setup, Root { seed: 42, replication: 0 }, &mut facts);
    let placed = facts.iter().filter(|(_, it)| matches!(it, Fact::PodScheduled { .. })).count();
    let why = facts.iter().find_map(|(_, fact)| match fact {
        Fact::PodForbidden { by: "PodSecurity", under, breach: None, .. } => {
            Some(scenario.setup.model.names.text(*under).to_owned())
        }
        _ => None,
    });
    (placed, why)
}

const PRIVILEGED: &str = "{containers: [{name: app, securityContext: {privileged: true}}]}";

#[test]
fn a_level_forbids_what_its_policy_does() {
    let level = |level: &str| format!("pod-security.kubernetes.io/enforce: {level}");
    assert_eq!(under("team: a", PRIVILEGED), (2, None));
    assert_eq!(under(&level("privileged"), PRIVILEGED), (2, None));
    assert_eq!(under("pod-security.kubernetes.io/warn: restricted", PRIVILEGED), (2, None));
    let why = "baseline:latest: privileged (container \"app\" must not set \
               securityContext.privileged=true)";
    assert_eq!(under(&level("baseline"), PRIVILEGED), (0, Some(why.to_owned())));
    assert_eq!(under(&level("baseline"), "{containers: [{name: app}]}"), (2, None));
    let compliant = "{securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, \
                     containers: [{name: app, securityContext: {allowPrivilegeEscalation: false, \
                     capabilities: {drop: [ALL]}}}]}";
    assert_eq!(under(&level("restricted"), compliant), (2, None));
}

#[test]
fn a_version_pins_the_policy() {
    let pinned = |version: &str| {
        let labels = format!(
            "pod-security.kubernetes.io/enforce: baseline, \
             pod-security.kubernetes.io/enforce-version: {version}"
        );
        let spec =
            "{containers: [{name: app, readinessProbe: {httpGet: {port: 80, host: 10.0.0.1}}}]}";
        under(&labels, spec).1
    };
    assert_eq!(pinned("v1.33"), None);
    let why = "baseline:v1.34: probe or lifecycle host (container \"app\" uses probe or lifecycle \
               host \"10.0.0.1\")";
    assert_eq!(pinned("v1.34").as_deref(), Some(why));
    assert!(pinned("latest").is_some());
}
