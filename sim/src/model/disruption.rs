//! Disruption: why a pod ends that did not choose to, in Kubernetes' own words.

/// The reason of a pod's condition `DisruptionTarget`.
// Kubernetes documentation, "Disruptions": Pod disruption conditions
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DisruptionReason {
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

impl DisruptionReason {
    /// Every reason, in order.
    pub const ALL: [DisruptionReason; 5] = [
        DisruptionReason::PreemptionByScheduler,
        DisruptionReason::DeletionByTaintManager,
        DisruptionReason::EvictionByEvictionApi,
        DisruptionReason::DeletionByPodGc,
        DisruptionReason::TerminationByKubelet,
    ];

    /// Its name in the condition.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            DisruptionReason::PreemptionByScheduler => "PreemptionByScheduler",
            DisruptionReason::DeletionByTaintManager => "DeletionByTaintManager",
            DisruptionReason::EvictionByEvictionApi => "EvictionByEvictionAPI",
            DisruptionReason::DeletionByPodGc => "DeletionByPodGC",
            DisruptionReason::TerminationByKubelet => "TerminationByKubelet",
        }
    }
}
