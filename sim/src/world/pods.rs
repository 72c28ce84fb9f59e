//! Pods: where they stand, one column per field.
//!
//! A row is one *attempt*: one Pod object. A pod that is recreated is a new row of the same
//! workload and replica.

use std::collections::BTreeMap;

use crate::model::disruption::DisruptionReason;
use crate::model::node::NodeId;
use crate::model::pod::{End, PodId, SpecId};
use crate::model::workload::WorkloadId;
use crate::table::Table;
use crate::time::SimTime;

/// Where a pod stands. It is in exactly one phase, and on a node exactly when the phase names one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Waiting for a node.
    Pending,
    /// Bound to a node, not yet ready.
    Starting {
        /// The node it is on.
        on: NodeId,
    },
    /// Ready.
    Running {
        /// The node it is on.
        on: NodeId,
    },
    /// Terminating; it keeps its place until it has stopped.
    Terminating {
        /// The node it is on.
        on: NodeId,
    },
    /// Ended for good.
    Ended(End),
    /// Deleted before it had a node.
    Withdrawn,
}

impl Phase {
    /// The node a pod in this phase is on.
    #[must_use]
    pub fn node(self) -> Option<NodeId> {
        match self {
            Phase::Starting { on } | Phase::Running { on } | Phase::Terminating { on } => Some(on),
            Phase::Pending | Phase::Ended(_) | Phase::Withdrawn => None,
        }
    }
}

/// All pods, one column per field.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pods {
    pub(super) workload: Table<PodId, WorkloadId>,
    pub(super) replica: Table<PodId, u32>,
    pub(super) attempt: Table<PodId, u32>,
    pub(super) spec: Table<PodId, SpecId>,
    /// The revisions of pods that are not of the first.
    pub(super) revision: BTreeMap<PodId, u32>,
    /// The one node that a DaemonSet meant the pod for.
    pub(super) meant_for: Table<PodId, Option<NodeId>>,
    pub(super) phase: Table<PodId, Phase>,
    pub(super) created_at: Table<PodId, SimTime>,
    pub(super) ready_at: Table<PodId, Option<SimTime>>,
    pub(super) available: Table<PodId, bool>,
    /// The node that preemption is making room on.
    pub(super) nominated: Table<PodId, Option<NodeId>>,
    /// Why it is to end, once that is known.
    pub(super) reason: Table<PodId, Option<DisruptionReason>>,
    /// When it was bound, in milliseconds after `T+0`, or before.
    pub(super) started_ms: Table<PodId, Option<i64>>,
    /// Whether its containers run, which is what its `status.phase` says.
    pub(super) runs_containers: Table<PodId, bool>,
}

impl Pods {
    /// Takes out the last pod.
    pub(super) fn pop(&mut self) {
        self.workload.pop();
        self.replica.pop();
        self.attempt.pop();
        self.spec.pop();
        self.meant_for.pop();
        self.phase.pop();
        self.created_at.pop();
        self.ready_at.pop();
        self.available.pop();
        self.nominated.pop();
        self.reason.pop();
        self.started_ms.pop();
        self.runs_containers.pop();
    }

    /// How many pods there have ever been.
    pub fn len(&self) -> usize {
        self.phase.len()
    }

    /// Whether there has never been a pod.
    pub fn is_empty(&self) -> bool {
        self.phase.is_empty()
    }

    /// All pods there have ever been, in order of creation.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = PodId> + use<> {
        self.phase.ids()
    }

    /// The workload a pod belongs to.
    pub fn workload(&self, pod: PodId) -> WorkloadId {
        self.workload[pod]
    }

    /// Which replica of its workload a pod is, from 0.
    pub fn replica(&self, pod: PodId) -> u32 {
        self.replica[pod]
    }

    /// Attempt number within the replica, from 0.
    pub fn attempt(&self, pod: PodId) -> u32 {
        self.attempt[pod]
    }

    /// What a pod asks for.
    pub fn spec(&self, pod: PodId) -> SpecId {
        self.spec[pod]
    }

    /// Number of its workload's pod template that a pod was made of, from 0.
    pub fn revision(&self, pod: PodId) -> u32 {
        self.revision.get(&pod).copied().unwrap_or(0)
    }

    /// The one node that a DaemonSet meant the pod for.
    pub fn meant_for(&self, pod: PodId) -> Option<NodeId> {
        self.meant_for[pod]
    }

    /// Where a pod stands.
    pub fn phase(&self, pod: PodId) -> Phase {
        self.phase[pod]
    }

    /// Whether a pod counts as available: ready for long enough and not terminating.
    pub fn available(&self, pod: PodId) -> bool {
        self.available[pod]
    }

    /// The node that preemption is making room on for a pod.
    pub fn nominated(&self, pod: PodId) -> Option<NodeId> {
        self.nominated[pod]
    }

    /// Why a pod is terminating, or what became of it when its node was lost.
    pub fn reason(&self, pod: PodId) -> Option<DisruptionReason> {
        self.reason[pod]
    }

    /// When a pod was bound to its node, in milliseconds after `T+0`; negative if it was before.
    pub fn started_ms(&self, pod: PodId) -> Option<i64> {
        self.started_ms[pod]
    }

    /// Whether a pod's containers have been started. Until then `status.phase` is `Pending`, although
    /// the pod has a node: its disks are attached, its images pulled.
    // kubelet: kubelet_pods.go getPhase
    pub fn runs_containers(&self, pod: PodId) -> bool {
        self.runs_containers[pod]
    }

    /// When a pod became ready, if it has.
    pub fn ready_at(&self, pod: PodId) -> Option<SimTime> {
        self.ready_at[pod]
    }

    /// When a pod was created.
    pub fn created_at(&self, pod: PodId) -> SimTime {
        self.created_at[pod]
    }
}
