//! Who comes first, and who may be disturbed.

use std::collections::BTreeMap;

use super::{Condition, IntOrString, LabelSelector, ObjectMeta};

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
