//! The rules of draining: whether a pod of a node may be moved. The first that decides does.
// Cluster Autoscaler: simulator/drainability/rules/rules.go Default

use sim::model::pod::PodId;
use sim::time::Span;
use sim::world::World;

use super::budgets::RemainingBudgets;
use crate::cluster_autoscaler::config::DrainFlags;

/// What of a pod the rules read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PodTraits {
    /// Which pod.
    pub pod: PodId,
    /// Whether it mirrors a static pod of the kubelet.
    pub is_mirror: bool,
    /// Whether a DaemonSet made it, or it says so itself.
    pub is_of_daemon_set: bool,
    /// Whether it should have terminated long ago.
    pub is_long_terminating: bool,
    /// Whether its containers are over and do not start again.
    pub is_terminal: bool,
    /// Its controller, if it has one.
    pub controller: Option<Owner>,
    /// What `cluster-autoscaler.kubernetes.io/safe-to-evict` says.
    pub safe_to_evict: Option<SafeToEvict>,
    /// Whether it is in the namespace `kube-system`.
    pub is_of_system: bool,
    /// How old it is.
    pub age: Span,
    /// Whether it stores data on the node that no annotation gives up.
    pub has_local_storage: bool,
}

/// The controller of a pod.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Owner {
    /// What it is.
    pub kind: OwnerKind,
    /// Whether it still exists.
    pub exists: bool,
    /// How many replicas it is to have, if it says.
    pub replicas: Option<i64>,
}

/// Kinds of controllers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OwnerKind {
    /// A ReplicaSet, as a Deployment makes.
    ReplicaSet,
    /// A ReplicationController.
    ReplicationController,
    /// A StatefulSet.
    StatefulSet,
    /// A Job.
    Job,
    /// A DaemonSet.
    DaemonSet,
    /// One that is none of Kubernetes' own.
    Custom,
}

/// What the annotation `cluster-autoscaler.kubernetes.io/safe-to-evict` says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SafeToEvict {
    /// `true`.
    Yes,
    /// `false`.
    No,
    /// `on-completion`.
    OnCompletion,
}

/// What comes of a pod when its node is drained.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Drainability {
    /// It is moved.
    Moves,
    /// It is of no account.
    Skipped,
    /// The node waits until it has ended.
    Awaited,
    /// It keeps the node.
    Blocks(BlockingReason),
}

/// Why a pod keeps its node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum BlockingReason {
    /// Its controller is no more.
    ControllerNotFound,
    /// Its controller has too few replicas.
    MinReplicasReached,
    /// Nothing would bring it back.
    NotReplicated,
    /// It stores data on the node.
    LocalStorageRequested,
    /// Its annotation says so.
    NotSafeToEvictAnnotation,
    /// It is a system pod in no budget.
    UnmovableKubeSystemPod,
    /// A budget lets none of its pods go.
    NotEnoughPdb,
}

/// What the rules look at beside the pod.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    /// The flags.
    pub flags: &'c DrainFlags,
    /// What budgets have left.
    pub budgets: &'c RemainingBudgets,
    /// The cluster.
    pub world: &'c World,
}

