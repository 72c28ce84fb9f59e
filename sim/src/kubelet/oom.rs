//! Who is killed when memory is out: what the kubelet tells the kernel of a container, and what the
//! kernel makes of it.

use super::pod::{Container, Pod, Resource};
use crate::model::containers::{ContainerKind as Kind, QosClass};

/// What containers have that are killed last.
// kubelet: pkg/kubelet/qos/policy.go guaranteedOOMScoreAdj
const KILLED_LAST: i64 = -997;

/// What containers have that are killed first.
// kubelet: pkg/kubelet/qos/policy.go besteffortOOMScoreAdj
const KILLED_FIRST: i64 = 1_000;

/// What the kernel never kills.
// linux: include/uapi/linux/oom.h OOM_SCORE_ADJ_MIN
const EXEMPT: i64 = -1_000;

/// Bytes in a page.
const PAGE: i128 = 4_096;

/// `oom_score_adj` of a container on a node with this much memory, as of its creation.
// kubelet: pkg/kubelet/qos/policy.go GetContainerOOMScoreAdjust
#[must_use]
pub fn score_adjustment(pod: &Pod, container: &Container, node_memory: u64) -> i64 {
    if pod.is_node_critical() {
        return KILLED_LAST;
    }
    match pod.qos {
        QosClass::Guaranteed => return KILLED_LAST,
        QosClass::BestEffort => return KILLED_FIRST,
        QosClass::Burstable => {}
    }
    let share = share_of_the_rest(pod);
    let adjustment = |request: u64| {
        let thousandths = 1_000 * (i128::from(request) + share) / i128::from(node_memory.max(1));
        1_000 - i64::try_from(thousandths).unwrap_or(i64::MAX / 2)
    };
    let mut adjusted = adjustment(container.requests.memory.unwrap_or(0));
    if container.kind == Kind::Sidecar {
        // A sidecar is not killed before the containers that it serves.
        let regular = pod.containers.iter().filter(|other| other.kind == Kind::Regular);
        let least = regular.map(|other| other.requests.memory.unwrap_or(0)).min();
        adjusted = adjusted.min(adjustment(least.unwrap_or(0)));
    }
    // Above a Guaranteed pod, and below a BestEffort one.
    match adjusted {
        KILLED_FIRST => KILLED_FIRST - 1,
        other => other.max(1_000 + KILLED_LAST),
    }
}

/// What each container gets of the memory that is requested for the pod as a whole and by no container.
// kubelet: pkg/kubelet/qos/policy.go remainingPodMemReqPerContainer
fn share_of_the_rest(pod: &Pod) -> i128 {
    let whole = pod.requests.memory.unwrap_or(0);
    if !pod.has_pod_level_requests() || whole == 0 || pod.containers.is_empty() {
        return 0;
    }
    let rest = i128::from(whole) - i128::from(pod.requested_by_containers(Resource::Memory));
    rest / pod.containers.len() as i128
}

/// Which of several memory users the kernel kills, of which each has a working set in bytes and an
/// `oom_score_adj`: the one with most points. `total` is what there is: the node's memory, or the limit
/// that was reached, with those under it.
///
/// All processes of a container die together, so a container counts as one user.
// linux: mm/oom_kill.c oom_badness, oom_evaluate_task
#[must_use]
pub fn victim(users: impl IntoIterator<Item = (u64, i64)>, total: u64) -> Option<usize> {
    let thousandth = i128::from(total) / PAGE / 1_000;
    let mut chosen: Option<(i128, usize)> = None;
    for (place, (working_set, adjustment)) in users.into_iter().enumerate() {
        if adjustment <= EXEMPT {
            continue;
        }
        let points = i128::from(working_set) / PAGE + i128::from(adjustment) * thousandth;
        // Of equal ones the kernel keeps the one that it meets last.
        if chosen.is_none_or(|(most, _)| points >= most) {
            chosen = Some((points, place));
        }
    }
    chosen.map(|(_, place)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn the_largest_user_relative_to_its_request_is_killed() {
        // Half of the node requested and used, a tenth used without a request, exempt.
        let users = [(32 * GIB, 500), (6 * GIB, 1_000), (60 * GIB, -1_000)];
        assert_eq!(victim(users, 64 * GIB), Some(1));
    }

    #[test]
    fn nothing_is_killed_where_all_is_exempt() {
        assert_eq!(victim([(GIB, -1_000)], GIB), None);
        assert_eq!(victim([], GIB), None);
    }
}
