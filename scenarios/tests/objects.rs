//! Kubernetes objects: read, printed and read again they are the same, and nothing gets lost.

use scenarios::kube::{Object, ObjectKind};
use serde_json::{Value as Json, json};

#[test]
fn a_pod_keeps_what_the_scheduler_reads() {
    let pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "web-0",
            "namespace": "shop",
            "uid": "3f9c",
            "ownerReferences": [{
                "apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": "17",
                "controller": true,
            }],
        },
        "spec": {
            "containers": [{
                "name": "app",
                "image": "web:1",
                "resources": {"requests": {"cpu": "0.5", "memory": "1.5Gi"}},
                "ports": [{"containerPort": 80, "hostPort": 80, "hostIP": "10.0.0.1"}],
            }],
            "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{
                "labelSelector": {},
                "namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "Exists"}]},
                "topologyKey": "kubernetes.io/hostname",
            }]}},
            "topologySpreadConstraints": [{
                "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule",
                "minDomains": 3,
            }],
            "volumes": [{"name": "scratch", "emptyDir": {}}],
            "priority": 0,
        },
        "status": {"phase": "Running", "nominatedNodeName": "a"},
    });
    let read: Object = serde_json::from_value(pod.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), pod);
}

#[test]
fn null_is_as_good_as_nothing() {
    let nulls = json!({
        "kind": "Pod",
        "metadata": {"name": "a", "labels": null, "creationTimestamp": null},
        "spec": {"containers": null, "affinity": null, "hostNetwork": null},
    });
    let nothing = json!({"kind": "Pod", "metadata": {"name": "a"}});
    let read = |json: Json| serde_json::from_value::<Object>(json).unwrap();
    assert_eq!(read(nulls), read(nothing));
}

#[test]
fn a_kind_is_known_in_every_version_of_its_own_group() {
    let deployment = ObjectKind::of("apps/v1beta2", "Deployment");
    assert_eq!(deployment, Some(ObjectKind::Deployment));
    assert_eq!(ObjectKind::of("serving.knative.dev/v1", "Service"), None);
    assert_eq!(ObjectKind::of("v1", "Service"), Some(ObjectKind::Service));
}
