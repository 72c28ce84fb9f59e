//! From a Kubernetes PodSpec to what the simulator knows of a pod.

use std::collections::BTreeMap;

use sim::Span;
use sim::names::{NameId, Names};
use sim::world::Model;
use sim::world::labels::{LabelSet, Operator, Requirement};
use sim::world::pod::{HostPort, NodeSelectorTerm, PodSpec, Protocol};
use sim::world::resources::{Lane, Resources};
use sim::world::taints::{Effect, Toleration, TolerationOperator};

use crate::file;
use crate::kube;

/// CPU that the scheduler assumes of a container which names none, in millicores.
const UNNAMED_CPU: u64 = 100;
/// Memory that it assumes, in bytes.
const UNNAMED_MEMORY: u64 = 200 << 20;
/// Kubernetes' own default.
const DEFAULT_GRACE: u32 = 30;
/// From being bound to being ready, unless `spotsim/startup` says otherwise.
pub const DEFAULT_STARTUP: Span = Span::from_secs(5);

/// Resources by name, as far as one container or pod has them.
type Amounts = BTreeMap<String, u64>;

/// What a pod of this template is.
///
/// # Errors
/// A sentence that says what is wrong with the template.
pub fn pod_spec(
    model: &mut Model,
    namespace: &str,
    template: &kube::PodTemplateSpec,
    annotations: &BTreeMap<String, String>,
) -> Result<PodSpec, String> {
    let spec = &template.spec;
    let (requests, nonzero_requests) = requests(model, spec)?;
    let grace = spec.termination_grace_period_seconds.unwrap_or(DEFAULT_GRACE);
    let grace = Span::from_secs(u64::from(grace));
    let names = &mut model.names;
    let mut required_affinity = None;
    let mut preferred_affinity = Vec::new();
    if let Some(affinity) = spec.affinity.as_ref().and_then(|a| a.node_affinity.as_ref()) {
        if let Some(required) = &affinity.required {
            let terms = required.node_selector_terms.iter();
            required_affinity = Some(terms.filter_map(|term| selector_term(names, term)).collect());
        }
        for preferred in &affinity.preferred {
            if let Some(term) = selector_term(names, &preferred.preference) {
                preferred_affinity.push((preferred.weight, term));
            }
        }
    }
    Ok(PodSpec {
        namespace: Some(names.intern(namespace)),
        labels: label_set(names, &template.metadata.labels),
        requests,
        nonzero_requests,
        scored_requests: nonzero_requests,
        node_name: spec.node_name.as_ref().map(|name| names.intern(name)),
        node_selector: label_set(names, &spec.node_selector).iter().collect(),
        required_affinity,
        preferred_affinity,
        tolerations: spec.tolerations.iter().map(|t| toleration(names, t)).collect(),
        host_ports: host_ports(names, spec)?,
        priority: spec.priority.unwrap_or(0),
        grace,
        shutdown: span_annotation(annotations, "spotsim/shutdown")?.unwrap_or(grace),
        startup: span_annotation(annotations, "spotsim/startup")?.unwrap_or(DEFAULT_STARTUP),
        ..PodSpec::default()
    })
}

/// A duration that an annotation gives.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn span_annotation(
    annotations: &BTreeMap<String, String>,
    key: &str,
) -> Result<Option<Span>, String> {
    let span = annotations.get(key).map(|text| Span::parse(text));
    span.transpose().map_err(|error| format!("annotation `{key}`: {error}"))
}

/// Labels as the simulator keeps them.
pub fn label_set(names: &mut Names, labels: &BTreeMap<String, String>) -> LabelSet {
    labels.iter().map(|(key, value)| (names.intern(key), names.intern(value))).collect()
}

/// An effect as the simulator knows it.
#[must_use]
pub fn effect(effect: file::Effect) -> Effect {
    match effect {
        file::Effect::NoSchedule => Effect::NoSchedule,
        file::Effect::PreferNoSchedule => Effect::PreferNoSchedule,
        file::Effect::NoExecute => Effect::NoExecute,
    }
}

