//! What a reviewer says, and what he does not say.

use scenarios::lint::review;

/// The codes that are found in objects, in order, each once.
fn codes(text: &str) -> Vec<&'static str> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("objects.yaml");
    std::fs::write(&file, text).expect("room for a file");
    let aws = sim::providers::named("aws").expect("aws is modelled");
    let found = review(&[file], aws);
    let mut codes: Vec<&str> = found.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

const CONTAINERS: &str =
    "containers: [{name: app, resources: {requests: {cpu: 100m, memory: 64Mi}}}]";

/// A Deployment whose pods run on spot and that is without reproach but for `spec` and `replicas`.
fn deployment(replicas: &str, spec: &str) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  {replicas}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      nodeSelector: {{karpenter.sh/capacity-type: spot}}
      topologySpreadConstraints: [{{topologyKey: topology.kubernetes.io/zone}}]
      {CONTAINERS}
      {spec}
---
"
    )
}

fn budget(spec: &str) -> String {
    format!(
        "apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: web}}
spec: {{{spec}, selector: {{matchLabels: {{app: web}}}}}}
---
"
    )
}

#[test]
fn a_budget_is_judged_by_the_pods_it_protects() {
    let three = deployment("replicas: 3", "");
    for (spec, expected) in [
        ("minAvailable: 2", vec![]),
        ("minAvailable: 3", vec!["W0101"]),
        ("minAvailable: 60%", vec![]),
        ("minAvailable: 90%", vec!["W0101"]),
        ("maxUnavailable: 1", vec![]),
        ("maxUnavailable: 0%", vec!["W0101"]),
    ] {
        assert_eq!(codes(&(three.clone() + &budget(spec))), expected, "{spec}");
    }
    // Alone, only what can never let a pod go is wrong.
    assert_eq!(codes(&budget("minAvailable: 3")), [""; 0]);
    assert_eq!(codes(&budget("minAvailable: 100%")), ["W0101"]);
}

#[test]
fn an_autoscaler_says_how_many_there_are() {
    let scaler = "apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {minReplicas: 2, maxReplicas: 9, scaleTargetRef: {kind: Deployment, name: web}}
";
    let alone = deployment("", "");
    assert_eq!(codes(&alone), ["W0110"]);
    assert_eq!(codes(&(alone + scaler)), [""; 0]);
}

#[test]
fn what_does_not_run_on_spot_is_left_alone() {
    let grave = "terminationGracePeriodSeconds: 900\n      \
                 volumes: [{name: data, hostPath: {path: /data}}]";
    assert_eq!(codes(&deployment("", grave)), ["W0104", "W0109", "W0110"]);
    let on_demand = deployment("", grave).replace("type: spot", "type: on-demand");
    assert_eq!(codes(&on_demand), [""; 0]);
    let daemon = deployment("", grave).replace("Deployment", "DaemonSet");
    assert_eq!(codes(&daemon), [""; 0]);
}

#[test]
fn a_job_may_ignore_disruptions() {
    let job = format!(
        "apiVersion: batch/v1
kind: Job
metadata: {{name: render}}
spec:
  backoffLimit: 0
  template:
    spec:
      nodeSelector: {{cloud.google.com/gke-spot: \"true\"}}
      {CONTAINERS}
"
    );
    assert_eq!(codes(&job), ["W0113"]);
    let policy = "podFailurePolicy: {rules: [{action: Ignore, onPodConditions: \
                  [{type: DisruptionTarget, status: 'True'}]}]}";
    assert_eq!(codes(&job.replace("backoffLimit: 0", policy)), [""; 0]);
    let both = job.replace("backoffLimit: 0", &format!("backoffLimit: 0\n  {policy}"));
    assert_eq!(codes(&both), [""; 0]);
}

#[test]
fn a_list_is_its_items_and_what_is_owned_is_reviewed_where_it_is_written() {
    let pod = |owner: &str| {
        format!(
            "apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: {{name: web{owner}}}
    spec: {{nodeSelector: {{karpenter.sh/capacity-type: spot}}, {CONTAINERS}}}
"
        )
    };
    assert_eq!(codes(&pod("")), ["W0112"]);
    let owner = ", ownerReferences: [{kind: ReplicaSet, name: web-1, controller: true}]";
    assert_eq!(codes(&pod(owner)), [""; 0]);
}
