//! The memory of a node: how much its pods may use together, how much each container uses, and who is
//! killed when it is out.
//!
//! What the system uses is not modelled: it is taken to use what is reserved for it. So pods may use
//! what is allocatable and the hard eviction threshold beneath it, and more than that is out of memory.
//! A pod that models no usage is taken to use what it requests.
// kubelet: pkg/kubelet/cm/node_container_manager_linux.go GetNodeAllocatableReservation

use super::restarts::Restarts;
use crate::kubelet::oom::{score_adjustment, victim};
use crate::kubelet::pod::Pod;
use crate::kubelet::signals::Signal;
use crate::kubelet::thresholds::EvictionConfig;
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::model::resources::Lane;
use crate::world::World;
use crate::world::pods::Phase;

/// A container that may be killed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// Of which pod.
    pub pod: PodId,
    /// Which of its containers.
    pub container: u32,
    /// Its working set in bytes.
    pub used: u64,
}

/// How much memory a node has.
#[must_use]
pub fn capacity(world: &World, node: NodeId) -> u64 {
    let instance_type = world.model().catalog.instance_type(world.nodes().offering(node));
    let allocatable = world.view(node).shape().allocatable[Lane::MEMORY];
    instance_type.capacity[Lane::MEMORY].max(allocatable)
}

/// How much memory the pods of a node may use together: the limit of their cgroup.
#[must_use]
pub fn limit_of_pods(world: &World, node: NodeId, config: &EvictionConfig) -> u64 {
    let allocatable = world.view(node).shape().allocatable[Lane::MEMORY];
    let capacity = i64::try_from(capacity(world, node)).unwrap_or(i64::MAX);
    let hard = config
        .thresholds
        .iter()
        .find(|threshold| threshold.signal == Signal::MemoryAvailable && threshold.is_hard());
    let threshold = hard.map_or(0, |hard| hard.value.of(capacity));
    allocatable + u64::try_from(threshold).unwrap_or(0)
}

/// What the pods of a node use together.
#[must_use]
pub fn used_on(world: &World, restarts: &Restarts, node: NodeId) -> u64 {
    if let Some(used) = world.usage_of_all_on(node) {
        return used.memory;
    }
    let pods = world.placement().pods_on(node).iter();
    pods.map(|pod| used_by(world, restarts, *pod)).sum()
}

/// The most that the pods of a node can be using, without looking at each.
#[must_use]
pub fn at_most_used_on(world: &World, node: NodeId) -> u64 {
    let requested = world.placement().load(node).requested()[Lane::MEMORY];
    requested.saturating_add(world.usage_on(node).memory)
}

/// The working set of a pod.
#[must_use]
pub fn used_by(world: &World, restarts: &Restarts, pod: PodId) -> u64 {
    match world.pod_usage(pod) {
        Some(used) => used.memory,
        None => containers_of(world, restarts, pod).map(|one| one.used).sum(),
    }
}

/// The containers of a pod that run, with what each uses.
fn containers_of<'w>(
    world: &'w World,
    restarts: &'w Restarts,
    pod: PodId,
) -> impl Iterator<Item = Candidate> + 'w {
    let list = &world.spec_of(pod).containers.list;
    let runs = world.pods().runs_containers(pod);
    let models = world.pod_usage(pod).is_some();
    let regular = list.iter().enumerate().filter(move |_| runs);
    regular.filter_map(move |(place, container)| {
        let index = u32::try_from(place).ok()?;
        let used = match world.usage_of(pod, place) {
            Some(used) => used.memory,
            None if models || restarts.is_stopped(pod, index) => 0,
            None if container.kind == crate::model::containers::ContainerKind::Init => 0,
            None => container.resources.requests.memory.unwrap_or(0),
        };
        (used > 0).then_some(Candidate { pod, container: index, used })
    })
}

/// The container that the kernel kills when the memory of a node is out, if it can kill any.
#[must_use]
pub fn killed_first(
    world: &World,
    restarts: &Restarts,
    node: NodeId,
    limit: u64,
) -> Option<Candidate> {
    let memory = capacity(world, node);
    let (mut candidates, mut users) = (Vec::new(), Vec::new());
    for pod in world.placement().pods_on(node) {
        if !matches!(world.pods().phase(*pod), Phase::Starting { .. } | Phase::Running { .. }) {
            continue;
        }
        let known = Pod::of(world.spec_of(*pod), world.model());
        for candidate in containers_of(world, restarts, *pod) {
            let container = &known.containers[candidate.container as usize];
            users.push((candidate.used, score_adjustment(&known, container, memory)));
            candidates.push(candidate);
        }
    }
    victim(users, limit).map(|place| candidates[place])
}
