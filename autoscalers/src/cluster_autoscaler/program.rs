//! How the Cluster Autoscaler is configured, which is what every run starts from.

use std::collections::BTreeMap;

use sim::model::pool::PoolId;
use sim::model::taints::{Effect, Taint};
use sim::model::workload::WorkloadId;
use sim::names::{NameId, Names};

use super::config::Flags;
use super::node_group::GroupOptions;
use super::scale_down::drain::SafeToEvict;

/// The Cluster Autoscaler, as it is configured.
#[derive(Clone, Debug)]
pub struct ClusterAutoscaler {
    /// Its flags.
    pub flags: Flags,
    /// What node groups set otherwise.
    pub options: BTreeMap<PoolId, GroupOptions>,
    /// What annotations and volumes say of the pods of workloads.
    pub marks: BTreeMap<WorkloadId, Marks>,
    pub(super) pools: Vec<PoolId>,
    pub(super) taints: Taints,
}

/// What annotations and volumes say of a workload's pods.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Marks {
    /// The annotation `cluster-autoscaler.kubernetes.io/safe-to-evict`.
    pub safe_to_evict: Option<SafeToEvict>,
    /// Whether they store data on their node that no annotation gives up.
    pub has_local_storage: bool,
}

/// The taints that it puts on nodes. Their values are times, by which nothing decides here.
// Cluster Autoscaler: utils/taints/taints.go
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Taints {
    /// On a node that is being deleted.
    pub(super) to_be_deleted: Taint,
    /// On a node that is not needed.
    pub(super) deletion_candidate: Taint,
    /// The namespace whose pods are the system's.
    pub(super) kube_system: NameId,
}

impl ClusterAutoscaler {
    /// The program that keeps these pools, each a node group, in the order of the cloud provider.
    #[must_use]
    pub fn new(flags: Flags, pools: Vec<PoolId>, names: &mut Names) -> ClusterAutoscaler {
        let value = names.intern("");
        let mut taint = |key: &str, effect| Taint { key: names.intern(key), value, effect };
        let to_be_deleted = taint("ToBeDeletedByClusterAutoscaler", Effect::NoSchedule);
        let deletion_candidate =
            taint("DeletionCandidateOfClusterAutoscaler", Effect::PreferNoSchedule);
        let kube_system = names.intern("kube-system");
        ClusterAutoscaler {
            flags,
            options: BTreeMap::new(),
            marks: BTreeMap::new(),
            pools,
            taints: Taints { to_be_deleted, deletion_candidate, kube_system },
        }
    }
}
