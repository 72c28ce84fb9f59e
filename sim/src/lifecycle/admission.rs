//! Admission: what changes a pod that is to be created, and what may keep the API server from creating it,
//! asked wherever a pod is created.
//!
//! The list is ordered: what changes pods comes before what forbids them, and the first that forbids
//! decides. What no run could ever accept is refused before there is a run; here is what depends on the
//! namespace, and on the moment.
// API server: pkg/kubeapiserver/options/plugins.go AllOrderedPlugins,
// staging/src/k8s.io/apiserver/pkg/admission/chain.go

use std::collections::BTreeMap;

use super::vpas::Vpas;
use crate::model::Model;
use crate::model::breach::{Bound, Breach};
use crate::model::limit_range::LimitRange;
use crate::model::node::NodeId;
use crate::model::pod::{PodSpec, SpecId};
use crate::model::quota::Quota;
use crate::model::workload::WorkloadId;
use crate::names::NameId;
use crate::time::Span;
use crate::world::World;

/// One admission plugin.
#[derive(Clone, Copy, Debug)]
pub struct Admission {
    /// Its name, as upstream.
    pub name: &'static str,
    /// What it does.
    pub does: Does,
}

/// What an admission plugin does with another pod of a workload, which is to have a spec.
#[derive(Clone, Copy, Debug)]
pub enum Does {
    /// It may give the pod another spec, which differs in size alone.
    Changes(fn(&World, &Vpas, WorkloadId, SpecId) -> Option<PodSpec>),
    /// It may forbid the pod, and says why. Without a world no other pod is there.
    Forbids(fn(&Model, &PodSpec, Option<&World>) -> Option<Reason>),
}

/// Why a pod is forbidden.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reason {
    /// The ResourceQuota or LimitRange, by its name; of Pod Security the level, with what violates it.
    pub under: NameId,
    /// The bound that it breaks, if it is a matter of amounts.
    pub breach: Option<Breach>,
}

/// Every admission plugin, in the order in which they are asked.
pub const ADMISSIONS: [Admission; 4] = [
    Admission { name: "MutatingAdmissionWebhook", does: Does::Changes(sized_by_its_autoscaler) },
    Admission { name: "LimitRanger", does: Does::Forbids(is_out_of_range) },
    Admission { name: "PodSecurity", does: Does::Forbids(violates_its_level) },
    Admission { name: "ResourceQuota", does: Does::Forbids(exceeds_a_quota) },
];

/// What another pod of a workload is to be instead, if a plugin changes it.
#[must_use]
pub fn changed(world: &World, vpas: &Vpas, workload: WorkloadId, spec: SpecId) -> Option<PodSpec> {
    ADMISSIONS.iter().find_map(|it| match it.does {
        Does::Changes(change) => change(world, vpas, workload, spec),
        Does::Forbids(_) => None,
    })
}

/// The plugin that forbids another pod of this spec, if one does, and why.
#[must_use]
pub fn forbidden_by(world: &World, spec: SpecId) -> Option<(&'static str, Reason)> {
    first(world.model(), world.spec(spec), Some(world))
}

/// The plugin that forbids even a first pod of this spec, if one does, and why.
#[must_use]
pub fn always_forbidden_by(model: &Model, spec: &PodSpec) -> Option<(&'static str, Reason)> {
    first(model, spec, None)
}

fn first(model: &Model, spec: &PodSpec, world: Option<&World>) -> Option<(&'static str, Reason)> {
    ADMISSIONS.iter().find_map(|it| match it.does {
        Does::Forbids(forbids) => Some((it.name, forbids(model, spec, world)?)),
        Does::Changes(_) => None,
    })
}

/// The pod with the requests that its VerticalPodAutoscaler recommends.
// VPA: admission-controller/resource/pod/handler.go
fn sized_by_its_autoscaler(
    world: &World,
    vpas: &Vpas,
    workload: WorkloadId,
    spec: SpecId,
) -> Option<PodSpec> {
    vpas.sized(world, workload, spec)
}

