//! Eviction thresholds: how little may be left of what, for how long, and what a kubelet is configured
//! with.

use super::signals::{Observation, Observations, Signal, Starved};
use crate::time::Span;

/// How much, absolutely or of what there is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Amount {
    /// Bytes, inodes or processes.
    Quantity(i64),
    /// A part of the capacity, from 0 to 1. Single precision, as upstream.
    Part(f32),
}

impl Amount {
    /// A number of percent, as a kubelet reads them.
    // kubelet: pkg/kubelet/eviction/helpers.go parsePercentage
    #[must_use]
    pub fn percent(percent: f32) -> Amount {
        Amount::Part(percent / 100.0)
    }

    /// What it comes to.
    // kubelet: pkg/kubelet/eviction/api/types.go GetThresholdQuantity
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "upstream's own arithmetic, which cuts off"
    )]
    pub fn of(self, capacity: i64) -> i64 {
        match self {
            Amount::Quantity(quantity) => quantity,
            Amount::Part(part) => (capacity as f64 * f64::from(part)) as i64,
        }
    }
}

/// A signal is low when less than this is left.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Threshold {
    /// Of what.
    pub signal: Signal,
    /// Less than this.
    pub value: Amount,
    /// For how long it is low before pods are evicted; zero is a hard threshold.
    pub grace: Span,
    /// How much more than the value must be left before evictions stop.
    pub min_reclaim: Option<Amount>,
}

impl Threshold {
    /// Whether pods are evicted at once, and without the time they ask for.
    #[must_use]
    pub fn is_hard(&self) -> bool {
        self.grace == Span::ZERO
    }

    /// Whether it is the same threshold, whatever it reclaims.
    // kubelet: pkg/kubelet/eviction/helpers.go hasThreshold
    #[must_use]
    pub fn is(&self, other: &Threshold) -> bool {
        (self.signal, self.grace) == (other.signal, other.grace) && self.value == other.value
    }

    /// Whether too little is left, by what was seen; with what is to be reclaimed on top, if asked for.
    // kubelet: pkg/kubelet/eviction/helpers.go thresholdsMet
    #[must_use]
    pub fn is_met(&self, seen: &Observations, with_min_reclaim: bool) -> bool {
        let Some(Observation { available, capacity, .. }) = seen.of(self.signal) else {
            return false;
        };
        let reclaim = self.min_reclaim.filter(|_| with_min_reclaim);
        let least = self.value.of(capacity) + reclaim.map_or(0, |reclaim| reclaim.of(capacity));
        available < least
    }
}

/// On which filesystems a node keeps its images and what containers write.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Filesystems {
    /// All on its own.
    #[default]
    Single,
    /// Both on one beside its own.
    DedicatedImages,
    /// Images on one beside its own, what containers write on its own.
    SplitImages,
}

/// What is deleted before a pod is evicted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reclaim {
    /// Containers that have ended.
    Containers,
    /// Images that no container uses.
    Images,
}

impl Filesystems {
    /// What is deleted, in order, when a signal is low.
    // kubelet: pkg/kubelet/eviction/helpers.go buildSignalToNodeReclaimFuncs
    #[must_use]
    pub fn reclaimed(self, signal: Signal) -> &'static [Reclaim] {
        use Reclaim::{Containers, Images};
        if !matches!(signal.starved(), Starved::EphemeralStorage | Starved::Inodes) {
            return &[];
        }
        let is_node = matches!(signal, Signal::NodeFsAvailable | Signal::NodeFsInodesFree);
        let is_image = matches!(signal, Signal::ImageFsAvailable | Signal::ImageFsInodesFree);
        match self {
            Filesystems::DedicatedImages if is_node => &[],
            Filesystems::Single | Filesystems::DedicatedImages => &[Containers, Images],
            Filesystems::SplitImages if is_image => &[Images],
            Filesystems::SplitImages => &[Containers],
        }
    }
}

/// What a kubelet is configured with, as far as it evicts by it.
#[derive(Clone, PartialEq, Debug)]
pub struct EvictionConfig {
    /// Its thresholds, with those that follow from others.
    pub thresholds: Vec<Threshold>,
    /// `evictionPressureTransitionPeriod`: for how long pressure lasts after it was last seen.
    pub transition: Span,
    /// `evictionMaxPodGracePeriod`: how long a pod may take at most to stop at a soft threshold.
    pub max_pod_grace: Span,
    /// Its filesystems.
    pub filesystems: Filesystems,
}

