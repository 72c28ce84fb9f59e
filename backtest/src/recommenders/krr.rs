//! The rule of Robusta's krr, strategy `simple`: a percentile of each pod's CPU, and the peak of memory.

use std::collections::{BTreeMap, BTreeSet};

use sim::model::vpa::{CpuMemory, Stated};

use super::{Recommender, Rule};
use crate::history::{Container, Lane, Sample};
use crate::ranks::{Ranks, Window};

/// krr's rule.
// krr: robusta_krr/strategies/simple.py SimpleStrategySettings, since v1.10.0 (before: 99 % of CPU);
// integrations/prometheus/metrics/cpu.py PercentileCPULoader
pub const RULE: Rule = Rule {
    id: "krr",
    name: "krr simple",
    about: "krr's strategy `simple` as of v1.10: the 95th percentile of the pod that uses most CPU, at \
            least 10m, and the peak of memory of 14 days with 15 % more, at least 100 MB",
    begin: |container| Box::new(Krr::new(container)),
};

// krr: core/abstract/strategies.py StrategySettings.history_duration, in hours
const HISTORY_MS: u64 = 336 * 3_600_000;
const CPU_PERCENT: u64 = 95;
const MEMORY_PERCENT: u64 = 115;
// krr: core/models/config.py cpu_min_value, memory_min_value
const LEAST_CPU: u64 = 10;
const LEAST_MEMORY: u64 = 100 * MEGABYTE;
// krr: core/runner.py _round_value
const MEGABYTE: u64 = 1_000_000;

struct Krr {
    /// CPU of each pod.
    cpu: Vec<Ranks>,
    /// Memory of all.
    memory: Ranks,
    window: Window<(Lane, u32, u64)>,
    /// Pods of which something came or went since it was last recommended.
    changed: BTreeSet<u32>,
    /// What was last found of each pod, and how many pods it was found of.
    found: BTreeMap<u32, u64>,
    counts: BTreeMap<u64, usize>,
}

impl Krr {
    fn new(container: &Container) -> Krr {
        let mut pods: Vec<Vec<u64>> = Vec::new();
        for sample in container.samples.iter().filter(|it| it.lane == Lane::Cpu) {
            let pod = sample.pod as usize;
            if pods.len() <= pod {
                pods.resize_with(pod + 1, Vec::new);
            }
            pods[pod].push(sample.used);
        }
        let memory = container.samples.iter().filter(|it| it.lane == Lane::Memory);
        Krr {
            cpu: pods.into_iter().map(|it| Ranks::of(it.into_iter())).collect(),
            memory: Ranks::of(memory.map(|it| it.used)),
            window: Window::new(HISTORY_MS),
            changed: BTreeSet::new(),
            found: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Finds the percentile of a pod anew.
    fn find(&mut self, pod: u32) {
        if let Some(before) = self.found.remove(&pod)
            && let Some(count) = self.counts.get_mut(&before)
        {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&before);
            }
        }
        if let Some(now) = interpolated(&self.cpu[pod as usize]) {
            self.found.insert(pod, now);
            *self.counts.entry(now).or_default() += 1;
        }
    }
}

impl Recommender for Krr {
    fn sees(&mut self, sample: &Sample) {
        match sample.lane {
            Lane::Cpu => {
                self.cpu[sample.pod as usize].add(sample.used);
                self.changed.insert(sample.pod);
            }
            Lane::Memory => self.memory.add(sample.used),
        }
        self.window.push(sample.at_ms, (sample.lane, sample.pod, sample.used));
    }

    fn recommend(&mut self, now_ms: i64) -> Stated {
        while let Some((lane, pod, used)) = self.window.expired(now_ms) {
            match lane {
                Lane::Cpu => {
                    self.cpu[pod as usize].remove(used);
                    self.changed.insert(pod);
                }
                Lane::Memory => self.memory.remove(used),
            }
        }
        for pod in std::mem::take(&mut self.changed) {
            self.find(pod);
        }
        let cpu = self.counts.last_key_value().map(|(most, _)| (*most).max(LEAST_CPU));
        let memory = self.memory.nth(self.memory.len()).map(|peak| {
            let more = (peak * MEMORY_PERCENT).div_ceil(100);
            more.next_multiple_of(MEGABYTE).max(LEAST_MEMORY)
        });
        CpuMemory { cpu, memory }
    }
}

/// The percentile between the two samples next to it, rounded up to a millicore.
// Prometheus: promql/quantile.go quantile, which quantile_over_time calls
fn interpolated(ranks: &Ranks) -> Option<u64> {
    let place = CPU_PERCENT * (ranks.len().checked_sub(1)? as u64);
    let (below, beyond) = (usize::try_from(place / 100).unwrap_or(usize::MAX), place % 100);
    let (low, high) = (ranks.nth(below + 1)?, ranks.nth(below + 2)?);
    Some(low + ((high - low) * beyond).div_ceil(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_lie_between_samples() {
        let of = |values: &[u64]| {
            let mut ranks = Ranks::of(values.iter().copied());
            values.iter().for_each(|it| ranks.add(*it));
            interpolated(&ranks)
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7]), Some(7));
        // At 0.95 of the way from the first to the second.
        assert_eq!(of(&[100, 200]), Some(195));
        // 0.95 x 4 is 3.8: between 40 and 50.
        assert_eq!(of(&[10, 20, 30, 40, 50]), Some(48));
    }
}
