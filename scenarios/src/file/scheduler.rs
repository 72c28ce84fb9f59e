//! kube-scheduler's own configuration: `kubescheduler.config.k8s.io/v1`, as upstream writes it.
// kube-scheduler: staging/src/k8s.io/kube-scheduler/config/v1/types.go, types_pluginargs.go

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::rules::Selector;

/// Anything that is written and not simulated.
pub type Ignored = BTreeMap<String, serde_json::Value>;

/// kube-scheduler's own configuration, a `KubeSchedulerConfiguration`: written here, or in a file
/// of its own (`{file: scheduler.yaml}`).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Configuration {
    /// The file that it is in; the path is relative to this one.
    pub file: Option<String>,
    /// `kubescheduler.config.k8s.io/v1`.
    pub api_version: Option<ConfigVersion>,
    /// `KubeSchedulerConfiguration`.
    pub kind: Option<ConfigKind>,
    /// How much of a large cluster is looked at for one pod, in percent; 0 lets it depend on the
    /// size of the cluster.
    #[schemars(range(min = 0, max = 100))]
    pub percentage_of_nodes_to_score: Option<u8>,
    /// How long a pod that could not be placed lets others go first, to begin with.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub pod_initial_backoff_seconds: Option<u64>,
    /// And at most.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub pod_max_backoff_seconds: Option<u64>,
    /// Which plugins place which pods.
    #[serde(default)]
    pub profiles: Vec<Profile>,
    /// How many nodes are looked at in parallel: not simulated.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub parallelism: Option<u32>,
    /// Programs that are asked besides plugins: not simulated.
    #[serde(default)]
    pub extenders: Vec<Ignored>,
    /// Which of several schedulers leads: not simulated.
    pub leader_election: Option<Ignored>,
    /// How to reach the API server: not simulated.
    pub client_connection: Option<Ignored>,
    /// Whether profiles of the program can be taken: not simulated.
    pub enable_profiling: Option<bool>,
    /// Whether they show who waits for whom: not simulated.
    pub enable_contention_profiling: Option<bool>,
    /// Whether to fill the cache only when it leads: not simulated.
    pub delay_cache_until_active: Option<bool>,
}

/// The version of kube-scheduler's configuration.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum ConfigVersion {
    /// The only one that kube-scheduler 1.36 reads.
    #[serde(rename = "kubescheduler.config.k8s.io/v1")]
    V1,
}

/// The kind of object.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum ConfigKind {
    /// kube-scheduler's configuration.
    KubeSchedulerConfiguration,
}

/// One of the schedulers that pods can ask for by `schedulerName`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Profile {
    /// The name that pods ask for; `default-scheduler` if it is the only profile.
    pub scheduler_name: Option<String>,
    /// How much of a large cluster is looked at for one pod, in percent, in place of the general
    /// figure.
    #[schemars(range(min = 0, max = 100))]
    pub percentage_of_nodes_to_score: Option<u8>,
    /// Which plugins are on, besides and in place of the default ones.
    #[serde(default)]
    pub plugins: Plugins,
    /// The arguments of plugins.
    #[serde(default)]
    pub plugin_config: Vec<PluginConfig>,
}

/// Plugins by extension point. At `multiPoint` a plugin is on wherever it can be; what is said at a
/// single point goes before.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plugins {
    /// Which pods may wait at all.
    #[serde(default)]
    pub pre_enqueue: PluginSet,
    /// Who goes first.
    #[serde(default)]
    pub queue_sort: PluginSet,
    /// Looks at a pod before nodes are.
    #[serde(default)]
    pub pre_filter: PluginSet,
    /// Keeps a pod off nodes.
    #[serde(default)]
    pub filter: PluginSet,
    /// Makes room.
    #[serde(default)]
    pub post_filter: PluginSet,
    /// Looks at a pod before nodes are scored.
    #[serde(default)]
    pub pre_score: PluginSet,
    /// Prefers some of the nodes that are left.
    #[serde(default)]
    pub score: PluginSet,
    /// Takes what the pod needs.
    #[serde(default)]
    pub reserve: PluginSet,
    /// Holds a pod back that has a node.
    #[serde(default)]
    pub permit: PluginSet,
    /// Prepares the node.
    #[serde(default)]
    pub pre_bind: PluginSet,
    /// Binds.
    #[serde(default)]
    pub bind: PluginSet,
    /// Tidies up.
    #[serde(default)]
    pub post_bind: PluginSet,
    /// Wherever a plugin can be.
    #[serde(default)]
    pub multi_point: PluginSet,
}

/// Plugins of one extension point.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PluginSet {
    /// Those that are on besides the default ones, in their order.
    #[serde(default)]
    pub enabled: Vec<Plugin>,
    /// Default ones that are off; `*` are all.
    #[serde(default)]
    pub disabled: Vec<Plugin>,
}

/// A plugin, with the weight of its score.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plugin {
    /// What it is called.
    pub name: String,
    /// How much its score weighs; nothing and 0 are as 1.
    #[schemars(range(min = 0, max = 2_147_483_647))]
    pub weight: Option<i64>,
}

/// The arguments of one plugin.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PluginConfig {
    /// Which plugin.
    pub name: String,
    /// Its arguments: for example those of `NodeResourcesFitArgs`.
    #[serde(default)]
    pub args: Ignored,
}

