//! One container of one pod: its last samples, and the peak of memory of its present interval.

use super::aggregate::Aggregate;
use super::decay::Decay;

/// One container of one pod.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    /// Where what is known of containers like it is kept.
    pub(super) aggregate: usize,
    last_cpu_ms: Option<i64>,
    pub(super) last_memory_ms: Option<i64>,
    /// When the interval of its present peak ends.
    pub(super) window_end_ms: Option<i64>,
    pub(super) peak: u64,
    oom_peak: u64,
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
            last_cpu_ms: None,
            last_memory_ms: None,
            window_end_ms: None,
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
        if self.last_cpu_ms.is_none_or(|last| at_ms > last) {
            self.last_cpu_ms = Some(at_ms);
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
        interval_ms: i64,
        (bytes, source): (u64, Source),
        at_ms: i64,
        decay: &mut Decay,
    ) {
        let is_late = self.last_memory_ms.is_some_and(|last| at_ms < last);
        if is_late && source == Source::Metrics {
            return;
        }
        self.last_memory_ms = Some(at_ms);
        let mut end_ms = self.window_end_ms.unwrap_or(at_ms);
        if at_ms < end_ms {
            let before = self.highest();
            if before == 0 || bytes <= before {
                return;
            }
            aggregate.subtract_peak(before, end_ms, decay);
        } else {
            let passed_ms = at_ms - end_ms;
            let whole = passed_ms.checked_div(interval_ms).map_or(passed_ms, |it| it * interval_ms);
            end_ms += whole + interval_ms;
            (self.peak, self.oom_peak) = (0, 0);
        }
        self.window_end_ms = Some(end_ms);
        aggregate.add_peak(bytes, end_ms, decay);
        match source {
            Source::Metrics => self.peak = bytes,
            Source::OutOfMemory => self.oom_peak = bytes,
        }
    }
}
