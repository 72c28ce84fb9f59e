//! What was recorded: samples of CPU and memory of containers, each with the time that it stands for.

use std::collections::{BTreeMap, BTreeSet};

use sim::autoscalers::vpa::sizing::Sizes;
use sim::model::vpa::{CpuMemory, Stated};

/// Samples that are further apart than this many times what is usual have a gap between them.
const GAP: u64 = 3;
/// Amounts above this are as large as this: more than any machine has, and sums of them stay exact.
const MOST: f64 = 1e14;

/// What was recorded of any number of containers.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct History {
    /// The containers, by name.
    pub containers: Vec<Container>,
}

/// Which container.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Name {
    /// The namespace; empty where the record names none.
    pub namespace: String,
    /// The workload of its pods.
    pub workload: String,
    /// The container; empty where the record names none.
    pub container: String,
}

/// One container of a workload, in all of its pods.
#[derive(Clone, PartialEq, Debug)]
pub struct Container {
    /// Which.
    pub name: Name,
    /// How many containers its pods have, itself included: VPA divides its least among them.
    pub alongside: usize,
    /// How many pods the workload is to have; those that were recorded last, where nothing says so.
    pub replicas: u64,
    /// Within what its VerticalPodAutoscaler keeps it: the least and the most, which wins.
    pub bounds: (Stated, Stated),
    /// What it requests and is limited to, from when on.
    pub stated: Vec<(i64, Sizes)>,
    /// What it used, by time, pod and lane.
    pub samples: Vec<Sample>,
    /// How much time is in gaps, in milliseconds, of all pods and of the lane with more of it.
    pub gaps_ms: u64,
}

/// CPU or memory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lane {
    /// CPU, in millicores.
    Cpu,
    /// Memory, in bytes.
    Memory,
}

/// What was used for a while.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Sample {
    /// From when on, in milliseconds.
    pub at_ms: i64,
    /// Of which pod.
    pub pod: u32,
    /// Of what.
    pub lane: Lane,
    /// How much.
    pub used: u64,
    /// For how long it stands, in milliseconds: until the next sample, if that is near.
    pub lasts_ms: u64,
}

impl Sample {
    /// When it is over, and known.
    #[must_use]
    pub fn end_ms(&self) -> i64 {
        self.at_ms.saturating_add_unsigned(self.lasts_ms)
    }
}

impl Lane {
    /// Both.
    pub const BOTH: [Lane; 2] = [Lane::Cpu, Lane::Memory];

    /// The one of two values that is its own.
    pub fn of<T>(self, both: &CpuMemory<T>) -> &T {
        match self {
            Lane::Cpu => &both.cpu,
            Lane::Memory => &both.memory,
        }
    }

    /// The same, to be changed.
    pub fn of_mut<T>(self, both: &mut CpuMemory<T>) -> &mut T {
        match self {
            Lane::Cpu => &mut both.cpu,
            Lane::Memory => &mut both.memory,
        }
    }
}

impl Container {
    /// One of which nothing was recorded yet.
    #[must_use]
    pub fn new(name: Name) -> Container {
        Container {
            name,
            alongside: 1,
            replicas: 1,
            bounds: (Stated::default(), Stated::default()),
            stated: Vec::new(),
            samples: Vec::new(),
            gaps_ms: 0,
        }
    }

    /// Adds what was recorded of a pod: times in milliseconds, which grow, and amounts.
    pub fn record(&mut self, pod: u32, recorded: &CpuMemory<Vec<(i64, f64)>>) {
        let gaps = Lane::BOTH.map(|lane| {
            let recorded = lane.of(recorded);
            let usual_ms = usual(recorded);
            let mut gaps_ms = 0;
            for (index, (at_ms, used)) in recorded.iter().enumerate() {
                let next = recorded.get(index + 1).map(|(next, _)| next.abs_diff(*at_ms));
                let near = next.filter(|apart| *apart <= usual_ms.saturating_mul(GAP));
                gaps_ms += next.filter(|_| near.is_none()).map_or(0, |apart| apart - usual_ms);
                let lasts_ms = near.unwrap_or(usual_ms);
                self.samples.push(Sample {
                    at_ms: *at_ms,
                    pod,
                    lane,
                    used: amount(*used),
                    lasts_ms,
                });
            }
            gaps_ms
        });
        self.gaps_ms += gaps.into_iter().max().unwrap_or(0);
    }

