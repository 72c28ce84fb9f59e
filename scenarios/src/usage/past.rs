//! What Prometheus answers a recommender that starts: samples of what was used before `T+0`, as far back and
//! as far apart as it asks for.
//!
//! At each step CPU is the mean over the time since the step before, as `rate()` gives it, and memory is what
//! it was last. Both are cut off to whole milli-cores and bytes.
// VPA: recommender/input/history/history_provider.go GetClusterHistory, readResourceHistory;
// recommender/model/types.go CPUAmountFromCores

use std::collections::{BTreeMap, BTreeSet};

use sim::Span;
use sim::model::vpa::{CpuMemory, Stated};

use super::series::{is_of, steps};
use super::{Key, Owner, Recording, Samples, moment, sums_of_pods};
use crate::file::autoscaling::VpaHistory;

/// The longest history that is asked for.
const LONGEST: Span = Span::from_hours(100 * 24);
/// The least time between two samples of it.
const SHORTEST: Span = Span::from_secs(60);

/// A record, as it is asked for what lies before `T+0`.
pub(crate) struct Past<'r> {
    recording: &'r Recording,
    /// Series of whole pods whose containers have series of their own.
    whole: BTreeSet<Key>,
    /// The moment of the record that is `T+0`.
    end: i64,
    length: i64,
    resolution: i64,
}

/// What is wrong with a field: its name, a sentence, and what to do.
type Wrong = (&'static str, String, &'static str);

impl<'r> Past<'r> {
    /// A record, asked as a scenario says.
    ///
    /// # Errors
    /// The field that is wrong.
    pub(crate) fn of(recording: &'r Recording, said: &VpaHistory) -> Result<Past<'r>, Wrong> {
        // Both were checked against the schema.
        let [length, resolution] =
            [&said.length, &said.resolution].map(|text| Span::parse(text).unwrap_or_default());
        if length > LONGEST {
            let message = format!("a history of {length} is longer than any that is kept");
            return Err(("length", message, "write `100d` or less"));
        }
        if resolution < SHORTEST {
            let message = format!("samples every {resolution} are more than Prometheus is asked");
            return Err(("resolution", message, "write `1m` or more"));
        }
        if length < resolution {
            let message = format!("a history of {length} has no sample every {resolution}");
            return Err(("length", message, "let it be longer than `resolution`"));
        }
        let lanes = || recording.samples.values().flat_map(|it| [&it.cpu, &it.memory]);
        let first = lanes().filter_map(|lane| lane.first()).map(|(at, _)| *at).min();
        let first = first.unwrap_or(0);
        let ends = lanes().filter_map(|lane| Some(steps(lane, first).last()?.0));
        let last = first + ends.max().and_then(|last| i64::try_from(last).ok()).unwrap_or(0);
        let end = match said.end.as_deref() {
            None => last,
            Some(text) => match moment::parse(text) {
                Some((clock, at)) if Some(clock) == recording.clock => at,
                _ => {
                    let message = format!("`end: {text}` is no time as those of the file are");
                    return Err(("end", message, moment::FORMS));
                }
            },
        };
        let ms = |span: Span| i64::try_from(span.as_ms()).unwrap_or(i64::MAX);
        let (length, resolution) = (ms(length), ms(resolution));
        if end <= first || end - length >= last {
            let message = "nothing was recorded in that time before `end`".to_owned();
            return Err(("end", message, "choose a moment within the record, or soon after it"));
        }
        let whole = sums_of_pods(recording);
        Ok(Past { recording, whole, end, length, resolution })
    }

    /// What was used by a container of pods with this many containers: by pod, at milliseconds after `T+0`,
    /// which are not positive. A series of a whole pod is that of its only container.
    pub(crate) fn used_by(
        &self,
        owner: Owner<'_>,
        alongside: usize,
    ) -> BTreeMap<&'r str, Vec<(i64, Stated)>> {
        let is_its = |key: &Key| {
            let is_named =
                !key.container.is_empty() || (alongside == 1 && !self.whole.contains(key));
            is_named && is_of(key, None, owner)
        };
        let own = self.recording.samples.iter().filter(|(key, _)| is_its(key));
        let answered = own.map(|(key, samples)| (key.pod.as_str(), self.answer(samples)));
        answered.filter(|(_, samples)| !samples.is_empty()).collect()
    }

    /// The samples of one series.
    fn answer(&self, samples: &Samples) -> Vec<(i64, Stated)> {
        let from = self.end - self.length;
        let [cpu, memory] = [&samples.cpu, &samples.memory].map(|lane| self.before_end(lane));
        let count = self.length / self.resolution;
        let each = (0..=count).filter_map(|step| {
            let at = from + step * self.resolution;
            let used =
                CpuMemory { cpu: mean(&cpu, at - self.resolution, at), memory: last(&memory, at) };
            (used != Stated::default()).then_some((at - self.end, used))
        });
        each.collect()
    }

