//! What manifests say of containers: what they request, their limits, and the bounds of the
//! VerticalPodAutoscaler that selects them.

use sim::autoscalers::vpa::sizing::Sizes;
use sim::model::vpa::Stated;

use super::defaulted;
use crate::diagnostic::Diagnostics;
use crate::kube::{Container, Object, VerticalPodAutoscaler, Workload};
use crate::load::{Loaded, Origin};
use crate::lower::vpa::amounts;

/// Within what a recommendation is kept. The most wins over the least.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bounds {
    /// The least.
    pub min: Stated,
    /// The most.
    pub max: Stated,
}

/// The containers of a pod that are sized, those that run all the time, and the list that each is in.
pub(super) fn sized<'o>(
    workload: &Workload<'o>,
) -> impl Iterator<Item = (&'static str, &'o Container)> {
    let spec = workload.pod_spec;
    let sidecars =
        spec.init_containers.iter().filter(|it| it.restart_policy.as_deref() == Some("Always"));
    let sidecars = sidecars.map(|it| ("initContainers", it));
    spec.containers.iter().map(|it| ("containers", it)).chain(sidecars)
}

/// What a container requests and is limited to; what is no amount is reported.
pub(super) fn sizes(container: &Container, origin: &Origin, found: &mut Diagnostics) -> Sizes {
    let mut read = |list| match amounts(list) {
        Ok(stated) => stated.map(|amount: Option<u64>| amount.filter(|amount| *amount > 0)),
        Err(message) => {
            let message = format!("container `{}`: {message}", container.name);
            found.push(origin.diagnostic("E0301", &message));
            Stated::default()
        }
    };
    let (requests, limits) =
        (read(&container.resources.requests), read(&container.resources.limits));
    defaulted(requests, limits)
}

/// The VerticalPodAutoscaler of a workload, if there is one.
pub(super) fn autoscaler<'o>(
    objects: &'o [Loaded],
    workload: &Workload<'_>,
) -> Option<(&'o VerticalPodAutoscaler, &'o Origin)> {
    let of = |it: &'o Loaded| -> Option<(&'o VerticalPodAutoscaler, &'o Origin)> {
        match &it.object {
            Object::VerticalPodAutoscaler(vpa) => Some((vpa, &it.origin)),
            _ => None,
        }
    };
    let targets = |vpa: &VerticalPodAutoscaler| {
        let target = vpa.spec.target_ref.as_ref();
        vpa.metadata.namespace() == workload.metadata.namespace()
            && target.is_some_and(|it| {
                it.kind == workload.kind.name() && it.name == workload.metadata.name
            })
    };
    objects.iter().filter_map(of).find(|(vpa, _)| targets(vpa))
}

/// The bounds of a container, by its own policy or that of all others. That the least is not above the
/// most is a rule of admission.
pub(super) fn bounds(
    vpa: &VerticalPodAutoscaler,
    container: &str,
    origin: &Origin,
    found: &mut Diagnostics,
) -> Option<Bounds> {
    let policies = &vpa.spec.resource_policy.as_ref()?.container_policies;
    let named = |name: &str| policies.iter().find(|it| it.container_name == name);
    let policy = named(container).or_else(|| named("*"))?;
    let read = amounts(&policy.min_allowed)
        .and_then(|min| Ok(Bounds { min, max: amounts(&policy.max_allowed)? }));
    match read {
        Ok(bounds) => Some(bounds),
        Err(message) => {
            found.push(origin.diagnostic("E0301", &format!("{}: {message}", origin.name)));
            None
        }
    }
}