/// Arguments of DefaultPreemption.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DefaultPreemptionArgs {
    /// The version.
    pub api_version: Option<ConfigVersion>,
    /// `DefaultPreemptionArgs`.
    pub kind: Option<String>,
    /// How many nodes are looked at for victims, in percent of those where there may be any.
    #[schemars(range(min = 0, max = 100))]
    pub min_candidate_nodes_percentage: Option<u32>,
    /// And at least.
    #[schemars(range(min = 0, max = 1_000_000))]
    pub min_candidate_nodes_absolute: Option<u32>,
}

/// Arguments of InterPodAffinity.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InterPodAffinityArgs {
    /// The version.
    pub api_version: Option<ConfigVersion>,
    /// `InterPodAffinityArgs`.
    pub kind: Option<String>,
    /// How much an existing pod's required affinity counts as a preference; 1 if not said.
    #[schemars(range(min = 0, max = 100))]
    pub hard_pod_affinity_weight: Option<i64>,
    /// Whether what existing pods prefer is left out of account.
    #[serde(default)]
    pub ignore_preferred_terms_of_existing_pods: bool,
}

/// Arguments of PodTopologySpread.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PodTopologySpreadArgs {
    /// The version.
    pub api_version: Option<ConfigVersion>,
    /// `PodTopologySpreadArgs`.
    pub kind: Option<String>,
    /// The constraints of pods that have none of their own, with defaultingType List.
    #[serde(default)]
    pub default_constraints: Vec<DefaultConstraint>,
    /// Whether those constraints are the built-in ones or the list.
    #[serde(default)]
    pub defaulting_type: DefaultingType,
}

/// Where default constraints come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
pub enum DefaultingType {
    /// kube-scheduler's own: 3 a host and 5 a zone.
    #[default]
    System,
    /// From the list.
    List,
}

/// A topology spread constraint without a selector.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DefaultConstraint {
    /// By how many pods a domain may be ahead of the emptiest one.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub max_skew: u32,
    /// The node label by whose values nodes form domains.
    pub topology_key: String,
    /// What becomes of a node that breaks it.
    pub when_unsatisfiable: WhenUnsatisfiable,
    /// Not allowed here: each pod's Services and controller say which pods count.
    pub label_selector: Option<Selector>,
}

/// What becomes of a node that breaks a constraint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, JsonSchema)]
pub enum WhenUnsatisfiable {
    /// It is ruled out.
    DoNotSchedule,
    /// It is a worse choice.
    ScheduleAnyway,
}

/// Arguments of NodeAffinity.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeAffinityArgs {
    /// The version.
    pub api_version: Option<ConfigVersion>,
    /// `NodeAffinityArgs`.
    pub kind: Option<String>,
    /// Kubernetes' own NodeAffinity, which every pod has besides its own.
    #[schemars(with = "Option<Ignored>")]
    pub added_affinity: Option<crate::kube::NodeAffinity>,
}

/// Arguments of NodeResourcesFit.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeResourcesFitArgs {
    /// The version.
    pub api_version: Option<ConfigVersion>,
    /// `NodeResourcesFitArgs`.
    pub kind: Option<String>,
    /// Extended resources that need no room.
    #[serde(default)]
    pub ignored_resources: Vec<String>,
    /// The same by what stands before the slash.
    #[serde(default)]
    pub ignored_resource_groups: Vec<String>,
    /// What makes a node a good choice.
    pub scoring_strategy: Option<ScoringStrategy>,
}

/// What makes a node a good choice.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScoringStrategy {
    /// How the use of a resource becomes a score.
    #[serde(rename = "type")]
    pub kind: ScoringType,
    /// The resources that count, with their weights; CPU and memory alike if not said.
    #[serde(default)]
    pub resources: Vec<Resource>,
    /// The line of RequestedToCapacityRatio.
    pub requested_to_capacity_ratio: Option<RequestedToCapacityRatio>,
}

/// How the use of a resource becomes a score.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
pub enum ScoringType {
    /// The more is left the better.
    LeastAllocated,
    /// The less is left the better.
    MostAllocated,
    /// By a line through points.
    RequestedToCapacityRatio,
}

/// A resource and how much it counts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Resource {
    /// What it is called.
    pub name: String,
    /// How much it counts; 0 is as 1.
    #[serde(default)]
    #[schemars(range(min = 0, max = 100))]
    pub weight: i64,
}

/// A line through points.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequestedToCapacityRatio {
    /// Its points, from left to right.
    #[schemars(length(min = 1))]
    pub shape: Vec<Point>,
}

/// A point of a line.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Point {
    /// How much of the resource is requested, in percent.
    #[schemars(range(min = 0, max = 100))]
    pub utilization: i64,
    /// The score there.
    #[schemars(range(min = 0, max = 10))]
    pub score: i64,
}

/// Arguments of NodeResourcesBalancedAllocation.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeResourcesBalancedAllocationArgs {
    /// The version.
    pub api_version: Option<ConfigVersion>,
    /// `NodeResourcesBalancedAllocationArgs`.
    pub kind: Option<String>,
    /// The resources that are to be used evenly; CPU and memory if not said.
    #[serde(default)]
    pub resources: Vec<Resource>,
}
