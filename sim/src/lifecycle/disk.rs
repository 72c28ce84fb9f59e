//! The disk of a node, and its processes: what each pod holds of them, and what a kubelet sees of it.
//!
//! Images, what the system writes and its processes are not modelled. Images and what containers write are on
//! one filesystem, as they are by default.

use crate::kubelet::local_storage::exceeded;
use crate::kubelet::pod::Pod;
use crate::kubelet::ranking::{ContainerStats, DiskUse, PodStats};
use crate::kubelet::signals::{Observation, Observations, Signal};
use crate::kubelet::thresholds::EvictionConfig;
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::model::resources::Lane;
use crate::model::usage::Held;
use crate::world::World;

/// How many processes a node may run. An assumption: what the kernel starts with on a small machine.
// linux: include/linux/threads.h PID_MAX_DEFAULT
const PROCESSES: i64 = 32_768;

/// What a kubelet measures of a pod, whose working set this is.
#[must_use]
pub fn stats(world: &World, pod: PodId, memory: u64) -> PodStats {
    let held = world.held_by(pod);
    let each = held.iter().enumerate().filter(|(_, held)| held.disk > 0);
    let containers = each.map(|(container, held)| ContainerStats {
        container,
        rootfs: DiskUse { bytes: held.disk, inodes: 0 },
        logs: DiskUse::default(),
    });
    let Held { disk, processes } = held.iter().copied().sum();
    PodStats {
        memory,
        processes,
        containers: containers.collect(),
        volumes: Vec::new(),
        ephemeral_storage: disk,
    }
}

/// Whether a pod has more on its node's disk than its own limits let it.
#[must_use]
pub fn is_above_own_limit(world: &World, pod: PodId, config: &EvictionConfig) -> bool {
    let known = Pod::of(world.spec_of(pod), world.model());
    exceeded(&known, &stats(world, pod, 0), config.filesystems).is_some()
}

/// Notes what a kubelet sees of its node's disk and processes, where pods hold any.
pub fn observe(world: &World, node: NodeId, signals: &mut Observations) {
    let Held { disk, processes } = world.held_on(node);
    let at = world.now();
    let mut note = |signal, capacity: i64, used: u64| {
        let used = i64::try_from(used).unwrap_or(i64::MAX);
        let available = capacity.saturating_sub(used);
        signals.note(signal, Observation { available, capacity, at });
    };
    let capacity = i64::try_from(capacity(world, node)).unwrap_or(i64::MAX);
    if disk > 0 && capacity > 0 {
        for signal in
            [Signal::NodeFsAvailable, Signal::ImageFsAvailable, Signal::ContainerFsAvailable]
        {
            note(signal, capacity, disk);
        }
    }
    if processes > 0 {
        note(Signal::PidAvailable, PROCESSES, processes);
    }
}

/// How large the disk of a node is.
fn capacity(world: &World, node: NodeId) -> u64 {
    let instance_type = world.model().catalog.instance_type(world.nodes().offering(node));
    let allocatable = world.view(node).shape().allocatable[Lane::EPHEMERAL_STORAGE];
    instance_type.capacity[Lane::EPHEMERAL_STORAGE].max(allocatable)
}
