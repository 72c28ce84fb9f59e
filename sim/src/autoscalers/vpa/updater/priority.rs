//! Which pods are worth touching, and which of them first.

use super::config::UpdaterConfig;
use super::subject::{Container, Pod, Subject};
use super::verdict::Reason;
use crate::autoscalers::vpa::aggregate::ms;
use crate::autoscalers::vpa::estimator::{Recommendation, Recommended};
use crate::model::vpa::{CpuMemory, EvictionRequirement, Stated, VpaSpec};

/// How badly a pod needs another size.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Priority {
    /// Whether a request is missing or out of the bounds that are recommended.
    pub is_outside: bool,
    /// Whether a container should request more of anything.
    pub grows: bool,
    /// By which part all requests are off, summed over resources.
    pub difference: f64,
}

impl Priority {
    /// That of a pod, by what is recommended for it.
    // VPA: updater/priority/priority_processor.go GetUpdatePriority
    #[must_use]
    pub fn of(pod: &Pod, processed: &Recommended) -> Priority {
        let mut priority = Priority::default();
        // Requested and recommended in all.
        let mut sums: CpuMemory<Option<(u64, u64)>> = CpuMemory::default();
        for container in pod.containers.iter().filter(|container| container.is_observed) {
            let Some(it) = processed.get(&container.name) else { continue };
            let bounds = it.target.zip(it.lower.zip(it.upper));
            let each = container.actual.requests.zip(bounds);
            sums = sums.zip(each).map(|(sum, (request, (target, (lower, upper))))| {
                let Some(target) = target else { return sum };
                priority.grows |= request.is_none_or(|request| target > request);
                priority.is_outside |= request.is_none_or(|request| {
                    lower.is_some_and(|lower| request < lower)
                        || upper.is_some_and(|upper| request > upper)
                });
                let (requested, recommended) = sum.unwrap_or_default();
                let requested = requested.saturating_add(request.unwrap_or(0));
                Some((requested, recommended.saturating_add(target)))
            });
        }
        // In thousandths, of which a request is at least one.
        let in_milli = CpuMemory { cpu: 1, memory: 1_000 };
        let difference = sums.zip(in_milli).map(|(sum, unit)| {
            let (requested, recommended) = sum?;
            let requested = (requested.saturating_mul(unit) as f64).max(1.0);
            let recommended = recommended.saturating_mul(unit) as f64;
            Some((requested - recommended).abs() / requested)
        });
        priority.difference = difference.each().into_iter().flatten().sum();
        priority
    }

    /// The same pods, those that come first at the front. Equal ones keep their order.
    // VPA: updater/priority/update_priority_calculator.go PodPriority.Less
    pub(super) fn sort<T>(pods: &mut [(Priority, T)]) {
        pods.sort_by(|(one, _), (two, _)| {
            two.grows.cmp(&one.grows).then(two.difference.total_cmp(&one.difference))
        });
    }
}

/// Whether a pod is to be touched, by what is recommended for it.
// VPA: updater/priority/update_priority_calculator.go AddPod
pub(super) fn accept(
    config: &UpdaterConfig,
    subject: &Subject<'_>,
    (pod, processed): (&Pod, &Recommended),
    priority: Priority,
    now_ms: i64,
) -> Result<(), Reason> {
    let quick_oom = has_quick_oom(config, subject.spec, pod);
    if !priority.is_outside && !quick_oom {
        let started_ms = pod.started_ms.ok_or(Reason::NotStarted)?;
        if now_ms - started_ms < ms(config.lifetime_threshold) {
            return Err(Reason::Young);
        }
        if priority.difference < config.update_threshold {
            return Err(Reason::SmallDifference);
        }
    }
    // A sum of parts of what is requested is zero only if each of them is.
    if quick_oom && priority.difference <= 0.0 {
        return Err(Reason::SmallDifference);
    }
    match &subject.spec.requirements {
        Some(requirements) if !meets(requirements, pod, processed) => Err(Reason::Requirements),
        _ => Ok(()),
    }
}

/// Whether a container was killed for want of memory so soon that its pod is not waited for.
fn has_quick_oom(config: &UpdaterConfig, spec: &VpaSpec, pod: &Pod) -> bool {
    let own = spec.evict_after_oom.filter(|_| config.gates.per_vpa_config);
    let threshold = own.unwrap_or(config.evict_after_oom);
    let counts = |container: &&Container| container.is_observed && !spec.leaves(container.name);
    let soon = |it: &Container| it.out_of_memory_after.is_some_and(|after| after < threshold);
    pod.containers.iter().filter(counts).any(soon)
}

/// Whether a container changes in the directions that its autoscaler requires.
// VPA: updater/priority/scaling_direction_pod_eviction_admission.go Admit
fn meets(requirements: &[EvictionRequirement], pod: &Pod, processed: &Recommended) -> bool {
    let each = pod.containers.iter().filter_map(|it| Some((it, processed.get(&it.name)?)));
    let mut each = each.map(|(container, it): (_, &Recommendation)| (container, it.target));
    each.any(|(container, target)| {
        let requests = container.actual.requests;
        let states_all = requests.each().iter().all(Option::is_some);
        !states_all || requirements.iter().all(|it| holds(it, requests, target))
    })
}

/// Whether one of the resources of a requirement changes as it demands.
fn holds(requirement: &EvictionRequirement, requests: Stated, target: Stated) -> bool {
    let changes = requirement.resources.zip(requests.zip(target));
    let changes = changes.map(|(counts, (request, target))| {
        let (request, target) = (request.unwrap_or(0), target.unwrap_or(0));
        counts && if requirement.higher { target > request } else { target < request }
    });
    changes.each().contains(&true)
}
