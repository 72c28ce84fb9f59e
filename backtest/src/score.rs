//! What a recommender is judged by: sums over time, exact, of one container or of many.

use sim::model::vpa::{CpuMemory, Stated};

use crate::history::Sample;

/// What came of following a recommender.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Score {
    /// Of CPU in millicores, of memory in bytes.
    pub lanes: CpuMemory<LaneScore>,
    /// How often a recommendation came into force that differed from the one before: each evicts the
    /// pods, or resizes them.
    pub changes: u64,
}

/// What came of it in one lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LaneScore {
    /// Samples that were judged.
    pub samples: u64,
    /// The time that they stand for, in milliseconds.
    pub judged_ms: u64,
    /// What was requested: amount times milliseconds.
    pub requested: u128,
    /// What was requested and not used: amount times milliseconds.
    pub wasted: u128,
    /// Usage above the request: of CPU it contends with others, of memory it is the first to be evicted.
    pub above_request: Excess,
    /// Usage above the limit: CPU is throttled, memory killed.
    pub above_limit: Excess,
}

/// Usage above a bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Excess {
    /// In how many samples.
    pub samples: u64,
    /// For how long, in milliseconds.
    pub ms: u64,
    /// How much: amount above the bound times milliseconds.
    pub amount: u128,
}

impl Score {
    /// Judges a sample against what was in force. Whether it was above the limit.
    pub(crate) fn judge(&mut self, sample: &Sample, requests: &Stated, limits: &Stated) -> bool {
        let lane = sample.lane;
        let Some(request) = *lane.of(requests) else { return false };
        let score = lane.of_mut(&mut self.lanes);
        let time = u128::from(sample.lasts_ms);
        score.samples += 1;
        score.judged_ms += sample.lasts_ms;
        score.requested += u128::from(request) * time;
        score.wasted += u128::from(request.saturating_sub(sample.used)) * time;
        score.above_request.count(sample, request);
        lane.of(limits).is_some_and(|limit| score.above_limit.count(sample, limit))
    }

    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: Score) -> Score {
        let lanes = self.lanes.zip(other.lanes).map(|(one, other)| one.plus(other));
        Score { lanes, changes: self.changes + other.changes }
    }

    /// Samples of memory above the limit: each would have been a kill.
    #[must_use]
    pub fn kills(&self) -> u64 {
        self.lanes.memory.above_limit.samples
    }
}

impl LaneScore {
    fn plus(self, other: LaneScore) -> LaneScore {
        LaneScore {
            samples: self.samples + other.samples,
            judged_ms: self.judged_ms + other.judged_ms,
            requested: self.requested + other.requested,
            wasted: self.wasted + other.wasted,
            above_request: self.above_request.plus(other.above_request),
            above_limit: self.above_limit.plus(other.above_limit),
        }
    }

    /// The share of the time, from 0 to 1, that usage was above the request; none if nothing was judged.
    #[must_use]
    pub fn short(&self) -> Option<f64> {
        self.share(self.above_request.ms)
    }

    /// The share of the time, from 0 to 1, that usage was above the limit; none if nothing was judged.
    #[must_use]
    pub fn over_limit(&self) -> Option<f64> {
        self.share(self.above_limit.ms)
    }

    fn share(&self, ms: u64) -> Option<f64> {
        (self.judged_ms > 0).then(|| ms as f64 / self.judged_ms as f64)
    }
}

impl Excess {
    /// Whether a sample is above a bound, which is counted.
    fn count(&mut self, sample: &Sample, bound: u64) -> bool {
        let above = sample.used.saturating_sub(bound);
        if above > 0 {
            self.samples += 1;
            self.ms += sample.lasts_ms;
            self.amount += u128::from(above) * u128::from(sample.lasts_ms);
        }
        above > 0
    }

    fn plus(self, other: Excess) -> Excess {
        Excess {
            samples: self.samples + other.samples,
            ms: self.ms + other.ms,
            amount: self.amount + other.amount,
        }
    }
}
