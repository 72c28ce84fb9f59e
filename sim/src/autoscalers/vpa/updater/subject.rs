//! What the updater sees: an autoscaler, and the live pods that it controls.

use crate::autoscalers::vpa::estimator::Recommended;
use crate::autoscalers::vpa::recommender::PodNumber;
use crate::autoscalers::vpa::sizing::{LimitRanges, Sized, Sizes};
use crate::model::vpa::{UpdateMode, VpaSpec};
use crate::names::NameId;
use crate::time::Span;

/// An autoscaler and the pods that it controls.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s> {
    /// What it says.
    pub spec: &'s VpaSpec,
    /// What it recommends; none if it has not yet.
    pub recommended: Option<&'s Recommended>,
    /// What the LimitRanges of its namespace come to.
    pub ranges: LimitRanges,
    /// Its pods, in the order in which they are listed: those that are on a node, have not ended, and
    /// are not being deleted.
    pub pods: &'s [Pod],
}

/// Whether the updater takes an autoscaler into account at all. One that it does not leaves its pods to
/// others that select them.
// VPA: updater/logic/updater.go RunOnce
#[must_use]
pub fn is_considered(spec: &VpaSpec) -> bool {
    !matches!(spec.mode, UpdateMode::Off | UpdateMode::Initial) || spec.boosts()
}

/// A number for the name of a pod. A pod of a StatefulSet has that of the pod that it replaces.
pub type PodName = u64;

/// A number for the controller that directly owns pods.
pub type OwnerNumber = u64;

/// A pod.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Pod {
    /// Which.
    pub number: PodNumber,
    /// What it is called.
    pub name: PodName,
    /// What owns it; `None` if its controller does not exist any more.
    pub owner: Option<Owner>,
    /// Whether its phase is `Pending`.
    pub is_pending: bool,
    /// `status.startTime`.
    pub started_ms: Option<i64>,
    /// Since when it is ready, if it is.
    pub ready_since_ms: Option<i64>,
    /// Its conditions that tell of a resize, in their order.
    pub resize_conditions: Vec<ResizeCondition>,
    /// Its containers, in their order.
    pub containers: Vec<Container>,
}

/// The controller that directly owns a pod.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Owner {
    /// Which.
    pub number: OwnerNumber,
    /// How many pods it is to have.
    pub replicas: Replicas,
}

/// How many pods a controller is to have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Replicas {
    /// `spec.replicas`, or of a DaemonSet `status.numberReady`.
    Configured(u32),
    /// As many as there are, as of a Job.
    Live,
}

/// A container of a pod.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Container {
    /// Which.
    pub name: NameId,
    /// What its spec says.
    pub written: Sizes,
    /// What its status says that it has; the same as its spec if it says nothing.
    pub actual: Sizes,
    /// Whether admission has seen it: its pod lists it as observed, or lists none.
    pub is_observed: bool,
    /// How long it had run when it was terminated last, if that was for want of memory.
    pub out_of_memory_after: Option<Span>,
    /// Whether its `resizePolicy` has it restarted for any resource.
    pub restarts_on_resize: bool,
    /// What it stated before it was given more CPU to start with, if it still has that.
    pub boosted_from: Option<Sizes>,
}

/// A condition of a pod that tells of a resize.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ResizeCondition {
    /// `PodResizePending` or `PodResizeInProgress`.
    pub kind: ResizeKind,
    /// Whether its status is `True`.
    pub holds: bool,
    /// Why, if it says so.
    pub reason: Option<ResizeReason>,
    /// Whether it has a message.
    pub has_message: bool,
}

/// How far a resize is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResizeKind {
    /// `PodResizePending`: the kubelet has not begun.
    Pending,
    /// `PodResizeInProgress`: the kubelet has begun.
    InProgress,
}

/// Why a resize is not done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResizeReason {
    /// The node has no room now.
    Deferred,
    /// The node can never do it.
    Infeasible,
    /// It has failed.
    Error,
    /// Another reason.
    Other,
}

impl Pod {
    /// What its containers have.
    pub(super) fn actual(&self) -> Vec<Sized> {
        self.containers.iter().map(|container| (container.name, container.actual)).collect()
    }

    /// Whether a container of it still has more CPU to start with.
    pub(super) fn is_boosted(&self) -> bool {
        self.containers.iter().any(|container| container.boosted_from.is_some())
    }

    /// The condition that tells that it is being resized: the first of either kind decides.
    // VPA: updater/restriction/pods_restriction_factory.go isInPlaceUpdating
    pub(super) fn resizing(&self) -> Option<&ResizeCondition> {
        self.resize_conditions.first().filter(|condition| condition.holds)
    }
}
