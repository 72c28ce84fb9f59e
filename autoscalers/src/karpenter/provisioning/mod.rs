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
pub(crate) use reservations::{ReservedMode, free};
pub use solution::{NewClaim, Refusal, Refusals, Solution};
pub(crate) use template::Template;

use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::disruption::is_reschedulable_now;
use super::input::{Cluster, PodSpec};
use super::snapshot::Snapshot;

/// One provisioning pass: pods that wait, and pods of nodes that go away, find places.
// Karpenter: provisioner.go Schedule
#[must_use]
pub fn provision(cluster: &Cluster<'_>) -> Solution {
    let snapshot = Snapshot::of(*cluster);
    let pods = [snapshot.pending.as_slice(), &snapshot.of_deleting].concat();
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
pub(crate) fn pending(cluster: &Cluster<'_>) -> Vec<usize> {
    let mut is_valid: IndexMap<*const PodSpec, bool, FxBuildHasher> = IndexMap::default();
    let mut waits = |number: &usize| {
        let pod = &cluster.pods[*number];
        let valid = || validation::is_valid(&pod.spec, cluster);
        pod.provisionable && *is_valid.entry(Arc::as_ptr(&pod.spec)).or_insert_with(valid)
    };
    (0..cluster.pods.len()).filter(|number| waits(number)).collect()
}

/// Pods of nodes that go away, and will have to run elsewhere.
// Karpenter: statenode.go CurrentlyReschedulablePods
pub(crate) fn of_deleting(snapshot: &Snapshot<'_>) -> Vec<usize> {
    let deleting = (0..snapshot.nodes.len()).filter(|node| snapshot.nodes[*node].deleting);
    let pods = deleting.flat_map(|node| snapshot.pods_of[node].iter().copied());
    pods.filter(|pod| is_reschedulable_now(*pod, snapshot)).collect()
}
