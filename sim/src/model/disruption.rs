//! Disruption: why a pod ends that did not choose to, in Kubernetes' own words.

/// The reason of a pod's condition `DisruptionTarget`.
// Kubernetes documentation, "Disruptions": Pod disruption conditions
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reason {
    /// The scheduler made room for a pod of higher priority.
    PreemptionByScheduler,
    /// Its node had a `NoExecute` taint that it does not tolerate, or no longer.
    DeletionByTaintManager,
    /// The eviction API was asked, and its budget allowed it.
    EvictionByEvictionApi,
    /// Its node no longer existed.
    DeletionByPodGc,
    /// The kubelet shut its node down.
    TerminationByKubelet,
}

impl Reason {
    /// Every reason, in order.
    pub const ALL: [Reason; 5] = [
        Reason::PreemptionByScheduler,
        Reason::DeletionByTaintManager,
        Reason::EvictionByEvictionApi,
        Reason::DeletionByPodGc,
        Reason::TerminationByKubelet,
    ];

    /// Its name in the condition.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Reason::PreemptionByScheduler => "PreemptionByScheduler",
            Reason::DeletionByTaintManager => "DeletionByTaintManager",
            Reason::EvictionByEvictionApi => "EvictionByEvictionAPI",
            Reason::DeletionByPodGc => "DeletionByPodGC",
            Reason::TerminationByKubelet => "TerminationByKubelet",
        }
    }
}
