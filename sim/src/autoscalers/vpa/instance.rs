//! One container of one pod: its last samples, and the peak of memory of its present interval.

use super::aggregate::Aggregate;
use super::config::RecommenderConfig;
use super::decay::Decay;

/// One container of one pod.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    /// Where what is known of containers like it is kept.
    pub(super) aggregate: usize,
    last_cpu_ms: Moment,
    pub(super) last_memory_ms: Moment,
    /// When the interval of its present peak ends.
    pub(super) window_end_ms: Moment,
    pub(super) peak: u64,
    oom_peak: u64,
}

/// An instant that may not have come. All of a container is in one line of a cache without the room that
/// an `Option` takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Moment(i64);

impl Moment {
    const NEVER: Moment = Moment(i64::MIN);

    pub(super) fn get(self) -> Option<i64> {
        (self != Moment::NEVER).then_some(self.0)
    }
}

/// Where a figure of memory comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    Metrics,
    OutOfMemory,
}

impl Instance {
    pub(super) fn new(aggregate: usize) -> Instance {
        Instance {
            aggregate,
            last_cpu_ms: Moment::NEVER,
            last_memory_ms: Moment::NEVER,
            window_end_ms: Moment::NEVER,
            peak: 0,
            oom_peak: 0,
        }
    }

    /// A sample of CPU; one that is not newer than the last is dropped.
    // VPA: recommender/model/container.go addCPUSample
    pub(super) fn cpu(
        &mut self,
        aggregate: &mut Aggregate,
        milli: u64,
        at_ms: i64,
        decay: &mut Decay,
    ) {
        if self.last_cpu_ms.get().is_none_or(|last| at_ms > last) {
            self.last_cpu_ms = Moment(at_ms);
            aggregate.add_cpu(milli, at_ms, decay);
        }
    }

    /// The highest of what was measured, and of what out-of-memory kills have shown to be too little, in
    /// the present interval.
    pub(super) fn highest(&self) -> u64 {
        self.peak.max(self.oom_peak)
    }

    /// Keeps the peak of each interval; an interval begins with the first sample, and its peak stands at
    /// its end.
    // VPA: recommender/model/container.go addMemorySample
    pub(super) fn memory(
        &mut self,
        aggregate: &mut Aggregate,
        config: &RecommenderConfig,
        (bytes, source): (u64, Source),
        at_ms: i64,
        decay: &mut Decay,
    ) {
        let is_late = self.last_memory_ms.get().is_some_and(|last| at_ms < last);
        if is_late && source == Source::Metrics {
            return;
        }
        self.last_memory_ms = Moment(at_ms);
        let mut end_ms = self.window_end_ms.get().unwrap_or(at_ms);
        if at_ms < end_ms {
            let before = self.highest();
            if before == 0 || bytes <= before {
                return;
            }
            aggregate.subtract_peak(before, end_ms, decay);
        } else {
            let interval_ms = aggregate.memory_interval_ms(config);
            let passed_ms = at_ms - end_ms;
            let whole = passed_ms.checked_div(interval_ms).map_or(passed_ms, |it| it * interval_ms);
            end_ms += whole + interval_ms;
            (self.peak, self.oom_peak) = (0, 0);
        }
        self.window_end_ms = Moment(end_ms);
        aggregate.add_peak(bytes, end_ms, decay);
        match source {
            Source::Metrics => self.peak = bytes,
            Source::OutOfMemory => self.oom_peak = bytes,
        }
    }
}
