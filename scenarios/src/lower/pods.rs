//! From a Kubernetes PodSpec to what the simulator knows of a pod.

use std::sync::Arc;

use sim::Span;
use sim::controllers::replica_set::deletion_cost;
use sim::model::Model;
use sim::model::images::PodImages;
use sim::model::pod::{HostPort, PodSpec, PodTraits, Protocol};
use sim::names::{NameId, Names};

use super::annotations::span_annotation;
use super::containers::{Defaulting, containers, qos_class, restart_policy};
use super::labels::{label_set, node_affinity, toleration};
use super::probes::{self, DEFAULT_STARTUP};
use super::quotas::quotas_of;
use super::requests::{is_sidecar, requests};
use super::selectors::Meaning;
use super::volumes::pod_volumes;
use crate::kube::{self, Container, LabelSelector, Labels, ObjectMeta, PodStatus};
use manifests::context::ClusterContext;

/// Kubernetes' own default.
const DEFAULT_GRACE: u32 = 30;
/// The annotation by which a ReplicaSet knows which of its pods to keep.
// pkg/apis/core/annotation_key_constants.go PodDeletionCost
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
/// The scheduler that pods get which name none.
const DEFAULT_SCHEDULER: &str = "default-scheduler";

/// A pod, or what a controller makes pods of.
#[derive(Clone, Copy)]
pub struct Source<'p> {
    /// Its namespace.
    pub namespace: &'p str,
    /// Its labels.
    pub labels: &'p Labels,
    /// Its annotations, and those of its workload.
    pub annotations: &'p Labels,
    /// What it asks for.
    pub spec: &'p kube::PodSpec,
    /// Which pods belong to the ReplicaSet or StatefulSet that manages it.
    pub controller: Option<&'p LabelSelector>,
    /// The pod itself, if the API server has admitted it and written into it what it does.
    pub admitted: Option<&'p ObjectMeta>,
    /// What is in force on its node, if it is on one.
    pub status: Option<&'p PodStatus>,
}

impl<'p> Source<'p> {
    /// A pod of a cluster.
    #[must_use]
    pub fn of_pod(pod: &'p kube::Pod, context: &'p ClusterContext) -> Source<'p> {
        Source {
            namespace: pod.metadata.namespace(),
            labels: &pod.metadata.labels,
            annotations: &pod.metadata.annotations,
            spec: &pod.spec,
            controller: context.controller_of(&pod.metadata),
            admitted: Some(&pod.metadata),
            status: pod.spec.node_name.is_some().then_some(&pod.status),
        }
    }
}

/// What a pod is.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn pod_spec(
    model: &mut Model,
    context: &ClusterContext,
    source: Source<'_>,
) -> Result<PodSpec, String> {
    let Source { namespace, labels, annotations, spec, controller, admitted, status } = source;
    let requests = requests(model, spec, status)?;
    let containers = containers(&mut model.names, spec, Defaulting::Completed)?;
    let qos = qos_class(spec, Defaulting::Completed)?;
    let quotas = quotas_of(model, context, (namespace, spec, qos));
    let pod_security = forbidden_by_level(model, context, source);
    let priority = context.priority_of(spec)?;
    let grace = spec.termination_grace_period_seconds.unwrap_or(DEFAULT_GRACE);
    let grace = Span::from_secs(u64::from(grace));
    let mut meaning = Meaning { model, context, namespace, labels, admitted: admitted.is_some() };
    let pod_affinity = spec.affinity.as_ref().map(|it| meaning.pod_affinity(it)).transpose()?;
    let spread = spec.topology_spread_constraints.iter().map(|it| meaning.spread(it));
    let spread = spread.collect::<Result<Vec<_>, _>>()?;
    let default_spread = if spread.is_empty() { meaning.default_spread(controller)? } else { None };
    let volumes = pod_volumes(model, spec, admitted);
    let images = pod_images(model, spec);
    probes::check(spec)?;
    let answers = span_annotation(annotations, "spotsim/startup")?.unwrap_or(DEFAULT_STARTUP);
    let names = &mut model.names;
    let affinity = spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let (required_affinity, preferred_affinity) = node_affinity(names, affinity);
    let scheduler = spec.scheduler_name.as_deref();
    let scheduler = scheduler.filter(|name| !matches!(*name, "" | DEFAULT_SCHEDULER));
    let traits = PodTraits {
        namespace: Some(names.intern(namespace)),
        labels: label_set(names, labels),
        qos,
        quotas,
        pod_security,
        restart_policy: restart_policy(spec),
        // Where a pod is says nothing about where it could be.
        node_name: spec.node_name.as_ref().filter(|_| status.is_none()).map(|n| names.intern(n)),
        node_selector: label_set(names, &spec.node_selector).iter().collect(),
        required_affinity,
        preferred_affinity,
        tolerations: spec.tolerations.iter().map(|t| toleration(names, t)).collect(),
        host_ports: host_ports(names, spec)?,
        spread,
        default_spread,
        pod_affinity: pod_affinity.unwrap_or_default(),
        gates: spec.scheduling_gates.iter().map(|gate| names.intern(&gate.name)).collect(),
        volumes,
        images,
        features: features(names, spec),
        awaits_device: admitted.and_then(|_| awaits_device(names, namespace, spec)),
        priority: priority.value,
        preempts: priority.preempts,
        scheduler: scheduler.map(|name| names.intern(name)),
        deletion_cost: deletion_cost(annotations.get(DELETION_COST).map(String::as_str)),
        grace,
        shutdown: shutdown(spec, grace, span_annotation(annotations, "spotsim/shutdown")?),
        startup: probes::ready(spec, answers),
    };
    Ok(PodSpec {
        traits: Arc::new(traits),
        requests: requests.real,
        nonzero_requests: requests.nonzero,
        scored_requests: requests.scored,
        containers: Arc::new(containers),
    })
}

