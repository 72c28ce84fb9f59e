//! What would become of pods if nodes were gone.

use super::candidate::Candidate;
use crate::karpenter::pods::is_reschedulable_now;
use crate::karpenter::provisioning::{Known, Launches, NewClaim, Question, ReservedMode, schedule};
use crate::karpenter::snapshot::Snapshot;

/// What has to be launched so that pods of candidates, and all that wait, have a place; nothing if some pod
/// that has a place now would have none, or if more is launched than may be.
// Karpenter: disruption/helpers.go SimulateScheduling, scheduler.go AllNonPendingPodsScheduled
pub(super) fn without(
    candidates: &[&Candidate],
    launches: Launches,
    known: &mut Known,
    snapshot: &Snapshot<'_>,
) -> Option<Vec<NewClaim>> {
    let gone: Vec<usize> = candidates.iter().map(|candidate| candidate.node).collect();
    let moving = candidates.iter().flat_map(|candidate| &candidate.pods);
    let moving = moving.copied().filter(|pod| is_reschedulable_now(*pod, &snapshot.cluster));
    let mut pods = snapshot.pending.clone();
    pods.extend(moving);
    pods.extend(&snapshot.leaving);
    let reserved = ReservedMode::Fallback;
    let question = Question { pods: &pods, gone: &gone, reserved, launches };
    let solution = schedule(&question, known, snapshot)?;
    let waits = |pod: usize| snapshot.cluster.pods[pod].provisionable;
    // A node that is not ready may never be.
    let on_unready = solution
        .existing
        .iter()
        .filter(|(node, _)| !snapshot.nodes[*node].initialized)
        .flat_map(|(_, pods)| pods)
        .any(|pod| !waits(*pod) && !snapshot.leaving.contains(pod));
    let homeless = solution.errors.iter().any(|(pod, _)| !waits(*pod));
    (!on_unready && !homeless).then_some(solution.claims)
}
