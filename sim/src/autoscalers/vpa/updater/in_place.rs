//! Whether a pod may be resized in place now, and when a resize that does not end is given up.

use super::budget::{Group, Groups};
use super::config::UpdaterConfig;
use super::memory::Memory;
use super::subject::{Pod, ResizeCondition, ResizeKind, ResizeReason, Subject};
use super::verdict::Reason;
use crate::autoscalers::vpa::aggregate::ms;
use crate::model::vpa::UpdateMode;
use crate::time::Span;

/// For how long a resize may be deferred before its pod is evicted.
// VPA: updater/restriction/pods_inplace_restriction.go DeferredResizeUpdateTimeout
const DEFERRED_TIMEOUT: Span = Span::from_secs(300);
/// For how long a resize may be in progress before its pod is evicted.
// VPA: updater/restriction/pods_inplace_restriction.go InProgressResizeUpdateTimeout
const IN_PROGRESS_TIMEOUT: Span = Span::from_hours(1);

/// What is to be done with a pod whose autoscaler resizes in place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Decision {
    /// It may be resized.
    Approved,
    /// It may not be resized now.
    Deferred(Reason),
    /// Its resize has failed, and it is to be evicted.
    Evict,
    /// Its node has no room for what it was resized to.
    Infeasible,
    /// Its node had no room before, and would not have now.
    StillInfeasible,
}

/// What is to be done with a pod whose autoscaler resizes in place.
// VPA: updater/restriction/pods_inplace_restriction.go CanInPlaceUpdate
pub(super) fn decide(
    config: &UpdaterConfig,
    memory: &mut Memory,
    subject: &Subject<'_>,
    (pod, groups): (&Pod, &Groups),
    now_ms: i64,
) -> Decision {
    let Some(group) = groups.of_pod(pod) else { return Decision::Deferred(Reason::Group) };
    if pod.is_pending {
        return Decision::Deferred(Reason::Pending);
    }
    let Some(recommended) = subject.recommended else {
        return Decision::Deferred(Reason::NoRecommendation);
    };
    let never_evicts = subject.spec.mode == UpdateMode::InPlace;
    if never_evicts && memory.is_infeasible(pod, recommended) {
        return Decision::StillInfeasible;
    }
    if let Some(condition) = pod.resizing() {
        use ResizeReason::{Error, Infeasible};
        return match condition.reason {
            Some(Infeasible | Error) if never_evicts => Decision::Infeasible,
            _ if never_evicts => Decision::Deferred(Reason::Resizing),
            _ if is_stuck(memory, pod, group, now_ms) => Decision::Evict,
            _ => Decision::Deferred(Reason::Resizing),
        };
    }
    let restarts = pod.containers.iter().any(|container| container.restarts_on_resize);
    if (config.in_place_skip_disruption_budget && !restarts) || group.is_disruptable() {
        return Decision::Approved;
    }
    Decision::Deferred(Reason::Budget)
}

/// Whether the resize of a pod that is being resized is given up. The time counts from when it was first
/// seen.
// VPA: updater/restriction/pods_inplace_restriction.go CanEvictInPlacingPod
pub(super) fn is_stuck(memory: &mut Memory, pod: &Pod, group: &Group, now_ms: i64) -> bool {
    let passed_ms = now_ms - memory.resized_since_ms(pod, now_ms);
    if !group.is_disruptable() {
        return false;
    }
    let condition =
        |kind| pod.resize_conditions.iter().find(|it: &&ResizeCondition| it.kind == kind);
    if let Some(pending) = condition(ResizeKind::Pending) {
        return pending.reason != Some(ResizeReason::Deferred) || passed_ms > ms(DEFERRED_TIMEOUT);
    }
    condition(ResizeKind::InProgress).is_some_and(|progress| {
        let goes_on = progress.reason.is_none() && !progress.has_message;
        !goes_on || passed_ms > ms(IN_PROGRESS_TIMEOUT)
    })
}
