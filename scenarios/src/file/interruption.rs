//! What a scenario says about reclaims: who tells pods, and who finds out.

use schemars::JsonSchema;
use serde::Deserialize;

/// What becomes of the pods of an instance that is taken. What is not said is as the provider does
/// it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Interruption {
    /// Who acts on the provider's notice.
    pub drained_by: Option<DrainedBy>,
    /// How long before an instance is gone its operating system begins to shut down: then the
    /// kubelet begins, if it is the one that drains.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub shutdown_signal: Option<String>,
    /// The kubelet's `shutdownGracePeriod`: how long it has for all pods of its node.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub shutdown_grace_period: Option<String>,
    /// The kubelet's `shutdownGracePeriodCriticalPods`: how much of that, at the end, is for pods of
    /// a system priority.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub shutdown_grace_period_critical_pods: Option<String>,
    /// How long a kubelet may be silent until its node is unreachable; by default 50 s.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub node_monitor_grace_period: Option<String>,
    /// What becomes of the Node object of an instance that is gone.
    #[serde(default)]
    pub node_object: NodeObject,
}

/// Who acts on the provider's notice.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DrainedBy {
    /// A termination handler or Karpenter: it cordons the node and evicts its pods, as far as
    /// PodDisruptionBudgets let it.
    Handler,
    /// The kubelet, with its graceful node shutdown: it asks no budget.
    Kubelet,
    /// Neither of them: pods run until the instance is gone.
    None,
}

/// What becomes of the Node object of an instance that is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum NodeObject {
    /// The cloud's controller deletes it, and then pod garbage collection its pods.
    #[default]
    Deleted,
    /// It stays: pods are deleted once they no longer tolerate an unreachable node (300 s unless
    /// they say otherwise), and pods of StatefulSets are never replaced.
    Kept,
}
