//! Placement rules, as a scenario states them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// What is to hold, at every moment of every run, of which pods are where. It says one of `never`,
/// `atLeast`, `atMost`, `apart` and `together`. A pod counts from when it is bound until it is
/// terminating or ends.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// What it is called in reports.
    pub name: String,
    /// In which namespace its pods are; in any if not said.
    pub namespace: Option<String>,
    /// Which pods it is about; all of them if not said.
    #[serde(default)]
    pub pod_selector: Selector,
    /// No such pod is ever on such a node.
    pub never: Option<On>,
    /// Every domain holds at least a number of them.
    pub at_least: Option<Bound>,
    /// No domain holds more than a number of them.
    pub at_most: Option<Bound>,
    /// No domain holds two of them.
    pub apart: Option<Per>,
    /// One domain holds all of them that are on nodes.
    pub together: Option<Per>,
}

/// Selects by label. All requirements must hold; without any, everything is selected.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Selector {
    /// Labels that must be there.
    #[serde(default)]
    pub match_labels: BTreeMap<String, String>,
    /// Requirements on labels.
    #[serde(default)]
    pub match_expressions: Vec<Expression>,
}

/// A requirement on a label.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Expression {
    /// The label.
    pub key: String,
    /// What is asked of it.
    pub operator: Operator,
    /// The values that are compared with.
    #[serde(default)]
    pub values: Vec<String>,
}

/// What is asked of a label.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
pub enum Operator {
    /// One of the values.
    In,
    /// None of the values.
    NotIn,
    /// Present.
    Exists,
    /// Absent.
    DoesNotExist,
}

/// Some nodes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct On {
    /// Which nodes.
    pub node_selector: Selector,
}

/// How many pods per domain.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bound {
    /// A number, or a percentage such as `60%` of the pods that are wanted: the replicas of
    /// Deployments and StatefulSets, and of all else the pods that there are.
    pub pods: Amount,
    /// The node label by whose values nodes form domains.
    pub topology_key: String,
}

/// A number of pods, or a percentage.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Amount {
    /// For example `2`.
    Number(u32),
    /// For example `60%`.
    Percent(String),
}

/// By which label nodes form domains.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Per {
    /// The node label by whose values nodes form domains.
    pub topology_key: String,
}
