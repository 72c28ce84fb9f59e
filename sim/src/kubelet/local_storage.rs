//! Limits on what a pod uses of its node's disk: above them it is evicted, whatever is left.

use super::pod::Pod;
use super::ranking::PodStats;
use super::thresholds::Filesystems;
use crate::model::containers::ContainerKind as Kind;

/// Which limit a pod is above.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exceeded {
    /// `emptyDir.sizeLimit` of a volume.
    EmptyDir {
        /// Which of the pod's volumes.
        volume: usize,
    },
    /// The sum of its containers' limits.
    Pod,
    /// The limit of a container.
    Container {
        /// Which of the pod's containers.
        container: usize,
    },
}

/// The limit that a pod is above, if it is above one.
// kubelet: pkg/kubelet/eviction/eviction_manager.go localStorageEviction
#[must_use]
pub fn exceeded(pod: &Pod, stats: &PodStats, filesystems: Filesystems) -> Option<Exceeded> {
    empty_dir(pod, stats).or_else(|| whole_pod(pod, stats)).or_else(|| {
        let on_images = filesystems != Filesystems::Single;
        stats.containers.iter().find_map(|used| {
            let container = pod.containers.get(used.container)?;
            let limit = container.limits.ephemeral_storage.filter(|limit| *limit > 0)?;
            let layer = if on_images { 0 } else { used.rootfs.bytes };
            let exceeds = container.kind == Kind::Regular && used.logs.bytes + layer > limit;
            exceeds.then_some(Exceeded::Container { container: used.container })
        })
    })
}

fn empty_dir(pod: &Pod, stats: &PodStats) -> Option<Exceeded> {
    pod.volumes.iter().enumerate().find_map(|(place, volume)| {
        let limit = volume.size_limit.filter(|limit| *limit > 0)?;
        let (_, used) = stats.volumes.iter().rfind(|(of, _)| *of == place)?;
        (used.bytes > limit).then_some(Exceeded::EmptyDir { volume: place })
    })
}

fn whole_pod(pod: &Pod, stats: &PodStats) -> Option<Exceeded> {
    let limit = pod.storage_limit()?;
    (stats.ephemeral_storage > limit).then_some(Exceeded::Pod)
}
