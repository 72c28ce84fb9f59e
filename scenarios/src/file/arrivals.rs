//! What arrives, in a scenario file: generators of Jobs and bare pods.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Quantity;

/// Jobs or bare pods that arrive one after the other and end by themselves.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Generator {
    /// What it is called: chance goes by it, so that another generator changes nothing of this one.
    pub name: String,
    /// The namespace of what arrives.
    #[serde(default = "super::default_namespace")]
    pub namespace: String,
    /// What arrives.
    #[serde(default)]
    pub kind: Kind,
    /// When it begins.
    #[serde(default = "super::zero")]
    #[schemars(extend("format" = "duration"))]
    pub from: String,
    /// When it ends; by default with the simulation.
    #[schemars(extend("format" = "duration"))]
    pub until: Option<String>,
    /// How many arrive at most.
    pub count: Option<u32>,
    /// When something arrives; a `trace` says that itself.
    pub process: Option<Process>,
    /// How many arrive at once; by default one.
    pub batch: Option<Amount>,
    /// Gives the classes Zipf's weights with this exponent, the first class the largest, in place of
    /// their `weight`.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub zipf: Option<f64>,
    /// Arrivals as they were recorded, in place of a `process`.
    pub trace: Option<Trace>,
    /// What arrives. Of a trace, what its pods are besides what it says: at most one.
    #[serde(default)]
    pub classes: Vec<Class>,
}

/// What a generator lets arrive.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
pub enum Kind {
    /// Bare pods, which nothing brings back.
    #[default]
    Pod,
    /// Jobs, which bring their pods back.
    Job,
}

/// When something arrives: one of these.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Process {
    /// Independent of each other, at a constant rate.
    pub poisson: Option<Poisson>,
    /// One gap after the other: burstier than `poisson`, or more regular.
    pub renewal: Option<Renewal>,
    /// At a rate that follows the hour and the day.
    pub curve: Option<Curve>,
    /// In bursts: at the rate of a state, which changes by chance (a Markov-modulated Poisson process).
    pub bursts: Option<Bursts>,
    /// At fixed times.
    pub at: Option<AtTimes>,
}

/// Arrivals at a constant rate.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Poisson {
    /// How many an hour, on average.
    #[schemars(range(min = 0.0))]
    pub per_hour: f64,
}

/// Arrivals with gaps of one distribution.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Renewal {
    /// The time between two arrivals.
    pub gap: Amount,
}

/// Arrivals at a rate that follows the clock.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Curve {
    /// How many an hour, in each of equal parts of a day: 24 rates for its hours, from midnight on.
    #[schemars(length(min = 1, max = 1440))]
    pub per_hour: Vec<f64>,
    /// Factors of those for Monday to Sunday; by default every day is alike.
    #[schemars(length(min = 7, max = 7))]
    pub days: Option<Vec<f64>>,
    /// By which clock, for example `Europe/Berlin`; UTC by default. The date of `T+0` is `startTime`.
    pub time_zone: Option<String>,
}

/// Arrivals whose rate is that of a state.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bursts {
    /// The states, which take turns.
    #[schemars(length(min = 2, max = 100))]
    pub states: Vec<State>,
}

/// A state of bursts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct State {
    /// How many arrive in an hour of it, on average.
    #[schemars(range(min = 0.0))]
    pub per_hour: f64,
    /// How long it lasts on average; the times are exponential.
    #[schemars(extend("format" = "duration"))]
    pub lasts: String,
}

/// Fixed times.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AtTimes {
    /// The times, for example `[1h, 1h30m]`.
    #[schemars(length(min = 1))]
    pub times: Vec<String>,
    /// After how long they come again, for example `24h`; by default never.
    #[schemars(extend("format" = "duration"))]
    pub every: Option<String>,
}

/// Arrivals of one kind.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Class {
    /// What it is called, beside its generator.
    pub name: String,
    /// Its share of all arrivals, in relation to the weights of the others.
    #[serde(default = "one")]
    #[schemars(range(min = 0.0))]
    pub weight: f64,
    /// How many pods must complete (Job).
    #[schemars(range(min = 1))]
    pub completions: Option<u32>,
    /// How many pods run at a time (Job).
    #[schemars(range(min = 1))]
    pub parallelism: Option<u32>,
    /// How many pods may fail before the Job fails (Job); by default it never gives up.
    pub backoff_limit: Option<u32>,
    /// After how many seconds the Job fails (Job).
    pub active_deadline_seconds: Option<u64>,
    /// Labels of its pods.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of its pods, as those of `workloads`; `duration` has a field of its own.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// The CPU that a pod requests, in place of what its template says.
    pub cpu: Option<Amount>,
    /// The memory that a pod requests, in place of what its template says.
    pub memory: Option<Amount>,
    /// How much a large request of one goes with a large one of the other: the correlation of the
    /// normal scores of `cpu` and `memory`.
    #[serde(default)]
    #[schemars(range(min = -1.0, max = 1.0))]
    pub correlation: f64,
    /// How long a pod runs. A trace says it itself.
    pub duration: Option<Amount>,
    /// Kubernetes' own PodSpec.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub template: serde_json::Value,
}

