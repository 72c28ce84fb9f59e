//! Node pressure: what a kubelet says of its node when it is short of something.

/// A node condition, `True` while the node is short of something.
// kubelet: pkg/kubelet/eviction/helpers.go signalToNodeCondition
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Pressure {
    /// `DiskPressure`.
    Disk,
    /// `MemoryPressure`.
    Memory,
    /// `PIDPressure`.
    Pid,
}

impl Pressure {
    /// Every condition, in order.
    pub const ALL: [Pressure; 3] = [Pressure::Disk, Pressure::Memory, Pressure::Pid];

    /// The type of the node condition.
    #[must_use]
    pub fn condition(self) -> &'static str {
        match self {
            Pressure::Disk => "DiskPressure",
            Pressure::Memory => "MemoryPressure",
            Pressure::Pid => "PIDPressure",
        }
    }

    /// The key of the taint that the node gets, with effect `NoSchedule`.
    // Node lifecycle controller: pkg/controller/nodelifecycle nodeConditionToTaintKeyStatusMap
    #[must_use]
    pub fn taint(self) -> &'static str {
        match self {
            Pressure::Disk => "node.kubernetes.io/disk-pressure",
            Pressure::Memory => "node.kubernetes.io/memory-pressure",
            Pressure::Pid => "node.kubernetes.io/pid-pressure",
        }
    }
}
