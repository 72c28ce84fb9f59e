//! Why an instance is gone, or a pod stops.

/// Why an instance ceased to exist, or a pod is terminating.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// The provider took its spot capacity back.
    Reclaimed,
    /// The provider took it because spot costs more than its pool pays.
    Outbid,
    /// It was in this state when the run began.
    InitialState,
    /// The scheduler made room for a pod of higher priority.
    Preempted,
    /// Its node had a taint that it does not tolerate, or no longer.
    Tainted,
    /// The provider announced that it would take its spot capacity back, and the pool
    /// terminated it first, once it was drained.
    Drained,
    /// It failed, or its zone did.
    Failed,
    /// Its pool gave it back.
    Released,
    /// The pod's Job is over.
    JobOver,
    /// The pod's workload is to have fewer replicas.
    ScaledDown,
    /// The pod's workload has another pod template.
    RolledOut,
    /// Its VerticalPodAutoscaler wants it to be created anew, with other requests.
    VpaUpdate,
    /// Its node was short of something, and its kubelet evicted it.
    NodePressure,
}

impl Cause {
    /// Whether an instance is gone because the provider wanted spot capacity back.
    #[must_use]
    pub fn is_reclaim(self) -> bool {
        matches!(self, Cause::Reclaimed | Cause::Outbid | Cause::Drained)
    }
}
