//! From samples to the series that a container replays: those of its workload's pods, from `T+0` on, in
//! steps, with gaps where samples are missing.

use std::collections::BTreeSet;

use glob::Pattern;
use sim::model::usage::{Series, Used};
use sim::{SimTime, Span};

use super::{Key, Recording, Samples, moment};
use crate::file::Kind;
use crate::file::usage::Replay;

/// Samples that are further apart than this many times what is usual have a gap between them.
const GAP: i64 = 3;

/// Whose usage is replayed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner<'o> {
    pub(crate) kind: Kind,
    pub(crate) namespace: &'o str,
    pub(crate) name: &'o str,
    pub(crate) container: &'o str,
}

/// Series of one container, of one replica each.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Cut {
    pub(crate) series: Vec<Series<Used>>,
    /// From `T+0` to the end of the longest.
    pub(crate) period: Span,
    /// How much of their time is in gaps.
    pub(crate) gaps: Span,
}

/// Cuts out the series of a container.
///
/// # Errors
/// A sentence that says what is missing.
pub(crate) fn cut(recording: &Recording, replay: &Replay, owner: Owner<'_>) -> Result<Cut, String> {
    let pattern = replay.pods.as_deref().map(Pattern::new).transpose();
    let pattern = pattern.map_err(|error| format!("`pods` is no pattern: {error}"))?;
    let mut own: Vec<(&Key, &Samples)> =
        recording.samples.iter().filter(|(key, _)| is_of(key, pattern.as_ref(), owner)).collect();
    // `web-10` comes after `web-9`.
    own.sort_by_key(|(key, _)| (key.pod.len(), &key.pod));
    if own.is_empty() {
        return Err(format!(
            "no samples of container `{}` of {}/{}; {}",
            owner.container,
            owner.namespace,
            owner.name,
            recording.some()
        ));
    }
    let lanes = recording.samples.values().flat_map(|it| [&it.cpu, &it.memory]);
    let first = lanes.filter_map(|samples| samples.first().map(|(at, _)| *at)).min();
    let start = match replay.start.as_deref() {
        None => first.unwrap_or(0),
        Some(text) => match moment::parse(text) {
            Some((clock, ms)) if Some(clock) == recording.clock => ms,
            _ => return Err(format!("`start: {text}` is no time as those of the file are")),
        },
    };
    let mut cut = Cut { series: Vec::new(), period: Span::ZERO, gaps: Span::ZERO };
    for (_, samples) in own {
        let [cpu, memory] = [&samples.cpu, &samples.memory].map(|lane| steps(lane, start));
        let end = [&cpu, &memory].into_iter().filter_map(|steps| steps.last()).map(|it| it.0).max();
        let end = Span::from_ms(end.unwrap_or(0));
        cut.period = cut.period.max(end);
        let series = merged(&cpu, &memory);
        let lasts = series.windows(2).filter(|pair| pair[0].1.is_none());
        cut.gaps = lasts.map(|pair| pair[1].0.since(pair[0].0)).fold(cut.gaps, |a, b| a + b);
        cut.series.push(series.into());
    }
    if cut.period == Span::ZERO {
        return Err("nothing was recorded after `start`".into());
    }
    Ok(cut)
}

/// Whether a series is of a container: of a pod of its workload, which may be named by its workload
/// alone. What the record does not name fits.
pub(super) fn is_of(key: &Key, pattern: Option<&Pattern>, owner: Owner<'_>) -> bool {
    let same = |said: &str, own: &str| said.is_empty() || said == own;
    let pod = match pattern {
        Some(pattern) => pattern.matches(&key.pod),
        None => same(&key.pod, owner.name) || is_pod_of(&key.pod, owner),
    };
    pod && same(&key.namespace, owner.namespace) && same(&key.container, owner.container)
}

fn is_pod_of(pod: &str, owner: Owner<'_>) -> bool {
    match owner.kind {
        Kind::Deployment | Kind::CronJob => is_named_by(pod, owner.name, 2),
        Kind::StatefulSet | Kind::DaemonSet | Kind::Job => is_named_by(pod, owner.name, 1),
        Kind::Pod => false,
    }
}

/// Whether a name is what the controller gives its pods: the workload's, then the hash of a ReplicaSet
/// or the number of a Job where there is one, then a suffix of the pod's own: one or two parts.
pub(crate) fn is_named_by(pod: &str, workload: &str, parts: usize) -> bool {
    let rest = pod.strip_prefix(workload).and_then(|rest| rest.strip_prefix('-'));
    rest.is_some_and(|rest| rest.split('-').count() == parts)
}

