//! Autoscalers of pods in a scenario, in their short form, and the metrics that they go by.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Quantity;
use super::usage::{
    Amount, BurstOfRequests, CpuUnit, DailyRate, Field, MemoryUnit, RateNoise, RateStep, Replay,
};

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

/// Flags of the recommender and the updater of VerticalPodAutoscalers, under the names that they have on their
/// command lines.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VpaFlags {
    /// The part that is recommended beyond what was used; 0.15.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub recommendation_margin_fraction: Option<f64>,
    /// The least CPU for each pod, in milli-cores; 25.
    #[schemars(range(max = 1_000_000))]
    pub pod_recommendation_min_cpu_millicores: Option<u64>,
    /// The least memory for each pod, in MiB; 250.
    #[schemars(range(max = 1_000_000_000))]
    pub pod_recommendation_min_memory_mb: Option<u64>,
    /// The percentile of CPU that is recommended; 0.9.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub target_cpu_percentile: Option<f64>,
    /// The percentile of CPU below which a request is too low; 0.5.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub recommendation_lower_bound_cpu_percentile: Option<f64>,
    /// The percentile of CPU above which a request is too high; 0.95.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub recommendation_upper_bound_cpu_percentile: Option<f64>,
    /// After how long a sample of CPU weighs half; 24 h.
    #[schemars(extend("format" = "duration"))]
    pub cpu_histogram_decay_half_life: Option<String>,
    /// The percentile of memory that is recommended; 0.9.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub target_memory_percentile: Option<f64>,
    /// The percentile of memory below which a request is too low; 0.5.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub recommendation_lower_bound_memory_percentile: Option<f64>,
    /// The percentile of memory above which a request is too high; 0.95.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub recommendation_upper_bound_memory_percentile: Option<f64>,
    /// After how long a sample of memory weighs half; 24 h.
    #[schemars(extend("format" = "duration"))]
    pub memory_histogram_decay_half_life: Option<String>,
    /// By how much memory grows after an OOM kill; 1.2.
    #[schemars(range(min = 1.0, max = 100.0))]
    pub oom_bump_up_ratio: Option<f64>,
    /// The least by which it grows, in bytes; 100 MiB.
    #[schemars(range(max = 1_000_000_000_000_u64))]
    pub oom_min_bump_up_bytes: Option<u64>,
    /// How many live pods there must be before one of them is touched; 2.
    #[schemars(range(max = 1_000_000))]
    pub min_replicas: Option<u32>,
    /// The part of the replicas that may be missing at once; 0.5.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub eviction_tolerance: Option<f64>,
    /// By which part requests must be off before a pod within the bounds is touched; 0.1.
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub pod_update_threshold: Option<f64>,
    /// For how long a pod within the bounds is left alone; 12 h.
    #[schemars(extend("format" = "duration"))]
    pub pod_lifetime_update_threshold: Option<String>,
    /// How soon after its start an OOM kill makes a pod not be waited for; 10 min.
    #[schemars(extend("format" = "duration"))]
    pub evict_after_oom_threshold: Option<String>,
    /// The most CPU that a container begins with under `startupBoost`; without it there is no bound.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub max_allowed_cpu_boost: Option<Quantity>,
    /// Feature gates that are on or off; all come off.
    #[serde(default)]
    pub feature_gates: VpaFeatureGates,
}

/// Feature gates of the VerticalPodAutoscaler.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VpaFeatureGates {
    /// An object may differ from the flags in what an OOM kill means and in how memory is learned
    /// (`evictAfterOOMSeconds`, `oomBumpUpRatio`, `oomMinBumpUp`, `memoryAggregationIntervalSeconds`,
    /// `memoryAggregationIntervalCount`).
    #[serde(rename = "PerVPAConfig", default)]
    pub per_vpa_config: bool,
    /// Containers may begin with more CPU than they keep (`startupBoost` of an object).
    #[serde(rename = "CPUStartupBoost", default)]
    pub cpu_startup_boost: bool,
}

/// What Prometheus knows of containers when the recommender of VerticalPodAutoscalers starts with its history
/// (`--storage=prometheus`): recorded usage, that ends at `T+0`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VpaHistory {
    /// The file or files: paths relative to this file. They are read as those that `usage` replays; a
    /// workload's pods are known by their names.
    pub file: super::Paths,
    /// What columns are called, where their names are not known: `{time: ts_utc, cpu: cpu_m}`.
    #[serde(default)]
    pub map: BTreeMap<Field, String>,
    /// In what CPU is; by default as its column says or its values look.
    pub cpu_unit: Option<CpuUnit>,
    /// In what memory is; by default as its column says or its values look.
    pub memory_unit: Option<MemoryUnit>,
    /// Of how much percent and shares are, for example `{cpu: 4, memory: 16Gi}`.
    #[serde(default)]
    pub of: Amount,
    /// Which moment of the file is `T+0`; by default the end of what it records. What is after it is not
    /// read.
    pub end: Option<String>,
    /// How much of what lies before `T+0` is asked for (`--history-length`), up to 100 days.
    #[serde(default = "eight_days")]
    #[schemars(extend("format" = "duration"))]
    pub length: String,
    /// How far apart samples are (`--history-resolution`), from a minute on.
    #[serde(default = "an_hour")]
    #[schemars(extend("format" = "duration"))]
    pub resolution: String,
}

/// Flags of kube-controller-manager, without their `--horizontal-pod-autoscaler-`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HpaFlags {
    /// By which part a metric may miss its target before anything is done; 0.1.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub tolerance: Option<f64>,
    /// For how long it follows the highest of its recommendations downwards; 5 min.
    #[schemars(extend("format" = "duration"))]
    pub downscale_stabilization: Option<String>,
    /// For how long after its start a pod's CPU counts only once it is ready; 5 min.
    #[schemars(extend("format" = "duration"))]
    pub cpu_initialization_period: Option<String>,
    /// A pod that has become unready within this time of its start was never ready; 30 s.
    #[schemars(extend("format" = "duration"))]
    pub initial_readiness_delay: Option<String>,
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

fn eight_days() -> String {
    "8d".into()
}

fn an_hour() -> String {
    "1h".into()
}

impl VpaHistory {
    /// How its files are read.
    pub(crate) fn columns(&self) -> Replay {
        Replay {
            file: self.file.clone(),
            pods: None,
            map: self.map.clone(),
            cpu_unit: self.cpu_unit,
            memory_unit: self.memory_unit,
            of: self.of.clone(),
            wide: None,
            start: None,
            repeat: false,
        }
    }
}
