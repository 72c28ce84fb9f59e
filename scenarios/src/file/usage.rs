//! `usage:` and `load:` in a scenario: what containers really use, and what load workloads serve.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Quantity;

/// What one container of a workload's pods uses: the sum of the curves that are given. What is not
/// stated is not used.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Usage {
    /// Whose: `namespace/name`, or a name in the namespace `default`. The name of a generator of `arrivals`
    /// means all its classes, that of `services` all services; an entry for one of them goes before.
    pub workload: String,
    /// Which container; by default the first.
    pub container: Option<String>,
    /// Whether amounts are shares of what the container requests: `cpu: 0.8` is 80 % of its request.
    #[serde(default)]
    pub of_requests: bool,
    /// Always the same.
    pub constant: Option<Taken>,
    /// High by day, low by night.
    pub diurnal: Option<Diurnal>,
    /// More at random moments.
    pub bursts: Option<Bursts>,
    /// Growth after the container's start, which ends.
    pub ramp: Option<Ramp>,
    /// Growth after the container's start, which does not end until the container is started again.
    pub leak: Option<Leak>,
    /// Stretches one after the other since the container's start.
    #[serde(default)]
    pub phases: Vec<Phase>,
    /// Whether the first phase comes again after the last, which otherwise stays.
    #[serde(default)]
    pub repeat_phases: bool,
    /// More just after the container's start.
    pub start_up: Option<StartUp>,
    /// As it was recorded.
    pub replay: Option<Replay>,
    /// How far from the sum of it all.
    pub noise: Option<Noise>,
}

/// An amount of CPU and memory.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Amount {
    /// CPU, for example `250m`.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub cpu: Option<Quantity>,
    /// Memory, for example `300Mi`.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub memory: Option<Quantity>,
}

/// An amount of what a container takes of its node.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Taken {
    /// CPU, for example `250m`.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub cpu: Option<Quantity>,
    /// Memory, for example `300Mi`.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub memory: Option<Quantity>,
    /// What it keeps on its node's disk, for example `2Gi`.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub ephemeral_storage: Option<Quantity>,
    /// How many processes it runs.
    #[schemars(range(max = 1_000_000))]
    pub pids: Option<u32>,
}

/// A daily curve: a cosine between `low` and `high`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Diurnal {
    /// Half a day away from the peak.
    #[serde(default)]
    pub low: Taken,
    /// At the peak.
    pub high: Taken,
    /// The time of day of the peak, for example `14:00`.
    #[serde(default = "two_in_the_afternoon")]
    pub peak: String,
    /// By which clock, for example `Europe/Berlin`; UTC by default.
    pub time_zone: Option<String>,
    /// How much of the way from `low` to `high` Saturdays and Sundays go.
    #[serde(default = "one")]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub weekend: f64,
    /// The length of a step of the curve.
    #[serde(default = "five_minutes")]
    #[schemars(extend("format" = "duration"))]
    pub every: String,
}

/// Bursts at the times of a Poisson process.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bursts {
    /// CPU in a burst, beside what else is used.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub cpu: Option<Quantity>,
    /// Memory in a burst, beside what else is used.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub memory: Option<Quantity>,
    /// What it keeps on its node's disk, for example `2Gi`.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub ephemeral_storage: Option<Quantity>,
    /// How many processes it runs.
    #[schemars(range(max = 1_000_000))]
    pub pids: Option<u32>,
    /// The mean time from the beginning of one to that of the next.
    #[schemars(extend("format" = "duration"))]
    pub every: String,
    /// How long each lasts, at most `every`.
    #[schemars(extend("format" = "duration"))]
    pub lasts: String,
    /// Whether all replicas have them at the same times.
    #[serde(default)]
    pub shared: bool,
}

/// Growth after the container's start.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ramp {
    /// By how much CPU.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub cpu: Option<Quantity>,
    /// By how much memory.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub memory: Option<Quantity>,
    /// What it keeps on its node's disk, for example `2Gi`.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub ephemeral_storage: Option<Quantity>,
    /// How many processes it runs.
    #[schemars(range(max = 1_000_000))]
    pub pids: Option<u32>,
    /// In how long.
    #[schemars(extend("format" = "duration"))]
    pub over: String,
}