/// Series of pods as a whole, where there are series of their containers, too: cAdvisor gives both.
pub(crate) fn sums_of_pods(recording: &Recording) -> BTreeSet<Key> {
    let keys = recording.samples.keys();
    let sums = keys.filter(|key| key.container.is_empty() && !key.pod.is_empty());
    let has_parts = |sum: &&Key| {
        let above = Key { container: "\0".into(), ..(*sum).clone() };
        let next = recording.samples.range(above..).next();
        next.is_some_and(|(key, _)| key.namespace == sum.namespace && key.pod == sum.pod)
    };
    sums.filter(has_parts).cloned().collect()
}

/// The steps of one lane in milliseconds after `start`: a value, or the beginning of a gap. The last
/// step is the end.
pub(super) fn steps(samples: &[(i64, f64)], start: i64) -> Vec<(u64, Option<u64>)> {
    let mut apart: Vec<i64> = samples.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    apart.sort_unstable();
    let usual = apart.get(apart.len().saturating_sub(1) / 2).copied().unwrap_or(60_000).max(1);
    let mut steps: Vec<(u64, Option<u64>)> = Vec::new();
    let mut put = |at: i64, value: Option<u64>| {
        // What lies before the start holds at it.
        let at = u64::try_from(at - start).unwrap_or(0);
        match steps.last_mut() {
            Some(last) if last.0 == at => last.1 = value,
            Some(last) if last.1 == value && value.is_some() => {}
            _ => steps.push((at, value)),
        }
    };
    for (index, (at, value)) in samples.iter().enumerate() {
        // Not negative, and far below 2^63.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let amount = value.round() as u64;
        put(*at, Some(amount));
        let next = samples.get(index + 1).map(|(next, _)| *next);
        if next.is_none_or(|next| next - at > GAP * usual) {
            put(at + usual, None);
        }
    }
    steps
}

/// Both lanes as one series. Where one is missing it is nothing; where both are, there is a gap.
fn merged(
    cpu: &[(u64, Option<u64>)],
    memory: &[(u64, Option<u64>)],
) -> Vec<(SimTime, Option<Used>)> {
    let mut times: Vec<u64> = cpu.iter().chain(memory).map(|(at, _)| *at).chain([0]).collect();
    times.sort_unstable();
    times.dedup();
    let at = |lane: &[(u64, Option<u64>)], at: u64| {
        let next = lane.partition_point(|(time, _)| *time <= at);
        next.checked_sub(1).and_then(|last| lane[last].1)
    };
    let mut series: Vec<(SimTime, Option<Used>)> = Vec::with_capacity(times.len());
    for time in times {
        let (cpu, memory) = (at(cpu, time), at(memory, time));
        let there = cpu.is_some() || memory.is_some();
        let used = Used { cpu: cpu.unwrap_or(0), memory: memory.unwrap_or(0) };
        let value = there.then_some(used);
        if series.last().is_none_or(|(_, last)| *last != value) {
            series.push((SimTime::from_ms(time), value));
        }
    }
    series
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(kind: Kind, name: &str) -> Owner<'_> {
        Owner { kind, namespace: "shop", name, container: "app" }
    }

    #[test]
    fn pods_are_known_by_the_names_that_controllers_give_them() {
        assert!(is_pod_of("web-7f9c4d-x2x4z", owner(Kind::Deployment, "web")));
        assert!(!is_pod_of("web-admin-7f9c4d-x2x4z", owner(Kind::Deployment, "web")));
        assert!(is_pod_of("web-admin-7f9c4d-x2x4z", owner(Kind::Deployment, "web-admin")));
        assert!(is_pod_of("db-0", owner(Kind::StatefulSet, "db")));
        assert!(!is_pod_of("db-0-x", owner(Kind::StatefulSet, "db")));
    }

    #[test]
    fn what_was_not_sampled_is_a_gap() {
        let minute = |n: i64| n * 60_000;
        let samples: Vec<(i64, f64)> =
            [0, 1, 2, 10, 11].iter().map(|n| (minute(*n), 100.0 + *n as f64)).collect();
        let expected = [
            (0, Some(100)),
            (60_000, Some(101)),
            (120_000, Some(102)),
            (180_000, None),
            (600_000, Some(110)),
            (660_000, Some(111)),
            (720_000, None),
        ];
        assert_eq!(steps(&samples, 0), expected);
    }
}
