//! What a scenario says about who decides how many nodes pools have: Karpenter or the Cluster Autoscaler.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Quantity;

/// The program that keeps the pools: by its name, or as it is configured.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum NodeAutoscaler {
    /// As it is configured.
    Configured(Box<Configured>),
    /// By its name, with its defaults.
    Named(ProgramName),
}

/// A program that keeps pools.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProgramName {
    /// Karpenter: pools are its NodePools.
    Karpenter,
    /// The Cluster Autoscaler: pools are node groups.
    ClusterAutoscaler,
}

/// One of these.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Configured {
    /// Karpenter, with its settings.
    pub karpenter: Option<Karpenter>,
    /// The Cluster Autoscaler, with its flags by their names.
    pub cluster_autoscaler: Option<ClusterAutoscaler>,
}

/// Settings of Karpenter, by their names.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Karpenter {
    /// How long no further pod may come before a batch is worked on; 1 s by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub batch_idle_duration: Option<String>,
    /// How long a batch is open at most; 10 s by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub batch_max_duration: Option<String>,
    /// Whether preferences of pods are met where they can be; by default they are.
    pub preference_policy: Option<PreferencePolicy>,
    /// Whether `minValues` gives way where it cannot be met; by default it does not.
    pub min_values_policy: Option<MinValuesPolicy>,
    /// What is on that is off by default, or the other way around.
    #[serde(default)]
    pub feature_gates: FeatureGates,
}

/// Feature gates of Karpenter.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeatureGates {
    /// Whether spot nodes are replaced by cheaper spot nodes; off by default.
    pub spot_to_spot_consolidation: Option<bool>,
}

/// What Karpenter makes of preferences.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
pub enum PreferencePolicy {
    /// They are requirements until they cannot be met.
    Respect,
    /// Nothing.
    Ignore,
}

/// What Karpenter makes of `minValues`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
pub enum MinValuesPolicy {
    /// It holds.
    Strict,
    /// It gives way.
    BestEffort,
}

/// Flags of the Cluster Autoscaler 1.36, by their names: `scaleDownUnneededTime` or
/// `scale-down-unneeded-time`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterAutoscaler {
    /// By which the best node group is chosen, several one after the other: `priority,least-waste`.
    /// `least-waste` by default.
    pub expander: Option<String>,
    /// What the ConfigMap `cluster-autoscaler-priority-expander` says: a priority, and patterns of names.
    #[serde(default)]
    pub priorities: BTreeMap<String, Vec<String>>,
    /// How often the cluster is looked at; 10 s by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub scan_interval: Option<String>,
    /// How many nodes the cluster has at most; 0, the default, is no limit.
    pub max_nodes_total: Option<u32>,
    /// How many nodes one decision adds at most; 1000 by default.
    pub max_nodes_per_scaleup: Option<u32>,
    /// Whether similar node groups are kept of one size; by default they are not.
    pub balance_similar_node_groups: Option<bool>,
    /// Labels in which nodes of similar groups may differ.
    #[serde(default)]
    pub balancing_ignore_label: Vec<String>,
    /// How old a pending pod is before it counts; 0 s by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub new_pod_scale_up_delay: Option<String>,
    /// Pods of a priority below are not waited for; -10 by default.
    pub expendable_pods_priority_cutoff: Option<i32>,
    /// Whether groups below their minimum are brought back to it; by default they are not.
    pub enforce_node_group_min_size: Option<bool>,
    /// When a node that was asked for and is not there counts as failed; 15 m by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub max_node_provision_time: Option<String>,
    /// For how long a group is paused after its first failure; 5 m by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub initial_node_group_backoff_duration: Option<String>,
    /// For how long it is paused after many; 30 m by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub max_node_group_backoff_duration: Option<String>,
    /// How long after its last failure it starts anew; 3 h by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub node_group_backoff_reset_timeout: Option<String>,
    /// Whether nodes are removed at all; by default they are.
    pub scale_down_enabled: Option<bool>,
    /// Up to which utilization a node may be removed; 0.5 by default.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub scale_down_utilization_threshold: Option<f64>,
    /// The same of nodes with GPUs; 0.5 by default.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub scale_down_gpu_utilization_threshold: Option<f64>,
    /// How long a node has to be unneeded; 10 m by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub scale_down_unneeded_time: Option<String>,
    /// How long one has to be that is not ready; 20 m by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub scale_down_unready_time: Option<String>,
    /// How long nothing is removed after nodes were added; 10 m by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub scale_down_delay_after_add: Option<String>,
    /// How long nothing is removed after a node was; 0 s by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub scale_down_delay_after_delete: Option<String>,
    /// How long nothing is removed after a removal has failed; 3 m by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub scale_down_delay_after_failure: Option<String>,
    /// How long a node that cannot be removed is not looked at again; 5 m by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub unremovable_node_recheck_timeout: Option<String>,
    /// How many nodes are removed at a time; 10 by default.
    pub max_scale_down_parallelism: Option<u32>,
    /// How many of them have pods that are evicted; 1 by default.
    pub max_drain_parallelism: Option<u32>,
    /// How many seconds a pod may take to stop at most; 600 by default.
    pub max_graceful_termination_sec: Option<u32>,
    /// For how long an eviction that is refused is tried again; 2 m by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub max_pod_eviction_time: Option<String>,
    /// How long evictions wait after the taint; 5 s by default.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub node_delete_delay_after_taint: Option<String>,
    /// Whether a node that is removed is also cordoned; by default it is.
    pub cordon_node_before_terminating: Option<bool>,
    /// Whether the pods of DaemonSets are left out of the utilization; by default they are not.
    pub ignore_daemonsets_utilization: Option<bool>,
    /// Whether pods of `kube-system` that are in no budget keep a node; by default they do.
    pub skip_nodes_with_system_pods: Option<bool>,
    /// Whether pods that store data on a node keep it; by default they do.
    pub skip_nodes_with_local_storage: Option<bool>,
    /// Whether pods of a controller that is none of Kubernetes' keep a node; by default they do.
    pub skip_nodes_with_custom_controller_pods: Option<bool>,
    /// Pods of a controller with fewer replicas keep a node; 0 by default.
    pub min_replica_count: Option<u32>,
}

