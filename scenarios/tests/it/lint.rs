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
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      nodeSelector: {{karpenter.sh/capacity-type: spot}}
      topologySpreadConstraints:
        - topologyKey: topology.kubernetes.io/zone
          maxSkew: 1
          whenUnsatisfiable: ScheduleAnyway
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

/// The same table that a run reads by: what a cluster would refuse, a reviewer says first.
#[test]
fn what_the_api_server_refuses_is_an_error() {
    for (object, code, says) in [
        (deployment("replicas: -1", ""), "E0311", "`spec.replicas`"),
        (
            deployment("", "terminationGracePeriodSeconds: -5"),
            "E0311",
            "terminationGracePeriodSeconds",
        ),
        (deployment("", "restartPolicy: Never"), "E0312", "restartPolicy"),
        (
            deployment("", "").replace("memory: 64Mi}", "memory: 64Mi}, limits: {cpu: 1m}"),
            "E0311",
            "requests.cpu",
        ),
    ] {
        let found = found(&object);
        let errors: Vec<_> = found.iter().filter(|it| it.code.starts_with('E')).collect();
        assert!(
            matches!(&errors[..], [error] if error.code.starts_with(code) && error.message.contains(says)),
            "{says}: {errors:?}"
        );
    }
    // A cluster keeps what an older server admitted.
    let kept =
        deployment("", "restartPolicy: Never").replace("{name: web}", "{name: web, uid: a-b}");
    assert!(!found(&kept).has_errors() && codes(&kept).contains(&"W0013"), "{:?}", codes(&kept));
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
        (
            "completions: 4\n  completionMode: Indexed\n  backoffLimitPerIndex: 2",
            "an index of it fails after 3 interruptions",
        ),
        (
            "completions: 4\n  completionMode: Indexed\n  backoffLimitPerIndex: 2\n  backoffLimit: 1",
            "it fails after 2 interruptions",
        ),
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

/// A scenario of one node group of EKS on which a workload asks for nodes.
fn asks(nodes: &str) -> String {
    format!(
        "apiVersion: spotsim/v1\nname: asks\nhorizon: 7d\nregion: us-east-1\npools:\n  - \
         {{name: web, count: 2, capacityType: on-demand, zones: [us-east-1a, us-east-1b], \
         instanceTypes: [m6i.large, m6a.large]}}\nworkloads:\n  - {{name: web, \
         template: {{{nodes}, {CONTAINERS}}}}}\n"
    )
}

fn required(terms: &str) -> String {
    format!(
        "affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: \
         {{nodeSelectorTerms: [{terms}]}}}}}}"
    )
}

#[test]
fn labels_that_kubelets_and_clouds_set_are_there() {
    for label in [
        "beta.kubernetes.io/os: linux",
        "beta.kubernetes.io/arch: amd64",
        "beta.kubernetes.io/instance-type: m6a.large",
        "failure-domain.beta.kubernetes.io/zone: us-east-1b",
        "topology.ebs.csi.aws.com/zone: us-east-1a",
        "eks.amazonaws.com/nodegroup: web",
        "kubernetes.io/hostname: whatever-it-will-be",
    ] {
        assert_eq!(codes(&asks(&format!("nodeSelector: {{{label}}}"))), [""; 0], "{label}");
    }
}

#[test]
fn a_label_that_no_node_has_is_said_with_what_may_have_been_meant() {
    let (a, both) =
        ("{key: kubernetes.io/arch, operator: In, values: [arm64]}", "operator: Exists");
    for (nodes, says, help) in [
        (
            "nodeSelector: {beta.kubernetes.io/oss: linux}".to_owned(),
            "none has the label `beta.kubernetes.io/oss`",
            "did you mean `beta.kubernetes.io/os`?",
        ),
        (
            "nodeSelector: {team: shop}".to_owned(),
            "none has the label `team`",
            "give the pool it is meant for `labels: {team: ...}`",
        ),
        (
            "nodeSelector: {topology.kubernetes.io/zone: us-east-1d}".to_owned(),
            "none has `topology.kubernetes.io/zone: us-east-1d`",
            "did you mean `us-east-1a`?",
        ),
        (
            required(&format!("{{matchExpressions: [{a}]}}")),
            "none has `kubernetes.io/arch: arm64`",
            "nodes have `kubernetes.io/arch`: amd64",
        ),
        (
            required(&format!("{{matchExpressions: [{{key: gpu, {both}}}]}}")),
            "none has the label `gpu`",
            "give the pool it is meant for `labels: {gpu: ...}`",
        ),
    ] {
        let found = found(&asks(&nodes));
        let warning = found.iter().next().unwrap_or_else(|| panic!("nothing about {nodes}"));
        let message = format!("Deployment default/web finds no node: {says}");
        assert_eq!((warning.code, warning.message.as_str()), ("W0011", message.as_str()));
        assert_eq!(warning.help.as_deref(), Some(help));
    }
    // Each is there, and never both.
    let two = "nodeSelector: {node.kubernetes.io/instance-type: m6i.large, \
               beta.kubernetes.io/instance-type: m6a.large}";
    let said = &messages(&asks(two))[0];
    assert!(said.contains("none has all of `"), "{said}");
    // One term that holds is enough.
    let terms = format!(
        "{{matchExpressions: [{a}]}}, {{matchExpressions: [{{key: spotsim/pool, {both}}}]}}"
    );
    assert_eq!(codes(&asks(&required(&terms))), [""; 0]);
}

/// What is wrong with a workload of a dump is found where the scenario only names the dump, also if
/// nothing but its pods was dumped.
#[test]
fn a_scenario_is_reviewed_with_its_cluster() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dump = r#"{"kind": "List", "apiVersion": "v1", "items": [
{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "labels": {"a": "b",
  "node.kubernetes.io/instance-type": "m6i.large", "topology.kubernetes.io/zone": "us-east-1a"}},
 "status": {"allocatable": {"cpu": "2", "memory": "7Gi", "pods": "29"}}},
{"apiVersion": "v1", "kind": "Pod",
 "metadata": {"name": "db-0", "ownerReferences": [
   {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db", "controller": true}]},
 "spec": {"nodeName": "n1", "containers": [{"name": "a"}]}},
{"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "db"},
 "spec": {"maxUnavailable": 0, "selector": {}}}
]}"#;
    std::fs::write(folder.path().join("cluster.json"), dump).expect("room for a file");
    let scenario = "apiVersion: spotsim/v1\nname: dump\nhorizon: 7d\nregion: us-east-1\npools:\n  \
                    - {name: a, count: 1, capacityType: spot, zones: [us-east-1a], \
                    instanceTypes: [m6i.large], matchLabels: {a: b}}\ncluster: {file: cluster.json}\n";
    let file = folder.path().join("scenario.yaml");
    std::fs::write(&file, scenario).expect("room for a file");
    let found = review(&[file], sim::providers::named("aws").expect("aws is modelled"));
    let said = |code: &str| {
        let mut of_code = found.iter().filter(|it| it.code == code);
        of_code.next().map(|it| (it.message.clone(), it.place.clone().expect("a place").file))
    };
    let of_dump = |message: &str| Some((message.to_owned(), "cluster.json".to_owned()));
    assert_eq!(
        said("W0101"),
        of_dump("PodDisruptionBudget default/db lets no pod go: maxUnavailable is 0 of 1 pods"),
    );
    assert_eq!(
        said("W0110"),
        of_dump("StatefulSet default/db has one replica, which may run on spot")
    );
    assert!(said("W0106").is_some(), "{}", found.render(false));
}

