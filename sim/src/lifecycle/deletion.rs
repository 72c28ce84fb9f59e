//! Deletion of pods: how a workload rids itself of one, and which were deleted.

use crate::action::Action;
use crate::fact::Cause;
use crate::model::disruption::DisruptionReason;
use crate::model::pod::PodId;
use crate::world::World;
use crate::world::pods::Phase;

/// The deletion of a pod that its workload no longer wants, unless it is on its way out.
pub(super) fn delete(world: &World, pod: PodId, why: Cause) -> Option<Action> {
    match world.pods().phase(pod) {
        Phase::Pending => Some(Action::Withdraw { pod }),
        Phase::Starting { .. } | Phase::Running { .. } => {
            Some(Action::Terminate { pod, why, reason: None })
        }
        Phase::Terminating { .. } | Phase::Ended(_) | Phase::Withdrawn => None,
    }
}

/// Whether a terminating pod has been deleted, as every client does but the kubelet.
pub(super) fn is_deleted(world: &World, pod: PodId) -> bool {
    world.pods().reason(pod) != Some(DisruptionReason::TerminationByKubelet)
}
