//! How the recommender is configured, and the defaults of its flags.

use crate::model::vpa::{CpuMemory, Stated};
use crate::time::Span;

/// How the recommender is configured.
#[derive(Clone, PartialEq, Debug)]
pub struct RecommenderConfig {
    /// The part that is recommended beyond what was used.
    pub margin: f64,
    /// What the containers of a pod are recommended at least, together.
    pub min: CpuMemory<u64>,
    /// The percentile of usage that is recommended.
    pub target: CpuMemory<f64>,
    /// The percentile below which a request is too low.
    pub lower: CpuMemory<f64>,
    /// The percentile above which a request is too high.
    pub upper: CpuMemory<f64>,
    /// How much history it takes to be sure.
    pub confidence: CpuMemory<Span>,
    /// After how long a sample weighs half.
    pub half_life: CpuMemory<Span>,
    /// How long one peak of memory stands for.
    pub memory_interval: Span,
    /// How many peaks history has.
    pub memory_intervals: u32,
    /// By how much memory grows after an out-of-memory kill.
    pub oom_bump_up_ratio: f64,
    /// The least by which it grows, in bytes.
    pub oom_min_bump_up: u64,
    /// Recommendations are rounded up to multiples of this; 1 leaves them as they are.
    pub round: CpuMemory<u64>,
    /// Whether memory is rounded to two decimals of the largest binary unit.
    pub humanize_memory: bool,
    /// The most that is recommended for any container.
    pub max_allowed: Stated,
}

impl Default for RecommenderConfig {
    // VPA: recommender/config/config.go, model/aggregations_config.go
    fn default() -> RecommenderConfig {
        let both = |value| CpuMemory { cpu: value, memory: value };
        let day = Span::from_hours(24);
        RecommenderConfig {
            margin: 0.15,
            min: CpuMemory { cpu: 25, memory: 250 << 20 },
            target: both(0.9),
            lower: both(0.5),
            upper: both(0.95),
            confidence: CpuMemory { cpu: day, memory: day },
            half_life: CpuMemory { cpu: day, memory: day },
            memory_interval: day,
            memory_intervals: 8,
            oom_bump_up_ratio: 1.2,
            oom_min_bump_up: 100 << 20,
            round: CpuMemory { cpu: 1, memory: 1 },
            humanize_memory: false,
            max_allowed: CpuMemory::default(),
        }
    }
}
