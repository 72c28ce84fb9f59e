//! The shape of a scenario file. The JSON Schema, and with it every check of form, is generated
//! from these types; their comments are what an editor shows.

pub mod arrivals;
pub mod autoscaling;
pub mod contract;
pub mod deadline;
pub mod expect;
pub mod interruption;
pub mod job;
pub mod kubelet;
pub mod market;
pub mod node_autoscaler;
pub mod planned;
mod pool;
mod provider;
pub mod refill;
pub mod rules;
pub mod scheduler;
pub mod services;
pub mod start_up;
pub mod usage;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kube::{self, ObjectKind};
pub use pool::{CapacityTypes, Keeper, Pool};
pub use provider::ProviderName;

/// A cluster, what runs on it, and the market it is bought on.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct File {
    /// The version of this format.
    pub api_version: ApiVersion,
    /// What the scenario is called.
    pub name: String,
    /// What question it answers.
    #[serde(default)]
    pub description: String,
    /// How long to simulate, for example `7d`.
    #[schemars(extend("format" = "duration"))]
    pub horizon: String,
    /// How long to simulate before figures begin to count.
    #[serde(default = "zero")]
    #[schemars(extend("format" = "duration"))]
    pub warm_up: String,
    /// The moment at which the simulation starts, which CronJobs go by: `2026-06-01`, which is its
    /// midnight in UTC, or `2026-06-01T06:30:00Z`. By default that of a dated price history, else a
    /// Monday.
    pub start_time: Option<String>,
    /// How long the scheduler takes to decide about one pod; by default no time at all.
    #[serde(default = "zero")]
    #[schemars(extend("format" = "duration"))]
    pub scheduling_cycle: String,
    /// The seed of all chance.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// The cloud: who sells the nodes, with which notice, and how they are billed.
    #[serde(default)]
    pub provider: ProviderName,
    /// The region, for example `us-east-1`.
    pub region: String,
    /// The node pools. With an `autoscaler`, NodePools in `manifests` are pools, too, and there need be no other.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub pools: Vec<Pool>,
    /// Who decides how many nodes pools have: `karpenter` or `cluster-autoscaler`. By default each pool is
    /// of a fixed size, and goes back to it after every loss.
    pub autoscaler: Option<node_autoscaler::NodeAutoscaler>,
    /// What runs, written here.
    #[serde(default)]
    pub workloads: Vec<Workload>,
    /// Services that are drawn instead of listed.
    pub services: Option<services::Services>,
    /// Jobs and bare pods that arrive one after the other and end by themselves.
    #[serde(default)]
    pub arrivals: Vec<arrivals::Generator>,
    /// How many replicas workloads have over time, where that is not always the same.
    #[serde(default)]
    pub replica_schedules: Vec<planned::ReplicaSchedule>,
    /// When workloads get another pod template, and their pods are replaced.
    #[serde(default)]
    pub rollouts: Vec<planned::Rollout>,
    /// What runs, in files of Kubernetes objects: paths relative to this file, folders, globs.
    #[serde(default)]
    pub manifests: Vec<String>,
    /// A cluster as it stands, from which the simulation starts.
    pub cluster: Option<ClusterDump>,
    /// The scenario of what is paid today, for example the cluster as it stands: a path relative to
    /// this file. The saving is then measured against it, beside the two baselines that every
    /// scenario has.
    pub today: Option<String>,
    /// The spot market.
    #[serde(default)]
    pub market: market::Market,
    /// What becomes of the pods of an instance that is taken, where that is not as the cloud does it.
    #[serde(default)]
    pub interruption: interruption::Interruption,
    /// How kubelets are configured, but for those of pools that say so themselves.
    pub kubelet: Option<kubelet::Kubelet>,
    /// How long disks take to move with their pods.
    #[serde(default)]
    pub volumes: start_up::Volumes,
    /// How long nodes take to pull images; by default no time at all.
    pub image_pulls: Option<start_up::ImagePulls>,
    /// What containers really use; a workload without an entry uses nothing.
    #[serde(default)]
    pub usage: Vec<usage::Usage>,
    /// Requests that ready replicas share.
    #[serde(default)]
    pub load: Vec<usage::Load>,
    /// What measures what containers use, for autoscalers of pods.
    pub metrics_server: Option<autoscaling::MetricsServer>,
    /// Metrics from outside of the cluster, or of other objects, that autoscalers of pods read.
    #[serde(default)]
    pub external_metrics: Vec<autoscaling::ExternalMetric>,
    /// Flags of the VerticalPodAutoscaler's recommender and updater, where they are not as they come.
    pub vpa_flags: Option<autoscaling::VpaFlags>,
    /// What the recommender of VerticalPodAutoscalers knows at the beginning; by default nothing.
    pub vpa_history: Option<autoscaling::VpaHistory>,
    /// Flags of the HorizontalPodAutoscaler controller, where they are not as they come.
    pub hpa_flags: Option<autoscaling::HpaFlags>,
    /// How long the pods of Jobs run that do not say so themselves.
    #[serde(default)]
    pub job_durations: Vec<JobDuration>,
    /// Jobs that have one instance at a time to themselves, and a deadline.
    #[serde(default)]
    pub deadline_jobs: Vec<deadline::DeadlineJob>,
    /// How kube-scheduler is configured; by default as it comes.
    pub scheduler: Option<scheduler::Configuration>,
    /// How much cheaper on-demand instances are than their list price, in percent, as negotiated.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 99.0))]
    pub on_demand_discount: f64,
    /// What is paid for whether it is used or not: reserved instances, committed use, savings plans.
    #[serde(default)]
    pub commitments: Vec<contract::Commitment>,
    /// Who runs the control plane, for what its management fee is listed at.
    pub control_plane: Option<contract::ControlPlane>,
    /// What the control plane costs in dollars per hour; by default what `controlPlane` is listed at,
    /// and not counted if that is not said either.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub control_plane_price: Option<f64>,
    /// The boot volume of every node; not counted if not said.
    pub boot_volume: Option<contract::BootVolume>,
    /// What persistent volumes cost, by StorageClass; the first that matches counts. Other volumes cost
    /// what the disk is listed at that their StorageClass describes.
    #[serde(default)]
    pub volume_prices: Vec<contract::VolumePrice>,
    /// What is to hold, at every moment of every run, of which pods are where.
    #[serde(default)]
    pub rules: Vec<rules::Rule>,
    /// What figures are to keep to, over all replications: `cost.monthly < 12000`,
    /// `p95(pending_seconds) < 120`, `availability("web") >= 0.9995`,
    /// `P(reclaims_per_day > 10) < 0.05`. docs/metrics.md lists what can be named.
    #[serde(default)]
    pub expect: Vec<expect::Expect>,
}

