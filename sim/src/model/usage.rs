//! What containers really use, and what load workloads are to serve: curves of time, which are sums of
//! shapes. They say only what is meant; `sim::usage` works values out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::workload::WorkloadId;
use crate::time::{SimTime, Span};

/// What something uses: CPU in milli-cores, memory in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Used {
    /// Milli-cores.
    pub cpu: u64,
    /// Bytes of working set.
    pub memory: u64,
}

impl Used {
    /// The most that one container uses: a million cores and 32 TiB, which no node has. Sums over pods stay
    /// far below what an integer holds.
    pub const MOST: Used = Used { cpu: 1_000_000_000, memory: 32 << 40 };

    /// The same, and no more than [`Used::MOST`].
    #[must_use]
    pub fn capped(self) -> Used {
        Used { cpu: self.cpu.min(Used::MOST.cpu), memory: self.memory.min(Used::MOST.memory) }
    }
}

/// What something holds of its node beside CPU and memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Held {
    /// Bytes on the node's disk.
    pub disk: u64,
    /// Processes.
    pub processes: u64,
}

impl Held {
    /// The most that one container holds: 32 TiB and a million processes.
    pub const MOST: Held = Held { disk: 32 << 40, processes: 1_000_000 };

    /// The same, and no more than [`Held::MOST`].
    #[must_use]
    pub fn capped(self) -> Held {
        Held {
            disk: self.disk.min(Held::MOST.disk),
            processes: self.processes.min(Held::MOST.processes),
        }
    }
}

impl std::ops::AddAssign for Held {
    fn add_assign(&mut self, other: Held) {
        self.disk += other.disk;
        self.processes += other.processes;
    }
}

impl std::ops::SubAssign for Held {
    /// # Panics
    /// If more is given back than was held.
    fn sub_assign(&mut self, other: Held) {
        self.disk = self.disk.checked_sub(other.disk).expect("no more disk is freed than is held");
        let left = self.processes.checked_sub(other.processes);
        self.processes = left.expect("no more processes end than there are");
    }
}

impl std::iter::Sum for Held {
    fn sum<I: Iterator<Item = Held>>(all: I) -> Held {
        let mut sum = Held::default();
        all.for_each(|one| sum += one);
        sum
    }
}

/// Requests per 1 000 seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Rate(pub u64);

/// An amount that a curve may be of: two integers, each of which the curve moves by the same factor.
pub trait Amount: Copy + Default + PartialEq + std::fmt::Debug + Send + Sync + 'static {
    /// As two integers.
    fn lanes(self) -> [u64; 2];
    /// Of two integers.
    fn of_lanes(lanes: [u64; 2]) -> Self;
}

impl Amount for Used {
    fn lanes(self) -> [u64; 2] {
        [self.cpu, self.memory]
    }

    fn of_lanes([cpu, memory]: [u64; 2]) -> Used {
        Used { cpu, memory }
    }
}

impl Amount for Held {
    fn lanes(self) -> [u64; 2] {
        [self.disk, self.processes]
    }

    fn of_lanes([disk, processes]: [u64; 2]) -> Held {
        Held { disk, processes }
    }
}

impl Amount for Rate {
    fn lanes(self) -> [u64; 2] {
        [self.0, 0]
    }

    fn of_lanes([rate, _]: [u64; 2]) -> Rate {
        Rate(rate)
    }
}

impl std::ops::AddAssign for Used {
    fn add_assign(&mut self, other: Used) {
        self.cpu += other.cpu;
        self.memory += other.memory;
    }
}

impl std::ops::SubAssign for Used {
    /// # Panics
    /// If more is given back than was used.
    fn sub_assign(&mut self, other: Used) {
        self.cpu = self.cpu.checked_sub(other.cpu).expect("no more CPU is freed than is used");
        self.memory =
            self.memory.checked_sub(other.memory).expect("no more memory is freed than is used");
    }
}

impl std::iter::Sum for Used {
    fn sum<I: Iterator<Item = Used>>(all: I) -> Used {
        let mut sum = Used::default();
        all.for_each(|one| sum += one);
        sum
    }
}

/// What the pods of each workload use. A workload that is not in it models no usage.
pub type Usage = BTreeMap<WorkloadId, WorkloadUsage>;