/// A manifest of a scenario is reviewed as it was read with the scenario, in whatever form: each finding
/// is at the same part of the same object.
#[test]
fn manifests_of_a_scenario_are_reviewed_where_they_are_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let yaml = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 900
      containers: [{name: app}]
";
    let json = r#"{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "apps/v1", "kind":
"Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 2, "selector": {"matchLabels":
{"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
"terminationGracePeriodSeconds": 900, "containers": [{"name": "app"}]}}}}]}"#;
    let reviewed = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("room for a file");
        let scenario = format!(
            "apiVersion: spotsim/v1\nname: m\nhorizon: 7d\nregion: us-east-1\npools:\n  - \
             {{name: a, count: 2, capacityType: spot, zones: [us-east-1a, us-east-1b], \
             instanceTypes: [m6i.large, m5.large]}}\nmanifests: [{name}]\n"
        );
        let file = folder.path().join("scenario.yaml");
        std::fs::write(&file, scenario).expect("room for a file");
        let found = review(&[file], sim::providers::named("aws").expect("aws is modelled"));
        let place = |it: &scenarios::Diagnostic| {
            let place = it.place.as_ref().filter(|place| place.file == name)?;
            Some((it.code, place.text[place.span.clone()].trim_matches('"').to_owned()))
        };
        let mut places: Vec<_> = found.iter().filter_map(place).collect();
        places.sort();
        places
    };
    let places = reviewed("web.yaml", yaml);
    assert!(places.contains(&("W0104", "900".to_owned())), "{places:?}");
    assert!(places.contains(&("W0111", "web".to_owned())), "{places:?}");
    let codes = |places: &[(&'static str, String)]| {
        places.iter().map(|(code, _)| *code).collect::<Vec<_>>()
    };
    let in_json = reviewed("web.json", json);
    assert_eq!(codes(&in_json), codes(&places));
    assert!(in_json.contains(&("W0104", "900".to_owned())), "{in_json:?}");
}

