//! How often usage is sampled in one simulation, by how often its curves change.

use sim::Setup;
use sim::model::usage::{Curve, Shape};
use sim::model::workload::WorkloadId;

/// What it takes to sample a pod, with all that listens.
const NS_PER_SAMPLE: u64 = 3_000;
/// What it takes to sample a workload whose replicas use the same, beside what each of them takes.
const NS_PER_SHARED: u64 = 1_000;

/// What sampling of a workload takes in nanoseconds, whose pods are this many and on nodes for this many
/// milliseconds together.
pub(super) fn ns(workload: WorkloadId, setup: &Setup, pods: u64, pod_ms: u128) -> u64 {
    let Some(usage) = setup.model.usage.get(&workload) else { return 0 };
    let horizon = u128::from(setup.horizon.as_ms());
    let all_curves = || usage.containers.iter();
    let a_day_of_all = all_curves().map(a_day).fold(0, u128::saturating_add);
    let of_each = all_curves().map(once).fold(0, u128::saturating_add);
    let of_pods = (a_day_of_all.saturating_mul(pod_ms) / DAY)
        .saturating_add(of_each.saturating_mul(pods.into()));
    let of_load = usage.demand.as_ref().map_or(0, |demand| a_day(&demand.rate));
    let shared = of_load.saturating_mul(horizon) / DAY;
    let on_each = of_load.saturating_mul(pod_ms) / DAY;
    let all = (of_pods.saturating_add(on_each)).saturating_mul(NS_PER_SAMPLE.into());
    let all = all.saturating_add(shared.saturating_mul(NS_PER_SHARED.into()));
    u64::try_from(all).unwrap_or(u64::MAX)
}

const DAY: u128 = 86_400_000;

/// How often a curve changes after the start of a container, and never again.
fn once<V>(curve: &Curve<V>) -> u128 {
    let each = curve.shapes.iter().map(|shape| match shape {
        Shape::StartUp(_) => 1,
        Shape::Phases(it) if !it.repeat => it.phases.len() as u128,
        Shape::Ramp(it) if it.ends => {
            u128::from(it.over.as_ms()) / u128::from(it.every.as_ms().max(1))
        }
        _ => 0,
    });
    each.fold(0, u128::saturating_add)
}

/// How often a curve changes in a day.
fn a_day<V>(curve: &Curve<V>) -> u128 {
    let shapes = curve.shapes.iter().map(|shape| {
        let (times, every) = match shape {
            Shape::Constant(_) | Shape::StartUp(_) => (0, DAY),
            Shape::Diurnal(it) => (1, it.every.as_ms().into()),
            Shape::Bursts(it) => (2, it.every.as_ms().into()),
            Shape::Ramp(it) => (u128::from(!it.ends), it.every.as_ms().into()),
            Shape::Phases(it) if !it.repeat => (0, DAY),
            Shape::Phases(it) => {
                let whole: u128 =
                    it.phases.iter().map(|(lasts, _)| u128::from(lasts.as_ms())).sum();
                (it.phases.len() as u128, whole)
            }
            Shape::Replay(it) => {
                let most = it.series.iter().map(|series| series.len()).max().unwrap_or(0) as u128;
                let last = |series: &sim::model::usage::Series<V>| series.last().map(|step| step.0);
                let end = it.series.iter().filter_map(last).max().map_or(0, sim::SimTime::as_ms);
                (most, it.period.map_or(end, sim::Span::as_ms).into())
            }
        };
        times * DAY / every.max(1)
    });
    let noise = curve.noise.map_or(0, |noise| DAY / u128::from(noise.every.as_ms().max(1)));
    shapes.chain([noise]).fold(0, u128::saturating_add)
}