    /// The steps of a lane, as moments of the record: what is used from each on, or that nothing was recorded.
    fn before_end(&self, lane: &[(i64, f64)]) -> Vec<(i64, Option<u64>)> {
        let Some((first, _)) = lane.first() else { return Vec::new() };
        let moved =
            |(at, value): (u64, Option<u64>)| Some((first + i64::try_from(at).ok()?, value));
        let steps = steps(lane, *first).into_iter().filter_map(moved);
        steps.filter(|(at, _)| *at < self.end).collect()
    }
}

/// The mean over the part of a time in which something was recorded.
fn mean(steps: &[(i64, Option<u64>)], from: i64, to: i64) -> Option<u64> {
    let first = steps.partition_point(|(at, _)| *at <= from).saturating_sub(1);
    let (mut sum, mut covered) = (0_u128, 0_u128);
    for (index, (at, value)) in steps.iter().enumerate().skip(first) {
        if *at >= to {
            break;
        }
        let next = steps.get(index + 1).map_or(to, |(next, _)| *next);
        let lasts = u128::try_from(next.min(to) - at.max(&from)).unwrap_or(0);
        if let Some(value) = value {
            sum += u128::from(*value) * lasts;
            covered += lasts;
        }
    }
    sum.checked_div(covered).and_then(|mean| u64::try_from(mean).ok())
}

/// What was the case just before a moment.
fn last(steps: &[(i64, Option<u64>)], to: i64) -> Option<u64> {
    let after = steps.partition_point(|(at, _)| *at < to);
    after.checked_sub(1).and_then(|last| steps[last].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::Kind;
    use crate::usage::Clock;

    const MINUTE: i64 = 60_000;

    /// A record of pod `web-5d-a` in which CPU and memory change at these minutes.
    fn record(cpu: &[(i64, f64)], memory: &[(i64, f64)]) -> Recording {
        let in_ms = |lane: &[(i64, f64)]| lane.iter().map(|(at, it)| (at * MINUTE, *it)).collect();
        let key = Key { pod: "web-5d-a".into(), ..Key::default() };
        let samples = Samples { cpu: in_ms(cpu), memory: in_ms(memory), ..Samples::default() };
        Recording {
            samples: [(key, samples)].into(),
            clock: Some(Clock::SinceStart),
            ..Recording::default()
        }
    }

    fn said(yaml: serde_json::Value) -> VpaHistory {
        serde_json::from_value(yaml).expect("a sound history")
    }

    fn owner() -> Owner<'static> {
        Owner { kind: Kind::Deployment, namespace: "default", name: "web", container: "app" }
    }

    /// Every 20 minutes for two hours, CPU of 100, 200, 300 and then 400 three times: the record ends at 120,
    /// its hours have means of 200 and 400, and of the hour before it nothing is known.
    #[test]
    fn cpu_is_a_mean_and_memory_the_last_value() {
        let at = |index: i64| index * 20;
        let cpu = [100.0, 200.0, 300.0, 400.0, 400.0, 400.0];
        let cpu: Vec<(i64, f64)> = (0..).map(at).zip(cpu).collect();
        let memory: Vec<(i64, f64)> = (0..6).map(|index| (at(index), 1e6 + index as f64)).collect();
        let recording = record(&cpu, &memory);
        let past = Past::of(&recording, &said(serde_json::json!({"file": "x"}))).ok().unwrap();
        let stated = |cpu, memory| CpuMemory { cpu: Some(cpu), memory: Some(memory) };
        let expected = vec![(-60 * MINUTE, stated(200, 1_000_002)), (0, stated(400, 1_000_005))];
        assert_eq!(past.used_by(owner(), 1), [("web-5d-a", expected)].into());
        // Which of two containers it was, it does not say.
        assert!(past.used_by(owner(), 2).is_empty());
    }

    /// Sampled for 30 of 60 minutes, of which the mean is that of the 30; after `end` is nothing.
    #[test]
    fn a_gap_is_left_out_and_so_is_what_is_after_the_end() {
        let cpu: Vec<(i64, f64)> =
            [(0, 10.0), (10, 20.0), (20, 33.0), (60, 500.0), (70, 500.0)].to_vec();
        let recording = record(&cpu, &[]);
        let asked = said(serde_json::json!({"file": "x", "end": "60m", "length": "2h"}));
        let past = Past::of(&recording, &asked).ok().unwrap();
        let used = past.used_by(owner(), 1);
        assert_eq!(used["web-5d-a"], [(0, CpuMemory { cpu: Some(21), memory: None })]);
    }
}