/// What a pod takes of a node: really, and with the scheduler's defaults.
// component-helpers: resource/helpers.go PodRequests
fn requests(model: &mut Model, spec: &kube::PodSpec) -> Result<(Resources, Resources), String> {
    let mut results = [Resources::ZERO; 2];
    for (defaults, result) in results.iter_mut().enumerate() {
        let of = |container: &kube::Container| container_requests(container, defaults == 1);
        let mut sum = Amounts::new();
        for container in &spec.containers {
            add(&mut sum, &of(container)?);
        }
        let mut sidecars = Amounts::new();
        let mut most = Amounts::new();
        for container in &spec.init_containers {
            let own = of(container)?;
            if container.restart_policy.as_deref() == Some("Always") {
                add(&mut sum, &own);
                add(&mut sidecars, &own);
                raise(&mut most, &sidecars);
            } else {
                let mut during = sidecars.clone();
                add(&mut during, &own);
                raise(&mut most, &during);
            }
        }
        raise(&mut sum, &most);
        add(&mut sum, &amounts(&spec.overhead)?);
        for (name, amount) in sum {
            let lane = model.lane(&name).ok_or_else(|| {
                format!("`{name}` is one kind of resource too many: a scenario can use eight")
            })?;
            result[lane] = amount;
        }
        result[Lane::PODS] = 1;
    }
    let [requests, nonzero] = results;
    Ok((requests, nonzero))
}

/// A container's requests; a limit without a request is a request, as the API server sets it.
fn container_requests(container: &kube::Container, defaults: bool) -> Result<Amounts, String> {
    let mut requests = amounts(&container.resources.limits)?;
    requests.extend(amounts(&container.resources.requests)?);
    if defaults {
        requests.entry("cpu".into()).or_insert(UNNAMED_CPU);
        requests.entry("memory".into()).or_insert(UNNAMED_MEMORY);
    }
    Ok(requests)
}

fn amounts(quantities: &kube::ResourceList) -> Result<Amounts, String> {
    quantities
        .iter()
        .map(|(name, quantity)| {
            let quantity = quantity.amount().map_err(|error| format!("{name}: {error}"))?;
            let amount = if name == "cpu" { quantity.milli() } else { quantity.value() };
            Ok((name.clone(), amount))
        })
        .collect()
}

fn add(sum: &mut Amounts, more: &Amounts) {
    for (name, amount) in more {
        let sum = sum.entry(name.clone()).or_default();
        *sum = sum.saturating_add(*amount);
    }
}

fn raise(most: &mut Amounts, other: &Amounts) {
    for (name, amount) in other {
        let most = most.entry(name.clone()).or_default();
        *most = (*most).max(*amount);
    }
}

/// A term of an affinity; one that cannot be understood matches nothing, and is left out.
fn selector_term(names: &mut Names, term: &kube::NodeSelectorTerm) -> Option<NodeSelectorTerm> {
    let mut all = |expressions: &[kube::Expression]| -> Option<Vec<Requirement>> {
        expressions.iter().map(|expression| requirement(names, expression)).collect()
    };
    Some(NodeSelectorTerm { labels: all(&term.match_expressions)?, name: all(&term.match_fields)? })
}

fn requirement(names: &mut Names, expression: &kube::Expression) -> Option<Requirement> {
    let values: Vec<NameId> = expression.values.iter().map(|value| names.intern(value)).collect();
    let bound = || expression.values.first().and_then(|value| value.parse().ok());
    let operator = match expression.operator {
        kube::Operator::In => Operator::In(values),
        kube::Operator::NotIn => Operator::NotIn(values),
        kube::Operator::Exists => Operator::Exists,
        kube::Operator::DoesNotExist => Operator::DoesNotExist,
        kube::Operator::Gt => Operator::Gt(bound()?),
        kube::Operator::Lt => Operator::Lt(bound()?),
    };
    Some(Requirement { key: names.intern(&expression.key), operator })
}

fn toleration(names: &mut Names, toleration: &kube::Toleration) -> Toleration {
    let value = names.intern(&toleration.value);
    Toleration {
        key: toleration.key.as_deref().filter(|key| !key.is_empty()).map(|key| names.intern(key)),
        operator: match toleration.operator.as_deref() {
            None | Some("" | "Equal") => TolerationOperator::Equal(value),
            Some("Exists") => TolerationOperator::Exists,
            Some(_) => TolerationOperator::Never,
        },
        effect: toleration.effect.map(effect),
        seconds: toleration
            .toleration_seconds
            .map(|seconds| Span::from_secs(u64::try_from(seconds).unwrap_or(0))),
    }
}

fn host_ports(names: &mut Names, spec: &kube::PodSpec) -> Result<Vec<HostPort>, String> {
    let sidecars = spec
        .init_containers
        .iter()
        .filter(|container| container.restart_policy.as_deref() == Some("Always"));
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
