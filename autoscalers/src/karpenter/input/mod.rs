//! What Karpenter decides about: a cluster as one pass sees it, in values of its own.
//!
//! What fills it (a simulator, golden cases) interns strings in one [`Names`], and shares by [`Arc`]
//! what many passes have in common: instance types, NodePools, and the specification that replicas have in
//! common. Pods and nodes are numbered by their place in [`Cluster::pods`] and [`Cluster::nodes`], and
//! results speak of them by these numbers.

mod budget;
mod instance_type;
mod node;
mod node_pool;
mod pod;
mod volume;

use std::sync::Arc;

use sim::model::labels::LabelSet;
use sim::names::{NameId, Names};

pub use budget::{Budget, NodesAllowed, Reason};
pub use instance_type::{InstanceType, Offering, Reservation};
pub use node::{Claim, Node, StateNode};
pub use node_pool::{ConsolidationPolicy, Disruption, NodePool};
pub use pod::{
    DoNotDisrupt, HostPort, Inclusion, NodeTerm, Owner, Pod, PodAffinity, PodDisruptionBudget,
    PodSpec, PodTerm, Selector, Spread, WhenUnsatisfiable,
};
pub use volume::{PersistentVolume, PersistentVolumeClaim, StorageClass, Volumes};

use super::keys::Keys;

/// Milliseconds since 1970, UTC.
pub type Instant = i64;
/// Milliseconds.
pub type Duration = i64;

/// A cluster as one pass sees it.
#[derive(Clone, Copy, Debug)]
pub struct Cluster<'a> {
    /// Every string that occurs.
    pub names: &'a Names,
    /// The labels with a meaning.
    pub keys: &'a Keys,
    /// What the program is started with.
    pub options: &'a Options,
    /// The time.
    pub now: Instant,
    /// What can be bought. A type's number is its place here.
    pub instance_types: &'a [Arc<InstanceType>],
    /// All NodePools that are ready, in any order.
    pub node_pools: &'a [Arc<NodePool>],
    /// All nodes and NodeClaims.
    pub nodes: &'a [StateNode],
    /// All pods, bound and pending.
    pub pods: &'a [Pod],
    /// The pod that each DaemonSet would make.
    pub daemon_sets: &'a [Arc<PodSpec>],
    /// All PodDisruptionBudgets.
    pub budgets: &'a [PodDisruptionBudget],
    /// Volumes, their claims and classes.
    pub volumes: &'a Volumes,
    /// Labels of namespaces, for selectors of namespaces.
    pub namespaces: &'a [(NameId, LabelSet)],
}

/// What the program is started with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Whether preferences of pods are met where they can be (`PreferencePolicy: Respect`).
    pub respect_preferences: bool,
    /// Whether `minValues` gives way where it cannot be met (`MinValuesPolicy: BestEffort`).
    pub relax_min_values: bool,
    /// The feature gate `ReservedCapacity`.
    pub reserved_capacity: bool,
    /// The feature gate `SpotToSpotConsolidation`.
    pub spot_to_spot: bool,
    /// With how many instance types a NodeClaim is launched at most.
    pub max_instance_types: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            respect_preferences: true,
            relax_min_values: false,
            reserved_capacity: true,
            spot_to_spot: false,
            max_instance_types: 600,
        }
    }
}
