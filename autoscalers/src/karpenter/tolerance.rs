//! Which taints pods tolerate. Karpenter minds every effect, `PreferNoSchedule` too.

use sim::model::taints::{Effect, Taint, Toleration, TolerationOperator, tolerated};

/// Whether a pod tolerates all taints.
// Karpenter: pkg/scheduling/taints.go Tolerates
pub(crate) fn tolerates(tolerations: &[Toleration], taints: &[Taint]) -> bool {
    taints.iter().all(|taint| tolerated(tolerations, taint))
}

/// Tolerates every taint with the effect `PreferNoSchedule`.
pub(crate) const PREFERENCES: Toleration = Toleration {
    key: None,
    operator: TolerationOperator::Exists,
    effect: Some(Effect::PreferNoSchedule),
    seconds: None,
};