/// What the pods of one workload use.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WorkloadUsage {
    /// What each container uses, in the order of the pod's containers, whatever load there is.
    pub containers: Vec<Curve<Used>>,
    /// The containers whose curves are thousandths of what their own pod requests, where pods of one
    /// workload differ in that.
    pub of_requests: BTreeSet<usize>,
    /// What each container holds of its node beside that; empty where nothing says so.
    pub held: Vec<Curve<Held>>,
    /// What its ready replicas serve together.
    pub demand: Option<Demand>,
}

/// Requests that the ready replicas of a workload share.
#[derive(Clone, PartialEq, Debug)]
pub struct Demand {
    /// Which container serves them.
    pub container: usize,
    /// How many there are.
    pub rate: Curve<Rate>,
    /// CPU that one request costs, in micro-core-seconds.
    pub cpu_micro: u64,
    /// Memory that one request holds while it is in flight, in bytes.
    pub memory: u64,
    /// How long a request is in flight.
    pub takes: Span,
    /// The most that one ready replica serves; none is as much as there is.
    pub serves: Option<Rate>,
}

/// A sum of shapes, with noise.
#[derive(Clone, PartialEq, Debug)]
pub struct Curve<V> {
    /// What is added up.
    pub shapes: Vec<Shape<V>>,
    /// What the sum is multiplied by.
    pub noise: Option<Noise>,
}

impl<V> Default for Curve<V> {
    /// Nothing at any time.
    fn default() -> Self {
        Curve { shapes: Vec::new(), noise: None }
    }
}

/// One shape of a curve. Each is worked out by a file of its name in `sim::usage`.
#[derive(Clone, PartialEq, Debug)]
pub enum Shape<V> {
    /// Always the same.
    Constant(Constant<V>),
    /// High by day, low by night, with weekdays of their own.
    Diurnal(Diurnal<V>),
    /// More of it at random moments.
    Bursts(Bursts<V>),
    /// Growth since the container's start: a leak if it never ends.
    Ramp(Ramp<V>),
    /// Stretches one after the other since the container's start.
    Phases(Phases<V>),
    /// More of it just after the container's start.
    StartUp(StartUp<V>),
    /// As it was recorded.
    Replay(Replay<V>),
}

/// Always the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Constant<V>(pub V);

/// A daily curve: a cosine between `low` and `high`, in steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Diurnal<V> {
    /// Half a day away from the peak.
    pub low: V,
    /// At the peak.
    pub high: V,
    /// The time of day at `T+0`.
    pub clock: Span,
    /// The time of day of the peak.
    pub peak: Span,
    /// How much of the way from `low` to `high` each day goes, in thousandths, from the day of `T+0`.
    pub days: [u32; 7],
    /// The length of a step.
    pub every: Span,
}

/// Bursts that begin at the times of a Poisson process; what overlaps is one burst.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bursts<V> {
    /// How much more there is in a burst.
    pub more: V,
    /// The mean time from one beginning to the next.
    pub every: Span,
    /// How long a burst lasts, at most `every`.
    pub lasts: Span,
    /// Whether all replicas have them at the same times.
    pub shared: bool,
}

/// Linear growth since the container's start, in steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ramp<V> {
    /// By how much.
    pub by: V,
    /// In how long.
    pub over: Span,
    /// Whether it stays there; else it goes on growing, as a leak does.
    pub ends: bool,
    /// The length of a step.
    pub every: Span,
}

/// Stretches since the container's start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phases<V> {
    /// How long each lasts, and what there is of it.
    pub phases: Vec<(Span, V)>,
    /// Whether the first comes again after the last; else the last stays.
    pub repeat: bool,
}

/// More of it for a while after the container's start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StartUp<V> {
    /// How much more.
    pub more: V,
    /// For how long.
    pub lasts: Span,
}

/// What was recorded, step by step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replay<V> {
    /// One series or several, which replicas take in turn.
    pub series: Vec<Series<V>>,
    /// After how long it begins again, if it does; there is nothing of it after its end otherwise.
    pub period: Option<Span>,
}

/// A recorded series: from when on there is how much; none in a gap. Times ascend.
pub type Series<V> = Arc<[(SimTime, Option<V>)]>;

/// Log-normal factors with a mean of 1, one for each cell of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Noise {
    /// The coefficient of variation of each lane (CPU, memory), in thousandths.
    pub cv: [u32; 2],
    /// The length of a cell.
    pub every: Span,
    /// Whether all replicas have the same.
    pub shared: bool,
}
