//! The market of a scenario file: what spot costs, and when it is taken back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Capacity;

/// The spot market. Prices and reclaims have nothing to do with each other.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Market {
    /// What spot instances cost.
    #[serde(default)]
    pub prices: Prices,
    /// When the provider takes instances back, and has none to give.
    #[serde(default)]
    pub reclaims: Reclaims,
    /// What fails besides, on-demand instances among it.
    #[serde(default)]
    pub failures: Failures,
}

/// How instances fail, however they were bought.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Failures {
    /// Failures per hour of an instance; by default none. No provider publishes a rate.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub per_hour: f64,
}

/// What spot instances cost.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Prices {
    /// How prices come about.
    #[serde(default)]
    pub model: PriceModel,
    /// With `replay`: the history, a path relative to this file. CSV with the columns
    /// `instance_type,zone,time,usd_per_hour`, or the JSON that
    /// `aws ec2 describe-spot-price-history` prints.
    pub file: Option<String>,
    /// With `replay`: the moment of the history that is `T+0`, as the file writes times; by default
    /// the first at which everything that the scenario buys has a price.
    pub start: Option<String>,
    /// With `replay`: what becomes of offerings that the history does not have.
    pub if_missing: Option<Missing>,
}

/// What becomes of offerings that a price history does not have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// Nothing is simulated; so it is by default.
    Error,
    /// They cost what they are listed at, all the time.
    ListedPrice,
}

/// How prices come about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PriceModel {
    /// They stay what the catalogue says.
    #[default]
    Constant,
    /// They are what they once were, as a file says.
    Replay,
    /// They take several small steps a day, as on AWS; three in ten stay.
    Aws,
    /// They go 5 % up or down every two weeks, as on Google Cloud.
    Gcp,
    /// They change from one month to the next, now and then, as on Azure.
    Azure,
}

/// When the provider takes instances back, and has none to give.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reclaims {
    /// How reclaims come about; by default `contention`, and `by-age` at `gcp-preemptible`.
    pub model: Option<ReclaimModel>,
    /// Multiplies every reclaim rate. Try 1, 10 and 100.
    #[serde(default = "one")]
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub scale: f64,
    /// One reclaim rate for all types, in place of the catalogue's: reclaims per hour in which an
    /// instance is held, successors included.
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub per_hour: Option<f64>,
    /// The share of reclaims that come without notice.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub missed_notices: f64,
    /// Parameters of `contention` in place of those that were fitted to traces.
    pub contention: Option<Contention>,
    /// Rates of `by-age`, in place of those seen at Google Cloud in 2019.
    #[serde(default)]
    pub rates: Vec<AgeRate>,
    /// Parameters of `bathtub`.
    pub bathtub: Option<Bathtub>,
    /// No instance gets older than this (`by-age`, `bathtub`).
    #[schemars(extend("format" = "duration"))]
    pub max_age: Option<String>,
    /// Capacity as it was seen (`replay`); of types and zones without a trace there is enough.
    #[serde(default)]
    pub traces: Vec<Trace>,
    /// What happens besides, at its time.
    #[serde(default)]
    pub events: Vec<Event>,
}

impl Default for Reclaims {
    fn default() -> Self {
        Reclaims {
            model: None,
            scale: 1.0,
            per_hour: None,
            missed_notices: 0.0,
            contention: None,
            rates: Vec::new(),
            bathtub: None,
            max_age: None,
            traces: Vec::new(),
            events: Vec::new(),
        }
    }
}

/// How reclaims come about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReclaimModel {
    /// Each type in each zone is ample, contended or exhausted; instances are taken in batches while
    /// it is contended, and launches are refused.
    Contention,
    /// Without memory: each instance at a constant rate, and always capacity for another.
    Constant,
    /// By age: the young are taken more often, on Google Cloud also large machines.
    ByAge,
    /// By age: early, or around the end of their time.
    Bathtub,
    /// As `traces` say it was.
    Replay,
    /// Never, but for `events`.
    None,
}

