//! What is known of a container's usage, from all pods that are alike.

use super::buckets::{CPU, MEMORY};
use super::config::RecommenderConfig;
use super::decay::Decay;
use super::histogram::Histogram;
use crate::model::vpa::{CpuMemory, Learning};

/// How much a sample of CPU weighs, whatever its container requests.
const CPU_WEIGHT: f64 = 0.1;

/// Samples of one container in pods that are alike.
// VPA: recommender/model/aggregate_container_state.go
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Aggregate {
    /// CPU samples, and peaks of memory.
    pub(super) usage: CpuMemory<Histogram>,
    /// The first and the last sample of CPU.
    pub(super) sampled_ms: Option<(i64, i64)>,
    /// How many samples of CPU there are.
    pub(super) samples: u64,
    /// When it came into being.
    pub(super) created_ms: i64,
    pub(super) learning: Learning,
}

impl Aggregate {
    pub(super) fn new(config: &RecommenderConfig, created_ms: i64) -> Aggregate {
        Aggregate {
            usage: config.half_life.map(|span| Histogram::new(ms(span))),
            sampled_ms: None,
            samples: 0,
            created_ms,
            learning: Learning::default(),
        }
    }

    pub(super) fn add_cpu(&mut self, milli: u64, at_ms: i64, decay: &mut Decay) {
        self.usage.cpu.add(&CPU, (milli, CPU_WEIGHT), at_ms, decay);
        let (first, last) = self.sampled_ms.unwrap_or((at_ms, at_ms));
        self.sampled_ms = Some((first.min(at_ms), last.max(at_ms)));
        self.samples += 1;
    }

    pub(super) fn add_peak(&mut self, bytes: u64, at_ms: i64, decay: &mut Decay) {
        self.usage.memory.add(&MEMORY, (bytes, 1.0), at_ms, decay);
    }

    pub(super) fn subtract_peak(&mut self, bytes: u64, at_ms: i64, decay: &mut Decay) {
        self.usage.memory.subtract(&MEMORY, (bytes, 1.0), at_ms, decay);
    }

    /// Forgets all samples.
    pub(super) fn clear(&mut self) {
        self.usage.cpu.clear();
        self.usage.memory.clear();
        (self.sampled_ms, self.samples) = (None, 0);
    }

    pub(super) fn merge(&mut self, other: &mut Aggregate) {
        self.usage.cpu.merge(&mut other.usage.cpu);
        self.usage.memory.merge(&mut other.usage.memory);
        self.sampled_ms = match (self.sampled_ms, other.sampled_ms) {
            (Some(own), Some(others)) => Some((own.0.min(others.0), own.1.max(others.1))),
            (own, others) => own.or(others),
        };
        self.samples += other.samples;
    }

    /// As it is after it was written to a checkpoint and read again.
    pub(super) fn restored(&self) -> Aggregate {
        let CpuMemory { cpu, memory } = &self.usage;
        let usage = CpuMemory { cpu: cpu.restored(), memory: memory.restored() };
        Aggregate { usage, ..self.clone() }
    }

    /// How long one peak of memory stands for.
    pub(super) fn memory_interval_ms(&self, config: &RecommenderConfig) -> i64 {
        ms(self.learning.memory_interval.unwrap_or(config.memory_interval))
    }

    /// Whether its history is over.
    pub(super) fn is_expired(&self, config: &RecommenderConfig, now_ms: i64) -> bool {
        let interval_ms = self.memory_interval_ms(config);
        let count = self.learning.memory_intervals.unwrap_or(config.memory_intervals);
        let since = self.sampled_ms.map_or(self.created_ms, |(_, last)| last);
        now_ms - since >= interval_ms.saturating_mul(count.into())
    }
}

/// A span in milliseconds, at most the 292 years that upstream counts in nanoseconds.
pub(super) fn ms(span: crate::time::Span) -> i64 {
    const MOST: i64 = i64::MAX / 1_000_000;
    i64::try_from(span.as_ms()).unwrap_or(MOST).min(MOST)
}
