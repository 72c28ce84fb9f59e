//! Which NodeClaims Karpenter launches for pods that wait, and where it expects each pod.

mod existing_node;
pub(crate) mod instance_filter;
mod limits;
mod open_claim;
mod pod_class;
mod pod_requirements;
mod price_list;
mod queue;
mod relaxation;
mod reservations;
mod results;
mod solution;
mod solver;
mod template;
mod validation;

pub(crate) use pod_requirements::strict_requirements;
pub(crate) use price_list::by_price;
pub(crate) use reservations::ReservedMode;
pub use solution::{NewClaim, Refusal, Refusals, Solution};
pub(crate) use template::Template;

use super::disruption::is_reschedulable_now;
use super::input::Cluster;
use super::snapshot::Snapshot;

/// One provisioning pass: pods that wait, and pods of nodes that go away, find places.
// Karpenter: provisioner.go Schedule
#[must_use]
pub fn provision(cluster: &Cluster<'_>) -> Solution {
    let snapshot = Snapshot::of(*cluster);
    let pods: Vec<usize> = pending(&snapshot).into_iter().chain(of_deleting(&snapshot)).collect();
    if pods.is_empty() {
        return Solution::default();
    }
    let staying: Vec<usize> = staying(&snapshot).collect();
    schedule(&snapshot, &pods, &staying, ReservedMode::Strict)
}

/// Finds places for pods.
pub(crate) fn schedule(
    snapshot: &Snapshot<'_>,
    pods: &[usize],
    staying: &[usize],
    mode: ReservedMode,
) -> Solution {
    let solved = solver::solve(snapshot, pods, staying, mode);
    results::solution(solved, snapshot.cluster.options.max_instance_types, snapshot)
}

/// Nodes that do not go away, in the order in which pods are tried on them.
pub(crate) fn staying(snapshot: &Snapshot<'_>) -> impl Iterator<Item = usize> {
    snapshot.in_order.iter().copied().filter(|node| !snapshot.nodes[*node].deleting)
}

/// Pods that wait, and could run on a node of Karpenter's.
// Karpenter: provisioner.go GetPendingPods
pub(crate) fn pending(snapshot: &Snapshot<'_>) -> Vec<usize> {
    let cluster = &snapshot.cluster;
    let waits = |number: &usize| {
        let pod = &cluster.pods[*number];
        pod.provisionable && validation::is_valid(&pod.spec, cluster)
    };
    (0..cluster.pods.len()).filter(waits).collect()
}

/// Pods of nodes that go away, and will have to run elsewhere.
// Karpenter: statenode.go CurrentlyReschedulablePods
pub(crate) fn of_deleting(snapshot: &Snapshot<'_>) -> Vec<usize> {
    let deleting = (0..snapshot.nodes.len()).filter(|node| snapshot.nodes[*node].deleting);
    let pods = deleting.flat_map(|node| snapshot.pods_of[node].iter().copied());
    pods.filter(|pod| is_reschedulable_now(*pod, snapshot)).collect()
}