/// A folder may hold more than objects, and an object more than once.
#[test]
fn what_is_no_object_is_left_out() {
    let values = "replicas: 2\nimage: {tag: v1}\n---\n";
    assert_eq!(codes(&(values.to_owned() + &deployment("", ""))), ["W0110"]);
    let twice = deployment("", "") + &deployment("replicas: 3", "");
    assert_eq!(codes(&twice), ["W0110"]);
}

#[test]
fn autoscalers_of_one_workload_go_by_different_metrics() {
    let both = |metrics: &str, policy: &str| {
        format!(
            "apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: web}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}
  maxReplicas: 9
  {metrics}
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: {{name: web}}
spec:
  targetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}
  {policy}
"
        )
    };
    let by_cpu = "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}]";
    assert_eq!(codes(&both("", "")), ["W0116"], "without metrics it is CPU");
    assert_eq!(codes(&both(by_cpu, "")), ["W0116"]);
    let memory = "resourcePolicy: {containerPolicies: [{containerName: '*', controlledResources: [memory]}]}";
    assert!(codes(&both(by_cpu, memory)).is_empty());
    assert!(codes(&both(by_cpu, "updatePolicy: {updateMode: 'Off'}")).is_empty());
}

/// What one pod alone may not be is found, and what LimitRanges complete is not reproached.
#[test]
fn what_admission_never_lets_in() {
    let web = deployment("replicas: 3", "");
    let never = |object: &str| {
        let found = messages(&format!("{web}{object}"));
        found.into_iter().filter(|it| it.contains("is ever created")).collect::<Vec<_>>()
    };
    let quota = |hard: &str| {
        format!(
            "apiVersion: v1\nkind: ResourceQuota\nmetadata: {{name: q}}\nspec: {{hard: {hard}}}\n"
        )
    };
    let range = |item: &str| {
        format!(
            "apiVersion: v1\nkind: LimitRange\nmetadata: {{name: r}}\nspec: {{limits: [{item}]}}\n"
        )
    };
    let of = "no pod of Deployment default/web is ever created: ";
    assert_eq!(never(&quota("{pods: 1, cpu: 100m}")), [""; 0], "one pod is admitted");
    assert_eq!(
        never(&quota("{cpu: 50m}")),
        [format!("{of}one alone has 50m more of requests.cpu than ResourceQuota q has room for")]
    );
    assert_eq!(
        never(&quota("{limits.cpu: 9}")),
        [format!("{of}ResourceQuota q wants every container to state limits.cpu")]
    );
    let given = range("{type: Container, default: {cpu: 1}}");
    assert_eq!(never(&(quota("{limits.cpu: 9}") + "---\n" + &given)), [""; 0]);
    assert_eq!(
        never(&range("{type: Container, min: {memory: 1Gi}}")),
        [format!("{of}requests.memory is 960Mi below the minimum of LimitRange r")]
    );
    let level = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: default\n  labels: \
                 {pod-security.kubernetes.io/enforce: restricted}\n";
    let found = never(level);
    assert!(found[0].contains("they violate PodSecurity restricted:latest: "), "{found:?}");
}
