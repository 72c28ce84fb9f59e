//! Where a pod must and would like to run: towards nodes, towards pods, spread over domains.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fault, LabelSelector, Read, Reader};

object! {
    /// Where a pod must and would like to run.
    pub struct Affinity {
        /// Towards nodes.
        pub node_affinity: Option<NodeAffinity>,
        /// Towards the pods of a domain.
        pub pod_affinity: Option<PodAffinity>,
        /// Away from the pods of a domain.
        pub pod_anti_affinity: Option<PodAffinity>,
    }

    /// Towards which nodes a pod is drawn.
    pub struct NodeAffinity {
        /// One of these must match.
        #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
        pub required: Option<NodeSelector>,
        /// The more of these match the better.
        #[serde(rename = "preferredDuringSchedulingIgnoredDuringExecution")]
        pub preferred: Vec<PreferredSchedulingTerm>,
    }

    /// Alternatives; with none, no node matches.
    pub struct NodeSelector {
        /// One of these must match.
        pub node_selector_terms: Vec<NodeSelectorTerm>,
    }

    /// Requirements that must all hold; with none, no node matches.
    pub struct NodeSelectorTerm {
        /// On labels.
        pub match_expressions: Vec<Expression>,
        /// On the node's name.
        pub match_fields: Vec<Expression>,
    }

    /// A preference with its weight.
    pub struct PreferredSchedulingTerm {
        /// How much it counts, 1 to 100.
        pub weight: i64,
        /// What is preferred.
        pub preference: NodeSelectorTerm,
    }

    /// Towards which pods a pod is drawn, or from which it keeps away.
    pub struct PodAffinity {
        /// All of these must hold.
        #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
        pub required: Vec<PodAffinityTerm>,
        /// The more of these hold the better.
        #[serde(rename = "preferredDuringSchedulingIgnoredDuringExecution")]
        pub preferred: Vec<WeightedPodAffinityTerm>,
    }

    /// Pods, and the domain in which they are to be found.
    pub struct PodAffinityTerm {
        /// Which pods; none matches no pod.
        pub label_selector: Option<LabelSelector>,
        /// In these namespaces; none is the pod's own, unless `namespaceSelector` is given.
        pub namespaces: Vec<String>,
        /// In the namespaces with these labels; an empty selector is every namespace.
        pub namespace_selector: Option<LabelSelector>,
        /// The label whose value names a node's domain.
        pub topology_key: String,
        /// Labels whose value must be the pod's own.
        pub match_label_keys: Vec<String>,
        /// Labels whose value must not be the pod's own.
        pub mismatch_label_keys: Vec<String>,
    }

    /// A preference with its weight.
    pub struct WeightedPodAffinityTerm {
        /// How much it counts, 1 to 100.
        pub weight: i64,
        /// What is preferred.
        pub pod_affinity_term: PodAffinityTerm,
    }

    /// How evenly pods are to be spread over domains.
    pub struct TopologySpreadConstraint {
        /// How many more pods than the emptiest domain a domain may have.
        pub max_skew: u32,
        /// The label whose value names a node's domain.
        pub topology_key: String,
        /// `DoNotSchedule` or `ScheduleAnyway`.
        pub when_unsatisfiable: String,
        /// Which pods are counted.
        pub label_selector: Option<LabelSelector>,
        /// How many domains there must be before the emptiest one counts.
        pub min_domains: Option<u32>,
        /// `Honor` (default) or `Ignore` the pod's node affinity when domains are counted.
        pub node_affinity_policy: Option<String>,
        /// `Honor` or `Ignore` (default) taints when domains are counted.
        pub node_taints_policy: Option<String>,
        /// Labels whose value must be the pod's own.
        pub match_label_keys: Vec<String>,
    }
}

/// One requirement on a label or field.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Expression {
    /// The label or field.
    pub key: String,
    /// What is asked of it.
    pub operator: Operator,
    /// The values that the operator compares with.
    #[serde(skip_serializing_if = "super::is_absent")]
    pub values: Vec<String>,
}

impl Read for Expression {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Result<Expression, Fault> {
        let entries = reader.map(value)?;
        let mut values = Vec::new();
        for (key, value) in entries {
            match key.as_str() {
                "key" | "operator" => {}
                "values" => reader.field(key, value, &mut values)?,
                _ => reader.unknown(key),
            }
        }
        let key = reader.required("key", entries)?;
        let operator = reader.required("operator", entries)?;
        Ok(Expression { key, operator, values })
    }
}

from_value! { Expression }

/// What is asked of a label.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub enum Operator {
    /// One of the values.
    In,
    /// None of the values.
    NotIn,
    /// Present.
    Exists,
    /// Absent.
    DoesNotExist,
    /// Greater than the value (nodes only).
    Gt,
    /// Less than the value (nodes only).
    Lt,
}
