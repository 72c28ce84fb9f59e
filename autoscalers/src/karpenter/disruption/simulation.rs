//! What would become of pods if nodes were gone.

use super::candidate::Candidate;
use crate::karpenter::pods::{is_reschedulable_now, of_deleting};
use crate::karpenter::provisioning::{NewClaim, ReservedMode, schedule, staying};
use crate::karpenter::snapshot::Snapshot;

/// What has to be launched so that pods of candidates, and all that wait, have a place; nothing if some pod
/// that has a place now would have none.
// Karpenter: disruption/helpers.go SimulateScheduling, scheduler.go AllNonPendingPodsScheduled
pub(super) fn without(candidates: &[Candidate], snapshot: &Snapshot<'_>) -> Option<Vec<NewClaim>> {
    let gone = |node: &usize| candidates.iter().any(|candidate| candidate.node == *node);
    let staying: Vec<usize> = staying(snapshot).filter(|node| !gone(node)).collect();
    let moving = candidates.iter().flat_map(|candidate| &candidate.pods);
    let moving = moving.copied().filter(|pod| is_reschedulable_now(*pod, snapshot));
    let of_deleting = of_deleting(snapshot);
    let mut pods = snapshot.pending.clone();
    pods.extend(moving);
    pods.extend(&of_deleting);
    let solution = schedule(snapshot, &pods, &staying, ReservedMode::Fallback);
    let waits = |pod: usize| snapshot.cluster.pods[pod].provisionable;
    // A node that is not ready may never be.
    let on_unready = solution
        .existing
        .iter()
        .filter(|(node, _)| !snapshot.nodes[*node].initialized)
        .flat_map(|(_, pods)| pods)
        .any(|pod| !waits(*pod) && !of_deleting.contains(pod));
    let homeless = solution.errors.iter().any(|(pod, _)| !waits(*pod));
    (!on_unready && !homeless).then_some(solution.claims)
}
