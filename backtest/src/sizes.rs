//! Limits that go with a recommended request, which one rule decides for all recommenders.

use sim::autoscalers::vpa::sizing::{Sizes, proportional_limit};
use sim::model::vpa::{CpuMemory, Stated};

/// The limits that go with requests: in proportion, as VPA's admission sets them, where a limit is
/// stated. A container without a limit of memory is held to its request, which is all that it is sure
/// to get; one without a limit of CPU is never throttled.
#[must_use]
pub fn limits(stated: &Sizes, requests: &Stated) -> Stated {
    let scaled = stated.limits.zip(stated.requests).zip(*requests);
    let CpuMemory { cpu, memory } = scaled.map(|((limit, request), recommended)| {
        proportional_limit(limit, request, recommended, None)
    });
    CpuMemory { cpu, memory: memory.or(requests.memory) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(cpu: u64, memory: u64) -> Stated {
        CpuMemory { cpu: Some(cpu), memory: Some(memory) }
    }

    #[test]
    fn limits_stay_in_proportion_and_memory_has_one_always() {
        let sizes = Sizes { requests: stated(200, 100), limits: stated(500, 150) };
        assert_eq!(limits(&sizes, &stated(100, 60)), stated(250, 90));
        let none = Sizes { requests: stated(200, 100), limits: Stated::default() };
        let bound = CpuMemory { cpu: None, memory: Some(60) };
        assert_eq!(limits(&none, &stated(100, 60)), bound);
        // Guaranteed stays guaranteed.
        let same = Sizes { requests: stated(200, 100), limits: stated(200, 100) };
        assert_eq!(limits(&same, &stated(100, 60)), stated(100, 60));
    }
}