    /// Puts everything in order; to be called once all pods are recorded.
    pub fn sort(&mut self) {
        self.samples.sort_unstable();
        self.stated.sort_by_key(|(at_ms, _)| *at_ms);
    }

    /// When its first sample was taken, and when its last one is over; none without samples.
    #[must_use]
    pub fn span_ms(&self) -> Option<(i64, i64)> {
        let first = self.samples.first()?.at_ms;
        let last = self.samples.iter().map(Sample::end_ms).max()?;
        Some((first, last))
    }

    /// How far apart samples usually are, in milliseconds: the most frequent, and of those the least.
    #[must_use]
    pub fn usual_ms(&self) -> u64 {
        let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
        self.samples.iter().for_each(|it| *counts.entry(it.lasts_ms).or_default() += 1);
        let most = counts.values().copied().max().unwrap_or(0);
        counts.into_iter().find(|(_, count)| *count == most).map_or(0, |(ms, _)| ms)
    }

    /// Whether there is a sample of a lane.
    #[must_use]
    pub fn has(&self, lane: Lane) -> bool {
        self.samples.iter().any(|it| it.lane == lane)
    }

    /// How many pods were sampled at the end, or within a number of usual distances before it.
    #[must_use]
    pub fn running_lately(&self, distances: u64) -> u64 {
        let end = self.span_ms().map_or(0, |(_, end)| end);
        let since = end.saturating_sub_unsigned(self.usual_ms().saturating_mul(distances));
        let late = self.samples.iter().filter(|it| it.end_ms() >= since).map(|it| it.pod);
        late.collect::<BTreeSet<u32>>().len() as u64
    }

    /// What is recommended of lanes that were recorded: of others nothing is known.
    #[must_use]
    pub fn recommendable(&self, recommended: Stated) -> Stated {
        CpuMemory {
            cpu: recommended.cpu.filter(|_| self.has(Lane::Cpu)),
            memory: recommended.memory.filter(|_| self.has(Lane::Memory)),
        }
    }

    /// What it requests and is limited to at an instant; before anything is stated, what is stated first.
    #[must_use]
    pub fn stated_at(&self, at_ms: i64) -> Sizes {
        let after = self.stated.partition_point(|(from, _)| *from <= at_ms);
        let at = self.stated.get(after.saturating_sub(1));
        at.map_or_else(Sizes::default, |(_, sizes)| *sizes)
    }
}

impl History {
    /// From when to when something was recorded, in milliseconds; none if nothing was.
    #[must_use]
    pub fn span_ms(&self) -> Option<(i64, i64)> {
        let spans = self.containers.iter().filter_map(Container::span_ms);
        spans.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    }
}

/// The middle one of the distances between samples; a minute where there is but one sample.
fn usual(recorded: &[(i64, f64)]) -> u64 {
    let mut apart: Vec<u64> = recorded.windows(2).map(|it| it[1].0.abs_diff(it[0].0)).collect();
    apart.sort_unstable();
    apart.get(apart.len().saturating_sub(1) / 2).copied().unwrap_or(60_000).max(1)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn amount(used: f64) -> u64 {
    used.round().clamp(0.0, MOST) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_stands_until_the_next_or_for_as_long_as_is_usual() {
        let mut container = Container::new(Name::default());
        let minute = 60_000;
        let cpu = [0, 1, 2, 10, 12].map(|at| (at * minute, 100.4)).to_vec();
        container.record(0, &CpuMemory { cpu, memory: Vec::new() });
        let lasts: Vec<u64> = container.samples.iter().map(|it| it.lasts_ms / 60_000).collect();
        assert_eq!(lasts, [1, 1, 1, 2, 1]);
        assert_eq!(container.gaps_ms, 7 * 60_000);
        assert_eq!(container.usual_ms(), 60_000);
        assert_eq!(container.span_ms(), Some((0, 13 * minute)));
        assert_eq!(container.samples[0].used, 100);
    }

    #[test]
    fn what_is_stated_later_holds_later() {
        let mut container = Container::new(Name::default());
        let sizes = |cpu| Sizes {
            requests: CpuMemory { cpu: Some(cpu), memory: None },
            ..Sizes::default()
        };
        container.stated = vec![(50, sizes(2)), (10, sizes(1))];
        container.sort();
        let at = |ms| container.stated_at(ms).requests.cpu;
        assert_eq!([0, 10, 49, 50].map(at), [Some(1), Some(1), Some(1), Some(2)]);
    }
}
