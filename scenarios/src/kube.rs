//! The part of Kubernetes' objects that is modelled, in Kubernetes' own spelling.
//!
//! What is not here is not lost: [`crate::manifests`] counts every field that these types ignore.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::file::{Effect, Quantity};

/// Names and annotations.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    /// The object's name.
    pub name: String,
    /// Its namespace.
    pub namespace: Option<String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
}

/// A Deployment, StatefulSet, DaemonSet or Job.
#[derive(Clone, Debug, Deserialize)]
pub struct Controller {
    /// Its name.
    #[serde(default)]
    pub metadata: Metadata,
    /// What it wants.
    pub spec: ControllerSpec,
}

/// What a controller wants.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ControllerSpec {
    /// How many pods (Deployment, StatefulSet).
    pub replicas: Option<u32>,
    /// How long a pod must be ready before it counts as available.
    #[serde(default)]
    pub min_ready_seconds: u32,
    /// How many pods must complete (Job).
    pub completions: Option<u32>,
    /// How many pods run at a time (Job).
    pub parallelism: Option<u32>,
    /// What each pod is.
    pub template: Template,
}

/// A pod template.
#[derive(Clone, Debug, Deserialize)]
pub struct Template {
    /// Labels and annotations of the pods.
    #[serde(default)]
    pub metadata: Metadata,
    /// What they are.
    pub spec: PodSpec,
}

/// A bare pod.
#[derive(Clone, Debug, Deserialize)]
pub struct Pod {
    /// Its name.
    #[serde(default)]
    pub metadata: Metadata,
    /// What it is.
    pub spec: PodSpec,
}

/// What a pod asks for.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PodSpec {
    /// Containers that run side by side.
    pub containers: Vec<Container>,
    /// Containers that run before them, or beside them as sidecars.
    #[serde(default)]
    pub init_containers: Vec<Container>,
    /// What the pod's sandbox takes.
    #[serde(default)]
    pub overhead: BTreeMap<String, Quantity>,
    /// The node it must run on.
    pub node_name: Option<String>,
    /// Labels its node must have.
    #[serde(default)]
    pub node_selector: BTreeMap<String, String>,
    /// Where it must and would like to run.
    pub affinity: Option<Affinity>,
    /// Taints it puts up with.
    #[serde(default)]
    pub tolerations: Vec<Toleration>,
    /// Its priority.
    #[serde(default)]
    pub priority: i32,
    /// How long it may take to stop.
    pub termination_grace_period_seconds: Option<u32>,
    /// Whether its ports are the host's.
    #[serde(default)]
    pub host_network: bool,
}

/// A container.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Container {
    /// What it takes of a node.
    #[serde(default)]
    pub resources: ContainerResources,
    /// Its ports.
    #[serde(default)]
    pub ports: Vec<Port>,
    /// `Always` makes an init container a sidecar.
    pub restart_policy: Option<String>,
}

/// What a container takes of a node.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ContainerResources {
    /// What it is sure to get.
    pub requests: BTreeMap<String, Quantity>,
    /// What it may use at most; a request that is not given is as large.
    pub limits: BTreeMap<String, Quantity>,
}

/// A port of a container.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Port {
    /// The container's port.
    pub container_port: u16,
    /// The host's port.
    #[serde(default)]
    pub host_port: u16,
    /// The host's address.
    #[serde(default, rename = "hostIP")]
    pub host_ip: String,
    /// TCP, UDP or SCTP.
    pub protocol: Option<String>,
}

/// Where a pod must and would like to run.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Affinity {
    /// Towards nodes.
    pub node_affinity: Option<NodeAffinity>,
}

/// Towards which nodes a pod is drawn.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeAffinity {
    /// One of these must match.
    #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
    pub required: Option<NodeSelector>,
    /// The more of these match the better.
    #[serde(default, rename = "preferredDuringSchedulingIgnoredDuringExecution")]
    pub preferred: Vec<Preferred>,
}

/// Alternatives.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeSelector {
    /// One of these must match.
    #[serde(default)]
    pub node_selector_terms: Vec<Term>,
}

/// A preference with its weight.
#[derive(Clone, Debug, Deserialize)]
pub struct Preferred {
    /// How much it counts, 1 to 100.
    pub weight: i64,
    /// What is preferred.
    pub preference: Term,
}

/// Requirements that must all hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Term {
    /// On labels.
    #[serde(default)]
    pub match_expressions: Vec<Expression>,
    /// On the node's name.
    #[serde(default)]
    pub match_fields: Vec<Expression>,
}

/// One requirement.
#[derive(Clone, Debug, Deserialize)]
pub struct Expression {
    /// The label or field.
    pub key: String,
    /// What is asked of it.
    pub operator: Operator,
    /// The values that the operator compares with.
    #[serde(default)]
    pub values: Vec<String>,
}

/// What is asked of a label.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum Operator {
    /// One of the values.
    In,
    /// None of the values.
    NotIn,
    /// Present.
    Exists,
    /// Absent.
    DoesNotExist,
    /// Greater than the value.
    Gt,
    /// Less than the value.
    Lt,
}

/// A toleration.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Toleration {
    /// The key; none is every key.
    pub key: Option<String>,
    /// `Equal` or `Exists`.
    pub operator: Option<String>,
    /// The value.
    #[serde(default)]
    pub value: String,
    /// The effect; none is every effect.
    pub effect: Option<Effect>,
    /// How long it lasts.
    pub toleration_seconds: Option<i64>,
}