/// Decides about a pod, or leaves that to the next rule.
type Rule = fn(&PodTraits, &Context<'_>) -> Option<Drainability>;

/// The rules, in order.
static RULES: &[Rule] = &[
    mirror,
    long_terminating,
    replica_count,
    daemon_set,
    safe_to_evict,
    terminal,
    on_completion,
    replicated,
    system,
    not_safe_to_evict,
    local_storage,
    budget,
];

/// What comes of a pod.
#[must_use]
pub fn drainability(pod: &PodTraits, context: &Context<'_>) -> Drainability {
    RULES.iter().find_map(|rule| rule(pod, context)).unwrap_or(Drainability::Moves)
}

fn when(holds: bool, then: Drainability) -> Option<Drainability> {
    holds.then_some(then)
}

fn blocks(holds: bool, reason: BlockingReason) -> Option<Drainability> {
    when(holds, Drainability::Blocks(reason))
}

fn mirror(pod: &PodTraits, _: &Context<'_>) -> Option<Drainability> {
    when(pod.is_mirror, Drainability::Skipped)
}

fn long_terminating(pod: &PodTraits, _: &Context<'_>) -> Option<Drainability> {
    when(pod.is_long_terminating, Drainability::Skipped)
}

/// Controllers are looked up, those of DaemonSets, too.
// rules/replicacount/rule.go
fn replica_count(pod: &PodTraits, context: &Context<'_>) -> Option<Drainability> {
    let owner = pod.controller.filter(|_| context.flags.skip_nodes_with_custom_controller_pods)?;
    let counts_replicas = match owner.kind {
        OwnerKind::ReplicaSet | OwnerKind::ReplicationController => true,
        OwnerKind::StatefulSet | OwnerKind::Job | OwnerKind::DaemonSet => false,
        OwnerKind::Custom => return None,
    };
    let too_few = counts_replicas
        && owner.replicas.is_some_and(|replicas| replicas < context.flags.min_replica_count);
    blocks(!owner.exists, BlockingReason::ControllerNotFound)
        .or(blocks(too_few, BlockingReason::MinReplicasReached))
}

fn daemon_set(pod: &PodTraits, _: &Context<'_>) -> Option<Drainability> {
    when(pod.is_of_daemon_set, Drainability::Moves)
}

fn safe_to_evict(pod: &PodTraits, _: &Context<'_>) -> Option<Drainability> {
    when(pod.safe_to_evict == Some(SafeToEvict::Yes), Drainability::Moves)
}

fn terminal(pod: &PodTraits, _: &Context<'_>) -> Option<Drainability> {
    when(pod.is_terminal, Drainability::Moves)
}

fn on_completion(pod: &PodTraits, _: &Context<'_>) -> Option<Drainability> {
    when(pod.safe_to_evict == Some(SafeToEvict::OnCompletion), Drainability::Awaited)
}

fn replicated(pod: &PodTraits, context: &Context<'_>) -> Option<Drainability> {
    let is_replicated = pod.controller.is_some_and(|owner| match owner.kind {
        OwnerKind::ReplicaSet
        | OwnerKind::ReplicationController
        | OwnerKind::StatefulSet
        | OwnerKind::Job => true,
        OwnerKind::DaemonSet | OwnerKind::Custom => {
            !context.flags.skip_nodes_with_custom_controller_pods
        }
    });
    blocks(!is_replicated, BlockingReason::NotReplicated)
}

/// A system pod in no budget keeps its node for a while, and then no rule does.
fn system(pod: &PodTraits, context: &Context<'_>) -> Option<Drainability> {
    let is_in_budget = || RemainingBudgets::matching(pod.pod, context.world).next().is_some();
    if !context.flags.skip_nodes_with_system_pods || !pod.is_of_system || is_in_budget() {
        return None;
    }
    if pod.age > context.flags.blocking_system_pod_disruption_timeout {
        return Some(Drainability::Moves);
    }
    Some(Drainability::Blocks(BlockingReason::UnmovableKubeSystemPod))
}

fn not_safe_to_evict(pod: &PodTraits, _: &Context<'_>) -> Option<Drainability> {
    let is_unsafe = pod.safe_to_evict == Some(SafeToEvict::No);
    blocks(is_unsafe, BlockingReason::NotSafeToEvictAnnotation)
}

fn local_storage(pod: &PodTraits, context: &Context<'_>) -> Option<Drainability> {
    let minds = context.flags.skip_nodes_with_local_storage;
    blocks(minds && pod.has_local_storage, BlockingReason::LocalStorageRequested)
}

fn budget(pod: &PodTraits, context: &Context<'_>) -> Option<Drainability> {
    let mut budgets = RemainingBudgets::matching(pod.pod, context.world);
    let used_up = budgets.any(|budget| context.budgets.is_used_up(budget));
    blocks(used_up, BlockingReason::NotEnoughPdb)
}

impl BlockingReason {
    /// The reason as the Cluster Autoscaler's status names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            BlockingReason::ControllerNotFound => "ControllerNotFound",
            BlockingReason::MinReplicasReached => "MinReplicasReached",
            BlockingReason::NotReplicated => "NotReplicated",
            BlockingReason::LocalStorageRequested => "LocalStorageRequested",
            BlockingReason::NotSafeToEvictAnnotation => "NotSafeToEvictAnnotation",
            BlockingReason::UnmovableKubeSystemPod => "UnmovableKubeSystemPod",
            BlockingReason::NotEnoughPdb => "NotEnoughPdb",
        }
    }
}
