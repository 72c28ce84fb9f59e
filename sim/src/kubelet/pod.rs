//! What a kubelet knows of a pod: what its containers request and may use, and what exempts it.

use crate::model::Model;
use crate::model::containers::{Amounts, ContainerKind as Kind, QosClass};
use crate::model::pod::PodSpec;
use crate::model::pressure::Pressure;
use crate::model::taints::{Effect, Taint, tolerated};
use crate::time::Span;

/// From this priority on a pod is critical.
// kubelet: pkg/apis/scheduling SystemCriticalPriority
pub const CRITICAL_PRIORITY: i32 = 2_000_000_000;

/// The priority of the class `system-node-critical`, which no other class reaches.
// kubernetes: pkg/apis/scheduling/types.go SystemCriticalPriority
const NODE_CRITICAL_PRIORITY: i32 = CRITICAL_PRIORITY + 1_000;

/// A resource that kubelets look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resource {
    /// CPU.
    Cpu,
    /// Memory.
    Memory,
    /// Ephemeral storage.
    EphemeralStorage,
}

impl Resource {
    /// The amount of it.
    fn of(self, amounts: &Amounts) -> Option<u64> {
        match self {
            Resource::Cpu => amounts.cpu,
            Resource::Memory => amounts.memory,
            Resource::EphemeralStorage => amounts.ephemeral_storage,
        }
    }
}

/// Whether nothing is named that may be named for a pod as a whole.
// component-helpers: resource/helpers.go IsSupportedPodLevelResource
fn lacks_cpu_and_memory(amounts: &Amounts) -> bool {
    amounts.cpu.is_none() && amounts.memory.is_none()
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
    /// Its QoS class.
    pub qos: QosClass,
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
    /// The pod that a spec is of. What it writes to disks is not known.
    #[must_use]
    pub fn of(spec: &PodSpec, model: &Model) -> Pod {
        let key = model.pressure_keys[Pressure::Memory as usize];
        let taint = Taint { key, value: model.empty, effect: Effect::NoSchedule };
        let containers = &spec.containers;
        let whole = containers.whole.unwrap_or_default();
        let each = containers.list.iter().map(|container| {
            let (requests, limits) = (container.resources.requests, container.resources.limits);
            Container { kind: container.kind, requests, limits }
        });
        Pod {
            priority: spec.priority,
            is_static: false,
            is_of_node_critical_class: spec.priority >= NODE_CRITICAL_PRIORITY,
            containers: each.collect(),
            requests: whole.requests,
            limits: whole.limits,
            qos: spec.qos,
            overhead: containers.overhead,
            volumes: Vec::new(),
            grace: Some(spec.grace),
            tolerates_memory_pressure: tolerated(&spec.tolerations, &taint),
        }
    }

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
        !lacks_cpu_and_memory(&self.requests) || !lacks_cpu_and_memory(&self.limits)
    }

    /// Whether something is requested for the pod as a whole.
    // component-helpers: resource/helpers.go IsPodLevelRequestsSet
    #[must_use]
    pub fn has_pod_level_requests(&self) -> bool {
        !lacks_cpu_and_memory(&self.requests)
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
            resource.of(&self.requests).unwrap_or(0)
        };
        match requested {
            0 => 0,
            _ => requested + resource.of(&self.overhead).unwrap_or(0),
        }
    }

    /// What its containers request at their peak.
    // component-helpers: resource/helpers.go AggregateContainerRequests
    #[must_use]
    pub fn requested_by_containers(&self, resource: Resource) -> u64 {
        self.peak(|container| resource.of(&container.requests)).unwrap_or(0)
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
