//! Containers: what each of them requests and may use at most, what their pod states as a whole, and
//! the QoS class that follows.
//!
//! The scheduler reads only their sums, which are in the [`PodSpec`](super::pod::PodSpec); kubelets and
//! autoscalers read what is here.

use super::resources::Lane;
use crate::names::NameId;

/// Amounts as a container states them. `None` is nothing stated; zero is a statement.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Amounts {
    /// CPU in millicores, rounded up.
    pub cpu: Option<u64>,
    /// Memory in bytes.
    pub memory: Option<u64>,
    /// Ephemeral storage in bytes.
    pub ephemeral_storage: Option<u64>,
}

/// `resources` of a container, or of a pod as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Requirements {
    /// What it is sure to get. A request that follows from a limit is in here, as the API server sets
    /// it.
    // API server: apis/core/v1/defaults.go SetDefaults_Pod
    pub requests: Amounts,
    /// What it may use at most.
    pub limits: Amounts,
}

/// When a container runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ContainerKind {
    /// To its end, before the regular containers start.
    Init,
    /// Beside all that start after it: an init container with `restartPolicy: Always`.
    Sidecar,
    /// Beside the other regular containers.
    Regular,
}

/// A container.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Container {
    /// Its name, which is unique within the pod.
    pub name: NameId,
    /// When it runs.
    pub kind: ContainerKind,
    /// What it requests, and may use at most.
    pub resources: Requirements,
}

/// The containers of a pod.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Containers {
    /// Each of them, in the order in which they start: init containers and sidecars first.
    pub list: Vec<Container>,
    /// `spec.resources`: what the pod states as a whole, if it states any cpu, memory or huge pages.
    pub whole: Option<Requirements>,
    /// `spec.overhead`: what its sandbox takes.
    pub overhead: Amounts,
}

/// The quality of service that a pod gets, from what its containers request and may use. It is fixed
/// at its creation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum QosClass {
    /// Neither a request nor a limit.
    #[default]
    BestEffort,
    /// Anything between the two.
    Burstable,
    /// Every container has limits of cpu and memory, and requests as much.
    Guaranteed,
}

/// Which containers the kubelet starts again when they have exited.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum RestartPolicy {
    /// All of them.
    #[default]
    Always,
    /// Those that have failed.
    OnFailure,
    /// None.
    Never,
}

/// What kube-scheduler assumes of a container that does not name the resource, of CPU and memory.
// kube-scheduler: util/pod_resources.go DefaultMilliCPURequest, DefaultMemoryRequest
const ASSUMED: [(Lane, u64); 2] = [(Lane::CPU, 100), (Lane::MEMORY, 200 << 20)];

impl Amounts {
    /// What is stated of a resource.
    #[must_use]
    pub fn get(&self, lane: Lane) -> Option<u64> {
        match lane {
            Lane::CPU => self.cpu,
            Lane::MEMORY => self.memory,
            Lane::EPHEMERAL_STORAGE => self.ephemeral_storage,
            _ => None,
        }
    }
}

impl Containers {
    /// What the pod requests of a resource: what it states as a whole, or what its containers do; and
    /// its overhead. None if nothing of that is stated.
    // component-helpers: resource/helpers.go PodRequests
    fn requested(&self, lane: Lane, assumed: Option<u64>, may_be_whole: bool) -> Option<u64> {
        let has_pod_level = may_be_whole && lane != Lane::EPHEMERAL_STORAGE;
        let whole = self.whole.filter(|_| has_pod_level).and_then(|it| it.requests.get(lane));
        let of = |it: &Container| it.resources.requests.get(lane).or(assumed);
        let sum = whole.or_else(|| self.side_by_side(of));
        match (sum, self.overhead.get(lane)) {
            (None, None) => None,
            (sum, overhead) => Some(sum.unwrap_or(0) + overhead.unwrap_or(0)),
        }
    }

    /// What the pod may use of a resource at most: what it states as a whole, or what its containers do;
    /// and its overhead. None if nothing of that is stated.
    // component-helpers: resource/helpers.go PodLimits
    #[must_use]
    pub fn limited(&self, lane: Lane) -> Option<u64> {
        let has_pod_level = lane != Lane::EPHEMERAL_STORAGE;
        let whole = self.whole.filter(|_| has_pod_level).and_then(|it| it.limits.get(lane));
        let sum = whole.or_else(|| self.side_by_side(|it| it.resources.limits.get(lane)))?;
        let overhead = self.overhead.get(lane).filter(|_| sum > 0);
        Some(sum + overhead.unwrap_or(0))
    }

    /// What its containers request of a resource together, and may use at most, or what the pod states as
    /// a whole; without its overhead.
    // API server: plugin/pkg/admission/limitranger/admission.go podRequests, podLimits
    #[must_use]
    pub fn together(&self, lane: Lane) -> [Option<u64>; 2] {
        let whole = self.whole.filter(|_| lane != Lane::EPHEMERAL_STORAGE);
        let sum = |of: fn(&Requirements) -> &Amounts| {
            let stated = whole.and_then(|it| of(&it).get(lane));
            stated.or_else(|| self.side_by_side(|it| of(&it.resources).get(lane)))
        };
        [sum(|it| &it.requests), sum(|it| &it.limits)]
    }

    /// Containers side by side, or the most that is in use while init containers run.
    // component-helpers: resource/helpers.go AggregateContainerRequests
    fn side_by_side(&self, of: impl Fn(&Container) -> Option<u64>) -> Option<u64> {
        let (mut sum, mut sidecars, mut most) = (0, 0, 0);
        let mut stated = false;
        for container in &self.list {
            let own = of(container);
            stated |= own.is_some();
            let own = own.unwrap_or(0);
            match container.kind {
                ContainerKind::Regular => sum += own,
                ContainerKind::Sidecar => {
                    sidecars += own;
                    most = most.max(sidecars);
                }
                ContainerKind::Init => most = most.max(sidecars + own),
            }
        }
        stated.then_some(most.max(sum + sidecars))
    }
    /// What they request of a resource together, as the scheduler's plugins read it: what is stated, the
    /// same with what is assumed where nothing is, and that of the containers alone, for scores.
    // component-helpers: resource/helpers.go PodRequests; kube-scheduler: framework/types.go
    // getNonMissingContainerRequests
    pub(super) fn sums(&self, lane: Lane) -> [u64; 3] {
        let assumed = ASSUMED.iter().find(|it| it.0 == lane).map(|it| it.1);
        let real = self.requested(lane, None, true);
        let known = self.whole.is_some() && real.is_some();
        let nonzero = self.requested(lane, assumed.filter(|_| !known), true);
        [real, nonzero, self.requested(lane, assumed, false)].map(Option::unwrap_or_default)
    }
}
