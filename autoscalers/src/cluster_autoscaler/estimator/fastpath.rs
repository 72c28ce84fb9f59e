//! The fastpath of the estimator: which group of pods is extrapolated from what fits on one node.
// Cluster Autoscaler: estimator/binpacking_estimator.go determineBestPEGToFastpath

use sim::model::pod::PodSpec;
use sim::model::resources::Lane;
use sim::model::selectors::TopologyKeyId;
use sim::world::World;

use super::PodGroup;
use crate::cluster_autoscaler::node_group::NodeGroup;
use crate::cluster_autoscaler::requests::Requests;

/// Moves the group to the end for which extrapolating saves the most. Whether there is one.
pub(super) fn move_last(pods: &mut Vec<&PodGroup>, group: &NodeGroup, world: &World) -> bool {
    let mut best: Option<(usize, usize)> = None;
    for (index, pods) in pods.iter().enumerate() {
        let saved = saved(pods, group, world);
        let is_best = best.is_none_or(|(most, _)| saved >= most);
        // Of equal ones the last, so that the order changes least.
        if is_best && may_be_extrapolated(world.spec_of(pods.pods[0])) {
            best = Some((saved, index));
        }
    }
    if let Some((_, index)) = best {
        let chosen = pods.remove(index);
        pods.push(chosen);
    }
    best.is_some()
}

/// For how many pods nothing is looked at.
fn saved(pods: &PodGroup, group: &NodeGroup, world: &World) -> usize {
    let count = pods.pods.len();
    let nodes = nodes(pods, group, world);
    count.checked_div(nodes).map_or(0, |each| count - each)
}

/// How many nodes the pods of a group are expected to need.
fn nodes(pods: &PodGroup, group: &NodeGroup, world: &World) -> usize {
    let count = pods.pods.len();
    let spec = world.spec_of(pods.pods[0]);
    let related = world.specs().related(world.pods().spec(pods.pods[0]));
    let keeps_itself_apart = spec.pod_affinity.required_anti.iter().any(|term| {
        term.key == TopologyKeyId::HOSTNAME
            && related.matched_by.binary_search(&term.selector).is_ok()
    });
    let requests = Requests::of_first_container(spec);
    let capacity = group.capacity(world);
    // resource.Quantity AsApproximateFloat64: millicores are thousandths of a float.
    let [cpu, cores] = [requests.cpu, capacity[Lane::CPU]].map(|milli| milli as f64 * 0.001);
    let [memory, bytes] = [requests.memory, capacity[Lane::MEMORY]].map(|bytes| bytes as f64);
    let by = |requested: f64, there: f64| rounded_up(count as f64 * requested / there);
    let by_anti_affinity = if keeps_itself_apart { count } else { 0 };
    by_anti_affinity.max(by(cpu, cores)).max(by(memory, bytes))
}

// A count of nodes; of what is no number there are none.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn rounded_up(nodes: f64) -> usize {
    libm::ceil(nodes) as usize
}

/// Whether a node that refuses one pod of a group refuses all that follow, and another takes as many.
// shouldUseFastPath
fn may_be_extrapolated(spec: &PodSpec) -> bool {
    let anti = &spec.pod_affinity.required_anti;
    spec.spread.is_empty() && anti.iter().all(|term| term.key == TopologyKeyId::HOSTNAME)
}
