//! A fixed percentile of what was used in the last eight days, and a margin.

use sim::model::vpa::{CpuMemory, Stated};

use super::{Recommender, Rule};
use crate::history::{Container, Lane, Sample};
use crate::ranks::{Ranks, Window};

/// The 95th percentile and 15 %.
pub const P95: Rule = Rule {
    id: "p95",
    name: "p95 + 15 %",
    about: "the 95th percentile of all samples of the last 8 days, and 15 % more",
    begin: |container| Box::new(Percentile::new(container, 950, 15)),
};

/// The 99th percentile and 15 %.
pub const P99: Rule = Rule {
    id: "p99",
    name: "p99 + 15 %",
    about: "the 99th percentile of all samples of the last 8 days, and 15 % more",
    begin: |container| Box::new(Percentile::new(container, 990, 15)),
};

/// How long a sample counts: as long as VPA's history is.
const WINDOW_MS: u64 = 8 * 24 * 3_600_000;

/// The least sample that so large a share of all samples does not exceed, with a margin.
pub struct Percentile {
    per_mille: usize,
    margin_percent: u64,
    ranks: CpuMemory<Ranks>,
    window: Window<(Lane, u64)>,
}

impl Percentile {
    /// One that has seen nothing yet.
    #[must_use]
    pub fn new(container: &Container, per_mille: usize, margin_percent: u64) -> Percentile {
        let of = |lane| {
            let own = container.samples.iter().filter(move |it| it.lane == lane);
            Ranks::of(own.map(|it| it.used))
        };
        let ranks = CpuMemory { cpu: of(Lane::Cpu), memory: of(Lane::Memory) };
        Percentile { per_mille, margin_percent, ranks, window: Window::new(WINDOW_MS) }
    }
}

impl Recommender for Percentile {
    fn sees(&mut self, sample: &Sample) {
        sample.lane.of_mut(&mut self.ranks).add(sample.used);
        self.window.push(sample.at_ms, (sample.lane, sample.used));
    }

    fn recommend(&mut self, now_ms: i64) -> Stated {
        while let Some((lane, used)) = self.window.expired(now_ms) {
            lane.of_mut(&mut self.ranks).remove(used);
        }
        let recommended = |lane: Lane| {
            let ranks = lane.of(&self.ranks);
            let used = ranks.nth((ranks.len() * self.per_mille).div_ceil(1_000))?;
            Some(used + used * self.margin_percent / 100)
        };
        CpuMemory { cpu: recommended(Lane::Cpu), memory: recommended(Lane::Memory) }
    }
}
