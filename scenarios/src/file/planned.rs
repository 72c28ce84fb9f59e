//! `replicaSchedules:` and `rollouts:` in a scenario: what changes at given times.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Quantity;

/// How many replicas a workload has over time: by the clock (`schedule`), after given times (`steps`),
/// or from a table (`file`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplicaSchedule {
    /// A Deployment or a StatefulSet, as `namespace/name`; without a namespace, one in `default`.
    pub workload: String,
    /// Cron lines, each with how many replicas there are from then on; of two that are due at once the
    /// later one holds. What was due last before the simulation begins holds at its beginning.
    #[serde(default)]
    pub schedule: Vec<CronLine>,
    /// By which clock `schedule` goes, for example `Europe/Berlin`; UTC by default.
    pub time_zone: Option<String>,
    /// How many replicas there are from given times on.
    #[serde(default)]
    pub steps: Vec<ReplicaStep>,
    /// The same in a CSV file with the columns `time` and `replicas`: a path relative to this file.
    pub file: Option<String>,
}

/// How many replicas there are from the times of a cron line on.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CronLine {
    /// When, as cron writes it: `0 8 * * mon-fri`.
    pub cron: String,
    /// How many.
    pub replicas: u32,
}

/// How many replicas there are from a time on.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplicaStep {
    /// How long after the simulation begins, for example `9h`.
    #[schemars(extend("format" = "duration"))]
    pub at: String,
    /// How many.
    pub replicas: u32,
}

/// A workload gets another pod template, and its pods are replaced. What is not changed stays as it is
/// by then; without any change it is `kubectl rollout restart`, and with `undo` `kubectl rollout undo`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rollout {
    /// A Deployment, a StatefulSet or a DaemonSet, as `namespace/name`; without a namespace, one in
    /// `default`.
    pub workload: String,
    /// How long after the simulation begins, for example `1d9h`.
    #[schemars(extend("format" = "duration"))]
    pub at: String,
    /// Whether it goes back to the template before the last one. Pods that are still of it stay.
    #[serde(default)]
    pub undo: bool,
    /// What changes in its containers, by their names.
    #[serde(default)]
    pub containers: BTreeMap<String, ContainerChange>,
    /// Annotations of the new pods: `spotsim/startup`, `spotsim/shutdown`.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// How the new pods take over, where that is not as the workload's own manifest says.
    pub strategy: Option<Strategy>,
}

/// What changes in a container.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContainerChange {
    /// Its image.
    pub image: Option<String>,
    /// What it is sure to get; resources that are not named stay as they are.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Quantity>")]
    pub requests: BTreeMap<String, Quantity>,
    /// What it may use at most.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Quantity>")]
    pub limits: BTreeMap<String, Quantity>,
}

/// How new pods take over: the fields of a Deployment's `strategy` and of an `updateStrategy`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Strategy {
    /// By default `RollingUpdate`.
    #[serde(rename = "type")]
    pub kind: Option<StrategyType>,
    /// How many pods there may be too many, as a number or as a percentage (Deployment, DaemonSet).
    pub max_surge: Option<Amount>,
    /// How many pods may be unavailable, as a number or as a percentage (Deployment, DaemonSet).
    pub max_unavailable: Option<Amount>,
    /// Ordinals below it stay as they are (StatefulSet).
    pub partition: Option<u32>,
    /// After how many seconds without progress a rollout is stalled (Deployment); 600 by default.
    pub progress_deadline_seconds: Option<u32>,
}

/// What kind of strategy it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
pub enum StrategyType {
    /// New pods come as old ones go.
    RollingUpdate,
    /// All old pods go first (Deployment).
    Recreate,
    /// A pod is new once it is replaced anyway (StatefulSet, DaemonSet).
    OnDelete,
}

/// A number of pods, or a percentage of those that are wanted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Amount {
    /// For example `2`.
    Pods(u32),
    /// For example `25%`.
    Percent(String),
}
