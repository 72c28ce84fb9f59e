//! The pods of a case.

use std::sync::Arc;

use autoscalers::karpenter::input::{
    DoNotDisrupt, HostPort, Inclusion, NodeTerm, Owner, Pod, PodAffinity, PodSpec, PodTerm, Spread,
    WhenUnsatisfiable,
};
use autoscalers::karpenter::resources::Resources;
use serde_json::Value as Json;
use sim::model::taints::{Toleration, TolerationOperator};
use sim::names::Names;
use sim::time::Span;

use super::read::{
    duration, effect, expressions, instant, label_set, list, name, resources, selector, text,
};

pub fn pod(value: &Json, node: Option<usize>, uid: u64, names: &mut Names) -> Pod {
    let status = &value["status"];
    let condition = |kind: &str| list(&status["conditions"]).iter().find(|it| it["type"] == kind);
    let unschedulable =
        condition("PodScheduled").is_some_and(|condition| condition["reason"] == "Unschedulable");
    let spec = spec(&value["metadata"], &value["spec"], names);
    let bound = value["spec"]["nodeName"].is_string();
    let nominated = !text(&status["nominatedNodeName"]).is_empty();
    let stays = matches!(spec.owner, Owner::DaemonSet | Owner::Node);
    Pod {
        spec: Arc::new(spec),
        node,
        created: instant(&value["metadata"]["creationTimestamp"]).unwrap_or_default(),
        uid,
        provisionable: unschedulable && !bound && !nominated && !stays,
        terminal: matches!(text(&status["phase"]), "Succeeded" | "Failed"),
        terminating: value["metadata"]["deletionTimestamp"].is_string(),
        ready: condition("Ready").is_none_or(|condition| condition["status"] != "False"),
        started: instant(&status["startTime"]),
    }
}

pub fn spec(metadata: &Json, spec: &Json, names: &mut Names) -> PodSpec {
    let annotations = &metadata["annotations"];
    let owner = list(&metadata["ownerReferences"]).first();
    let node_affinity = &spec["affinity"]["nodeAffinity"];
    let required = &node_affinity["requiredDuringSchedulingIgnoredDuringExecution"];
    let preferred = &node_affinity["preferredDuringSchedulingIgnoredDuringExecution"];
    let claims = list(&spec["volumes"])
        .iter()
        .filter_map(|volume| name(&volume["persistentVolumeClaim"]["claimName"], names));
    PodSpec {
        claims: claims.collect(),
        namespace: names.intern(metadata["namespace"].as_str().unwrap_or("default")),
        labels: label_set(&metadata["labels"], names),
        requests: requests(spec, names),
        node_selector: label_set(&spec["nodeSelector"], names),
        required_node_affinity: list(&required["nodeSelectorTerms"])
            .iter()
            .map(|term| node_term(term, names))
            .collect(),
        preferred_node_affinity: list(preferred)
            .iter()
            .map(|term| (weight(term), node_term(&term["preference"], names)))
            .collect(),
        affinity: pod_affinity(&spec["affinity"]["podAffinity"], names),
        anti_affinity: pod_affinity(&spec["affinity"]["podAntiAffinity"], names),
        spread: list(&spec["topologySpreadConstraints"])
            .iter()
            .map(|constraint| spread(constraint, names))
            .collect(),
        tolerations: list(&spec["tolerations"])
            .iter()
            .map(|toleration| self::toleration(toleration, names))
            .collect(),
        host_ports: host_ports(spec, names),
        priority: integer(&spec["priority"]).unwrap_or_default(),
        deletion_cost: text(&annotations["controller.kubernetes.io/pod-deletion-cost"])
            .parse()
            .unwrap_or_default(),
        do_not_disrupt: match text(&annotations["karpenter.sh/do-not-disrupt"]) {
            "true" => Some(DoNotDisrupt::Always),
            written => duration(written).map(DoNotDisrupt::For),
        },
        owner: match owner.map(|owner| text(&owner["kind"])) {
            Some("DaemonSet") => Owner::DaemonSet,
            Some("Node") => Owner::Node,
            Some("StatefulSet") => Owner::StatefulSet,
            _ => Owner::Other,
        },
    }
}

fn integer(value: &Json) -> Option<i32> {
    value.as_i64().and_then(|number| i32::try_from(number).ok())
}