/// The version of the scenario format.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum ApiVersion {
    /// The only one so far.
    #[serde(rename = "spotsim/v1")]
    V1,
}

/// A cluster as `kubectl get -A -o json` dumps it: nodes, pods and what belongs to them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterDump {
    /// The file or files: paths relative to this file, folders, globs.
    pub file: Paths,
    /// Where its pods are at the start.
    #[serde(default)]
    pub placement: Placement,
    /// Workloads that are kept off spot, as `namespace/name`: as if their pods had a required node
    /// affinity. Pods that run already stay where they are until they are replaced.
    #[serde(default)]
    pub on_demand_only: Vec<String>,
}

/// One path or several.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Paths {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Paths {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[String] {
        match self {
            Paths::One(path) => std::slice::from_ref(path),
            Paths::Several(paths) => paths,
        }
    }
}

/// Where the pods of a cluster are at the start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Placement {
    /// The dump's nodes are there, and pods run where they ran.
    #[default]
    Keep,
    /// Pools are born with `count` empty nodes, and every pod is scheduled anew.
    Reschedule,
}

/// How nodes are bought.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// At list price, kept until given back.
    OnDemand,
    /// At a discount, taken back when the provider needs it.
    Spot,
}

/// An instance type.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Instance {
    /// By its name in the catalogue.
    Named(String),
    /// Described here.
    Inline(Box<InlineInstance>),
}

