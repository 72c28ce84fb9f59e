//! What changes workloads: more pods (HorizontalPodAutoscaler), larger ones (VerticalPodAutoscaler).

use super::{LabelSelector, ObjectMeta, Quantity, ResourceList};

object! {
    /// The object that is scaled.
    pub struct CrossVersionObjectReference {
        /// Its API version.
        pub api_version: String,
        /// Its kind.
        pub kind: String,
        /// Its name.
        pub name: String,
    }

    /// More pods when there is more to do.
    pub struct HorizontalPodAutoscaler {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it wants.
        pub spec: HorizontalPodAutoscalerSpec,
        /// How it was last seen.
        pub status: HorizontalPodAutoscalerStatus,
    }

    /// What a HorizontalPodAutoscaler wants.
    pub struct HorizontalPodAutoscalerSpec {
        /// What it scales.
        pub scale_target_ref: CrossVersionObjectReference,
        /// How many pods at least; one by default.
        pub min_replicas: Option<u32>,
        /// How many pods at most.
        pub max_replicas: u32,
        /// What it looks at.
        pub metrics: Vec<MetricSpec>,
        /// How fast it acts.
        pub behavior: Option<HorizontalPodAutoscalerBehavior>,
        /// The CPU utilisation it aims at (`autoscaling/v1`).
        #[serde(rename = "targetCPUUtilizationPercentage")]
        pub target_cpu_utilization_percentage: Option<u32>,
    }

    /// What an autoscaler looks at: the field named by `type`.
    pub struct MetricSpec {
        /// `Resource`, `ContainerResource`, `Pods`, `Object` or `External`.
        #[serde(rename = "type")]
        pub kind: String,
        /// A resource of the pods.
        pub resource: Option<MetricSource>,
        /// A resource of one container.
        pub container_resource: Option<MetricSource>,
        /// A figure of the pods.
        pub pods: Option<MetricSource>,
        /// A figure of another object.
        pub object: Option<MetricSource>,
        /// A figure from elsewhere.
        pub external: Option<MetricSource>,
    }

    /// A figure and what it should be.
    pub struct MetricSource {
        /// Which resource.
        pub name: String,
        /// Of which container.
        pub container: String,
        /// Which figure.
        pub metric: Option<MetricIdentifier>,
        /// Of which object.
        pub described_object: Option<CrossVersionObjectReference>,
        /// What it should be.
        pub target: MetricTarget,
    }

    /// A figure by name.
    pub struct MetricIdentifier {
        /// The name.
        pub name: String,
        /// Which series of it.
        pub selector: Option<LabelSelector>,
    }

    /// What a figure should be.
    pub struct MetricTarget {
        /// `Utilization`, `Value` or `AverageValue`.
        #[serde(rename = "type")]
        pub kind: String,
        /// Percent of the request.
        pub average_utilization: Option<u32>,
        /// Per pod.
        pub average_value: Option<Quantity>,
        /// In all.
        pub value: Option<Quantity>,
    }

    /// How fast an autoscaler acts.
    pub struct HorizontalPodAutoscalerBehavior {
        /// Upwards.
        pub scale_up: Option<HpaScalingRules>,
        /// Downwards.
        pub scale_down: Option<HpaScalingRules>,
    }

    /// How fast an autoscaler acts in one direction.
    pub struct HpaScalingRules {
        /// How far back it looks.
        pub stabilization_window_seconds: Option<u32>,
        /// `Max` (default), `Min` or `Disabled`.
        pub select_policy: Option<String>,
        /// The limits.
        pub policies: Vec<HpaScalingPolicy>,
        /// How far a figure may be off.
        pub tolerance: Option<Quantity>,
    }

    /// A limit on speed.
    pub struct HpaScalingPolicy {
        /// `Pods` or `Percent`.
        #[serde(rename = "type")]
        pub kind: String,
        /// How many.
        pub value: u32,
        /// In which time.
        pub period_seconds: u32,
    }

    /// How a HorizontalPodAutoscaler was last seen.
    pub struct HorizontalPodAutoscalerStatus {
        /// How many pods there are.
        pub current_replicas: u32,
        /// How many it wants.
        pub desired_replicas: u32,
    }