impl EvictionConfig {
    /// The defaults of 1.36 with these thresholds, to which those are added that follow from them:
    /// hard ones of memory hold for what pods may use, too, and what containers write has those of the
    /// filesystem that it is on.
    // kubelet: pkg/kubelet/eviction/helpers.go addAllocatableThresholds, UpdateContainerFsThresholds
    #[must_use]
    pub fn new(given: &[Threshold], filesystems: Filesystems) -> EvictionConfig {
        let is_derived =
            |signal| matches!(signal, Signal::ContainerFsAvailable | Signal::ContainerFsInodesFree);
        let mut thresholds: Vec<Threshold> =
            given.iter().copied().filter(|given| !is_derived(given.signal)).collect();
        let (hard, soft): (Vec<_>, Vec<_>) =
            thresholds.iter().copied().partition(Threshold::is_hard);
        for threshold in &hard {
            if threshold.signal == Signal::MemoryAvailable {
                let signal = Signal::AllocatableMemoryAvailable;
                thresholds.push(Threshold { signal, ..*threshold });
            }
        }
        let (bytes, inodes) = match filesystems {
            Filesystems::DedicatedImages => (Signal::ImageFsAvailable, Signal::ImageFsInodesFree),
            Filesystems::Single | Filesystems::SplitImages => {
                (Signal::NodeFsAvailable, Signal::NodeFsInodesFree)
            }
        };
        let derived =
            [(bytes, Signal::ContainerFsAvailable), (inodes, Signal::ContainerFsInodesFree)];
        for (from, signal) in derived {
            for kind in [&hard, &soft] {
                let last = kind.iter().rfind(|threshold| threshold.signal == from);
                thresholds.extend(last.map(|threshold| Threshold { signal, ..*threshold }));
            }
        }
        EvictionConfig {
            thresholds,
            transition: Span::from_secs(300),
            max_pod_grace: Span::ZERO,
            filesystems,
        }
    }

    /// Whether a threshold of memory, with what is to be reclaimed beyond it, is above half of so much.
    #[must_use]
    pub fn reaches_half(&self, bytes: u64) -> bool {
        let capacity = i64::try_from(bytes).unwrap_or(i64::MAX);
        let memory = self.thresholds.iter().filter(|it| it.signal.starved() == Starved::Memory);
        let reach = |it: &Threshold| {
            it.value.of(capacity) + it.min_reclaim.map_or(0, |more| more.of(capacity))
        };
        memory.map(reach).any(|reach| reach > capacity / 2)
    }

    /// The hard thresholds that a kubelet has on Linux if it is given none.
    // kubelet: pkg/kubelet/apis/config/v1beta1/defaults_linux.go DefaultEvictionHard
    #[must_use]
    pub fn default_hard() -> Vec<Threshold> {
        let hard =
            |signal, value| Threshold { signal, value, grace: Span::ZERO, min_reclaim: None };
        vec![
            hard(Signal::MemoryAvailable, Amount::Quantity(100 << 20)),
            hard(Signal::NodeFsAvailable, Amount::percent(10.0)),
            hard(Signal::NodeFsInodesFree, Amount::percent(5.0)),
            hard(Signal::ImageFsAvailable, Amount::percent(15.0)),
            hard(Signal::ImageFsInodesFree, Amount::percent(5.0)),
        ]
    }
}

impl Default for EvictionConfig {
    fn default() -> Self {
        EvictionConfig::new(&EvictionConfig::default_hard(), Filesystems::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_has_the_precision_of_a_kubelet() {
        assert_eq!(Amount::percent(10.0).of(100_000_000_000), 10_000_000_149);
        assert_eq!(Amount::percent(15.0).of(100_000_000_000), 15_000_000_596);
    }

    #[test]
    fn memory_of_pods_and_layers_of_containers_have_thresholds_by_default() {
        let config = EvictionConfig::default();
        let has = |signal| config.thresholds.iter().filter(|t| t.signal == signal).count();
        assert_eq!(has(Signal::AllocatableMemoryAvailable), 1);
        assert_eq!(has(Signal::ContainerFsAvailable), 1);
        assert_eq!(has(Signal::ContainerFsInodesFree), 1);
        assert_eq!(config.thresholds.len(), 8);
    }
}