/// An instance type that is not in the catalogue, or a listed one with other figures. One that is
/// not listed needs `cpu`, `memory` and `onDemandPrice`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InlineInstance {
    /// What it is called.
    pub name: String,
    /// How much CPU pods can ask for.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub cpu: Option<Quantity>,
    /// How much memory pods can ask for.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub memory: Option<Quantity>,
    /// The architecture of its processors; by default the listed one, or `amd64`.
    pub arch: Option<Arch>,
    /// How many pods it takes; by default as many as listed, or 110.
    pub pods: Option<u32>,
    /// How many GPUs it has (`nvidia.com/gpu`).
    pub gpus: Option<u32>,
    /// The on-demand price in dollars per hour, as published.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub on_demand_price: Option<f64>,
    /// How much cheaper than that it is, in percent, instead of the scenario's own.
    #[schemars(range(min = 0.0, max = 99.0))]
    pub on_demand_discount: Option<f64>,
    /// The spot price in dollars per hour.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub spot_price: Option<f64>,
    /// Expected reclaims per spot instance and hour.
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub reclaims_per_hour: Option<f64>,
}

/// An architecture, as Kubernetes calls it.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Arch {
    /// Intel and AMD.
    #[default]
    Amd64,
    /// Graviton, Axion, Cobalt, Ampere.
    Arm64,
}

impl Arch {
    /// Its name in the label `kubernetes.io/arch`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Arch::Amd64 => "amd64",
            Arch::Arm64 => "arm64",
        }
    }
}

/// A Kubernetes quantity, as a text or a number.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Quantity {
    /// For example `1.5Gi`.
    Text(String),
    /// For example `2`.
    Number(serde_json::Number),
}

impl Quantity {
    /// What was written.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Quantity::Text(text) => text.clone(),
            Quantity::Number(number) => number.to_string(),
        }
    }
}

/// A taint on a pool's nodes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Taint {
    /// Its key.
    pub key: String,
    /// Its value.
    #[serde(default)]
    pub value: String,
    /// What it does to pods that do not tolerate it.
    pub effect: Effect,
}

/// What a taint does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize, JsonSchema)]
pub enum Effect {
    /// Keeps new pods away.
    NoSchedule,
    /// Makes the node a worse choice.
    PreferNoSchedule,
    /// Keeps new pods away and evicts others.
    NoExecute,
}

impl From<Effect> for kube::Effect {
    fn from(effect: Effect) -> kube::Effect {
        match effect {
            Effect::NoSchedule => kube::Effect::NoSchedule,
            Effect::PreferNoSchedule => kube::Effect::PreferNoSchedule,
            Effect::NoExecute => kube::Effect::NoExecute,
        }
    }
}

