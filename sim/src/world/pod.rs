//! Pods: what they ask for (shared specs) and where they stand (columns).
//!
//! A row is one *attempt*: one Pod object. A pod that is recreated is a new row of the same
//! workload and replica.

use super::labels::{LabelSet, Requirement};
use super::node::NodeId;
use super::resources::Resources;
use super::taints::Toleration;
use super::workload::WorkloadId;
use crate::names::NameId;
use crate::table::{Table, id};
use crate::time::{SimTime, Span};

id! {
    /// A pod: one attempt of one replica.
    PodId
    /// A distinct pod specification.
    SpecId
}

/// What a pod asks for. Pods of one workload share one spec, and so do equal workloads.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct PodSpec {
    /// The namespace, which selectors of other pods may name.
    pub namespace: Option<NameId>,
    /// Its labels.
    pub labels: LabelSet,
    /// What it takes of a node, itself included as one pod.
    pub requests: Resources,
    /// `requests`, with 100m CPU and 200Mi memory for each container that names none: what
    /// LeastAllocated counts.
    pub nonzero_requests: Resources,
    /// The only node it may run on, by name (`spec.nodeName`).
    pub node_name: Option<NameId>,
    /// `spec.nodeSelector`: all must hold.
    pub node_selector: Vec<(NameId, NameId)>,
    /// Required node affinity: one term must hold. `None` is no affinity; an empty list matches
    /// no node.
    pub required_affinity: Option<Vec<NodeSelectorTerm>>,
    /// Preferred node affinity, with weights.
    pub preferred_affinity: Vec<(i64, NodeSelectorTerm)>,
    /// Taints it puts up with.
    pub tolerations: Vec<Toleration>,
    /// Host ports it occupies.
    pub host_ports: Vec<HostPort>,
    /// Priority in the queue; higher goes first.
    pub priority: i32,
    /// `terminationGracePeriodSeconds`: how long it may take to stop.
    pub grace: Span,
    /// How long it really takes to stop after SIGTERM.
    pub shutdown: Span,
    /// From being bound to being ready.
    pub startup: Span,
}

/// One alternative of a node affinity: every requirement must hold.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NodeSelectorTerm {
    /// Conditions on labels.
    pub labels: Vec<Requirement>,
    /// Conditions on the node's name (`matchFields: metadata.name`).
    pub name: Vec<Requirement>,
}

/// A port of the host that a pod occupies.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct HostPort {
    /// The host address; `None` is every address.
    pub ip: Option<NameId>,
    /// The protocol.
    pub protocol: Protocol,
    /// The port.
    pub port: u16,
}

/// A transport protocol.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Protocol {
    /// TCP, the default.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl HostPort {
    /// Whether both cannot be had on one node.
    #[must_use]
    pub fn conflicts(&self, other: &HostPort) -> bool {
        self.port == other.port
            && self.protocol == other.protocol
            && (self.ip.is_none() || other.ip.is_none() || self.ip == other.ip)
    }
}

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
    /// Told to stop; it keeps its place until it has.
    Terminating {
        /// The node it is on.
        on: NodeId,
    },
    /// Ended for good.
    Ended(End),
}

impl Phase {
    /// The node a pod in this phase is on.
    #[must_use]
    pub fn node(self) -> Option<NodeId> {
        match self {
            Phase::Starting { on } | Phase::Running { on } | Phase::Terminating { on } => Some(on),
            Phase::Pending | Phase::Ended(_) => None,
        }
    }
}

/// How an attempt ended. Every end that the pod did not choose is one of the last three.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum End {
    /// By itself, its work done.
    Completed,
    /// Told to stop, and given the time it needed.
    Clean,
    /// Told to stop, but killed before it had.
    CutShort(Limit),
    /// Killed without having been told.
    KilledWithoutWarning,
}

/// What cut a shutdown short.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Limit {
    /// The instance was gone before the grace period was over.
    Deadline,
    /// The pod's own grace period is shorter than its shutdown.
    Grace,
}

/// All pods, one column per field.
#[derive(Clone, Debug, Default)]
pub struct Pods {
    pub(super) workload: Table<PodId, WorkloadId>,
    pub(super) replica: Table<PodId, u32>,
    pub(super) attempt: Table<PodId, u32>,
    pub(super) spec: Table<PodId, SpecId>,
    /// The one node that a DaemonSet meant the pod for.
    pub(super) meant_for: Table<PodId, Option<NodeId>>,
    pub(super) phase: Table<PodId, Phase>,
    pub(super) created_at: Table<PodId, SimTime>,
    pub(super) ready_at: Table<PodId, Option<SimTime>>,
    pub(super) available: Table<PodId, bool>,
}

impl Pods {
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

    /// The how-manieth pod of its replica it is, from 0.
    pub fn attempt(&self, pod: PodId) -> u32 {
        self.attempt[pod]
    }

    /// What a pod asks for.
    pub fn spec(&self, pod: PodId) -> SpecId {
        self.spec[pod]
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

    /// When a pod was created.
    pub fn created_at(&self, pod: PodId) -> SimTime {
        self.created_at[pod]
    }
}
