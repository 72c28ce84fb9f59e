//! How many replicas one metric asks for.

use std::collections::BTreeMap;

use super::observation::{Observation, Phase, PodSample, Ready, SeenPod};
use super::{Controller, Tolerance};
use crate::model::hpa::{Measured, Metric, ResourceTarget, Target};
use crate::names::NameId;
use crate::time::Span;

/// What a metric asks for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Proposal {
    /// How many replicas.
    pub replicas: i64,
    /// What was measured.
    pub measured: Reading,
}

/// What was measured, as `status.currentMetrics` has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading {
    /// Percent of requests, truncated, and the mean of the pods in thousandths.
    Utilization {
        /// Percent.
        percent: i64,
        /// Thousandths a pod.
        average: i64,
    },
    /// The mean of the pods in thousandths; none where there is no replica to divide by.
    Average(Option<i64>),
    /// The figure itself in thousandths.
    Value(i64),
}

/// Why a metric asks for nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoProposal {
    /// The source of metrics has nothing.
    NoMetrics,
    /// The selector selects no pod.
    NoPods,
    /// No pod that counts has a sample.
    NoSamples,
    /// A pod has a container that requests nothing of the resource.
    MissingRequest,
}

/// How many replicas a metric asks for.
///
/// # Errors
/// Why it asks for nothing.
// podautoscaler: horizontal.go computeReplicasForMetric
pub(super) fn proposal(
    metric: &Metric,
    seen: &Observation<'_>,
    (current, observed): (i64, i64),
    controller: &Controller,
    tolerance: Tolerance,
) -> Result<Proposal, NoProposal> {
    let count = Count { seen, current, controller, tolerance };
    match *metric {
        Metric::Resource { resource, container, target } => {
            let all = samples(seen, resource, container);
            if (0..seen.pods.len()).all(|pod| seen.metrics.sample(pod).is_none()) {
                return Err(NoProposal::NoMetrics);
            }
            let groups = count.groups(&all, Some(resource));
            match target {
                ResourceTarget::Utilization(target) => {
                    count.by_utilization(all, &groups, (resource, container), target)
                }
                ResourceTarget::AverageValue(target) => count.by_average(all, &groups, target),
            }
        }
        Metric::Pods { name, target } => {
            let all: Samples = seen.metrics.of_pods(name).into_iter().collect();
            if all.is_empty() {
                return Err(NoProposal::NoMetrics);
            }
            let groups = count.groups(&all, None);
            count.by_average(all, &groups, target)
        }
        Metric::Object { name, target, .. } => {
            let value = seen.metrics.of_object(name).ok_or(NoProposal::NoMetrics)?;
            count.of_whole(value, target, observed)
        }
        Metric::External { name, target } => {
            let series = seen.metrics.external(name);
            if series.is_empty() {
                return Err(NoProposal::NoMetrics);
            }
            count.of_whole(series.iter().sum(), target, observed)
        }
    }
}

/// A value for each pod that has one, by its place among the selected pods.
type Samples = BTreeMap<usize, i64>;

fn samples(seen: &Observation<'_>, of: Measured, container: Option<NameId>) -> Samples {
    let usage = |pod: usize| seen.metrics.sample(pod)?.usage(of, container);
    (0..seen.pods.len()).filter_map(|pod| Some((pod, usage(pod)?))).collect()
}

/// The selected pods, by what their samples are worth.
#[derive(Default)]
struct Groups {
    ready: usize,
    unready: Vec<usize>,
    missing: Vec<usize>,
    ignored: Vec<usize>,
}

struct Count<'c> {
    seen: &'c Observation<'c>,
    current: i64,
    controller: &'c Controller,
    tolerance: Tolerance,
}

