//! Nodes and the NodeClaims behind them.

use sim::model::labels::LabelSet;
use sim::model::taints::Taint;
use sim::names::NameId;

use super::{Duration, Instant};
use crate::karpenter::resources::Resources;

/// A node, its NodeClaim, or both.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StateNode {
    /// The node, once it has joined.
    pub node: Option<Node>,
    /// The NodeClaim, if Karpenter bought it.
    pub claim: Option<Claim>,
    /// A pass has placed a pod here a short while ago.
    pub nominated: bool,
    /// It is being removed, though its NodeClaim is not deleted yet.
    pub marked_for_deletion: bool,
}

/// A node as it has joined.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// Its name.
    pub name: NameId,
    /// Its labels.
    pub labels: LabelSet,
    /// `karpenter.sh/registered` is `true`.
    pub registered: bool,
    /// `karpenter.sh/initialized` is `true`.
    pub initialized: bool,
    /// Its taints.
    pub taints: Vec<Taint>,
    /// What the kubelet reports as there.
    pub capacity: Resources,
    /// What it reports as left for pods.
    pub allocatable: Resources,
    /// The condition `Ready` is `True`.
    pub ready: bool,
    /// The annotation `karpenter.sh/do-not-disrupt` is `true`.
    pub do_not_disrupt: bool,
    /// It has a deletion timestamp.
    pub deleting: bool,
    /// How many volumes of each CSI driver can be attached (`CSINode`).
    pub attachable: Vec<(NameId, usize)>,
}

/// A NodeClaim that has been launched.
#[derive(Clone, PartialEq, Debug)]
pub struct Claim {
    /// Its name.
    pub name: NameId,
    /// Its labels.
    pub labels: LabelSet,
    /// `spec.taints`.
    pub taints: Vec<Taint>,
    /// `spec.startupTaints`.
    pub startup_taints: Vec<Taint>,
    /// `status.capacity`.
    pub capacity: Resources,
    /// `status.allocatable`.
    pub allocatable: Resources,
    /// When it was created.
    pub created: Instant,
    /// How long it may live; `None` is `Never`.
    pub expire_after: Option<Duration>,
    /// `spec.terminationGracePeriod` is set.
    pub has_termination_grace_period: bool,
    /// The annotation `karpenter.sh/do-not-disrupt` is `true`.
    pub do_not_disrupt: bool,
    /// It has a deletion timestamp.
    pub deleting: bool,
    /// The instance is being terminated.
    pub terminating: bool,
    /// The condition `Initialized` is `True`.
    pub initialized: bool,
    /// The condition `Consolidatable` is `True`.
    pub consolidatable: bool,
    /// Since when the condition `Drifted` is `True`, if it is.
    pub drifted: Option<Instant>,
}