/// Growth without end.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Leak {
    /// By how much CPU.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub cpu: Option<Quantity>,
    /// By how much memory.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub memory: Option<Quantity>,
    /// What it keeps on its node's disk, for example `2Gi`.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub ephemeral_storage: Option<Quantity>,
    /// How many processes it runs.
    #[schemars(range(max = 1_000_000))]
    pub pids: Option<u32>,
    /// In how long.
    #[schemars(extend("format" = "duration"))]
    pub per: String,
}

/// A stretch of time.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Phase {
    /// How long it lasts.
    #[schemars(extend("format" = "duration"))]
    pub lasts: String,
    /// CPU.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub cpu: Option<Quantity>,
    /// Memory.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub memory: Option<Quantity>,
    /// What it keeps on its node's disk, for example `2Gi`.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub ephemeral_storage: Option<Quantity>,
    /// How many processes it runs.
    #[schemars(range(max = 1_000_000))]
    pub pids: Option<u32>,
}

/// More just after the container's start.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartUp {
    /// How much more CPU.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub cpu: Option<Quantity>,
    /// How much more memory.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub memory: Option<Quantity>,
    /// What it keeps on its node's disk, for example `2Gi`.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub ephemeral_storage: Option<Quantity>,
    /// How many processes it runs.
    #[schemars(range(max = 1_000_000))]
    pub pids: Option<u32>,
    /// For how long.
    #[schemars(extend("format" = "duration"))]
    pub lasts: String,
}

/// Usage as it was recorded: a table `time,namespace,pod,container,cpu,memory`, or Prometheus'
/// answers to `query_range`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replay {
    /// The file or files: paths relative to this file.
    pub file: super::Paths,
    /// Which pods of it, as a pattern like `web-*`; by default those whose names the workload's pods
    /// could have. Replicas take their series in turn.
    pub pods: Option<String>,
    /// What columns are called, where their names are not known: `{time: ts_utc, cpu: cpu_m}`.
    #[serde(default)]
    pub map: BTreeMap<Field, String>,
    /// In what CPU is; by default as its column says or its values look.
    pub cpu_unit: Option<CpuUnit>,
    /// In what memory is; by default as its column says or its values look.
    pub memory_unit: Option<MemoryUnit>,
    /// Of how much percent and shares are, for example `{cpu: 4, memory: 16Gi}`: the instance, or the limit,
    /// that was measured.
    #[serde(default)]
    pub of: Amount,
    /// What columns hold if each column beside that of the time is a pod.
    pub wide: Option<Wide>,
    /// Which moment of the file is `T+0`; by default its first.
    pub start: Option<String>,
    /// Whether it begins again after its end. Otherwise there is nothing of it after that.
    #[serde(default = "yes")]
    pub repeat: bool,
}

/// What a column may hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// When a sample was taken.
    Time,
    /// The pod's namespace.
    Namespace,
    /// The pod.
    Pod,
    /// The container.
    Container,
    /// CPU.
    Cpu,
    /// Memory.
    Memory,
    /// The CPU that the container requests, which no scenario reads from a record.
    #[serde(skip)]
    CpuRequest,
    /// The memory that it requests.
    #[serde(skip)]
    MemoryRequest,
    /// The CPU that it is limited to.
    #[serde(skip)]
    CpuLimit,
    /// The memory that it is limited to.
    #[serde(skip)]
    MemoryLimit,
}

/// In what CPU is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum CpuUnit {
    /// Cores.
    Cores,
    /// Thousandths of cores.
    Millicores,
    /// Hundredths of what `of` states.
    Percent,
    /// Parts of what `of` states, which is 1.
    Share,
}

/// What every column of a table holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Wide {
    /// CPU of one pod.
    Cpu,
    /// Memory of one pod.
    Memory,
}

/// In what memory is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
pub enum MemoryUnit {
    /// Bytes.
    #[serde(rename = "bytes")]
    Bytes,
    /// 2^20 bytes.
    MiB,
    /// 2^30 bytes.
    GiB,
    /// Hundredths of what `of` states.
    #[serde(rename = "percent")]
    Percent,
    /// Parts of what `of` states, which is 1.
    #[serde(rename = "share")]
    Share,
}

