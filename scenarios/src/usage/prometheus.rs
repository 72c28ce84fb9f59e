//! Usage as Prometheus answers `query_range`: a matrix of series, each with its labels.
//!
//! A counter of CPU-seconds becomes what was used between two samples, and a reset of it begins again
//! at zero; a gauge is what it says until the next sample.

use serde::Deserialize;

use super::units::Lane;
use super::{Key, Reading, Target};
use crate::file::usage::Replay;

/// What is read of an answer.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    status: String,
    #[serde(default)]
    error: String,
    data: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    result_type: String,
    #[serde(default)]
    result: Vec<Series>,
}

#[derive(Deserialize)]
struct Series {
    #[serde(default)]
    metric: Metric,
    #[serde(default)]
    values: Vec<(f64, String)>,
}

/// The labels that are read.
#[derive(Default, Deserialize)]
struct Metric {
    #[serde(default, rename = "__name__")]
    name: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    pod: String,
    #[serde(default)]
    container: String,
}

/// How a series is to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meter {
    Counter,
    Gauge,
}

/// Reads every series.
pub(super) fn read(reading: &mut Reading<'_>, replay: &Replay) {
    let text = reading.source.text.trim_start_matches('\u{feff}');
    let answer: Answer = match serde_json::from_str(text) {
        Ok(answer) => answer,
        Err(error) => {
            let message = format!("{} is no answer of Prometheus: {error}", reading.source.file);
            return reading.say_of_file(message, "save what `/api/v1/query_range` returns");
        }
    };
    if answer.status == "error" || !answer.error.is_empty() {
        let message = format!("Prometheus answered with an error: {}", answer.error);
        return reading.say_of_file(message, "correct the query and save its answer");
    }
    let Some(data) = answer.data.filter(|data| data.result_type == "matrix") else {
        let message = format!("{} holds no range of samples", reading.source.file);
        return reading
            .say_of_file(message, "save what `/api/v1/query_range` returns, not `query`");
    };
    let mut met = [0, 0];
    for series in data.result {
        let key = Key {
            namespace: series.metric.namespace,
            pod: series.metric.pod,
            container: series.metric.container,
        };
        // cAdvisor gives the pod as a whole under no container, and its sandbox as POD.
        if key.container == "POD" {
            continue;
        }
        let Some((lane, meter)) = meter(&series.metric.name, replay) else {
            let name = &series.metric.name;
            let message = if name.is_empty() {
                "a series does not say whether it is CPU or memory".to_owned()
            } else {
                format!("`{name}` is neither CPU nor memory")
            };
            let cores = reading.named.unit("cpu", "cores");
            let bytes = reading.named.unit("memory", "bytes");
            let help = format!(
                "query container_cpu_usage_seconds_total and container_memory_working_set_bytes; \
                 for a `rate()`, which has no name, say {cores}, for an unnamed gauge of \
                 memory {bytes}"
            );
            return reading.say_of_file(message, &help);
        };
        met[usize::from(meter == Meter::Gauge)] += 1;
        let Some(samples) = numbers(reading, &key, &series.values) else { return };
        let (factor, target): (f64, Target) = match lane {
            Lane::Cpu => (1_000.0, |samples| &mut samples.cpu),
            Lane::Memory => (1.0, |samples| &mut samples.memory),
        };
        let samples = if meter == Meter::Counter { rates(&samples) } else { samples };
        for (at, value) in samples {
            reading.add(target, &key, (at, value * factor), 0..0);
        }
    }
    let [counters, gauges] = met;
    let note = format!("{counters} counters and {gauges} gauges of Prometheus");
    reading.recording.notes.push(note);
}

/// What a metric measures, and how.
fn meter(name: &str, replay: &Replay) -> Option<(Lane, Meter)> {
    let is = |part: &str| name.contains(part);
    match () {
        () if is("cpu") && name.ends_with("_total") => Some((Lane::Cpu, Meter::Counter)),
        () if is("cpu") => Some((Lane::Cpu, Meter::Gauge)),
        () if is("memory") || is("rss") => Some((Lane::Memory, Meter::Gauge)),
        () if !name.is_empty() => None,
        () if replay.cpu_unit.is_some() => Some((Lane::Cpu, Meter::Gauge)),
        () if replay.memory_unit.is_some() => Some((Lane::Memory, Meter::Gauge)),
        () => None,
    }
}

/// Times in milliseconds, and values; those that are no numbers are gaps.
fn numbers(
    reading: &mut Reading<'_>,
    key: &Key,
    values: &[(f64, String)],
) -> Option<Vec<(i64, f64)>> {
    let mut samples = Vec::with_capacity(values.len());
    for (seconds, text) in values {
        if !reading.counted(0..0) {
            return None;
        }
        let at = reading.time(&seconds.to_string(), 0..0)?;
        let Ok(value) = text.parse::<f64>() else {
            reading.say_of_file(format!("`{text}` of {} is no number", key.words()), "");
            return None;
        };
        if value < 0.0 {
            reading.say_of_file(format!("`{text}` of {} is negative", key.words()), "");
            return None;
        }
        if value.is_finite() {
            samples.push((at, value));
        }
    }
    Some(samples)
}

/// What a counter grew by each second from one sample to the next. One that falls was reset, and has
/// grown to what it is since.
// Prometheus: promql/functions.go extrapolatedRate corrects for resets in this way
fn rates(samples: &[(i64, f64)]) -> Vec<(i64, f64)> {
    let pairs = samples.windows(2).filter(|pair| pair[1].0 > pair[0].0);
    let rate = |pair: &[(i64, f64)]| {
        let [(from, before), (to, after)] = [pair[0], pair[1]];
        let grown = if after < before { after } else { after - before };
        (from, grown / ((to - from) as f64 / 1_000.0))
    };
    pairs.map(rate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_becomes_a_rate_and_a_reset_begins_at_zero() {
        let samples = [(0, 100.0), (60_000, 130.0), (120_000, 12.0), (180_000, 18.0)];
        assert_eq!(rates(&samples), [(0, 0.5), (60_000, 0.2), (120_000, 0.1)]);
    }
}
