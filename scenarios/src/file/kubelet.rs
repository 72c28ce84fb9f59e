//! What a scenario says about kubelets, in the words of a `KubeletConfiguration`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// How kubelets are configured; what is not said is as it comes with Kubernetes 1.36. It matters to pods
/// of which it is known what they use.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kubelet {
    /// How little may be left of what before pods are evicted at once, for example
    /// `{memory.available: 500Mi}`; by default `memory.available: 100Mi` with the thresholds of disks. What
    /// is given replaces all of them.
    pub eviction_hard: Option<BTreeMap<String, String>>,
    /// How little may be left of what before pods are evicted when that has lasted.
    #[serde(default)]
    pub eviction_soft: BTreeMap<String, String>,
    /// For how long, for each signal of `evictionSoft`, for example `{memory.available: 1m30s}`.
    #[serde(default)]
    pub eviction_soft_grace_period: BTreeMap<String, String>,
    /// How much more than a threshold must be left before evictions stop.
    #[serde(default)]
    pub eviction_minimum_reclaim: BTreeMap<String, String>,
    /// For how long a node is said to be under pressure after it was last; by default 5 min.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub eviction_pressure_transition_period: Option<String>,
    /// How many seconds a pod gets at most to stop when a soft threshold evicts it; by default 0.
    #[serde(default)]
    #[schemars(range(max = 86_400))]
    pub eviction_max_pod_grace_period: u32,
    /// How long a container waits at most that exits again and again.
    pub crash_loop_back_off: Option<CrashLoopBackOff>,
}

/// How long containers wait that exit again and again.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CrashLoopBackOff {
    /// At most so long, from 1 s to 300 s, which is the default.
    #[schemars(extend("format" = "duration"))]
    pub max_container_restart_period: String,
}
