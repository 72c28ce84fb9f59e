//! How Karpenter is configured for a run: what a scenario says of it and of its NodePools, in texts that
//! each run interns for itself.

use std::collections::BTreeMap;

use sim::model::node::NodeId;
use sim::model::pool::PoolId;
use sim::model::taints::Taint;
use sim::model::workload::WorkloadId;
use sim::time::Span;

use crate::karpenter::input::{Disruption, DoNotDisrupt, Options};
use crate::karpenter::requirement::Operator;

/// What holds for all NodePools.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the program is started with.
    pub options: Options,
    /// How long no further pod may come before a batch is worked on.
    pub batch_idle: Span,
    /// How long a batch is open at most.
    pub batch_max: Span,
    /// When `T+0` is, in milliseconds since 1970, for the schedules of budgets.
    pub epoch_ms: i64,
    /// Labels of instance types that the provider adds to the well-known ones.
    pub provider_labels: Vec<String>,
    /// The label by which nodes name their node class.
    pub node_class_label: String,
    /// The label by which disks of the provider name their zone.
    pub volume_zone_label: String,
    /// What is known of nodes that are there before the run.
    pub found: BTreeMap<NodeId, Found>,
    /// Workloads whose pods are annotated with `karpenter.sh/do-not-disrupt`.
    pub do_not_disrupt: BTreeMap<WorkloadId, DoNotDisrupt>,
}

/// What is known of a node that is there before the run. Its times are those of the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// How many milliseconds before `T+0` its NodeClaim was created.
    pub age_ms: i64,
    /// How many milliseconds before `T+0` it was found to have drifted, if it was.
    pub drifted_ms: Option<i64>,
    /// Whether it is annotated with `karpenter.sh/do-not-disrupt`.
    pub do_not_disrupt: bool,
}

/// A NodePool.
#[derive(Clone, Debug)]
pub struct NodePoolSettings {
    /// The pool that it is.
    pub pool: PoolId,
    /// `spec.weight`.
    pub weight: i32,
    /// `spec.template.spec.requirements`.
    pub requirements: Vec<Required>,
    /// `spec.template.metadata.labels`.
    pub labels: Vec<(String, String)>,
    /// `spec.template.spec.startupTaints`.
    pub startup_taints: Vec<Taint>,
    /// Whether `spec.template.metadata.annotations` has `karpenter.sh/do-not-disrupt: "true"`.
    pub do_not_disrupt: bool,
    /// `spec.limits` but for `nodes`: resources with amounts in thousandths.
    pub limits: Vec<(String, i64)>,
    /// `spec.limits.nodes`.
    pub nodes: Option<i64>,
    /// `spec.disruption`.
    pub disruption: Disruption,
    /// `spec.template.spec.expireAfter`; none is `Never`.
    pub expire_after: Option<Span>,
    /// `spec.template.spec.terminationGracePeriod`.
    pub termination_grace_period: Option<Span>,
}

/// One requirement of a NodePool, as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Required {
    /// The label.
    pub key: String,
    /// How it is asked for.
    pub operator: Operator,
    /// The values.
    pub values: Vec<String>,
    /// How many distinct values there are to be.
    pub min_values: Option<u32>,
}

impl Settings {
    /// Karpenter as it comes, on AWS.
    #[must_use]
    pub fn new(epoch_ms: i64) -> Settings {
        Settings {
            options: Options::default(),
            // Karpenter: pkg/operator/options/options.go
            batch_idle: Span::from_secs(1),
            batch_max: Span::from_secs(10),
            epoch_ms,
            provider_labels: Vec::new(),
            node_class_label: "karpenter.k8s.aws/ec2nodeclass".to_owned(),
            volume_zone_label: "topology.ebs.csi.aws.com/zone".to_owned(),
            found: BTreeMap::new(),
            do_not_disrupt: BTreeMap::new(),
        }
    }
}