/// What nodes of a pool may be: Kubernetes' own list of requirements, or labels with their values.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Requirements {
    /// As a NodePool writes them.
    Listed(Vec<Requirement>),
    /// Labels with the value, or the values, that nodes may have: `kubernetes.io/arch: arm64`.
    Labels(BTreeMap<String, Values>),
}

/// One requirement of a label.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Requirement {
    /// The label.
    pub key: String,
    /// How its value is compared.
    pub operator: RequirementOperator,
    /// With what.
    #[serde(default)]
    pub values: Vec<String>,
    /// How many distinct values there are to be among the instance types that a node may become.
    #[schemars(range(min = 1, max = 50))]
    pub min_values: Option<u32>,
}

/// How the value of a label is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize, JsonSchema)]
pub enum RequirementOperator {
    /// It is one of the values.
    In,
    /// It is none of the values.
    NotIn,
    /// There is one.
    Exists,
    /// There is none.
    DoesNotExist,
    /// It is greater than the value.
    Gt,
    /// It is less than the value.
    Lt,
    /// It is the value, or greater.
    Gte,
    /// It is the value, or less.
    Lte,
}

/// One value or several.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Values {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Requirements {
    /// All of them, as a NodePool lists them.
    #[must_use]
    pub fn listed(&self) -> Vec<Requirement> {
        match self {
            Requirements::Listed(all) => all.clone(),
            Requirements::Labels(labels) => {
                let one = |(key, values): (&String, &Values)| Requirement {
                    key: key.clone(),
                    operator: RequirementOperator::In,
                    values: match values {
                        Values::One(value) => vec![value.clone()],
                        Values::Several(values) => values.clone(),
                    },
                    min_values: None,
                };
                labels.iter().map(one).collect()
            }
        }
    }
}

/// When nodes of a pool are removed, under Karpenter.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Disruption {
    /// Which nodes are consolidated; by default also those whose pods fit elsewhere.
    pub consolidation_policy: Option<ConsolidationPolicy>,
    /// How long no pod may have come or gone, or `Never`; 0 s by default.
    pub consolidate_after: Option<String>,
    /// How many nodes may be disrupted at a time; by default 10 %.
    pub budgets: Option<Vec<Budget>>,
}

/// Which nodes Karpenter consolidates.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize, JsonSchema)]
pub enum ConsolidationPolicy {
    /// Nodes without pods, but of DaemonSets.
    WhenEmpty,
    /// Also nodes whose pods fit elsewhere, or on something cheaper.
    WhenEmptyOrUnderutilized,
    /// The same, as v1beta1 called it.
    WhenUnderutilized,
}

/// How many nodes of a pool may be disrupted at a time.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Budget {
    /// A number, or a share of them: `10%`.
    #[schemars(with = "Quantity")]
    pub nodes: Quantity,
    /// Why they are disrupted; every reason by default.
    #[serde(default)]
    pub reasons: Vec<DisruptionReason>,
    /// When it begins to count, as cron writes it in UTC: `0 9 * * mon-fri`; always by default.
    pub schedule: Option<String>,
    /// How long it counts from then on.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub duration: Option<String>,
}

/// Why Karpenter disrupts nodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize, JsonSchema)]
pub enum DisruptionReason {
    /// Their pods fit elsewhere, or on something cheaper.
    Underutilized,
    /// They have no pods.
    Empty,
    /// They are not what their NodePool would launch now.
    Drifted,
}
