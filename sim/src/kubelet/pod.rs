//! What a kubelet knows of a pod: what its containers request and may use, and what exempts it.

use crate::time::Span;

/// From this priority on a pod is critical.
// kubelet: pkg/apis/scheduling SystemCriticalPriority
pub const CRITICAL_PRIORITY: i32 = 2_000_000_000;

/// Amounts that a container or a pod names; none where it names none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Amounts {
    /// CPU in millicores.
    pub cpu: Option<u64>,
    /// Memory in bytes.
    pub memory: Option<u64>,
    /// Ephemeral storage in bytes.
    pub ephemeral_storage: Option<u64>,
}

/// One resource of [`Amounts`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resource {
    /// CPU.
    Cpu,
    /// Memory.
    Memory,
    /// Ephemeral storage.
    EphemeralStorage,
}

impl Amounts {
    /// The amount of one resource.
    #[must_use]
    pub fn of(&self, resource: Resource) -> Option<u64> {
        match resource {
            Resource::Cpu => self.cpu,
            Resource::Memory => self.memory,
            Resource::EphemeralStorage => self.ephemeral_storage,
        }
    }

    /// Whether nothing is named that may be named for a pod as a whole.
    // component-helpers: resource/helpers.go IsSupportedPodLevelResource
    fn lacks_cpu_and_memory(&self) -> bool {
        self.cpu.is_none() && self.memory.is_none()
    }
}

/// When a container of a pod runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// With the others, for as long as the pod does.
    Regular,
    /// Before the others, to its end.
    Init,
    /// From before the others on: an init container with `restartPolicy: Always`.
    Sidecar,
}

/// A container, as far as its kubelet decides by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Container {
    /// When it runs.
    pub kind: Kind,
    /// What it requests.
    pub requests: Amounts,
    /// What it may use.
    pub limits: Amounts,
}

/// A volume, as far as its kubelet decides by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Volume {
    /// Whether it is on the node's own disk: an emptyDir without medium, a ConfigMap, a clone of a
    /// repository or a path of the host.
    pub local: bool,
    /// `emptyDir.sizeLimit`.
    pub size_limit: Option<u64>,
}

/// A pod, as far as its kubelet decides by it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pod {
    /// Its priority; 0 if it has none.
    pub priority: i32,
    /// Whether it is the kubelet's own, or stands for one that is: a static or mirror pod.
    pub is_static: bool,
    /// Whether its class is `system-node-critical`.
    pub is_of_node_critical_class: bool,
    /// Its containers, and before them those that run first, in their order.
    pub containers: Vec<Container>,
    /// What is requested for the pod as a whole.
    pub requests: Amounts,
    /// What the pod as a whole may use.
    pub limits: Amounts,
    /// Whether `spec.resources` is there, whatever it says.
    pub has_own_resources: bool,
    /// What it takes beside what its containers do.
    pub overhead: Amounts,
    /// Its volumes.
    pub volumes: Vec<Volume>,
    /// `terminationGracePeriodSeconds`, if it is given.
    pub grace: Option<Span>,
    /// Whether it tolerates the taint `node.kubernetes.io/memory-pressure:NoSchedule`.
    pub tolerates_memory_pressure: bool,
}

impl Pod {
    /// Whether it is neither evicted nor turned away under pressure.
    // kubelet: pkg/kubelet/types/pod_update.go IsCriticalPod
    #[must_use]
    pub fn is_critical(&self) -> bool {
        self.is_static || self.priority >= CRITICAL_PRIORITY
    }

    /// Whether the node itself cannot do without it.
    // kubelet: pkg/kubelet/types/pod_update.go IsNodeCriticalPod
    #[must_use]
    pub fn is_node_critical(&self) -> bool {
        self.is_critical() && self.is_of_node_critical_class
    }

    /// Whether something is requested or limited for the pod as a whole.
    // component-helpers: resource/helpers.go IsPodLevelResourcesSet
    #[must_use]
    pub fn has_pod_level_resources(&self) -> bool {
        !self.requests.lacks_cpu_and_memory() || !self.limits.lacks_cpu_and_memory()
    }

    /// Whether something is requested for the pod as a whole.
    // component-helpers: resource/helpers.go IsPodLevelRequestsSet
    #[must_use]
    pub fn has_pod_level_requests(&self) -> bool {
        !self.requests.lacks_cpu_and_memory()
    }

    /// What its use is held against when pods are ranked: what is requested for it as a whole, if
    /// anything is, else what its containers request; with the overhead, unless that is nothing.
    // kubelet: pkg/api/v1/resource/helpers.go GetResourceRequestQuantity
    #[must_use]
    pub fn request(&self, resource: Resource) -> u64 {
        let requested = if !self.has_pod_level_resources() {
            self.requested_by_containers(resource)
        } else if resource == Resource::EphemeralStorage {
            0
        } else {
            self.requests.of(resource).unwrap_or(0)
        };
        match requested {
            0 => 0,
            _ => requested + self.overhead.of(resource).unwrap_or(0),
        }
    }

    /// What its containers request at their peak.
    // component-helpers: resource/helpers.go AggregateContainerRequests
    #[must_use]
    pub fn requested_by_containers(&self, resource: Resource) -> u64 {
        self.peak(|container| container.requests.of(resource)).unwrap_or(0)
    }

    /// What its containers may use of the node's disk at their peak, with the overhead, if any of them
    /// has a limit.
    // component-helpers: resource/helpers.go PodLimits
    #[must_use]
    pub fn storage_limit(&self) -> Option<u64> {
        let limit = self.peak(|container| container.limits.ephemeral_storage)?;
        let overhead = self.overhead.ephemeral_storage.filter(|_| limit > 0);
        Some(limit + overhead.unwrap_or(0))
    }

    /// The largest sum of an amount over containers that run at one time: those that run to the end with
    /// all sidecars, or one that runs first with the sidecars before it.
    fn peak(&self, amount: impl Fn(&Container) -> Option<u64>) -> Option<u64> {
        let mut sidecars = None;
        let mut first = None;
        for container in self.containers.iter().filter(|c| c.kind != Kind::Regular) {
            let with_it = plus(sidecars, amount(container));
            first = first.max(with_it);
            if container.kind == Kind::Sidecar {
                sidecars = with_it;
            }
        }
        let regular = self.containers.iter().filter(|c| c.kind == Kind::Regular);
        let together = regular.fold(sidecars, |sum, container| plus(sum, amount(container)));
        together.max(first)
    }
}

/// The sum of two amounts of which either may be missing.
fn plus(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (a, b) => a.or(b),
    }
}
