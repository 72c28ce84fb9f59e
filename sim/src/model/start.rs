//! What is there at `T+0` besides what pools are born with: the nodes and pods of a real cluster.
//!
//! Start nodes come first, so that node `i` of a run is start node `i`; and so do start pods.

use std::collections::BTreeMap;

use super::catalog::OfferingId;
use super::disruption::DisruptionReason;
use super::images::ImageId;
use super::node::NodeShape;
use super::pod::SpecId;
use super::pool::PoolId;
use super::storage::AttachableId;
use super::workload::WorkloadId;
use crate::names::NameId;

/// The state from which a run starts.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Nodes, registered and with their pods on them.
    pub nodes: Vec<StartNode>,
    /// Pods, bound or waiting.
    pub pods: Vec<StartPod>,
}

/// A node that is there from the start.
#[derive(Clone, Debug)]
pub struct StartNode {
    /// Its name.
    pub name: NameId,
    /// The value of its label `kubernetes.io/hostname`, if it has one.
    pub hostname: Option<NameId>,
    /// The pool it belongs to.
    pub pool: PoolId,
    /// How it was bought, which need not be as its pool would buy it now.
    pub offering: OfferingId,
    /// What it is; this node's own, whatever the template says.
    pub shape: NodeShape,
    /// Whether it is marked `spec.unschedulable`.
    pub cordoned: bool,
    /// The images it has, sorted.
    pub images: Vec<ImageId>,
    /// What is attached to it.
    pub attached: Vec<AttachableId>,
}

/// A pod that is there from the start.
#[derive(Clone, Debug)]
pub struct StartPod {
    /// Its name.
    pub name: NameId,
    /// The workload it belongs to. It counts as one of its replicas.
    pub workload: WorkloadId,
    /// What it asks for, which may differ from its workload's template of today.
    pub spec: SpecId,
    /// The index of the start node it runs on, whether it would fit there or not; none if it
    /// waits for a node.
    pub node: Option<usize>,
    /// The index of the start node it is nominated to.
    pub nominated: Option<usize>,
    /// Whether it is on its way out.
    pub terminating: bool,
    /// Whether that is because the scheduler made room for another pod
    /// (`DisruptionTarget`, reason `PreemptionByScheduler`).
    pub preempted: bool,
    /// When it started, in milliseconds before or after `T+0`; none counts as now.
    pub started_ms: Option<i64>,
    /// How often each of its containers has been started again, by its place; those that never were are
    /// not there.
    pub restarts: BTreeMap<u32, u32>,
}

impl StartPod {
    /// The condition `DisruptionTarget` that it carries, if it is on its way out with one.
    #[must_use]
    pub fn disruption_target(&self) -> Option<DisruptionReason> {
        self.preempted.then_some(DisruptionReason::PreemptionByScheduler)
    }
}

impl StartNode {
    /// A node with this name, which is also its host name.
    #[must_use]
    pub fn named(name: NameId, pool: PoolId, offering: OfferingId, shape: NodeShape) -> StartNode {
        StartNode {
            name,
            hostname: Some(name),
            pool,
            offering,
            shape,
            cordoned: false,
            images: Vec::new(),
            attached: Vec::new(),
        }
    }
}
