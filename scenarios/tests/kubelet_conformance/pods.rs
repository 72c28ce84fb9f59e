//! Pods and what was measured of them, read from a case.

use manifests::quantity::Quantity;
use scenarios::lower::containers::{Defaulting, qos_class};
use serde_json::Value as Json;
use sim::kubelet::pod::{Container, Pod, Volume};
use sim::kubelet::ranking::{ContainerStats, DiskUse, PodStats};
use sim::model::containers::{Amounts, ContainerKind as Kind, QosClass};
use sim::time::Span;

/// A pod with the names of its containers and volumes, by which its figures are given.
pub struct Named {
    pub name: String,
    pub pod: Pod,
    pub containers: Vec<String>,
    volumes: Vec<String>,
}

/// The items of a list; none if it is missing.
pub fn items(list: &Json) -> &[Json] {
    list.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Json) -> String {
    value.as_str().expect("a text").to_owned()
}

fn quantity(value: &Json) -> Option<Quantity> {
    value.as_str().map(|text| Quantity::parse(text).expect("a quantity"))
}

fn amounts(list: &Json) -> Amounts {
    Amounts {
        cpu: quantity(&list["cpu"]).map(Quantity::milli),
        memory: quantity(&list["memory"]).map(Quantity::value),
        ephemeral_storage: quantity(&list["ephemeral-storage"]).map(Quantity::value),
    }
}

/// Reads a pod.
pub fn pod(name: &str, object: &Json) -> Named {
    let (spec, annotations) = (&object["spec"], &object["metadata"]["annotations"]);
    let first = items(&spec["initContainers"]).iter().map(|container| {
        let kind = if container["restartPolicy"] == "Always" { Kind::Sidecar } else { Kind::Init };
        (kind, container)
    });
    let regular = items(&spec["containers"]).iter().map(|container| (Kind::Regular, container));
    let containers: Vec<(Kind, &Json)> = first.chain(regular).collect();
    let source = &annotations["kubernetes.io/config.source"];
    let is_static = (source.is_string() && source != "api")
        || annotations["kubernetes.io/config.mirror"].is_string();
    let priority = spec["priority"].as_i64().unwrap_or(0);
    let pod = Pod {
        priority: i32::try_from(priority).expect("a priority"),
        is_static,
        is_of_node_critical_class: spec["priorityClassName"] == "system-node-critical",
        containers: containers.iter().map(|(kind, object)| container(*kind, object)).collect(),
        requests: amounts(&spec["resources"]["requests"]),
        limits: amounts(&spec["resources"]["limits"]),
        qos: qos_of(spec),
        overhead: amounts(&spec["overhead"]),
        volumes: items(&spec["volumes"]).iter().map(volume).collect(),
        grace: spec["terminationGracePeriodSeconds"].as_u64().map(Span::from_secs),
        tolerates_memory_pressure: items(&spec["tolerations"]).iter().any(tolerates),
    };
    Named {
        name: name.to_owned(),
        pod,
        containers: containers.iter().map(|(_, container)| text(&container["name"])).collect(),
        volumes: items(&spec["volumes"]).iter().map(|volume| text(&volume["name"])).collect(),
    }
}

/// The class of a pod as it is written, of which the API server has completed nothing.
fn qos_of(spec: &Json) -> QosClass {
    let spec = serde_json::from_value(spec.clone()).expect("a pod's spec");
    qos_class(&spec, Defaulting::AsWritten).expect("sound quantities")
}

fn container(kind: Kind, object: &Json) -> Container {
    let resources = &object["resources"];
    Container {
        kind,
        requests: amounts(&resources["requests"]),
        limits: amounts(&resources["limits"]),
    }
}

fn volume(object: &Json) -> Volume {
    let of_disk = object["emptyDir"].is_object()
        && object["emptyDir"]["medium"].as_str().is_none_or(str::is_empty);
    let others = ["configMap", "gitRepo", "hostPath"];
    Volume {
        local: of_disk || others.iter().any(|kind| object[kind].is_object()),
        size_limit: quantity(&object["emptyDir"]["sizeLimit"]).map(Quantity::value),
    }
}

/// Whether a toleration is of the taint `node.kubernetes.io/memory-pressure:NoSchedule`.
fn tolerates(toleration: &Json) -> bool {
    let names = |field: &str, wanted: &str| {
        toleration[field].as_str().is_none_or(|text| text.is_empty() || text == wanted)
    };
    let is_equal = toleration["operator"] != "Exists";
    names("key", "node.kubernetes.io/memory-pressure")
        && names("effect", "NoSchedule")
        && (!is_equal || (toleration["key"].is_string() && names("value", "")))
}

/// Every pod of a case, by name.
pub fn all(case: &Json) -> Vec<Named> {
    let pods = case["pods"].as_object().expect("pods by name");
    pods.iter().map(|(name, object)| pod(name, object)).collect()
}

/// What was measured of a pod, if anything was.
pub fn stats(named: &Named, list: &Json) -> Option<PodStats> {
    let found = items(list).iter().find(|stats| stats["pod"] == named.name.as_str())?;
    let place = |names: &[String], name: &Json| {
        names.iter().position(|own| *name == own.as_str()).unwrap_or(usize::MAX)
    };
    let containers = items(&found["containers"]).iter().map(|stats| ContainerStats {
        container: place(&named.containers, &stats["name"]),
        rootfs: disk_use(&stats["rootfs"]),
        logs: disk_use(&stats["logs"]),
    });
    let volumes = items(&found["volumes"])
        .iter()
        .map(|stats| (place(&named.volumes, &stats["name"]), disk_use(stats)));
    Some(PodStats {
        memory: found["memory"].as_u64().unwrap_or(0),
        processes: found["processes"].as_u64().unwrap_or(0),
        containers: containers.collect(),
        volumes: volumes.collect(),
        ephemeral_storage: found["ephemeral"].as_u64().unwrap_or(0),
    })
}

fn disk_use(stats: &Json) -> DiskUse {
    DiskUse {
        bytes: stats["used"].as_u64().unwrap_or(0),
        inodes: stats["inodes"].as_u64().unwrap_or(0),
    }
}
