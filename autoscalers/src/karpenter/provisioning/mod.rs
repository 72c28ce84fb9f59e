//! Which NodeClaims Karpenter launches for pods that wait, and where it expects each pod.

mod existing_node;
mod limits;
mod open_claim;
mod pod_class;
mod price_list;
mod queue;
mod reservations;
mod results;
mod solution;
mod solver;

pub use super::refusal::{Refusal, Refusals};
pub(crate) use price_list::by_price;
pub(crate) use reservations::ReservedMode;
pub use solution::{NewClaim, Solution};

use super::input::Cluster;
use super::pods::of_deleting;
use super::snapshot::Snapshot;

/// One provisioning pass: pods that wait, and pods of nodes that go away, find places.
// Karpenter: provisioner.go Schedule
#[must_use]
pub fn provision(cluster: &Cluster<'_>) -> Solution {
    let snapshot = Snapshot::of(*cluster);
    let pods = [snapshot.pending.as_slice(), &of_deleting(&snapshot)].concat();
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