/// What the level of its namespace forbids of a pod, with the level, if it forbids anything.
fn forbidden_by_level(
    model: &mut Model,
    context: &ClusterContext,
    Source { namespace, annotations, spec, .. }: Source<'_>,
) -> Option<NameId> {
    let policy = context.pod_security_of(namespace);
    let violations = policy.violations(annotations, spec);
    let words: Vec<String> = violations.iter().map(ToString::to_string).collect();
    (!words.is_empty()).then(|| model.names.intern(&format!("{policy}: {}", words.join(", "))))
}

/// How long a pod needs to stop: the `preStop` sleep, then what the process takes after SIGTERM. If
/// that is not stated the two take the grace period together, unless the sleep leaves nothing of it.
// kubelet: kuberuntime_container.go killContainer takes the hook's time off the grace period
fn shutdown(spec: &kube::PodSpec, grace: Span, stated: Option<Span>) -> Span {
    let sleep = pre_stop_sleep(spec);
    match stated {
        Some(stated) => sleep + stated,
        None if sleep < grace => grace,
        None => sleep + grace,
    }
}

/// The images that are known, as often as the pod names them.
// kube-scheduler: plugins/imagelocality/image_locality.go sumImageScores
fn pod_images(model: &Model, spec: &kube::PodSpec) -> PodImages {
    let containers = || spec.init_containers.iter().chain(&spec.containers);
    let mounted = spec.volumes.iter().filter_map(|volume| volume.image.as_ref());
    let images = containers().map(|it| &it.image).chain(mounted.map(|it| &it.reference));
    let find = |image: &String| model.images.find(model.names.find(&with_tag(image))?);
    let known: Vec<_> = images.filter_map(find).collect();
    let count = if known.is_empty() { 0 } else { containers().count() };
    PodImages { known, containers: u32::try_from(count).unwrap_or(u32::MAX) }
}

/// An image's name as nodes report it.
// kube-scheduler: plugins/imagelocality/image_locality.go normalizedImageName
pub(super) fn with_tag(image: &str) -> String {
    if image.rfind(':') <= image.rfind('/') { format!("{image}:latest") } else { image.to_owned() }
}

/// What a pod needs that not every kubelet can do.
// component-helpers: nodedeclaredfeatures/features
fn features(names: &mut Names, spec: &kube::PodSpec) -> Vec<NameId> {
    let restarts_all = |container: &Container| {
        container.restart_policy_rules.iter().any(|rule| rule.action == "RestartAllContainers")
    };
    let mut features = Vec::new();
    if spec.init_containers.iter().chain(&spec.containers).any(restarts_all) {
        features.push(names.intern("RestartAllContainersOnContainerExits"));
    }
    if spec.host_network && spec.host_users == Some(false) {
        features.push(names.intern("UserNamespacesHostNetworkSupport"));
    }
    features
}

