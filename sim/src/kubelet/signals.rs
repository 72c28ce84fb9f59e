//! Eviction signals: what a kubelet watches of its node, and what it tells the cluster of it.

use crate::model::pressure::Pressure;
use crate::time::SimTime;

/// What is left of something on a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Signal {
    /// Memory of the node.
    MemoryAvailable,
    /// Memory that pods may use together.
    AllocatableMemoryAvailable,
    /// Bytes of the node's own filesystem.
    NodeFsAvailable,
    /// Its inodes.
    NodeFsInodesFree,
    /// Bytes of the filesystem with images.
    ImageFsAvailable,
    /// Its inodes.
    ImageFsInodesFree,
    /// Bytes of the filesystem with the layers that containers write to.
    ContainerFsAvailable,
    /// Its inodes.
    ContainerFsInodesFree,
    /// Processes that may still be started.
    PidAvailable,
}

/// What an eviction frees.
// kubelet: pkg/kubelet/eviction/helpers.go signalToResource
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Starved {
    /// Memory.
    Memory,
    /// Bytes on a disk.
    EphemeralStorage,
    /// Inodes of a disk.
    Inodes,
    /// Processes.
    Pids,
}

impl Signal {
    /// Every signal, with its name in a kubelet's configuration.
    pub const ALL: [(Signal, &'static str); 9] = [
        (Signal::MemoryAvailable, "memory.available"),
        (Signal::AllocatableMemoryAvailable, "allocatableMemory.available"),
        (Signal::NodeFsAvailable, "nodefs.available"),
        (Signal::NodeFsInodesFree, "nodefs.inodesFree"),
        (Signal::ImageFsAvailable, "imagefs.available"),
        (Signal::ImageFsInodesFree, "imagefs.inodesFree"),
        (Signal::ContainerFsAvailable, "containerfs.available"),
        (Signal::ContainerFsInodesFree, "containerfs.inodesFree"),
        (Signal::PidAvailable, "pid.available"),
    ];

    /// The signal of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Signal> {
        Signal::ALL.iter().find(|(_, own)| *own == name).map(|(signal, _)| *signal)
    }

    /// The node condition that it stands for.
    #[must_use]
    pub fn pressure(self) -> Pressure {
        match self.starved() {
            Starved::Memory => Pressure::Memory,
            Starved::EphemeralStorage | Starved::Inodes => Pressure::Disk,
            Starved::Pids => Pressure::Pid,
        }
    }

    /// What is short when it is low.
    #[must_use]
    pub fn starved(self) -> Starved {
        match self {
            Signal::MemoryAvailable | Signal::AllocatableMemoryAvailable => Starved::Memory,
            Signal::NodeFsAvailable | Signal::ImageFsAvailable | Signal::ContainerFsAvailable => {
                Starved::EphemeralStorage
            }
            Signal::NodeFsInodesFree
            | Signal::ImageFsInodesFree
            | Signal::ContainerFsInodesFree => Starved::Inodes,
            Signal::PidAvailable => Starved::Pids,
        }
    }
}

impl Starved {
    /// The resource's name in an event.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Starved::Memory => "memory",
            Starved::EphemeralStorage => "ephemeral-storage",
            Starved::Inodes => "inodes",
            Starved::Pids => "pids",
        }
    }
}

/// One look at a signal, in bytes, inodes or processes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Observation {
    /// What is left.
    pub available: i64,
    /// Of how much.
    pub capacity: i64,
    /// When it was measured.
    pub at: SimTime,
}

/// What was seen of each signal, where anything was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Observations([Option<Observation>; Signal::ALL.len()]);

impl Observations {
    /// What was seen of a signal.
    #[must_use]
    pub fn of(&self, signal: Signal) -> Option<Observation> {
        self.0[signal as usize]
    }

    /// Notes what was seen of a signal.
    pub fn note(&mut self, signal: Signal, seen: Observation) {
        self.0[signal as usize] = Some(seen);
    }
}
