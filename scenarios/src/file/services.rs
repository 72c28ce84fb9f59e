//! A population of services, in a scenario file: how many there are and how they differ.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::arrivals::Amount;
use super::autoscaling::{Hpa, Vpa};

/// Deployments and StatefulSets that are drawn instead of listed, once, from the scenario's seed: the
/// same in every replication.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Services {
    /// How many services.
    #[schemars(range(max = 100_000))]
    pub count: u32,
    /// What they are called, each with its number.
    #[serde(default = "service")]
    pub name: String,
    /// Their namespace.
    #[serde(default = "super::default_namespace")]
    pub namespace: String,
    /// How many replicas each has, at least one.
    pub replicas: Amount,
    /// The CPU that each of its pods requests.
    pub cpu: Amount,
    /// The memory that each of its pods requests.
    pub memory: Amount,
    /// How much a large request of one goes with a large one of the other: the correlation of the
    /// normal scores of `cpu` and `memory`.
    #[serde(default)]
    #[schemars(range(min = -1.0, max = 1.0))]
    pub correlation: f64,
    /// Which share of all services is of a kind, each independently of the others.
    #[serde(default)]
    pub share: Shares,
    /// Annotations of their pods, as those of `workloads`.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// What sets how many replicas each has: a HorizontalPodAutoscaler in its short form.
    pub hpa: Option<Hpa>,
    /// What sets how large its pods are: a VerticalPodAutoscaler in its short form.
    pub vpa: Option<Vpa>,
    /// Kubernetes' own PodSpec, to which is added what is drawn; by default one container.
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub template: Option<serde_json::Value>,
}

/// Shares of all services, from 0 to 1.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shares {
    /// StatefulSets; the others are Deployments.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub stateful_set: f64,
    /// With a PodDisruptionBudget of one pod that may be missing.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub pdb: f64,
    /// Spread over zones, as far as that is possible.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub spread: f64,
    /// With no two pods on one node.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub anti_affinity: f64,
    /// That tolerate the taints of the spot pools.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub spot: f64,
}

fn service() -> String {
    "service".into()
}
