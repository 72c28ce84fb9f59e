//! Autoscalers of pods in a scenario, in their short form, and the metrics that they go by.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Quantity;
use super::usage::{BurstOfRequests, DailyRate, RateNoise, RateStep};

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

fn quarter_of_a_minute() -> String {
    "15s".into()
}
