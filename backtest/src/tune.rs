//! Tuning: VPA's recommender under other percentiles, margins and half-lives, and which settings no
//! other setting beats.
//!
//! CPU and memory are tuned apart: VPA has a percentile and a half-life for each, and what is best for
//! one says nothing about the other.

use rayon::prelude::*;
use sim::Span;
use sim::autoscalers::vpa::RecommenderConfig;
use sim::model::vpa::CpuMemory;

use crate::history::{Container, History, Lane};
use crate::plan::Plan;
use crate::recommenders::vpa::Vpa;
use crate::score::Score;
use crate::walk::walk;

/// A setting of VPA's recommender.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Setting {
    /// The percentile that is recommended.
    pub percentile: u32,
    /// How many per cent more.
    pub margin_percent: u32,
    /// After how many hours a sample weighs half.
    pub half_life_hours: u64,
}

/// The settings that are tried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tuning {
    /// Percentiles.
    pub percentiles: Vec<u32>,
    /// Margins in per cent.
    pub margins_percent: Vec<u32>,
    /// Half-lives in hours.
    pub half_lives_hours: Vec<u64>,
}

/// A setting and what came of it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tuned {
    /// Which.
    pub setting: Setting,
    /// What came of it, over all containers.
    pub score: Score,
    /// By lane, whether no other setting wastes less at no more risk, or risks less at no more waste.
    pub on_front: CpuMemory<bool>,
}

impl Setting {
    /// VPA's defaults.
    // VPA: recommender/config/config.go, model/aggregations_config.go
    pub const DEFAULT: Setting =
        Setting { percentile: 90, margin_percent: 15, half_life_hours: 24 };

    /// The recommender's flags that say the same.
    #[must_use]
    pub fn config(self) -> RecommenderConfig {
        let percentile = f64::from(self.percentile) / 100.0;
        let half_life = Span::from_hours(self.half_life_hours.max(1));
        RecommenderConfig {
            margin: f64::from(self.margin_percent) / 100.0,
            target: CpuMemory { cpu: percentile, memory: percentile },
            half_life: CpuMemory { cpu: half_life, memory: half_life },
            ..RecommenderConfig::default()
        }
    }
}

impl Default for Tuning {
    fn default() -> Tuning {
        Tuning {
            percentiles: vec![50, 80, 90, 95, 98, 99, 100],
            margins_percent: vec![0, 15, 30, 50],
            half_lives_hours: vec![6, 24, 72, 168],
        }
    }
}

impl Tuning {
    /// Every setting, in order.
    #[must_use]
    pub fn settings(&self) -> Vec<Setting> {
        let mut settings = Vec::new();
        for percentile in &self.percentiles {
            for margin_percent in &self.margins_percent {
                for half_life_hours in &self.half_lives_hours {
                    settings.push(Setting {
                        percentile: *percentile,
                        margin_percent: *margin_percent,
                        half_life_hours: *half_life_hours,
                    });
                }
            }
        }
        settings.sort_unstable();
        settings.dedup();
        settings
    }
}

/// Walks every container with every setting.
#[must_use]
pub fn tune(history: &History, plan: &Plan, tuning: &Tuning) -> Vec<Tuned> {
    let settings = tuning.settings();
    let score = |setting: &Setting| {
        let config = setting.config();
        let one =
            |container: &Container| walk(container, &mut Vpa::new(container, &config), plan).score;
        history.containers.iter().map(one).fold(Score::default(), Score::plus)
    };
    // Collected in order: the same on any number of threads.
    let scores: Vec<Score> = settings.par_iter().map(score).collect();
    let fronts = Lane::BOTH.map(|lane| {
        let points: Vec<(u128, u64)> = scores.iter().map(|it| waste_and_risk(it, lane)).collect();
        front(&points)
    });
    let tuned = settings.into_iter().zip(scores).enumerate().map(|(index, (setting, score))| {
        let on_front = CpuMemory { cpu: fronts[0][index], memory: fronts[1][index] };
        Tuned { setting, score, on_front }
    });
    tuned.collect()
}

/// What is weighed against each other: of CPU, waste and the time above the request; of memory, waste
/// and kills.
#[must_use]
fn waste_and_risk(score: &Score, lane: Lane) -> (u128, u64) {
    let own = lane.of(&score.lanes);
    match lane {
        Lane::Cpu => (own.wasted, own.above_request.ms),
        Lane::Memory => (own.wasted, own.above_limit.samples),
    }
}

/// Which points no other point beats: none is lower in one of its two coordinates and not higher in the
/// other. Of equal points, all are on the front.
#[must_use]
fn front(points: &[(u128, u64)]) -> Vec<bool> {
    let beats = |one: &(u128, u64), other: &(u128, u64)| {
        one.0 <= other.0 && one.1 <= other.1 && one != other
    };
    points.iter().map(|point| !points.iter().any(|other| beats(other, point))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_is_what_no_other_point_beats() {
        let points = [(1, 9), (2, 5), (3, 5), (2, 5), (4, 1), (9, 1), (5, 0)];
        assert_eq!(front(&points), [true, true, false, true, true, false, true]);
    }

    #[test]
    fn the_defaults_are_among_what_is_tried() {
        assert!(Tuning::default().settings().contains(&Setting::DEFAULT));
        assert_eq!(Setting::DEFAULT.config(), RecommenderConfig::default());
    }
}
