//! The market of a scenario file: what spot costs, and when it is taken back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
}

/// What spot instances cost.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Prices {
    /// How prices come about.
    #[serde(default)]
    pub model: PriceModel,
}

/// How prices come about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PriceModel {
    /// They stay what the catalogue says.
    #[default]
    Constant,
}

/// When the provider takes instances back, and has none to give.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reclaims {
    /// How reclaims come about.
    #[serde(default)]
    pub model: ReclaimModel,
    /// Multiplies every reclaim rate. Try 1, 10 and 100.
    #[serde(default = "one")]
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub scale: f64,
    /// One reclaim rate for all types, per instance and hour, in place of the catalogue's.
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub per_hour: Option<f64>,
    /// The share of reclaims that come without notice.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub missed_notices: f64,
}

impl Default for Reclaims {
    fn default() -> Self {
        Reclaims { model: ReclaimModel::default(), scale: 1.0, per_hour: None, missed_notices: 0.0 }
    }
}

/// How reclaims come about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReclaimModel {
    /// Without memory: each instance at a constant rate, and always capacity for another.
    #[default]
    Constant,
}

fn one() -> f64 {
    1.0
}
