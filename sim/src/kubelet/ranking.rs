//! In which order pods are evicted.

use std::cmp::Reverse;

use super::pod::{Pod, Resource};
use super::signals::{Signal, Starved};
use super::thresholds::Filesystems;

/// What is used of a disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DiskUse {
    /// Bytes.
    pub bytes: u64,
    /// Inodes.
    pub inodes: u64,
}

/// What a container uses of disks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ContainerStats {
    /// Which of the pod's containers.
    pub container: usize,
    /// The layer that it writes to.
    pub rootfs: DiskUse,
    /// Its logs.
    pub logs: DiskUse,
}

/// What was measured of a pod; what was not counts as nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PodStats {
    /// The working set in bytes.
    pub memory: u64,
    /// How many processes run.
    pub processes: u64,
    /// What its containers use of disks.
    pub containers: Vec<ContainerStats>,
    /// What its volumes use, each with which of the pod's volumes it is.
    pub volumes: Vec<(usize, DiskUse)>,
    /// What it uses of the node's disk in all, in bytes.
    pub ephemeral_storage: u64,
}

/// A pod with what was measured of it, if anything was.
pub type Measured<'p> = (&'p Pod, Option<&'p PodStats>);

/// When it is a pod's turn; the least is evicted first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Turn {
    class: Class,
    priority: i32,
    /// What it uses above its request; it may be below.
    excess: Reverse<i128>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Class {
    /// Nothing is known of it.
    Unmeasured,
    /// It uses more than it requests.
    Exceeding,
    /// It does not, or that does not count.
    Within,
}

/// When it is a pod's turn if a signal is low.
// kubelet: pkg/kubelet/eviction/helpers.go rankMemoryPressure, rankPIDPressure, rankDiskPressureFunc
#[must_use]
pub fn turn((pod, stats): Measured<'_>, signal: Signal, filesystems: Filesystems) -> Turn {
    let priority = pod.priority;
    if signal.starved() == Starved::Pids {
        let processes = stats.map_or(i128::MAX, |stats| i128::from(stats.processes));
        return Turn { class: Class::Within, priority, excess: Reverse(processes) };
    }
    let Some(stats) = stats else {
        return Turn { class: Class::Unmeasured, priority, excess: Reverse(0) };
    };
    let (used, request, subtracted) = match signal.starved() {
        Starved::Memory => {
            let request = pod.request(Resource::Memory);
            (stats.memory, request, request)
        }
        // No inodes are requested, so any use exceeds that; yet bytes are subtracted from them.
        Starved::Inodes => {
            let used = disk_use(pod, stats, signal, filesystems).inodes;
            (used, 0, pod.request(Resource::EphemeralStorage))
        }
        Starved::EphemeralStorage | Starved::Pids => {
            let request = pod.request(Resource::EphemeralStorage);
            (disk_use(pod, stats, signal, filesystems).bytes, request, request)
        }
    };
    let class = if used > request { Class::Exceeding } else { Class::Within };
    Turn { class, priority, excess: Reverse(i128::from(used) - i128::from(subtracted)) }
}

/// The pods in the order in which they are evicted; of equal ones the first comes first.
#[must_use]
pub fn order(pods: &[Measured<'_>], signal: Signal, filesystems: Filesystems) -> Vec<usize> {
    let mut places: Vec<usize> = (0..pods.len()).collect();
    places.sort_by_cached_key(|place| turn(pods[*place], signal, filesystems));
    places
}

/// What a pod uses of the filesystem that a signal is about.
// kubelet: pkg/kubelet/eviction/helpers.go buildSignalToRankFunc, podDiskUsage
fn disk_use(pod: &Pod, stats: &PodStats, signal: Signal, filesystems: Filesystems) -> DiskUse {
    let is_node = matches!(signal, Signal::NodeFsAvailable | Signal::NodeFsInodesFree);
    let is_image = matches!(signal, Signal::ImageFsAvailable | Signal::ImageFsInodesFree);
    // Layers, and logs with local volumes: which of them are on it.
    let (rootfs, rest) = match filesystems {
        Filesystems::Single => (true, true),
        Filesystems::DedicatedImages => (!is_node, is_node),
        Filesystems::SplitImages => (!is_image, !is_image),
    };
    let mut used = DiskUse::default();
    let mut add = |counts: bool, more: DiskUse| {
        if counts {
            used.bytes = used.bytes.saturating_add(more.bytes);
            used.inodes = used.inodes.saturating_add(more.inodes);
        }
    };
    for container in &stats.containers {
        add(rootfs, container.rootfs);
        add(rest, container.logs);
    }
    for (volume, more) in &stats.volumes {
        let is_local = pod.volumes.get(*volume).is_some_and(|volume| volume.local);
        add(rest && is_local, *more);
    }
    used
}