/// What DynamicResources says of a pod whose claim on a device is missing; claims are not modelled.
// kube-scheduler: plugins/dynamicresources/dynamicresources.go PreEnqueue
fn awaits_device(names: &mut Names, namespace: &str, spec: &kube::PodSpec) -> Option<NameId> {
    let claim = spec.resource_claims.iter().find_map(|claim| claim.resource_claim_name.as_ref())?;
    Some(names.intern(&format!("could not find ResourceClaim \"{namespace}/{claim}\"")))
}

/// How long the pod's containers sleep before they are asked to stop, all at once.
// kubelet: kuberuntime_container.go killContainer
fn pre_stop_sleep(spec: &kube::PodSpec) -> Span {
    let sidecars = spec.init_containers.iter().filter(|container| is_sidecar(container));
    let hooks = spec.containers.iter().chain(sidecars).filter_map(|it| it.lifecycle.as_ref());
    let sleeps = hooks.filter_map(|it| it.pre_stop.as_ref()?.sleep.as_ref());
    let longest = sleeps.map(|sleep| sleep.seconds).max();
    Span::from_secs(u64::from(longest.unwrap_or(0)))
}

fn host_ports(names: &mut Names, spec: &kube::PodSpec) -> Result<Vec<HostPort>, String> {
    let sidecars = spec.init_containers.iter().filter(|container| is_sidecar(container));
    let mut ports = Vec::new();
    for port in spec.containers.iter().chain(sidecars).flat_map(|container| &container.ports) {
        let number = if spec.host_network { port.container_port } else { port.host_port };
        if number == 0 {
            continue;
        }
        let ip = Some(port.host_ip.as_str()).filter(|ip| !matches!(*ip, "" | "0.0.0.0"));
        let protocol = match port.protocol.as_deref() {
            None | Some("" | "TCP") => Protocol::Tcp,
            Some("UDP") => Protocol::Udp,
            Some("SCTP") => Protocol::Sctp,
            Some(other) => return Err(format!("`{other}` is not a protocol")),
        };
        ports.push(HostPort { ip: ip.map(|ip| names.intern(ip)), protocol, port: number });
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use sim::model::resources::Lane;
    use sim::model::taints::TolerationOperator;

    use super::*;

    fn lowered(spec: &str, status: Option<&PodStatus>) -> (Model, PodSpec) {
        let mut model = Model::default();
        let source = Source {
            namespace: "default",
            labels: &Labels::new(),
            annotations: &Labels::new(),
            spec: &serde_json::from_str(spec).unwrap(),
            controller: None,
            admitted: None,
            status,
        };
        let spec = pod_spec(&mut model, &ClusterContext::default(), source).unwrap();
        (model, spec)
    }

    #[test]
    fn where_a_pod_is_says_nothing_about_where_it_could_be() {
        let spec = r#"{"nodeName": "n1"}"#;
        assert!(lowered(spec, None).1.node_name.is_some());
        assert!(lowered(spec, Some(&PodStatus::default())).1.node_name.is_none());
    }

    /// The simulator adds containers up as manifests are added up.
    #[test]
    fn a_pod_that_is_resized_to_what_it_is_does_not_change() {
        for text in [
            r#"{"containers": [{"resources": {"requests": {"cpu": "0"}}},
                {"resources": {"requests": {"memory": "10Mi", "a.b/c": "2"},
                 "limits": {"ephemeral-storage": "1Gi"}}}]}"#,
            r#"{"initContainers": [
                {"resources": {"requests": {"cpu": "5", "memory": "1Mi"}}},
                {"restartPolicy": "Always", "resources": {"requests": {"cpu": "1"}}},
                {"resources": {"requests": {"cpu": "3", "memory": "9Mi"}}}
            ], "containers": [{"resources": {"requests": {"cpu": "2", "memory": "1Mi"}}}, {}],
            "overhead": {"cpu": "250m"}}"#,
            r#"{"resources": {"requests": {"cpu": "3"}}, "overhead": {"cpu": "1"},
                "containers": [{"resources": {"requests": {"cpu": "2"}}}, {}]}"#,
            r#"{"resources": {"limits": {"cpu": "3", "memory": "5Mi"}},
                "containers": [{"resources": {"requests": {"cpu": "2"}}}]}"#,
            r#"{"overhead": {"memory": "1Mi"}, "resources": {"requests": {"cpu": "1"}},
                "containers": [{}, {}]}"#,
            r#"{"containers": []}"#,
        ] {
            let (_, pod) = lowered(text, None);
            assert_eq!(pod.resized(|_| ()), pod, "{text}");
            let larger = pod.resized(|containers| {
                for container in &mut containers.list {
                    let cpu = &mut container.resources.requests.cpu;
                    *cpu = cpu.map(|cpu| cpu * 2);
                }
            });
            assert_eq!(larger.requests[Lane(4)], pod.requests[Lane(4)]);
            assert_eq!(larger.requests[Lane::MEMORY], pod.requests[Lane::MEMORY]);
            assert!(larger.requests[Lane::CPU] >= pod.requests[Lane::CPU]);
        }
    }

    #[test]
    fn tolerations_that_compare_match_nothing() {
        let spec = r#"{"tolerations": [
            {"key": "k", "operator": "Gt", "value": "1"}, {"operator": "Exists"},
            {"key": "", "value": "v", "effect": "NoExecute", "tolerationSeconds": -5},
            {"operator": "Exists", "tolerationSeconds": 9223372036854775807}]}"#;
        let (_, pod) = lowered(spec, None);
        let operators: Vec<_> = pod.tolerations.iter().map(|t| t.operator).collect();
        assert_eq!(operators[..2], [TolerationOperator::Never, TolerationOperator::Exists]);
        assert_eq!(pod.tolerations[2].key, None);
        assert_eq!(pod.tolerations[2].seconds, Some(Span::ZERO));
        assert_eq!(pod.tolerations[3].seconds, Some(sim::time::LONGEST_HORIZON));
    }

    #[test]
    fn a_pod_sleeps_before_it_stops() {
        let spec = r#"{"terminationGracePeriodSeconds": 60, "containers": [
            {"lifecycle": {"preStop": {"sleep": {"seconds": 5}}}},
            {"lifecycle": {"preStop": {"sleep": {"seconds": 20}}}}, {}]}"#;
        assert_eq!(lowered(spec, None).1.shutdown, Span::from_secs(60), "the cautious reading");
        let all = spec.replace("60", "20");
        let (_, pod) = lowered(&all, None);
        assert!(pod.shutdown > pod.grace, "nothing is left for the process");
        let source = Source {
            namespace: "default",
            labels: &Labels::new(),
            annotations: &Labels::from([("spotsim/shutdown".into(), "10s".into())]),
            spec: &serde_json::from_str(spec).unwrap(),
            controller: None,
            admitted: None,
            status: None,
        };
        let pod = pod_spec(&mut Model::default(), &ClusterContext::default(), source).unwrap();
        assert_eq!(pod.shutdown, Span::from_secs(30));
    }

    #[test]
    fn the_default_scheduler_has_no_name() {
        assert_eq!(lowered(r#"{"schedulerName": "default-scheduler"}"#, None).1.scheduler, None);
        let (model, pod) = lowered(r#"{"schedulerName": "mine"}"#, None);
        assert_eq!(model.names.text(pod.scheduler.unwrap()), "mine");
    }

    #[test]
    fn host_ports_of_containers_and_sidecars() {
        let spec = r#"{"containers": [{"ports": [{"containerPort": 80, "hostPort": 8080,
                "hostIP": "0.0.0.0"}, {"containerPort": 81}]}],
            "initContainers": [{"ports": [{"containerPort": 1, "hostPort": 1}]},
                {"restartPolicy": "Always", "ports": [{"containerPort": 2, "hostPort": 2,
                 "protocol": "UDP", "hostIP": "10.0.0.1"}]}]}"#;
        let (_, pod) = lowered(spec, None);
        let ports: Vec<_> = pod.host_ports.iter().map(|p| (p.port, p.protocol)).collect();
        assert_eq!(ports, [(8_080, Protocol::Tcp), (2, Protocol::Udp)]);
        assert!(pod.host_ports[0].ip.is_none() && pod.host_ports[1].ip.is_some());
    }
}
