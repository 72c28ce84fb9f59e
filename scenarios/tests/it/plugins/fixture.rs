//! Clusters in a few lines: nodes, pods that run, and the pod that looks for a node.
//!
//! ```yaml
//! nodes:
//!   a: {cpu: 4, memory: 8Gi, zone: z1, taints: [{key: spot, effect: NoSchedule}]}
//! running:
//!   - {on: a, labels: {app: web}, requests: {cpu: 500m}}
//! pod: {requests: {cpu: 1}, tolerations: [{key: spot, operator: Exists}]}
//! objects: []
//! ```
//!
//! What is not said of a node is 4 CPU, 16Gi and 110 pods. A pod is its PodSpec, with `labels` and the
//! `requests` of its one container beside. `objects` are Kubernetes objects as they are.

use std::sync::Arc;

use manifests::tree;
use scenarios::kube::Object;
use scenarios::lower::snapshot::snapshot;
use serde_json::{Map, Value as Json, json};
use sim::model::pod::PodId;
use sim::table::Id;
use sim::world::World;

/// The world of a fixture, and the pod that looks for a node.
///
/// # Panics
/// If the fixture is not one.
pub(super) fn world(fixture: &str) -> (World, PodId) {
    let mut documents = tree::parse(fixture).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(documents.len(), 1, "a fixture is one document");
    let mut fixture = object(documents.remove(0).to_json());
    let mut objects = Vec::new();
    for (name, said) in object(fixture.remove("nodes").expect("a fixture has nodes")) {
        objects.push(node(&name, object(said)));
    }
    let running = fixture.remove("running").map_or(Vec::new(), list);
    for (number, said) in running.into_iter().enumerate() {
        objects.push(pod(&format!("running-{number}"), object(said)));
    }
    objects.push(pod("new", object(fixture.remove("pod").expect("a fixture has a pod"))));
    objects.extend(fixture.remove("objects").map_or(Vec::new(), list));
    assert!(fixture.is_empty(), "a fixture has no {:?}", fixture.keys().collect::<Vec<_>>());

    let read = |it: Json| serde_json::from_value::<Object>(it).expect("a Kubernetes object");
    let objects: Vec<Object> = objects.into_iter().map(read).collect();
    let mut snapshot = snapshot(&objects, &["default/new"]).expect("a sound cluster");
    let pod = PodId::from_index(snapshot.pods["default/new"]);
    (World::standing(&Arc::new(std::mem::take(&mut snapshot.model))), pod)
}

fn node(name: &str, mut said: Map<String, Json>) -> Json {
    let mut take = |key: &str, default: Json| said.remove(key).unwrap_or(default);
    let mut labels = object(take("labels", json!({})));
    labels.entry("kubernetes.io/hostname").or_insert_with(|| name.into());
    if let zone @ Json::String(_) = take("zone", Json::Null) {
        labels.insert("topology.kubernetes.io/zone".into(), zone);
    }
    let spec = json!({
        "taints": take("taints", json!([])),
        "unschedulable": take("unschedulable", false.into()),
    });
    let mut room = json!({
        "cpu": take("cpu", 4.into()),
        "memory": take("memory", "16Gi".into()),
        "pods": take("pods", 110.into()),
    });
    let extended = object(take("extended", json!({})));
    room.as_object_mut().expect("it was just made").extend(extended);
    let images = take("images", json!([]));
    let features = take("declaredFeatures", json!([]));
    assert!(said.is_empty(), "node {name}: {said:?}");
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
        "status": {
            "capacity": room, "allocatable": room, "images": images, "declaredFeatures": features,
        },
    })
}

fn pod(name: &str, mut spec: Map<String, Json>) -> Json {
    let labels = spec.remove("labels").unwrap_or(json!({}));
    if let Some(node) = spec.remove("on") {
        spec.insert("nodeName".into(), node);
    }
    let mut container = object(spec.remove("container").unwrap_or(json!({})));
    container.insert("name".into(), "main".into());
    if let Some(requests) = spec.remove("requests") {
        container.insert("resources".into(), json!({"requests": requests}));
    }
    spec.insert("containers".into(), json!([container]));
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "labels": labels},
        "spec": spec,
    })
}

fn object(value: Json) -> Map<String, Json> {
    let Json::Object(fields) = value else { panic!("{value} is no mapping") };
    fields
}

fn list(value: Json) -> Vec<Json> {
    let Json::Array(items) = value else { panic!("{value} is no list") };
    items
}