/// A workload written in the scenario.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Workload {
    /// What it is called.
    pub name: String,
    /// Its namespace.
    #[serde(default = "default_namespace")]
    pub namespace: String,
    /// What looks after its pods.
    #[serde(default)]
    pub kind: Kind,
    /// How many pods (Deployment, StatefulSet).
    pub replicas: Option<u32>,
    /// How long a pod must be ready before it counts as available.
    #[serde(default)]
    pub min_ready_seconds: u32,
    /// In which order pods are created (StatefulSet); by default one after the other.
    pub pod_management_policy: Option<PodManagementPolicy>,
    /// How many pods must complete (Job, CronJob).
    #[schemars(range(min = 1))]
    pub completions: Option<u32>,
    /// How many pods run at a time (Job, CronJob).
    #[schemars(range(min = 1))]
    pub parallelism: Option<u32>,
    /// How many pods may fail before the Job fails (Job, CronJob). By default a Job that is written
    /// here replaces its pods at once and never gives up; one of a manifest or a CronJob may lose 6.
    pub backoff_limit: Option<u32>,
    /// After how many seconds the Job fails (Job, CronJob).
    pub active_deadline_seconds: Option<u64>,
    /// Which failures count (Job, CronJob): Kubernetes' own podFailurePolicy.
    pub pod_failure_policy: Option<job::PodFailurePolicy>,
    /// When Jobs are made (CronJob), as cron writes it: `0 3 * * *`.
    pub schedule: Option<String>,
    /// By which clock (CronJob), for example `Europe/Berlin`; UTC by default.
    pub time_zone: Option<String>,
    /// What becomes of a Job that still runs when the next is due (CronJob).
    pub concurrency_policy: Option<job::ConcurrencyPolicy>,
    /// How late a Job may be made (CronJob).
    pub starting_deadline_seconds: Option<u64>,
    /// When it is created.
    #[serde(default = "zero")]
    #[schemars(extend("format" = "duration"))]
    pub start_at: String,
    /// Labels of its pods.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of its pods: `spotsim/duration`, `spotsim/startup`, `spotsim/shutdown`,
    /// `spotsim/required` (how many replicas have to be available); of a Job's also
    /// `spotsim/checkpoint-every`, `spotsim/checkpoint-takes`, `spotsim/restart-takes`,
    /// `spotsim/gang` and `spotsim/deadline`.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// A HorizontalPodAutoscaler (Deployment, StatefulSet), which sets how many pods there are.
    pub hpa: Option<autoscaling::Hpa>,
    /// A VerticalPodAutoscaler (Deployment, StatefulSet, DaemonSet), which sets how large they are.
    pub vpa: Option<autoscaling::Vpa>,
    /// The claims that each pod has of its own (StatefulSet): Kubernetes' own PersistentVolumeClaims.
    #[serde(default)]
    #[schemars(with = "Vec<BTreeMap<String, serde_json::Value>>")]
    pub volume_claim_templates: Vec<serde_json::Value>,
    /// Kubernetes' own PodSpec.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub template: serde_json::Value,
}

/// In which order a StatefulSet creates its pods.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
pub enum PodManagementPolicy {
    /// Each when all before it are available.
    OrderedReady,
    /// All at once.
    Parallel,
}

/// What looks after a workload's pods.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Deserialize, Serialize, JsonSchema,
)]
pub enum Kind {
    /// A ReplicaSet behind a Deployment.
    #[default]
    Deployment,
    /// Pods with stable names.
    StatefulSet,
    /// One pod per node.
    DaemonSet,
    /// Pods that run to their end.
    Job,
    /// Jobs that the clock starts.
    CronJob,
    /// A bare pod.
    Pod,
}

impl Kind {
    /// How the pods of such an object are looked after here, if it is of one of these kinds.
    #[must_use]
    pub fn of(kind: ObjectKind) -> Option<Kind> {
        use Kind::{CronJob, DaemonSet, Deployment, Job, Pod, StatefulSet};
        let all = [Deployment, StatefulSet, DaemonSet, Job, CronJob, Pod];
        all.into_iter().find(|it| ObjectKind::from(*it) == kind)
    }

    /// As Kubernetes writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        ObjectKind::from(self).name()
    }
}

impl From<Kind> for ObjectKind {
    fn from(kind: Kind) -> ObjectKind {
        match kind {
            Kind::Deployment => ObjectKind::Deployment,
            Kind::StatefulSet => ObjectKind::StatefulSet,
            Kind::DaemonSet => ObjectKind::DaemonSet,
            Kind::Job => ObjectKind::Job,
            Kind::CronJob => ObjectKind::CronJob,
            Kind::Pod => ObjectKind::Pod,
        }
    }
}

/// How long the pods of some Jobs run.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobDuration {
    /// Pods with all these labels.
    pub match_labels: BTreeMap<String, String>,
    /// How long they run.
    #[schemars(extend("format" = "duration"))]
    pub duration: String,
}

fn zero() -> String {
    "0s".into()
}

fn default_seed() -> u64 {
    42
}

fn default_namespace() -> String {
    "default".into()
}
