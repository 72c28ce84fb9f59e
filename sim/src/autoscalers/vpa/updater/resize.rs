//! What a pod is resized to, and when its containers lose the CPU that they had more to start with.

use super::subject::{Container, Pod, Subject};
use crate::autoscalers::vpa::admission;
use crate::autoscalers::vpa::aggregate::ms;
use crate::autoscalers::vpa::estimator::Recommended;
use crate::autoscalers::vpa::sizing::{Sized, Sizes};
use crate::model::vpa::{UpdateMode, VpaSpec};
use crate::names::NameId;

/// A resize of a pod in place.
#[derive(Clone, PartialEq, Debug)]
pub struct Resize {
    /// All its containers, with what they are to have.
    pub containers: Vec<Sized>,
    /// Those that lose the CPU that they had more to start with.
    pub unboosted: Vec<NameId>,
}

impl Resize {
    /// That of a pod for what is recommended for it; none if nothing is to be set.
    // VPA: updater/inplace/resource_updates.go CalculatePatches
    pub(super) fn of(
        subject: &Subject<'_>,
        pod: &Pod,
        processed: &Recommended,
        now_ms: i64,
    ) -> Option<Resize> {
        let spec = subject.spec;
        let mut sets_any = false;
        let mut size = |container: &Container| {
            let target = match spec.mode {
                UpdateMode::Off => Sizes::default(),
                _ => {
                    let (name, was) = (container.name, &container.actual);
                    admission::set(spec, processed, name, was, subject.ranges.default)
                }
            };
            let is_nothing = target == Sizes::default();
            let set = match container.boosted_from {
                Some(_) if !loses_boost(spec, pod, container, now_ms) => Sizes::default(),
                Some(before) if is_nothing => before,
                _ => target,
            };
            sets_any |= set != Sizes::default();
            (container.name, container.written.with(set))
        };
        let containers = pod.containers.iter().map(&mut size).collect();
        let unboosted = pod.containers.iter().filter(|it| loses_boost(spec, pod, it, now_ms));
        let unboosted = unboosted.map(|container| container.name).collect();
        sets_any.then_some(Resize { containers, unboosted })
    }
}

/// Whether any container of a pod has had more CPU for long enough.
pub(super) fn loses_any_boost(spec: &VpaSpec, pod: &Pod, now_ms: i64) -> bool {
    pod.containers.iter().any(|container| loses_boost(spec, pod, container, now_ms))
}

/// Whether a container has had more CPU for long enough.
// VPA: utils/vpa/api.go GetExpiredStartupCPUBoostAnnotations
fn loses_boost(spec: &VpaSpec, pod: &Pod, container: &Container, now_ms: i64) -> bool {
    let lasts_ms = ms(spec.boost_lasts(container.name));
    let is_over = |since_ms: i64| lasts_ms == 0 || now_ms - since_ms > lasts_ms;
    container.boosted_from.is_some() && pod.ready_since_ms.is_some_and(is_over)
}
