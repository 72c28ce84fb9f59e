//! Which nodes are looked at when the cluster is to shrink.
// Cluster Autoscaler: core/scaledown/eligibility/eligibility.go

use sim::time::Span;

use super::utilization::Utilization;
use crate::cluster_autoscaler::config::Flags;
use crate::cluster_autoscaler::node_group::GroupOptions;

/// What of a node decides.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct NodeTraits<'n> {
    /// How long ago it was tainted to be deleted, if it was.
    pub tainted_ago: Option<Span>,
    /// Whether its annotation `cluster-autoscaler.kubernetes.io/scale-down-disabled` is `true`.
    pub scale_down_disabled: bool,
    /// What its node group sets; none if it is in no group.
    pub group: Option<&'n GroupOptions>,
    /// Whether it is ready.
    pub is_ready: bool,
    /// What part of it is requested.
    pub utilization: Utilization,
}

/// Why a node is not looked at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Ineligible {
    /// It is being deleted already.
    CurrentlyBeingDeleted,
    /// Its annotation says so.
    ScaleDownDisabledAnnotation,
    /// It is in no node group.
    NotAutoscaled,
    /// It is not ready, and such nodes are not removed.
    ScaleDownUnreadyDisabled,
    /// Too much of it is requested.
    NotUnderutilized,
}

/// For how long a node counts as being deleted once it is tainted.
// Cluster Autoscaler: core/scaledown/actuation MaxCloudProviderNodeDeletionTime
const DELETION_TAKES: Span = Span::from_secs(5 * 60);

/// Whether a node may be removed, as far as it is concerned itself.
///
/// # Errors
/// The first reason why not.
pub fn check(node: &NodeTraits<'_>, flags: &Flags) -> Result<(), Ineligible> {
    if node.tainted_ago.is_some_and(|ago| ago < DELETION_TAKES) {
        return Err(Ineligible::CurrentlyBeingDeleted);
    }
    if node.scale_down_disabled {
        return Err(Ineligible::ScaleDownDisabledAnnotation);
    }
    let Some(group) = node.group else { return Err(Ineligible::NotAutoscaled) };
    if !flags.scale_down_unready_enabled && !node.is_ready {
        return Err(Ineligible::ScaleDownUnreadyDisabled);
    }
    let threshold = if node.utilization.gpu.is_some() {
        let own = group.scale_down_gpu_utilization_threshold;
        own.unwrap_or(flags.scale_down_gpu_utilization_threshold)
    } else {
        let own = group.scale_down_utilization_threshold;
        own.unwrap_or(flags.scale_down_utilization_threshold)
    };
    if node.utilization.most().0 > threshold {
        return Err(Ineligible::NotUnderutilized);
    }
    Ok(())
}

impl Ineligible {
    /// The reason as the Cluster Autoscaler's status names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Ineligible::CurrentlyBeingDeleted => "CurrentlyBeingDeleted",
            Ineligible::ScaleDownDisabledAnnotation => "ScaleDownDisabledAnnotation",
            Ineligible::NotAutoscaled => "NotAutoscaled",
            Ineligible::ScaleDownUnreadyDisabled => "ScaleDownUnreadyDisabled",
            Ineligible::NotUnderutilized => "NotUnderutilized",
        }
    }
}
