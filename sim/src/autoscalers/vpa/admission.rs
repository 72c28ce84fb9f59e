//! What a pod is created with, or resized to: its containers with requests and limits as recommended.

use super::estimator::Recommended;
use super::sizing::{self, LimitRanges, Sized, Sizes, proportional_limit};
use crate::model::vpa::{Boost, CpuMemory, Stated, UpdateMode, VpaSpec};
use crate::names::NameId;

/// The containers of a pod, with what the autoscaler sets.
#[must_use]
pub fn sized(
    spec: &VpaSpec,
    recommended: &Recommended,
    pod: &[Sized],
    ranges: &LimitRanges,
) -> Vec<Sized> {
    let processed = sizing::for_pod(spec, recommended, pod, ranges);
    let size =
        |(name, was): &Sized| (*name, was.with(set(spec, &processed, *name, was, ranges.default)));
    pod.iter().map(size).collect()
}

/// What is set of a container, of recommendations that are already those of its pod: requests as
/// recommended, and limits in proportion to what they were.
// VPA: admission-controller/resource/pod/recommendation/recommendation_provider.go
pub(super) fn set(
    spec: &VpaSpec,
    processed: &Recommended,
    container: NameId,
    was: &Sizes,
    default: Stated,
) -> Sizes {
    let Some(recommendation) = processed.get(&container) else { return Sizes::default() };
    let target = recommendation.target;
    let limit =
        |((limit, request), (target, default))| proportional_limit(limit, request, target, default);
    let limits = match spec.policy(container).is_some_and(|policy| policy.requests_only) {
        true => Stated::default(),
        false => was.limits.zip(was.requests).zip(target.zip(default)).map(limit),
    };
    Sizes { requests: target, limits }
}

/// The containers of a pod that is created, and which of them begin with more CPU than they keep
/// (`CPUStartupBoost`).
// VPA: admission-controller/resource/pod/patch/resource_updates.go applyCPUStartupBoost
#[must_use]
pub fn created(
    spec: &VpaSpec,
    recommended: &Recommended,
    pod: &[Sized],
    ranges: &LimitRanges,
    max_boost: Option<u64>,
) -> (Vec<Sized>, Vec<NameId>) {
    let mut containers = match spec.mode {
        UpdateMode::Off => pod.to_vec(),
        _ => sized(spec, recommended, pod, ranges),
    };
    let mut boosted = Vec::new();
    for ((name, sizes), (_, was)) in containers.iter_mut().zip(pod) {
        let policy = spec.policy(*name);
        let boost = policy.and_then(|policy| policy.boost).or(spec.boost);
        let Some(boost) = boost.filter(|_| !spec.leaves(*name)) else { continue };
        let request = sizes.requests.cpu.filter(|milli| *milli > 0).or(was.requests.cpu);
        let mut milli = more(request.unwrap_or(0), boost.by);
        milli = milli.min(max_boost.unwrap_or(u64::MAX));
        let limit = was.limits.cpu.filter(|limit| *limit > 0);
        if policy.is_some_and(|policy| policy.requests_only) {
            if let Some(limit) = limit.filter(|limit| milli > *limit) {
                milli = if limit > 1 { limit - 1 } else { limit };
            }
        } else {
            let limit = proportional_limit(was.limits.cpu, was.requests.cpu, Some(milli), None);
            sizes.limits.cpu = limit.or(sizes.limits.cpu);
        }
        sizes.requests = CpuMemory { cpu: Some(milli), ..sizes.requests };
        boosted.push(*name);
    }
    (containers, boosted)
}

fn more(milli: u64, by: Boost) -> u64 {
    match by {
        Boost::Factor(factor) => milli.saturating_mul(factor.into()),
        Boost::Quantity(more) => milli.saturating_add(more),
    }
}
