//! Admission: what changes a pod that is to be created, and what may keep the API server from creating it,
//! asked wherever a pod is created.
//!
//! The list is ordered: what changes pods comes before what forbids them, and the first that forbids
//! decides. What no run could ever accept is refused before there is a run; here is what depends on the
//! moment.
// API server: pkg/quota/v1/install, staging/src/k8s.io/apiserver/pkg/admission/chain.go

use std::collections::BTreeMap;

use super::vpas::Vpas;
use crate::model::node::NodeId;
use crate::model::pod::{PodSpec, SpecId};
use crate::model::quota::Counted;
use crate::model::workload::WorkloadId;
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
    /// It may forbid the pod.
    Forbids(fn(&World, WorkloadId, SpecId) -> bool),
}

/// Every admission plugin, in the order in which they are asked.
pub const ADMISSIONS: [Admission; 2] = [
    Admission { name: "MutatingAdmissionWebhook", does: Does::Changes(sized_by_its_autoscaler) },
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

/// The plugin that forbids a pod, if one does.
#[must_use]
pub fn forbidden_by(world: &World, workload: WorkloadId, spec: SpecId) -> Option<&'static str> {
    let forbids = |it: &&Admission| match it.does {
        Does::Forbids(forbids) => forbids(world, workload, spec),
        Does::Changes(_) => false,
    };
    ADMISSIONS.iter().find(forbids).map(|it| it.name)
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

/// Whether a quota that counts the pod has no room left for it, or wants to know what its containers do
/// not state.
// API server: apiserver/pkg/admission/plugin/resourcequota/controller.go CheckRequest
fn exceeds_a_quota(world: &World, _: WorkloadId, spec: SpecId) -> bool {
    let pod = world.spec(spec);
    pod.quotas.iter().any(|id| {
        let quota = &world.model().quotas[*id];
        let exceeds = |((what, most), used): (&(Counted, u64), &u64)| {
            let asked = what.of(pod);
            asked > 0 && used + asked > *most
        };
        quota.unstated(pod).is_some() || quota.hard.iter().zip(world.quota_use(*id)).any(exceeds)
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
