//! Parts that many objects of the made-up cluster have.

use serde_json::{Value as Json, json};

/// An owner that manages the object.
pub(super) fn owner(version: &str, kind: &str, name: &str) -> Json {
    json!({
        "apiVersion": version, "kind": kind, "name": name, "uid": format!("uid-of-{name}"),
        "controller": true, "blockOwnerDeletion": true,
    })
}

/// What a pod asks for, by the role of its node.
pub(super) fn pod_spec(role: Option<&str>, cpu: u64, memory: u64, node: Option<&str>) -> Json {
    let mut spec = json!({
        "containers": [{
            "name": "app",
            "image": "registry.example.com/app:1",
            "env": [{"name": "PORT", "value": "8080"}],
            "ports": [{"containerPort": 8_080, "protocol": "TCP"}],
            "resources": {"requests": {"cpu": format!("{cpu}m"), "memory": format!("{memory}Mi")}},
            "volumeMounts": [{"name": "token", "mountPath": "/var/run/secrets", "readOnly": true}],
            "terminationMessagePath": "/dev/termination-log",
        }],
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": "Always",
        "schedulerName": "default-scheduler",
        "securityContext": {},
        "serviceAccountName": "default",
        "terminationGracePeriodSeconds": 30,
    });
    if let Some(role) = role {
        spec["nodeSelector"] = json!({"role": role});
    }
    if role == Some("batch") {
        spec["tolerations"] = json!([{"key": "batch", "operator": "Exists"}]);
        spec["restartPolicy"] = "Never".into();
    }
    if let Some(node) = node {
        spec["nodeName"] = node.into();
    }
    spec
}
