//! Pods: what each asks for, which replicas have in common, and what is true of one of them.

use std::sync::Arc;

use sim::model::labels::{LabelSet, Requirement};
use sim::model::taints::Toleration;
use sim::names::NameId;

use super::{Duration, Instant};
use crate::karpenter::requirement::Expression;
use crate::karpenter::resources::Resources;

/// One pod.
#[derive(Clone, PartialEq, Debug)]
pub struct Pod {
    /// What it asks for. Pods that share it are treated alike, and are fast for it.
    pub spec: Arc<PodSpec>,
    /// The node that it is bound to, by number.
    pub node: Option<usize>,
    /// When it was created; compared in whole seconds.
    pub created: Instant,
    /// Its rank among all UIDs.
    pub uid: u64,
    /// The scheduler has found no node for it, and it waits: `IsProvisionable`.
    pub provisionable: bool,
    /// It has succeeded or failed.
    pub terminal: bool,
    /// It has a deletion timestamp.
    pub terminating: bool,
    /// The condition `Ready` is `True`.
    pub ready: bool,
    /// When it started to run.
    pub started: Option<Instant>,
}

/// What replicas have in common.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PodSpec {
    /// Its namespace.
    pub namespace: NameId,
    /// Its labels.
    pub labels: LabelSet,
    /// Requests by Kubernetes' rule (init containers, sidecars, overhead), without the pod itself.
    pub requests: Resources,
    /// `nodeSelector`.
    pub node_selector: LabelSet,
    /// Alternatives of the required node affinity.
    pub required_node_affinity: Vec<NodeTerm>,
    /// Preferred node affinity, each with its weight.
    pub preferred_node_affinity: Vec<(i32, NodeTerm)>,
    /// Pods that it wants near.
    pub affinity: PodAffinity,
    /// Pods that it wants far.
    pub anti_affinity: PodAffinity,
    /// `topologySpreadConstraints`.
    pub spread: Vec<Spread>,
    /// `tolerations`.
    pub tolerations: Vec<Toleration>,
    /// Ports of nodes, of containers that are no init containers.
    pub host_ports: Vec<HostPort>,
    /// Claims of its volumes, each by its name in the namespace.
    pub claims: Vec<NameId>,
    /// Its priority.
    pub priority: i32,
    /// `controller.kubernetes.io/pod-deletion-cost`.
    pub deletion_cost: i32,
    /// `karpenter.sh/do-not-disrupt`.
    pub do_not_disrupt: Option<DoNotDisrupt>,
    /// What made it.
    pub owner: Owner,
}

/// One alternative of a node affinity.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct NodeTerm {
    /// `matchExpressions`.
    pub expressions: Vec<Expression>,
    /// Whether it has `matchFields`, which Karpenter refuses.
    pub has_fields: bool,
}

/// Affinity or anti-affinity to pods.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct PodAffinity {
    /// What must hold.
    pub required: Vec<PodTerm>,
    /// What should hold, each with its weight.
    pub preferred: Vec<(i32, PodTerm)>,
}

/// Which pods are meant, and how near is near.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PodTerm {
    /// The label whose values are domains.
    pub key: NameId,
    /// By their labels.
    pub selector: Selector,
    /// In these namespaces; in the pod's own if neither this nor a selector is given.
    pub namespaces: Vec<NameId>,
    /// In namespaces with these labels.
    pub namespace_selector: Selector,
}

/// What labels must satisfy, each of these; without a list, nothing does.
pub type Selector = Option<Vec<Requirement>>;

/// A topology spread constraint.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Spread {
    /// The label whose values are domains.
    pub key: NameId,
    /// By how many pods domains may differ.
    pub max_skew: i32,
    /// In how many domains there have to be pods.
    pub min_domains: Option<i32>,
    /// Whether it must hold.
    pub when_unsatisfiable: WhenUnsatisfiable,
    /// Which pods are counted.
    pub selector: Selector,
    /// Labels whose values are the pod's own in pods that are counted.
    pub match_label_keys: Vec<NameId>,
    /// Whether only nodes are counted that the pod's node affinity allows.
    pub node_affinity: Inclusion,
    /// Whether only nodes are counted whose taints the pod tolerates.
    pub node_taints: Inclusion,
}

/// What becomes of a spread constraint that cannot be met.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WhenUnsatisfiable {
    /// The pod waits.
    DoNotSchedule,
    /// The constraint gives way.
    ScheduleAnyway,
}

/// Whether something decides which nodes are counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Inclusion {
    /// It does.
    Honor,
    /// It does not.
    Ignore,
}

/// A port of the node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct HostPort {
    /// At this address; `None` is every address.
    pub ip: Option<NameId>,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: NameId,
    /// Its number.
    pub port: u16,
}

/// For how long a pod keeps its node from being disrupted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DoNotDisrupt {
    /// For as long as it runs.
    Always,
    /// For that long from its start.
    For(Duration),
}

/// What made a pod.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Owner {
    /// A DaemonSet: it is on each of its nodes, and never moves.
    DaemonSet,
    /// A node: it is static.
    Node,
    /// A StatefulSet: it moves even while it terminates, as its successor has its name.
    StatefulSet,
    /// Another controller, or none.
    Other,
}

/// A PodDisruptionBudget.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PodDisruptionBudget {
    /// Where its pods are.
    pub namespace: NameId,
    /// Which pods it means.
    pub selector: Selector,
    /// `status.disruptionsAllowed`.
    pub disruptions_allowed: u32,
    /// Nothing may ever be evicted: `maxUnavailable` is 0 or 0 %, or `minAvailable` is 100 %.
    pub blocks_always: bool,
    /// `unhealthyPodEvictionPolicy` is `AlwaysAllow`.
    pub lets_unhealthy_go: bool,
}