/// That a LimitRange of its namespace has bounds that the pod does not keep to.
// API server: plugin/pkg/admission/limitranger/admission.go Validate
fn is_out_of_range(model: &Model, pod: &PodSpec, _: Option<&World>) -> Option<Reason> {
    let ranges = model.limit_ranges.get(&pod.namespace?)?;
    let breach = |it: &LimitRange| {
        Some(Reason { under: it.name, breach: Some(it.broken_by(&pod.containers)?) })
    };
    ranges.iter().find_map(breach)
}

/// That the level of its namespace forbids what it may do to its node. No run changes either, so that it
/// was judged where its template was read.
// k8s.io/pod-security-admission: admission/admission.go EvaluatePod
fn violates_its_level(_: &Model, pod: &PodSpec, _: Option<&World>) -> Option<Reason> {
    pod.pod_security.map(|under| Reason { under, breach: None })
}

/// That a quota which counts the pod has no room left for it, or wants to know what its containers do
/// not state.
// API server: apiserver/pkg/admission/plugin/resourcequota/controller.go CheckRequest
fn exceeds_a_quota(model: &Model, pod: &PodSpec, world: Option<&World>) -> Option<Reason> {
    pod.quotas.iter().find_map(|id| {
        let quota = &model.quotas[*id];
        let unstated = quota.unstated(pod).map(|what| Breach { what, bound: Bound::Stated, by: 0 });
        let breach = unstated.or_else(|| short_of(quota, pod, world.map(|it| it.quota_use(*id))));
        Some(Reason { under: quota.name, breach: Some(breach?) })
    })
}

/// The first thing of which a quota has no room for a pod, beside what is used.
fn short_of(quota: &Quota, pod: &PodSpec, used: Option<&[u64]>) -> Option<Breach> {
    quota.hard.iter().enumerate().find_map(|(index, (what, most))| {
        let asked = what.of(pod);
        let used = used.and_then(|used| used.get(index)).copied().unwrap_or(0);
        let by = used.saturating_add(asked).saturating_sub(*most);
        (asked > 0 && by > 0).then_some(Breach { what: *what, bound: Bound::Room, by })
    })
}

/// The first wait of a controller that may not create a pod.
// client-go: util/workqueue DefaultTypedControllerRateLimiter
const FIRST_RETRY: Span = Span::from_ms(5);
/// The longest.
const LAST_RETRY: Span = Span::from_secs(1_000);

/// A pod that was forbidden, and is asked for again.
#[derive(Clone, Copy, Debug)]
pub struct Forbidden {
    /// Attempt number within the replica, from 0.
    pub attempt: u32,
    /// The one node it is meant for, if a DaemonSet asked for it.
    pub meant_for: Option<NodeId>,
    tries: u32,
}

/// The pods that were forbidden.
#[derive(Clone, Debug, Default)]
pub struct ForbiddenPods(BTreeMap<(WorkloadId, u32), Forbidden>);

impl ForbiddenPods {
    /// Whether a replica waits for its next try.
    #[must_use]
    pub fn waits(&self, workload: WorkloadId, replica: u32) -> bool {
        self.0.contains_key(&(workload, replica))
    }

    /// A pod was forbidden, after it had been so `before`, if it was: in how long its controller tries
    /// again.
    pub fn forbid(
        &mut self,
        (workload, replica): (WorkloadId, u32),
        (attempt, meant_for): (u32, Option<NodeId>),
        before: Option<Forbidden>,
    ) -> Span {
        let tries = before.map_or(0, |before| before.tries + 1);
        self.0.insert((workload, replica), Forbidden { attempt, meant_for, tries });
        let factor = 1_u64.checked_shl(tries).unwrap_or(u64::MAX);
        Span::from_ms(FIRST_RETRY.as_ms().saturating_mul(factor)).min(LAST_RETRY)
    }

    /// A replica's next try has come.
    pub fn take(&mut self, workload: WorkloadId, replica: u32) -> Option<Forbidden> {
        self.0.remove(&(workload, replica))
    }
}