/// Log-normal factors with a mean of 1.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Noise {
    /// The coefficient of variation of CPU, for example 0.2.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 5.0))]
    pub cpu: f64,
    /// The coefficient of variation of memory.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 5.0))]
    pub memory: f64,
    /// For how long a factor holds.
    #[serde(default = "five_minutes")]
    #[schemars(extend("format" = "duration"))]
    pub every: String,
    /// Whether all replicas have the same factors.
    #[serde(default)]
    pub shared: bool,
}

/// Requests that the ready replicas of a workload share: the sum of the curves that are given.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Load {
    /// Whose: `namespace/name`, or a name in the namespace `default`.
    pub workload: String,
    /// Which container serves it; by default the first.
    pub container: Option<String>,
    /// Always as many requests per second.
    #[schemars(range(min = 0.0, max = 1_000_000_000.0))]
    pub constant: Option<f64>,
    /// High by day, low by night.
    pub diurnal: Option<DailyRate>,
    /// More at random moments.
    pub bursts: Option<BurstOfRequests>,
    /// A rate from a time on, until the next step.
    #[serde(default)]
    pub steps: Vec<RateStep>,
    /// How far from the sum of it all.
    pub noise: Option<RateNoise>,
    /// What a request costs the replica that serves it.
    pub per_request: PerRequest,
    /// How many requests per second one ready replica serves at most; by default as many as its CPU
    /// limit pays for, or its request where it has no limit.
    #[schemars(range(min = 0.001, max = 1_000_000_000.0))]
    pub serves: Option<f64>,
}

/// A daily curve of requests per second, or of a metric.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DailyRate {
    /// Requests per second, or the metric in its own unit, half a day away from the peak.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000_000_000.0))]
    pub low: f64,
    /// Requests per second, or the metric in its own unit, at the peak.
    #[schemars(range(min = 0.0, max = 1_000_000_000.0))]
    pub high: f64,
    /// The time of day of the peak, for example `14:00`.
    #[serde(default = "two_in_the_afternoon")]
    pub peak: String,
    /// By which clock, for example `Europe/Berlin`; UTC by default.
    pub time_zone: Option<String>,
    /// How much of the way from `low` to `high` Saturdays and Sundays go.
    #[serde(default = "one")]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub weekend: f64,
    /// The length of a step of the curve.
    #[serde(default = "five_minutes")]
    #[schemars(extend("format" = "duration"))]
    pub every: String,
}

/// Bursts of requests, or of a metric, at the times of a Poisson process.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BurstOfRequests {
    /// How many more requests per second, or how much more of the metric.
    #[schemars(range(min = 0.0, max = 1_000_000_000.0))]
    pub rate: f64,
    /// The mean time from the beginning of one to that of the next.
    #[schemars(extend("format" = "duration"))]
    pub every: String,
    /// How long each lasts, at most `every`.
    #[schemars(extend("format" = "duration"))]
    pub lasts: String,
}

/// Requests per second, or a metric, from a time on.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateStep {
    /// From when on, after `T+0`.
    #[schemars(extend("format" = "duration"))]
    pub at: String,
    /// Requests per second, or the metric in its own unit, from then on.
    #[schemars(range(min = 0.0, max = 1_000_000_000.0))]
    pub rate: f64,
}

/// Log-normal factors with a mean of 1, on requests or a metric.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateNoise {
    /// The coefficient of variation, for example 0.1.
    #[schemars(range(min = 0.0, max = 5.0))]
    pub rate: f64,
    /// For how long a factor holds.
    #[serde(default = "five_minutes")]
    #[schemars(extend("format" = "duration"))]
    pub every: String,
}

/// What one request costs.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PerRequest {
    /// CPU-seconds: `4m` are four milliseconds of one core.
    #[schemars(extend("format" = "quantity"), with = "Quantity")]
    pub cpu: Quantity,
    /// Memory while it is in flight.
    #[schemars(extend("format" = "quantity"), with = "Option<Quantity>")]
    pub memory: Option<Quantity>,
    /// How long it is in flight.
    #[serde(default = "tenth_of_a_second")]
    #[schemars(extend("format" = "duration"))]
    pub takes: String,
}

fn two_in_the_afternoon() -> String {
    "14:00".into()
}

fn five_minutes() -> String {
    "5m".into()
}

fn tenth_of_a_second() -> String {
    "100ms".into()
}

fn one() -> f64 {
    1.0
}

fn yes() -> bool {
    true
}