/// Parameters of `contention`; rates are per hour.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contention {
    /// At which rate each instance is taken while its pool is contended; fitted: 1.34.
    #[schemars(range(min = 0.001, max = 1_000.0))]
    pub reclaim_rate: Option<f64>,
    /// At which rate a pool that has shut opens again while it is contended; fitted: 1.9.
    #[schemars(range(min = 0.001, max = 1_000.0))]
    pub grant_rate: Option<f64>,
    /// At which rate contention ends; fitted: 0.42.
    #[schemars(range(min = 0.001, max = 1_000.0))]
    pub exit_rate: Option<f64>,
    /// At which rate an exhausted pool becomes contended; fitted: 0.25.
    #[schemars(range(min = 0.001, max = 1_000.0))]
    pub recovery_rate: Option<f64>,
    /// How often contention ends in ample capacity, for types without accelerators; assumed: 0.9.
    #[schemars(range(min = 0.01, max = 1.0))]
    pub ends_ample: Option<f64>,
    /// How strongly the states, up or down, of one type in two zones of the region correlate: as
    /// recorded of scarce types, 0.40, and 0.23 on Google Cloud; 0 lets zones run short each by
    /// itself.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub zone_correlation: Option<f64>,
    /// By how much more often contention begins in the early afternoon than on average, and less
    /// often in the night.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub afternoon: Option<f64>,
}

/// A reclaim rate from an age on.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgeRate {
    /// From this age on.
    #[schemars(extend("format" = "duration"))]
    pub from: String,
    /// Reclaims per instance and hour.
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub per_hour: f64,
}

/// By age t, in hours, an instance was taken with the probability
/// `a * (1 - exp(-t / tau1) + exp((t - b) / tau2))`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bathtub {
    /// The share that is taken early.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub a: f64,
    /// How quickly those are, in hours.
    #[schemars(range(min = 0.001, max = 1_000.0))]
    pub tau1: f64,
    /// How suddenly the others are, in hours.
    #[schemars(range(min = 0.001, max = 1_000.0))]
    pub tau2: f64,
    /// Around which age those are, in hours.
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub b: f64,
}

/// How many instances of a type could be held in a zone, as it was observed.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Trace {
    /// A table of `t_s` (seconds from `T+0` on) and `count`: a path relative to this file.
    pub file: String,
    /// Which `pool_id` of the table, if it holds several.
    pub pool: Option<String>,
    /// Of which instance type.
    pub instance_type: String,
    /// In which zone.
    pub zone: String,
}

/// Spot instances are taken, and others cannot be had for a while.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Event {
    /// When the provider decides; instances are gone when its notice is over.
    #[schemars(extend("format" = "duration"))]
    pub at: String,
    /// In which zones; by default in all.
    #[serde(default)]
    pub zones: Vec<String>,
    /// Of which instance types, `*` standing for anything: `m6i.*`. By default of all.
    #[serde(default)]
    pub instance_types: Vec<String>,
    /// How those are bought: `[spot]` by default. With `on-demand` among it this is no reclaim but a
    /// failure, as of a zone with all that is in it: nothing announces it, and it is counted apart.
    #[serde(default = "on_spot")]
    #[schemars(length(min = 1))]
    pub capacity_types: Vec<Capacity>,
    /// Which share of them is taken.
    #[serde(default = "one")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// For how long there is no capacity afterwards.
    #[serde(default = "no_time")]
    #[schemars(extend("format" = "duration"))]
    pub outage: String,
    /// Whether the provider gives notice; by default as `missedNotices` says.
    pub notice: Option<bool>,
}

fn one() -> f64 {
    1.0
}

fn on_spot() -> Vec<Capacity> {
    vec![Capacity::Spot]
}

fn no_time() -> String {
    "0s".into()
}
