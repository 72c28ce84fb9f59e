//! Who comes first, and who may be disturbed.

use std::collections::BTreeMap;

use super::{Condition, IntOrString, LabelSelector, ObjectMeta, ResourceList};

object! {
    /// A priority by name.
    pub struct PriorityClass {
        /// Its name.
        pub metadata: ObjectMeta,
        /// The priority.
        pub value: i32,
        /// Whether pods without a class have this one.
        pub global_default: bool,
        /// `PreemptLowerPriority` (default) or `Never`.
        pub preemption_policy: Option<String>,
    }

    /// How many pods may be missing.
    pub struct PodDisruptionBudget {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it demands.
        pub spec: PodDisruptionBudgetSpec,
        /// How it was last seen.
        pub status: PodDisruptionBudgetStatus,
    }

    /// What a budget demands.
    pub struct PodDisruptionBudgetSpec {
        /// Of which pods; none is no pod.
        pub selector: Option<LabelSelector>,
        /// How many must be there.
        pub min_available: Option<IntOrString>,
        /// How many may be missing.
        pub max_unavailable: Option<IntOrString>,
        /// `IfHealthyBudget` (default) or `AlwaysAllow`.
        pub unhealthy_pod_eviction_policy: Option<String>,
    }

    /// How much the objects of a namespace may use together.
    pub struct ResourceQuota {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it demands.
        pub spec: ResourceQuotaSpec,
    }

    /// What a quota demands.
    pub struct ResourceQuotaSpec {
        /// The most of each thing that it counts.
        pub hard: ResourceList,
        /// Which pods it counts: those that are in all of these.
        pub scopes: Vec<String>,
        /// The same, with operators.
        pub scope_selector: Option<ScopeSelector>,
    }

    /// Which pods a quota counts.
    pub struct ScopeSelector {
        /// All must hold.
        pub match_expressions: Vec<ScopedSelectorRequirement>,
    }

    /// What a quota asks of a pod.
    pub struct ScopedSelectorRequirement {
        /// Of which of its properties.
        pub scope_name: String,
        /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
        pub operator: String,
        /// The values, of operators that take some.
        pub values: Vec<String>,
    }

    /// How much each pod and container of a namespace may request and use.
    pub struct LimitRange {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it demands.
        pub spec: LimitRangeSpec,
    }

    /// What a LimitRange demands.
    pub struct LimitRangeSpec {
        /// All must be kept to.
        pub limits: Vec<LimitRangeItem>,
    }

    /// Bounds of one kind of thing.
    pub struct LimitRangeItem {
        /// `Container`, `Pod` or `PersistentVolumeClaim`.
        #[serde(rename = "type")]
        pub kind: String,
        /// The least that is requested, and the least limit.
        pub min: ResourceList,
        /// The most that is requested, and the highest limit.
        pub max: ResourceList,
        /// The limits of a container that states none.
        pub default: ResourceList,
        /// The requests of a container that states none.
        pub default_request: ResourceList,
        /// How many times its request a limit may be.
        pub max_limit_request_ratio: ResourceList,
    }

    /// How a budget was last seen.
    pub struct PodDisruptionBudgetStatus {
        /// How many pods may be disturbed now.
        pub disruptions_allowed: i32,
        /// How many are healthy.
        pub current_healthy: i32,
        /// How many must be.
        pub desired_healthy: i32,
        /// How many there are.
        pub expected_pods: i32,
        /// Pods that are being evicted, and since when.
        pub disrupted_pods: BTreeMap<String, String>,
        /// What is and is not so.
        pub conditions: Vec<Condition>,
    }
}