fn weight(term: &Json) -> i32 {
    integer(&term["weight"]).unwrap_or_default()
}

// component-helpers: resource/helpers.go PodRequests
fn requests(spec: &Json, names: &mut Names) -> Resources {
    let mut of = |container: &Json| resources(&container["resources"]["requests"], names);
    let mut sum = Resources::default();
    list(&spec["containers"]).iter().for_each(|container| sum.add(&of(container)));
    let mut sidecars = Resources::default();
    let mut most = Resources::default();
    for container in list(&spec["initContainers"]) {
        let mut wanted = of(container);
        if container["restartPolicy"] == "Always" {
            sum.add(&wanted);
            sidecars.add(&wanted);
            most.raise_to(&sidecars);
        } else {
            wanted.add(&sidecars);
            most.raise_to(&wanted);
        }
    }
    sum.raise_to(&most);
    sum.add(&resources(&spec["overhead"], names));
    sum
}

fn node_term(term: &Json, names: &mut Names) -> NodeTerm {
    NodeTerm {
        expressions: expressions(&term["matchExpressions"], names),
        has_fields: !list(&term["matchFields"]).is_empty(),
    }
}

fn pod_affinity(value: &Json, names: &mut Names) -> PodAffinity {
    PodAffinity {
        required: list(&value["requiredDuringSchedulingIgnoredDuringExecution"])
            .iter()
            .map(|term| pod_term(term, names))
            .collect(),
        preferred: list(&value["preferredDuringSchedulingIgnoredDuringExecution"])
            .iter()
            .map(|term| (weight(term), pod_term(&term["podAffinityTerm"], names)))
            .collect(),
    }
}

fn pod_term(term: &Json, names: &mut Names) -> PodTerm {
    PodTerm {
        key: names.intern(text(&term["topologyKey"])),
        selector: selector(&term["labelSelector"], names),
        namespaces: list(&term["namespaces"]).iter().map(|it| names.intern(text(it))).collect(),
        namespace_selector: selector(&term["namespaceSelector"], names),
    }
}

fn spread(value: &Json, names: &mut Names) -> Spread {
    let inclusion = |value: &Json, default| match text(value) {
        "Honor" => Inclusion::Honor,
        "Ignore" => Inclusion::Ignore,
        _ => default,
    };
    let when = match text(&value["whenUnsatisfiable"]) {
        "ScheduleAnyway" => WhenUnsatisfiable::ScheduleAnyway,
        _ => WhenUnsatisfiable::DoNotSchedule,
    };
    Spread {
        key: names.intern(text(&value["topologyKey"])),
        max_skew: integer(&value["maxSkew"]).unwrap_or(1),
        min_domains: integer(&value["minDomains"]),
        when_unsatisfiable: when,
        selector: selector(&value["labelSelector"], names),
        match_label_keys: list(&value["matchLabelKeys"])
            .iter()
            .map(|key| names.intern(text(key)))
            .collect(),
        node_affinity: inclusion(&value["nodeAffinityPolicy"], Inclusion::Honor),
        node_taints: inclusion(&value["nodeTaintsPolicy"], Inclusion::Ignore),
    }
}

fn toleration(value: &Json, names: &mut Names) -> Toleration {
    let operator = match text(&value["operator"]) {
        "Exists" => TolerationOperator::Exists,
        _ => TolerationOperator::Equal(names.intern(text(&value["value"]))),
    };
    Toleration {
        key: name(&value["key"], names),
        operator,
        effect: effect(text(&value["effect"])),
        seconds: value["tolerationSeconds"].as_u64().map(Span::from_secs),
    }
}

fn host_ports(spec: &Json, names: &mut Names) -> Vec<HostPort> {
    let ports = list(&spec["containers"]).iter().flat_map(|container| list(&container["ports"]));
    let port = |port: &Json| {
        let number = port["hostPort"].as_u64().filter(|number| *number > 0)?;
        let ip = match text(&port["hostIP"]) {
            "" | "0.0.0.0" | "::" => None,
            ip => Some(names.intern(ip)),
        };
        let protocol = names.intern(port["protocol"].as_str().unwrap_or("TCP"));
        Some(HostPort { ip, protocol, port: u16::try_from(number).ok()? })
    };
    ports.filter_map(port).collect()
}