/// An amount: always the same, or drawn.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Amount {
    /// Always this: a quantity (`500m`, `1Gi`) or a duration (`5m`).
    Text(String),
    /// Always this number.
    Number(serde_json::Number),
    /// One of a distribution.
    Drawn(Box<Distribution>),
}

/// A distribution: one of these. Amounts in it are quantities (`500m`, `1Gi`), durations (`5m`) or
/// numbers, whatever is drawn.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Distribution {
    /// Always the same.
    pub constant: Option<Quantity>,
    /// Anything between two bounds.
    pub uniform: Option<Bounds>,
    /// Most are small, a few very large.
    pub log_normal: Option<LogNormal>,
    /// Between an exponential and a normal distribution, or more uneven than both.
    pub gamma: Option<Shaped>,
    /// Times between failures, and much else.
    pub weibull: Option<Shaped>,
    /// A power law between two bounds.
    pub pareto: Option<Pareto>,
    /// A rank from 1 on, the first the most likely: for numbers, as that of a batch.
    pub zipf: Option<Zipf>,
    /// One of these, as they were observed.
    #[schemars(length(min = 1, max = 1_000_000))]
    pub values: Option<Vec<Quantity>>,
    /// One of those in a column of a CSV file.
    pub column: Option<Column>,
    /// Cuts off what would be more.
    pub at_most: Option<Quantity>,
}

/// Two bounds.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bounds {
    /// The least.
    pub min: Quantity,
    /// The most.
    pub max: Quantity,
}

/// A log-normal distribution.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogNormal {
    /// What half of all are below.
    pub median: Quantity,
    /// What 95 % of all are below.
    pub p95: Quantity,
}

/// A distribution with a shape.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shaped {
    /// The mean.
    pub mean: Quantity,
    /// 1 is exponential; less is more uneven, more is more regular.
    pub shape: f64,
}

/// A bounded Pareto distribution.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pareto {
    /// The power with which it falls: the smaller, the heavier the tail.
    pub alpha: f64,
    /// The least.
    pub min: Quantity,
    /// The most.
    pub max: Quantity,
}

/// Zipf's distribution.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Zipf {
    /// How many ranks there are.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub ranks: u32,
    /// With which power of the rank the weight falls.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub exponent: f64,
}

/// A column of a file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Column {
    /// The file, a path relative to this one.
    pub file: String,
    /// The column, by its header.
    pub name: String,
}

/// Arrivals as they were recorded: a CSV file, or one in the Standard Workload Format (`.swf`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Trace {
    /// The file, a path relative to this one.
    pub file: String,
    /// The header of a column where it is not found by its own name, for example `{time: posted_at}`.
    pub map: Option<Columns>,
    /// Multiplies the times of arrivals: 0.5 lets them arrive twice as fast.
    #[schemars(range(min = 0.000001, max = 1_000_000.0))]
    pub time_scale: Option<f64>,
    /// Multiplies how long they run.
    #[schemars(range(min = 0.000001, max = 1_000_000.0))]
    pub duration_scale: Option<f64>,
    /// Leaves out what arrives before this time of the file, which becomes the first.
    #[schemars(extend("format" = "duration"))]
    pub from: Option<String>,
    /// Leaves out what arrives at this time of the file or later.
    #[schemars(extend("format" = "duration"))]
    pub until: Option<String>,
    /// After how long, scaled, all arrive again; by default never.
    #[schemars(extend("format" = "duration"))]
    pub repeat_every: Option<String>,
    /// How long those run of which the file does not say it.
    #[schemars(extend("format" = "duration"))]
    pub duration: Option<String>,
}

/// The headers of columns.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Columns {
    /// When it arrives.
    pub time: Option<String>,
    /// How long it runs.
    pub duration: Option<String>,
    /// When it ends, in place of how long it runs.
    pub end: Option<String>,
    /// The CPU that it requests.
    pub cpu: Option<String>,
    /// The memory that it requests.
    pub memory: Option<String>,
    /// How many GPUs it requests.
    pub gpus: Option<String>,
}

fn one() -> f64 {
    1.0
}
