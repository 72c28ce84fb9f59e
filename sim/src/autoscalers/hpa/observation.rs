//! What the HorizontalPodAutoscaler controller sees in one reconcile: the scale, the pods that its
//! selector selects, and their metrics. Times are in milliseconds and may lie before `T+0`.

use crate::model::containers::{Amounts, Container, ContainerKind, Containers};
use crate::model::hpa::Measured;
use crate::names::NameId;

/// All that a reconcile reads.
pub struct Observation<'o> {
    /// When it is.
    pub now_ms: i64,
    /// `scale.spec.replicas`, and `scale.status.replicas` beside it; none if it could not be read.
    pub scale: Option<(u32, u32)>,
    /// What became of the selector.
    pub selection: Selection,
    /// The pods that are selected, whatever owns them.
    pub pods: &'o [SeenPod<'o>],
    /// Their metrics.
    pub metrics: &'o dyn Metrics,
}

/// What became of the selector of the scale.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Selection {
    /// It selects pods, which no other autoscaler selects.
    Sound,
    /// The scale has none.
    Missing,
    /// It cannot be parsed.
    Invalid,
    /// Another autoscaler selects some of the same pods.
    Ambiguous,
}

/// A selected pod.
#[derive(Clone, Copy, Debug)]
pub struct SeenPod<'o> {
    /// What its containers request.
    pub containers: &'o Containers,
    /// How far it has come.
    pub phase: Phase,
    /// Whether it is being deleted.
    pub terminating: bool,
    /// `status.startTime`: when its kubelet took it on.
    pub started_ms: Option<i64>,
    /// Its condition `Ready`, and since when it is as it is.
    pub ready: Option<(Ready, i64)>,
}

/// `status.phase`, as far as autoscalers tell phases apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Not all of its containers have started.
    Pending,
    /// It runs.
    Running,
    /// It has failed.
    Failed,
    /// It has succeeded, or its node is lost.
    Other,
}

/// The status of the condition `Ready`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ready {
    /// It is ready.
    True,
    /// It is not.
    False,
    /// Its kubelet does not report.
    Unknown,
}

/// Where metrics come from: metrics-server and the adapters beside it.
pub trait Metrics {
    /// The last sample of a selected pod, by its place among them; none if there is none.
    fn sample(&self, pod: usize) -> Option<PodSample<'_>>;
    /// A figure of each pod that has it, in thousandths.
    fn of_pods(&self, metric: NameId) -> Vec<(usize, i64)>;
    /// A figure of an object, in thousandths.
    fn of_object(&self, metric: NameId) -> Option<i64>;
    /// A figure from outside, one value a series, in thousandths.
    fn external(&self, metric: NameId) -> Vec<i64>;
}

/// `PodMetrics` of one pod.
#[derive(Clone, Copy, Debug)]
pub struct PodSample<'o> {
    /// When it was taken.
    pub at_ms: i64,
    /// Over which time.
    pub window_ms: i64,
    /// Each measured container.
    pub containers: &'o [ContainerSample],
}

/// What one container uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ContainerSample {
    /// Its name.
    pub name: NameId,
    /// CPU in millicores, rounded up.
    pub cpu: Option<i64>,
    /// Memory in thousandths of a byte.
    pub memory: Option<i64>,
}

impl PodSample<'_> {
    /// What the pod, or one container of it, uses of a resource. None if one of the measured containers
    /// lacks it, or the container is not measured.
    // podautoscaler: metrics/client.go getPodMetrics, getContainerMetrics
    #[must_use]
    pub fn usage(&self, of: Measured, container: Option<NameId>) -> Option<i64> {
        let value = |it: &ContainerSample| match of {
            Measured::Cpu => it.cpu,
            Measured::Memory => it.memory,
        };
        match container {
            Some(name) => self.containers.iter().find(|it| it.name == name).and_then(value),
            None if self.containers.is_empty() => None,
            None => self.containers.iter().map(value).sum(),
        }
    }
}

impl SeenPod<'_> {
    /// What the pod, or one container of it, requests of a resource, in thousandths. None if a container
    /// that counts requests nothing of it.
    // podautoscaler: replica_calculator.go calculatePodRequests
    #[must_use]
    pub fn request(&self, of: Measured, container: Option<NameId>) -> Option<i64> {
        let lasting = || self.containers.list.iter().filter(|it| it.kind != ContainerKind::Init);
        let own = |it: &Container| thousandths(&it.resources.requests, of);
        if let Some(name) = container {
            return lasting().find(|it| it.name == name).and_then(own);
        }
        match &self.containers.whole {
            Some(whole) if whole.requests != Amounts::default() => {
                thousandths(&whole.requests, of).or_else(|| self.aggregate(of))
            }
            _ => lasting().map(own).sum(),
        }
    }

    /// What the containers request together when they need most: all that last, or an init container
    /// beside the sidecars before it. None if none of them requests anything.
    // component-helpers: resource/helpers.go AggregateContainerRequests
    fn aggregate(&self, of: Measured) -> Option<i64> {
        let list = &self.containers.list;
        let own = |it: &Container| thousandths(&it.resources.requests, of);
        list.iter().find_map(own)?;
        let (mut lasting, mut stage) = (0, 0);
        for container in list {
            let amount = own(container).unwrap_or(0);
            match container.kind {
                ContainerKind::Init => stage = stage.max(lasting + amount),
                ContainerKind::Sidecar | ContainerKind::Regular => lasting += amount,
            }
        }
        Some(lasting.max(stage))
    }
}

fn thousandths(amounts: &Amounts, of: Measured) -> Option<i64> {
    let whole = |amount: u64| i64::try_from(amount).unwrap_or(i64::MAX);
    match of {
        Measured::Cpu => amounts.cpu.map(whole),
        Measured::Memory => amounts.memory.map(|bytes| whole(bytes).saturating_mul(1_000)),
    }
}