impl Count<'_> {
    // podautoscaler: replica_calculator.go groupPods
    fn groups(&self, samples: &Samples, resource: Option<Measured>) -> Groups {
        let mut groups = Groups::default();
        for (place, pod) in self.seen.pods.iter().enumerate() {
            if pod.terminating || pod.phase == Phase::Failed {
                groups.ignored.push(place);
            } else if pod.phase == Phase::Pending {
                groups.unready.push(place);
            } else if !samples.contains_key(&place) {
                groups.missing.push(place);
            } else if resource == Some(Measured::Cpu) && self.is_starting(pod, place) {
                groups.unready.push(place);
            } else {
                groups.ready += 1;
            }
        }
        groups
    }

    /// Whether what a pod uses says little about its load, because it is just starting or never got
    /// ready. Only CPU is spent on starting.
    fn is_starting(&self, pod: &SeenPod<'_>, place: usize) -> bool {
        let (Some((ready, since)), Some(started)) = (pod.ready, pod.started_ms) else {
            return true;
        };
        let until = |span: Span| started.saturating_add_unsigned(span.as_ms());
        if until(self.controller.cpu_initialization_period) > self.seen.now_ms {
            let sample = self.seen.metrics.sample(place);
            let early = |it: PodSample<'_>| it.at_ms < since + it.window_ms;
            return ready == Ready::False || sample.is_some_and(early);
        }
        ready == Ready::False && until(self.controller.initial_readiness_delay) > since
    }

    /// Drops samples that do not count.
    fn sift(mut samples: Samples, groups: &Groups) -> Samples {
        samples.retain(|pod, _| !groups.ignored.contains(pod) && !groups.unready.contains(pod));
        samples
    }

    // podautoscaler: replica_calculator.go GetResourceReplicas
    fn by_utilization(
        &self,
        samples: Samples,
        groups: &Groups,
        (resource, container): (Measured, Option<NameId>),
        target: i64,
    ) -> Result<Proposal, NoProposal> {
        let pods = self.seen.pods;
        if pods.is_empty() {
            return Err(NoProposal::NoPods);
        }
        let mut samples = Count::sift(samples, groups);
        if samples.is_empty() {
            return Err(NoProposal::NoSamples);
        }
        let requests = pods.iter().map(|pod| pod.request(resource, container));
        let requests: Option<Vec<i64>> = requests.collect();
        let requests = requests.ok_or(NoProposal::MissingRequest)?;
        let utilization = |samples: &Samples| {
            let used: i128 = samples.values().map(|value| i128::from(*value)).sum();
            let requested: i128 = samples.keys().map(|pod| i128::from(requests[*pod])).sum();
            let percent = (used * 100).checked_div(requested).ok_or(NoProposal::NoSamples)?;
            Ok(i64::try_from(percent).unwrap_or(i64::MAX))
        };
        let percent = utilization(&samples)?;
        let measured = Reading::Utilization { percent, average: mean(&samples) };
        let ratio = |percent: i64| percent as f64 / target as f64;
        let first = ratio(percent);
        let is_final = self.is_final(first, groups);
        if !is_final {
            let assumed = |pod: usize| requests[pod] * target.max(100) / 100;
            fill(&mut samples, groups, first, assumed);
        }
        let second = if is_final { first } else { ratio(utilization(&samples)?) };
        let replicas = self.replicas(first, second, is_final, groups, samples.len());
        Ok(Proposal { replicas, measured })
    }

    // podautoscaler: replica_calculator.go calcPlainMetricReplicas
    fn by_average(
        &self,
        samples: Samples,
        groups: &Groups,
        target: i64,
    ) -> Result<Proposal, NoProposal> {
        if self.seen.pods.is_empty() {
            return Err(NoProposal::NoPods);
        }
        let mut samples = Count::sift(samples, groups);
        if samples.is_empty() {
            return Err(NoProposal::NoSamples);
        }
        let average = mean(&samples);
        let ratio = |average: i64| average as f64 / target as f64;
        let first = ratio(average);
        let is_final = self.is_final(first, groups);
        if !is_final {
            fill(&mut samples, groups, first, |_| target);
        }
        let second = if is_final { first } else { ratio(mean(&samples)) };
        let replicas = self.replicas(first, second, is_final, groups, samples.len());
        Ok(Proposal { replicas, measured: Reading::Average(Some(average)) })
    }

    /// Whether the ratio stands as it is: no pod lacks a value that is to be assumed.
    fn is_final(&self, ratio: f64, groups: &Groups) -> bool {
        groups.missing.is_empty() && (groups.unready.is_empty() || ratio <= 1.0)
    }

    /// From ratios to replicas: the first of the samples, the second with what was assumed.
    fn replicas(
        &self,
        first: f64,
        second: f64,
        is_final: bool,
        groups: &Groups,
        valued: usize,
    ) -> i64 {
        if self.tolerance.holds(second) {
            return self.current;
        }
        if is_final {
            return ceil(second * groups.ready as f64);
        }
        let turned = (first < 1.0 && second > 1.0) || (first > 1.0 && second < 1.0);
        let replicas = ceil(second * valued as f64);
        let contradicts =
            (second < 1.0 && replicas > self.current) || (second > 1.0 && replicas < self.current);
        if turned || contradicts { self.current } else { replicas }
    }

    /// A figure that is not measured at pods.
    // podautoscaler: replica_calculator.go GetObjectMetricReplicas, GetObjectPerPodMetricReplicas
    fn of_whole(&self, value: i64, target: Target, observed: i64) -> Result<Proposal, NoProposal> {
        match target {
            Target::Value(target) => {
                let ratio = value as f64 / target as f64;
                let replicas = if self.current == 0 {
                    ceil(ratio)
                } else if self.tolerance.holds(ratio) {
                    self.current
                } else {
                    ceil(ratio * self.running_and_ready()? as f64)
                };
                Ok(Proposal { replicas, measured: Reading::Value(value) })
            }
            Target::AverageValue(target) => {
                let ratio = value as f64 / (target as f64 * observed as f64);
                let replicas = if self.tolerance.holds(ratio) {
                    observed
                } else {
                    ceil(value as f64 / target as f64)
                };
                let average = (observed > 0).then(|| ceil(value as f64 / observed as f64));
                Ok(Proposal { replicas, measured: Reading::Average(average) })
            }
        }
    }

    // podautoscaler: replica_calculator.go getReadyPodsCount
    fn running_and_ready(&self) -> Result<usize, NoProposal> {
        if self.seen.pods.is_empty() {
            return Err(NoProposal::NoPods);
        }
        let ready = |pod: &&SeenPod<'_>| {
            pod.phase == Phase::Running && pod.ready.is_some_and(|(ready, _)| ready == Ready::True)
        };
        Ok(self.seen.pods.iter().filter(ready).count())
    }
}

/// Gives pods without a sample that counts the value that changes least: what they should use where
/// fewer pods would do, and nothing where more are needed.
fn fill(samples: &mut Samples, groups: &Groups, ratio: f64, assumed: impl Fn(usize) -> i64) {
    if ratio < 1.0 {
        samples.extend(groups.missing.iter().map(|pod| (*pod, assumed(*pod))));
    } else if ratio > 1.0 {
        let without = groups.missing.iter().chain(&groups.unready);
        samples.extend(without.map(|pod| (*pod, 0)));
    }
}

fn mean(samples: &Samples) -> i64 {
    let sum: i128 = samples.values().map(|value| i128::from(*value)).sum();
    let mean = sum / samples.len().max(1) as i128;
    i64::try_from(mean).unwrap_or(i64::MAX)
}

/// Rounded up, and at most what a scale can hold.
#[allow(clippy::cast_possible_truncation, reason = "clamped before")]
fn ceil(value: f64) -> i64 {
    libm::ceil(value).clamp(0.0, f64::from(i32::MAX)) as i64
}
