//! What a summary is made of: variants of one cluster, simulated in the same replications.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Legend, Run};

use super::LeftOut;
use super::document::Assumption;
use crate::expect::Judged;
use crate::figures::Figures;
use crate::rules::RuleSummary;

/// What [`summarize`](super::summarize) needs.
pub struct Input<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// The seed.
    pub seed: u64,
    /// The version of the program.
    pub version: &'a str,
    /// Every variant, paired by replication. At most one is the subject and one the baseline.
    pub variants: Vec<Simulated<'a>>,
    /// The subject at other scales of reclaims, each with its first replications.
    pub scaled: Vec<(f64, &'a [(Figures, Run)])>,
    /// Scales that were left out.
    pub left_out: Vec<LeftOut>,
    /// How many times the stated rates of reclaims the scenario has; none if none are stated.
    pub reclaim_scale: Option<f64>,
    /// What was assumed.
    pub assumptions: Vec<Assumption>,
    /// What is not modelled.
    pub unmodelled: Vec<String>,
    /// What looks wrong.
    pub warnings: Vec<String>,
}

/// A variant, and what came out of it.
#[derive(Clone)]
pub struct Simulated<'a> {
    /// What it is called.
    pub name: &'a str,
    /// What it is in the report.
    pub role: Role,
    /// What it changes in the scenario.
    pub changes: Vec<Change>,
    /// The names and prices behind its facts.
    pub legend: &'a Legend,
    /// The figures of each replication.
    pub runs: &'a [(Figures, Run)],
    /// Whether reclaims have a rate in it, so that what was never seen may still have been possible.
    pub has_rates: bool,
    /// How each placement rule fared in it.
    pub rules: Vec<RuleSummary>,
    /// How each expectation fared in it.
    pub expectations: Vec<Judged>,
}

/// What a variant is in a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// What the report is about.
    Subject,
    /// What all others are measured against.
    Baseline,
    /// Something else that the subject is measured against, of which the cost alone is shown.
    Reference,
    /// Another choice.
    Alternative,
}

/// A value of a scenario that a variant changes, as with `Scenario::with`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// Its path in the scenario.
    pub path: String,
    /// What stands there now, as in YAML.
    pub value: String,
}
