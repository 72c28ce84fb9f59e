//! Containers: what each of them requests and may use at most, what their pod states as a whole, and
//! the QoS class that follows.
//!
//! The scheduler reads only their sums, which are in the [`PodSpec`](super::pod::PodSpec); kubelets and
//! autoscalers read what is here.

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
