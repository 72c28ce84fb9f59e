//! `deadlineJobs:` in a scenario: work that one instance does at a time, wanted by a given time.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Instance, default_namespace, zero};

/// A job that has one instance of its own at a time, spot or on-demand, outside the cluster.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeadlineJob {
    /// What it is called.
    pub name: String,
    /// Its namespace.
    #[serde(default = "default_namespace")]
    pub namespace: String,
    /// How long it works in all, for example `48h`.
    #[schemars(extend("format" = "duration"))]
    pub work: String,
    /// How long after its start the work is to be done.
    #[schemars(extend("format" = "duration"))]
    pub deadline: String,
    /// How long it pays for an instance before it gets on with the work: boot, set-up, restore.
    #[schemars(extend("format" = "duration"))]
    pub changeover: String,
    /// How often it re-evaluates what to hold.
    #[serde(default = "tick")]
    #[schemars(extend("format" = "duration"))]
    pub tick: String,
    /// How it decides.
    pub policy: DeadlinePolicy,
    /// The instance type, by name or described here.
    pub instance_type: Instance,
    /// Which zone; by default the region's first.
    pub zone: Option<String>,
    /// When it starts.
    #[serde(default = "zero")]
    #[schemars(extend("format" = "duration"))]
    pub start_at: String,
}

/// How a job with a deadline decides what to run on. Under every policy it goes on-demand for good
/// when there is just enough time left.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DeadlinePolicy {
    /// Spot when there is any, else nothing.
    Greedy,
    /// Spot when there is any; on-demand when it is behind even progress, until it is well ahead.
    UniformProgress,
    /// On-demand from beginning to end.
    OnDemandOnly,
}

fn tick() -> String {
    "5m".into()
}
