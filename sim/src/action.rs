//! Actions: what a policy wants. It is returned, never performed, by the policy.

use crate::fact::Cause;
use crate::fact::refusal::RefusalRef;
use crate::model::budget::BudgetId;
use crate::model::deadline::Buys;
use crate::model::disruption::DisruptionReason;
use crate::model::job::Outcome;
use crate::model::node::NodeId;
use crate::model::pod::{PodId, SpecId};
use crate::model::pool::PoolId;
use crate::model::taints::Taint;
use crate::model::workload::WorkloadId;
use crate::time::{SimTime, Span};

/// Something a policy asks the engine to do now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Put a pending pod on a node.
    Bind {
        /// Which pod.
        pod: PodId,
        /// Which node.
        node: NodeId,
    },
    /// Leave a pending pod waiting.
    Refuse {
        /// Which pod.
        pod: PodId,
        /// What the nodes said.
        cause: RefusalRef,
    },
    /// Make room for a pending pod by telling others to stop.
    Preempt {
        /// For which pod.
        pod: PodId,
        /// On which node; none if nowhere, and not where it was nominated either.
        node: Option<NodeId>,
        /// Who has to go.
        victims: Vec<PodId>,
    },
    /// Create a pod of a workload.
    CreatePod {
        /// Which workload.
        workload: WorkloadId,
        /// Which replica.
        replica: u32,
        /// Attempt number within the replica, from 0.
        attempt: u32,
        /// The one node it is meant for, if a DaemonSet made it.
        meant_for: Option<NodeId>,
    },
    /// Change how many replicas a Deployment or a StatefulSet is to have.
    Scale {
        /// Which workload.
        workload: WorkloadId,
        /// How many.
        replicas: u32,
    },
    /// Give a workload its next pod template.
    BeginRollout {
        /// Which workload.
        workload: WorkloadId,
    },
    /// Say that every pod is of the present revision that is to be.
    EndRollout {
        /// Which workload.
        workload: WorkloadId,
        /// Which revision that is.
        revision: u32,
        /// How long it took.
        took: Span,
    },
    /// Say that a rollout makes no progress.
    StallRollout {
        /// Which workload.
        workload: WorkloadId,
        /// To which revision.
        revision: u32,
    },
    /// Change what a pod requests, in place.
    Resize {
        /// Which pod.
        pod: PodId,
        /// What it is to request.
        spec: SpecId,
    },
    /// Delete a pod that has no node yet.
    Withdraw {
        /// Which pod.
        pod: PodId,
    },
    /// Say what became of a Job.
    EndJob {
        /// The Job, or the CronJob that made it.
        workload: WorkloadId,
        /// Which of the CronJob's Jobs.
        run: u32,
        /// What became of it.
        outcome: Outcome,
    },
    /// Make a Job of a CronJob.
    CreateJob {
        /// The CronJob.
        workload: WorkloadId,
        /// Which of its Jobs.
        run: u32,
        /// When it was due.
        due: SimTime,
    },
    /// Make no Job of a CronJob, though one was due.
    SkipJob {
        /// The CronJob.
        workload: WorkloadId,
        /// When it was due.
        due: SimTime,
    },
    /// Wake a controller later.
    Wake {
        /// When.
        at: SimTime,
        /// What for.
        who: Waiting,
    },
    /// Wake the controller of a lost pod when the pod no longer tolerates that its node is unreachable,
    /// which counts from when the node is tainted.
    AwaitTaint {
        /// Which pod.
        pod: PodId,
        /// The node with which it was lost.
        node: NodeId,
        /// For how long it tolerates the node's taint.
        tolerates: Span,
    },
    /// Mark a node as taking no more pods.
    Cordon {
        /// Which node.
        node: NodeId,
    },
    /// Let a cordoned node take pods again.
    Uncordon {
        /// Which node.
        node: NodeId,
    },
    /// Change a node's taints.
    Taint {
        /// Which node.
        node: NodeId,
        /// What they become.
        taints: Vec<Taint>,
    },
    /// Ask the eviction API to tell a pod to stop, which budgets may refuse.
    Evict {
        /// Which pod.
        pod: PodId,
        /// Why.
        why: Cause,
    },
    /// Tell a pod to stop, whatever budgets say.
    Terminate {
        /// Which pod.
        pod: PodId,
        /// Why.
        why: Cause,
        /// What Kubernetes says of it.
        reason: Option<DisruptionReason>,
    },
    /// Delete a pod whatever budgets say, before its node is terminated.
    Delete {
        /// Which pod.
        pod: PodId,
        /// Why.
        why: Cause,
        /// How long it may take to stop, if that is less than its grace period.
        within: Span,
    },
    /// Buy an instance.
    Launch {
        /// For which pool.
        pool: PoolId,
        /// Which of its templates; one after the other, until the provider gives one.
        choices: Vec<usize>,
        /// What for.
        purpose: Purpose,
    },
    /// Empty a node, by the eviction API, and give it back once it is empty.
    Drain {
        /// Which node.
        node: NodeId,
        /// Why.
        cause: Cause,
    },
    /// Buy an instance for a job with a deadline alone; it joins no cluster.
    Hold {
        /// For which job.
        workload: WorkloadId,
        /// The job's pool.
        pool: PoolId,
        /// In which way.
        buys: Buys,
    },
    /// Give an instance back that no pod is on.
    Release {
        /// Which one.
        node: NodeId,
    },
    /// Write down why an autoscaler of nodes decides as it does.
    Reason(Reason),
}

/// Why an autoscaler of nodes decides as it does, in the program's own words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// It wants an instance; the launch follows.
    Launch {
        /// For which pool.
        pool: PoolId,
        /// For how many pods.
        pods: u32,
        /// Among how many offerings the provider may choose.
        choices: u32,
        /// Why.
        why: &'static str,
    },
    /// It wants a node removed.
    Removal {
        /// Which node.
        node: NodeId,
        /// Why.
        why: &'static str,
        /// How many nodes are launched in its place.
        replacements: u32,
        /// Which of its decisions this is part of, from 0.
        decision: u32,
    },
    /// It has looked whether to remove a node, and leaves it.
    Refusal {
        /// Which node.
        node: NodeId,
        /// Why.
        why: &'static str,
        /// The pod that is in the way.
        pod: Option<PodId>,
        /// The budget that is.
        budget: Option<BudgetId>,
        /// When it looks again at the earliest.
        until: Option<SimTime>,
    },
    /// A removal that it had decided comes to nothing.
    Cancellation {
        /// Of which node.
        node: NodeId,
        /// Why.
        why: &'static str,
    },
}

/// What a policy wants now, and when it decides again.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Decision {
    /// What it wants.
    pub actions: Vec<Action>,
    /// In how long it is to be asked again; if not said, when something happens, or as it said before.
    pub again_in: Option<Span>,
}

/// What a controller waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waiting {
    /// The back-off of a Job, or its `activeDeadlineSeconds`, to be over.
    Job {
        /// The Job, or the CronJob that made it.
        workload: WorkloadId,
        /// Which of the CronJob's Jobs.
        run: u32,
    },
    /// The next time of a CronJob's schedule.
    CronJob(WorkloadId),
    /// The loss of a pod to be noticed, so that it can be replaced.
    LostPod(PodId),
    /// A rollout to go on, or to be late.
    Rollout(WorkloadId),
}

/// What an instance is bought for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Its pool is short of one.
    Fill,
    /// On-demand, because its pool has been short of spot for too long.
    FallBack,
    /// To take the place of another, which leaves when this one is ready.
    Replace(NodeId),
}