    /// Larger or smaller pods.
    pub struct VerticalPodAutoscaler {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it wants.
        pub spec: VerticalPodAutoscalerSpec,
        /// What it recommends.
        pub status: VerticalPodAutoscalerStatus,
    }

    /// What a VerticalPodAutoscaler wants.
    pub struct VerticalPodAutoscalerSpec {
        /// What it scales.
        pub target_ref: Option<CrossVersionObjectReference>,
        /// How it acts.
        pub update_policy: Option<PodUpdatePolicy>,
        /// Within which bounds.
        pub resource_policy: Option<PodResourcePolicy>,
        /// More CPU while its containers start.
        pub startup_boost: Option<StartupBoost>,
    }

    /// More of a resource while a container starts.
    pub struct StartupBoost {
        /// More CPU.
        pub cpu: Option<ResourceBoost>,
    }

    /// How much more, and for how long.
    pub struct ResourceBoost {
        /// `Factor` or `Quantity`.
        #[serde(rename = "type")]
        pub kind: String,
        /// How many times as much.
        pub factor: Option<u32>,
        /// How much more.
        pub quantity: Option<Quantity>,
        /// For how long after the pod is ready.
        pub duration_seconds: Option<u32>,
    }

    /// How a VerticalPodAutoscaler acts.
    pub struct PodUpdatePolicy {
        /// `Off`, `Initial`, `Recreate`, `InPlaceOrRecreate` or `Auto`.
        pub update_mode: Option<String>,
        /// How many pods there must be before one is evicted.
        pub min_replicas: Option<u32>,
        /// What must hold of a change before a pod is touched for it.
        pub eviction_requirements: Vec<EvictionRequirement>,
        /// How soon an out-of-memory kill must come for its pod to be touched at once.
        #[serde(rename = "evictAfterOOMSeconds")]
        pub evict_after_oom_seconds: Option<u32>,
    }

    /// A requirement on a change.
    pub struct EvictionRequirement {
        /// Of which resources one must change so.
        pub resources: Vec<String>,
        /// `TargetHigherThanRequests` or `TargetLowerThanRequests`.
        pub change_requirement: String,
    }

    /// Bounds.
    pub struct PodResourcePolicy {
        /// One entry a container.
        pub container_policies: Vec<ContainerResourcePolicy>,
    }

    /// Bounds for a container.
    pub struct ContainerResourcePolicy {
        /// Which; `*` is every other.
        pub container_name: String,
        /// `Auto` (default) or `Off`.
        pub mode: Option<String>,
        /// The least.
        pub min_allowed: ResourceList,
        /// The most.
        pub max_allowed: ResourceList,
        /// Of which resources.
        pub controlled_resources: Option<Vec<String>>,
        /// `RequestsAndLimits` (default) or `RequestsOnly`.
        pub controlled_values: Option<String>,
        /// By how much memory grows after an out-of-memory kill.
        pub oom_bump_up_ratio: Option<Quantity>,
        /// The least by which it grows.
        pub oom_min_bump_up: Option<Quantity>,
        /// How long one peak of memory stands for.
        pub memory_aggregation_interval_seconds: Option<u32>,
        /// How many peaks history has.
        pub memory_aggregation_interval_count: Option<u32>,
        /// More CPU while it starts.
        pub startup_boost: Option<StartupBoost>,
    }

    /// What a VerticalPodAutoscaler recommends.
    pub struct VerticalPodAutoscalerStatus {
        /// The recommendation.
        pub recommendation: Option<RecommendedPodResources>,
    }

    /// A recommendation.
    pub struct RecommendedPodResources {
        /// One entry a container.
        pub container_recommendations: Vec<RecommendedContainerResources>,
    }

    /// A recommendation for a container.
    pub struct RecommendedContainerResources {
        /// Which.
        pub container_name: String,
        /// What it should request.
        pub target: ResourceList,
        /// What it should request at least.
        pub lower_bound: ResourceList,
        /// What it should request at most.
        pub upper_bound: ResourceList,
        /// What it should request were there no bounds.
        pub uncapped_target: ResourceList,
    }
}
