//! Autoscalers of pods in a scenario, in their short form, and the metrics that they go by.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Quantity;
use super::usage::{Amount, BurstOfRequests, DailyRate, RateNoise, RateStep};

/// The metrics-server of the cluster.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MetricsServer {
    /// Whether the cluster has one. By default it has, unless a `cluster` dump shows the namespace
    /// `kube-system` and no metrics-server in it.
    pub installed: Option<bool>,
    /// How often it scrapes (`--metric-resolution`), from 10 s on.
    #[serde(default = "quarter_of_a_minute")]
    #[schemars(extend("format" = "duration"))]
    pub resolution: String,
}

/// A figure that HorizontalPodAutoscalers read by its name: the sum of the curves that are given.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExternalMetric {
    /// The name of the metric, as autoscalers have it.
    pub name: String,
    /// Always as much.
    #[schemars(range(min = 0.0, max = 1_000_000_000.0))]
    pub constant: Option<f64>,
    /// High by day, low by night.
    pub diurnal: Option<DailyRate>,
    /// More at random moments.
    pub bursts: Option<BurstOfRequests>,
    /// As much from a time on, until the next step.
    #[serde(default)]
    pub steps: Vec<RateStep>,
    /// How far from the sum of it all.
    pub noise: Option<RateNoise>,
}

/// A HorizontalPodAutoscaler in its short form.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hpa {
    /// The fewest replicas; 1 by default.
    pub min: Option<u32>,
    /// The most replicas.
    pub max: u32,
    /// What the pods are to use of CPU on average: a part of what they request (`60%`), or an amount
    /// (`300m`). Without any metric it is 80%, as in Kubernetes.
    #[schemars(with = "Option<Quantity>")]
    pub cpu: Option<Quantity>,
    /// The same of memory.
    #[schemars(with = "Option<Quantity>")]
    pub memory: Option<Quantity>,
    /// How much of a metric of `externalMetrics` there is to be for each replica, by its name.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Quantity>")]
    pub external: BTreeMap<String, Quantity>,
    /// How fast it acts: Kubernetes' own `behavior`.
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub behavior: Option<serde_json::Value>,
}

/// A VerticalPodAutoscaler in its short form.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Vpa {
    /// How it acts on pods; by default it evicts those whose requests are off.
    #[serde(default)]
    pub mode: UpdateMode,
    /// The least that each container is to request.
    pub min_allowed: Option<Amount>,
    /// The most that each container is to request.
    pub max_allowed: Option<Amount>,
    /// Whether it changes limits, too; by default they stay in proportion to requests.
    pub controlled_values: Option<ControlledValues>,
    /// Which resources it sizes; by default both.
    pub controlled_resources: Option<Vec<Controlled>>,
    /// How many pods there must be before one of them is evicted; 2 by default.
    pub min_replicas: Option<u32>,
}

/// How a VerticalPodAutoscaler acts on pods.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
pub enum UpdateMode {
    /// It recommends, and does nothing else.
    Off,
    /// It sizes pods when they are created.
    Initial,
    /// It evicts pods, too, so that they are created anew.
    #[default]
    Recreate,
    /// The same.
    Auto,
    /// It resizes pods in place, and evicts those that cannot be.
    InPlaceOrRecreate,
    /// It resizes pods in place, and never evicts any.
    InPlace,
}

/// What a VerticalPodAutoscaler changes of containers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
pub enum ControlledValues {
    /// Requests, and limits in proportion.
    RequestsAndLimits,
    /// Requests alone.
    RequestsOnly,
}

/// What a VerticalPodAutoscaler sizes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Controlled {
    /// CPU.
    Cpu,
    /// Memory.
    Memory,
}

fn quarter_of_a_minute() -> String {
    "15s".into()
}
