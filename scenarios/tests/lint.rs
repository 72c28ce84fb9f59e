//! What a reviewer says, and what he does not say.

use scenarios::Diagnostics;
use scenarios::lint::review;

fn found(text: &str) -> Diagnostics {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("objects.yaml");
    std::fs::write(&file, text).expect("room for a file");
    let aws = sim::providers::named("aws").expect("aws is modelled");
    review(&[file], aws)
}

/// The codes that are found in objects, in order, each once.
fn codes(text: &str) -> Vec<&'static str> {
    let found = found(text);
    let mut codes: Vec<&str> = found.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn messages(text: &str) -> Vec<String> {
    found(text).iter().map(|diagnostic| diagnostic.message.clone()).collect()
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

/// A Job of a manifest whose pods run on spot.
fn job(spec: &str) -> String {
    format!(
        "apiVersion: batch/v1
kind: Job
metadata: {{name: render}}
spec:
  {spec}
  template:
    spec:
      restartPolicy: Never
      nodeSelector: {{cloud.google.com/gke-spot: \"true\"}}
      {CONTAINERS}
"
    )
}

const IGNORES: &str = "{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}";

#[test]
fn a_job_says_after_how_many_interruptions_it_fails() {
    for (spec, expected) in [
        (
            "",
            "it fails after 7 interruptions: each counts towards Kubernetes' default backoffLimit",
        ),
        (
            "backoffLimit: 0",
            "it fails after 1 interruption: each counts towards its backoffLimit of 0",
        ),
        ("backoffLimitPerIndex: 2", "an index of it fails after 3 interruptions"),
        ("backoffLimitPerIndex: 2\n  backoffLimit: 1", "it fails after 2 interruptions"),
    ] {
        assert_eq!(codes(&job(spec)), ["W0113"], "{spec}");
        let said = &messages(&job(spec))[0];
        assert!(said.contains(expected), "{spec}: {said}");
    }
    let spec = job("").replace('\n', "\n    ");
    let (_, spec) = spec.split_once("spec:").expect("a spec");
    let cron_job = format!(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: render}}\nspec:\n  \
         schedule: \"@daily\"\n  jobTemplate:\n    spec:{spec}"
    );
    let said = &messages(&cron_job)[0];
    assert!(said.contains("a Job of it fails after 7 interruptions"), "{said}");
    assert_eq!(codes(&job("backoffLimit: 2147483647")), [""; 0], "no limit at all");
    assert_eq!(codes(&job("").replace("true", "false")), [""; 0], "not on spot");
}

#[test]
fn a_job_may_ignore_disruptions() {
    let on_codes = |action: &str, rest: &str| {
        let first = format!("{{action: {action}, onExitCodes: {rest}}}");
        job(&format!("podFailurePolicy: {{rules: [{first}, {IGNORES}]}}"))
    };
    assert_eq!(codes(&on_codes("FailJob", "{operator: In, values: [42]}")), [""; 0]);
    // The first rule that matches decides, and SIGTERM ends with 143.
    assert_eq!(codes(&on_codes("Count", "{operator: NotIn, values: [42]}")), ["W0113"]);
    let fails = on_codes("FailJob", "{operator: In, values: [143]}");
    let said = &messages(&fails)[0];
    assert!(said.contains("lets it fail with the first interruption"), "{said}");
    let both = format!("backoffLimit: 0\n  podFailurePolicy: {{rules: [{IGNORES}]}}");
    assert_eq!(codes(&job(&both)), [""; 0]);
    let other = both.replace("DisruptionTarget", "ConfigIssue");
    assert_eq!(codes(&job(&other)), ["W0113"]);
}

#[test]
fn a_job_of_a_scenario_fails_only_if_it_has_limits() {
    let scenario = |job: &str| {
        format!(
            "apiVersion: spotsim/v1\nname: jobs\nhorizon: 7d\nregion: us-east-1\npools:\n  - \
             {{name: a, count: 2, capacityType: spot, zones: [us-east-1a, us-east-1b], \
             instanceTypes: [m6i.large, m5.large]}}\nworkloads:\n  - {{name: render, {job}, \
             template: {{restartPolicy: Never, {CONTAINERS}}}}}\n"
        )
    };
    let policy = format!("kind: Job, podFailurePolicy: {{rules: [{IGNORES}]}}");
    for (job, expected) in [
        ("kind: Job", vec![]),
        ("kind: Job, backoffLimit: 3", vec!["W0113"]),
        // With any limit the others are Kubernetes' own.
        ("kind: Job, activeDeadlineSeconds: 600", vec!["W0113"]),
        ("kind: CronJob, schedule: \"@daily\"", vec!["W0113"]),
        (&policy, vec![]),
    ] {
        assert_eq!(codes(&scenario(job)), expected, "{job}");
    }
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
