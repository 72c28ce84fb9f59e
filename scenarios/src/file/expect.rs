//! Expectations of figures, as a scenario states them.

use schemars::JsonSchema;
use serde::Deserialize;

/// A figure and the limit that it is to keep to, such as `cost.monthly < 12000`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Expect {
    /// For example `p95(pending_seconds) < 120`, `availability("web") >= 0.9995` or
    /// `P(reclaims_per_day > 10) < 0.05`.
    Text(String),
    /// The same with more about it.
    Whole(Whole),
}

/// An expectation with more about it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Whole {
    /// The figure, a relation and the limit.
    pub expr: String,
    /// Whether it decides the exit code.
    #[serde(default)]
    pub severity: Severity,
}

/// What comes of an expectation that does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// The exit code is 99.
    #[default]
    Error,
    /// It is said, and decides nothing.
    Warn,
}

impl Expect {
    /// What was written.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Expect::Text(text) => text,
            Expect::Whole(whole) => &whole.expr,
        }
    }

    /// What comes of it.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Expect::Text(_) => Severity::Error,
            Expect::Whole(whole) => whole.severity,
        }
    }
}
