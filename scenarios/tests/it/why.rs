//! Why a pod is where it is: what is listed as a change works, and nothing smaller does.

use std::path::{Path, PathBuf};

use scenarios::explain_pod::Explanation;
use scenarios::explain_pod::dump::Dump;
use serde_json::{Value, json};

/// Explains a pod of objects that are written into a file first.
fn explained(name: &str, objects: &[Value]) -> Explanation {
    let folder = tempfile::tempdir().expect("a folder");
    let file: PathBuf = Path::new(folder.path()).join("cluster.json");
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    std::fs::write(&file, list.to_string()).expect("a file");
    let dump = Dump::read(&[file]).expect("a cluster");
    dump.explain(name).expect("a pod")
}

fn node(name: &str, spec: Value, labels: Value) -> Value {
    let mut node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name},
        "status": {"allocatable": {"cpu": "2", "memory": "8Gi", "pods": "10"}}});
    node["spec"] = spec;
    node["metadata"]["labels"] = labels;
    node
}

fn pod(name: &str, cpu: &str, spec: Value) -> Value {
    let mut pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}});
    pod["spec"] = spec;
    pod["spec"]["containers"] = json!([{"name": "c", "resources": {"requests": {"cpu": cpu}}}]);
    pod
}

fn steps(explanation: &Explanation) -> Vec<Vec<&'static str>> {
    let texts = |change: &scenarios::explain_pod::Change| -> Vec<_> {
        change.steps.iter().map(|step| step.kind).collect()
    };
    explanation.changes.iter().map(texts).collect()
}

#[test]
fn a_request_is_lowered_no_further_than_it_must_be() {
    let cluster = |cpu: &str| {
        [
            node("n", json!({}), json!({})),
            pod("there", "730m", json!({"nodeName": "n"})),
            pod("p", cpu, json!({})),
        ]
    };
    let explanation = explained("p", &cluster("3"));
    let lower = explanation.changes.iter().find(|it| it.steps[0].kind == "lowerRequest");
    let text = &lower.expect("it can be lowered").steps[0].text;
    assert_eq!(text, "lower its cpu request from 3 to 1270m");
    assert!(!explained("p", &cluster("1270m")).best.is_empty());
    assert!(explained("p", &cluster("1280m")).best.is_empty());
}

#[test]
fn pairs_are_told_only_where_nothing_alone_helps() {
    let tainted = json!({"taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}]});
    let cluster = |selector: Value| {
        [
            node("n", tainted.clone(), json!({"disk": "hdd"})),
            pod("p", "1", json!({"nodeSelector": selector})),
        ]
    };
    let alone = explained("p", &cluster(json!({})));
    assert_eq!(steps(&alone), [["addToleration"]]);
    let both = explained("p", &cluster(json!({"disk": "ssd"})));
    assert_eq!(steps(&both), [["dropNodeSelector", "addToleration"]]);
}

#[test]
fn a_new_node_also_runs_what_runs_on_every_node() {
    let cluster = |daemon: &str| {
        let mut agent = pod("agent", daemon, json!({"nodeName": "n"}));
        agent["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "agent", "controller": true}]);
        [
            node("n", json!({}), json!({})),
            agent,
            pod("there", "1200m", json!({"nodeName": "n"})),
            pod("p", "1500m", json!({})),
        ]
    };
    let adds = |daemon| steps(&explained("p", &cluster(daemon))).contains(&vec!["addNodes"]);
    assert!(adds("500m"));
    assert!(!adds("600m"), "1500m and 600m are more than a node has");
}

#[test]
fn a_cordoned_node_loses_the_taint_that_goes_with_it() {
    let cordoned = json!({"unschedulable": true, "taints": [
        {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]});
    let broken =
        json!({"taints": [{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}]});
    let of = |spec| {
        let mut explanation =
            explained("p", &[node("n", spec, json!({})), pod("p", "1", json!({}))]);
        explanation.changes.retain(|change| change.steps[0].kind != "addNodes");
        steps(&explanation).concat().join(" ")
    };
    assert_eq!(of(cordoned), "uncordonNode");
    assert_eq!(of(broken), "repairNode", "no pod is advised to tolerate that");
}

#[test]
fn a_pod_that_others_keep_away() {
    let anti = json!({"nodeName": "n", "affinity": {"podAntiAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "rack", "labelSelector": {"matchLabels": {"app": "p"}}}]}}});
    let mut wanted = pod("p", "1", json!({}));
    wanted["metadata"]["labels"] = json!({"app": "p"});
    let nodes =
        [node("n", json!({}), json!({"rack": "r"})), node("m", json!({}), json!({"rack": "r"}))];
    let [n, m] = nodes;
    let explanation = explained("p", &[n, m, pod("lonely", "1", anti), wanted]);
    assert_eq!(explanation.nodes[0].details, ["default/lonely in rack=r keeps it away"]);
    assert_eq!(
        explanation.changes[0].steps[0].text,
        "drop the required pod anti-affinity over rack of default/lonely"
    );
}

#[test]
fn gates_are_told_and_looked_behind() {
    let gated = pod("p", "1", json!({"schedulingGates": [{"name": "example.com/quota"}]}));
    let explanation = explained("p", &[node("n", json!({}), json!({})), gated]);
    assert_eq!(explanation.best, ["n"]);
    let message = explanation.message.expect("it is not tried");
    assert_eq!(message, "Scheduling is blocked due to non-empty scheduling gates");
    assert!(explanation.notes[0].contains("example.com/quota"));
}

#[test]
fn a_claim_that_is_not_there_is_told_in_kube_schedulers_words() {
    let claim = json!({"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "gone"}}]});
    let explanation = explained("p", &[node("n", json!({}), json!({})), pod("p", "1", claim)]);
    assert_eq!(
        explanation.message.as_deref(),
        Some(
            "0/1 nodes are available: persistentvolumeclaim \"gone\" not found. no new claims to \
             deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for \
             scheduling."
        )
    );
    assert_eq!(steps(&explanation), Vec::<Vec<&str>>::new(), "nothing but the claim would help");
}
