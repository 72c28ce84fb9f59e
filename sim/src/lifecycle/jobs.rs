//! The Job controller: which pods of a Job are created, when again after failures, and when it gives
//! up.
//!
//! A Job written without limits replaces its pods at once and for ever. Others wait for a back-off
//! after each failure, and fail with one failure too many, too late, or when their policy says so;
//! then all their pods go.
// Job controller: pkg/controller/job/job_controller.go

use std::collections::{BTreeMap, BTreeSet};

use super::cron_jobs::CronJobs;
use super::deletion::is_deleted;
use super::loss::Aftermath;
use crate::action::{Action, Waiting};
use crate::fact::Cause;
use crate::model::failure::{Failure, FailureAction, Replacement, Retries, backoff};
use crate::model::job::{Job, Outcome};
use crate::model::node::NodeId;
use crate::model::pod::{End, PodId};
use crate::model::workload::{Controller, WorkloadId};
use crate::time::SimTime;
use crate::world::World;
use crate::world::pods::Phase;

/// A Job: itself, or a CronJob or what arrives and which of its Jobs.
type Key = (WorkloadId, u32);

/// The memory of the Job controller: of Jobs that are not over, or have pods that are not.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    runs: BTreeMap<Key, Run>,
    cron_jobs: CronJobs,
}

/// How far one Job is.
#[derive(Clone, Debug, Default)]
struct Run {
    /// The completion index that its next new pod gets.
    next: u32,
    succeeded: u32,
    /// How many times containers of its pods have been started again.
    restarts: BTreeMap<PodId, u32>,
    /// Failures that count.
    failed: u32,
    /// When it fails, whatever it has done by then.
    deadline: Option<SimTime>,
    /// Failures since the last success, those that do not count among them, and when the last was.
    in_a_row: u32,
    last_failure: SimTime,
    /// The completion indexes that wait for the back-off to end, each with its next attempt.
    owed: Vec<(u32, u32)>,
    /// Pods that have not ended, or of which the cluster does not know it yet.
    pods: BTreeSet<PodId>,
    /// When the nodes of lost pods were found out to be unreachable.
    lost: BTreeMap<PodId, SimTime>,
    over: bool,
}

impl Jobs {
    /// A pod of a Job was there from the start: which replica it is.
    pub(super) fn adopt(&mut self, workload: WorkloadId) -> u32 {
        self.runs.entry((workload, 0)).or_default().new_index()
    }

    /// A CronJob was created.
    pub(super) fn cron_job_created(&self, world: &World, workload: WorkloadId) -> Vec<Action> {
        CronJobs::created(world, workload)
    }

    /// A CronJob is to make a Job.
    pub(super) fn due(&mut self, world: &World, workload: WorkloadId) -> Vec<Action> {
        let decision = self.cron_jobs.due(world, workload);
        let replaced = decision.replaced.into_iter();
        let replaced = replaced.map(|run| self.end(world, (workload, run), Outcome::Replaced));
        let mut actions: Vec<Action> = replaced.flatten().collect();
        actions.extend(decision.actions);
        if let Some(run) = decision.starts {
            actions.extend(self.start(world, (workload, run)));
        }
        actions
    }

    /// A Job was created: its first pods, as far as they are not there already. One whose pods were found may
    /// have had its restarts before.
    pub(super) fn start(&mut self, world: &World, key: Key) -> Vec<Action> {
        let Some(job) = job(world, key.0) else { return Vec::new() };
        let given_up = self.give_up_on_restarts(world, key);
        if !given_up.is_empty() {
            return given_up;
        }
        let run = self.runs.entry(key).or_default();
        let missing = job.at_once().saturating_sub(run.next);
        let mut actions: Vec<Action> =
            (0..missing).map(|_| create(&job, key, run.new_index(), 0)).collect();
        if let Some(span) = job.retries.and_then(|retries| retries.active_deadline) {
            let at = world.now() + span;
            run.deadline = Some(at);
            actions.push(Action::Wake { at, who: Waiting::Job { workload: key.0, run: key.1 } });
        }
        if job.completions == 0 {
            actions.extend(self.end(world, key, Outcome::Complete));
        }
        actions
    }

    /// Whether a Job is not over, or has pods that are not.
    pub(super) fn has(&self, workload: WorkloadId, run: u32) -> bool {
        self.runs.contains_key(&(workload, run))
    }

    /// Whether a Job is not over.
    pub(super) fn goes_on(&self, key: Key) -> bool {
        self.runs.get(&key).is_some_and(|run| !run.over)
    }

    pub(super) fn pod_created(&mut self, world: &World, pod: PodId) {
        self.runs.entry(key_of(world, pod)).or_default().pods.insert(pod);
    }

    /// The back-off of a Job may be over, or its time.
    pub(super) fn looked_at(&mut self, world: &World, key: Key) -> Vec<Action> {
        let Some(run) = self.runs.get(&key).filter(|run| !run.over) else { return Vec::new() };
        if run.deadline.is_some_and(|at| at <= world.now()) {
            return self.end(world, key, Outcome::DeadlineExceeded);
        }
        self.pay(world, key)
    }

    /// A pod is terminating.
    pub(super) fn pod_terminating(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        // Job controller: isPodFailed, onlyReplaceFailedPods
        if !is_deleted(world, pod) || replaces_late(world, pod) {
            return Vec::new();
        }
        self.pod_failed(world, pod, world.now())
    }

    /// A pod ended, as `end` says, on a node that is still there.
    pub(super) fn pod_ended(&mut self, world: &World, pod: PodId, end: End) -> Vec<Action> {
        let key = key_of(world, pod);
        self.pod_is_gone(key, pod);
        let mut actions = if end == End::Completed {
            self.pod_succeeded(world, key)
        } else if is_stopped_by_deletion(world, pod, end) && !replaces_late(world, pod) {
            Vec::new()
        } else {
            self.pod_failed(world, pod, world.now())
        };
        actions.extend(self.forget_if_over(world, key));
        actions
    }

    /// A pod was deleted before it had a node.
    pub(super) fn pod_withdrawn(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        let key = key_of(world, pod);
        self.pod_is_gone(key, pod);
        self.forget_if_over(world, key)
    }

    /// A pod was lost with `node`, whether it was terminating or not. It counts as one of its Job
    /// until its object is given up.
    pub(super) fn pod_lost(
        &mut self,
        world: &World,
        (pod, node): (PodId, NodeId),
        was_terminating: bool,
        aftermath: Aftermath,
    ) -> Vec<Action> {
        let key = key_of(world, pod);
        let is_over = self.runs.get(&key).is_some_and(|run| run.over);
        let noticed = match is_over || replaces_late(world, pod) {
            // Only the garbage collector makes it one that has failed.
            true => aftermath.gone_at.map(|at| Action::Wake { at, who: Waiting::LostPod(pod) }),
            false if was_terminating && is_deleted(world, pod) => None,
            false => aftermath.marked.noticed(pod, node),
        };
        match self.runs.get_mut(&key).filter(|_| noticed.is_some()) {
            Some(run) => drop(run.lost.insert(pod, aftermath.unreachable_at)),
            None => self.pod_is_gone(key, pod),
        }
        let mut actions: Vec<Action> = noticed.into_iter().collect();
        actions.extend(self.forget_if_over(world, key));
        actions
    }

    /// The cluster has given up a pod that was lost with its node.
    pub(super) fn loss_noticed(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        let key = key_of(world, pod);
        let lost = self.runs.get_mut(&key).and_then(|run| run.lost.remove(&pod));
        self.pod_is_gone(key, pod);
        let mut actions = self.pod_failed(world, pod, lost.unwrap_or(world.now()));
        actions.extend(self.forget_if_over(world, key));
        actions
    }

    fn pod_succeeded(&mut self, world: &World, key: Key) -> Vec<Action> {
        let (Some(job), Some(run)) = (job(world, key.0), self.runs.get_mut(&key)) else {
            return Vec::new();
        };
        if run.over {
            return Vec::new();
        }
        run.succeeded += 1;
        run.in_a_row = 0;
        if run.succeeded == job.completions {
            return self.end(world, key, Outcome::Complete);
        }
        let more = (run.next < job.completions).then(|| create(&job, key, run.new_index(), 0));
        let mut actions = self.pay(world, key);
        actions.extend(more);
        actions
    }

    /// A pod failed, which was at the latest at `at`.
    fn pod_failed(&mut self, world: &World, pod: PodId, at: SimTime) -> Vec<Action> {
        let key = key_of(world, pod);
        let (Some(job), Some(run)) = (job(world, key.0), self.runs.get_mut(&key)) else {
            return Vec::new();
        };
        if run.over {
            return Vec::new();
        }
        let index = world.pods().replica(pod) - first_of(&job, key);
        let again = (index, world.pods().attempt(pod) + 1);
        let Some(retries) = job.retries else { return vec![create(&job, key, again.0, again.1)] };
        let counts = match means(world, pod, retries) {
            FailureAction::FailJob => return self.end(world, key, Outcome::PodFailurePolicy),
            FailureAction::Count => 1,
            FailureAction::Ignore => 0,
        };
        run.failed += counts;
        // Also what is ignored counts here: backoff_utils.go newBackoffRecord
        run.in_a_row += 1;
        run.last_failure = at;
        if run.failed > retries.limit {
            return self.end(world, key, Outcome::BackoffLimitExceeded);
        }
        run.owed.push(again);
        self.pay(world, key)
    }

    /// Containers of a pod have been started again this often, in this run or before.
    pub(super) fn count_restarts(&mut self, world: &World, pod: PodId, restarts: u32) {
        if let Some(run) = self.runs.get_mut(&key_of(world, pod)) {
            run.restarts.insert(pod, restarts);
        }
    }

    /// A container of a pod was started again.
    pub(super) fn container_restarted(&mut self, world: &World, pod: PodId) -> Vec<Action> {
        self.give_up_on_restarts(world, key_of(world, pod))
    }

    /// A Job gives up when its pods that run have restarted as often as it lets pods fail.
    // Job controller: job_controller.go pastBackoffLimitOnFailure
    fn give_up_on_restarts(&mut self, world: &World, key: Key) -> Vec<Action> {
        let limit = job(world, key.0).and_then(|job| job.retries).map(|retries| retries.limit);
        let (Some(limit), Some(run)) = (limit, self.runs.get_mut(&key)) else { return Vec::new() };
        run.restarts.retain(|pod, _| run.pods.contains(pod));
        if run.restarts.values().sum::<u32>() < limit.max(1) {
            return Vec::new();
        }
        self.end(world, key, Outcome::BackoffLimitExceeded)
    }

    /// Creates the pods that a Job owes, now or when its back-off is over.
    // Job controller: manageJob
    fn pay(&mut self, world: &World, key: Key) -> Vec<Action> {
        let (Some(job), Some(run)) = (job(world, key.0), self.runs.get_mut(&key)) else {
            return Vec::new();
        };
        let at = run.last_failure + backoff(run.in_a_row);
        if run.owed.is_empty() {
            Vec::new()
        } else if at > world.now() {
            vec![Action::Wake { at, who: Waiting::Job { workload: key.0, run: key.1 } }]
        } else {
            let owed = std::mem::take(&mut run.owed).into_iter();
            owed.map(|(index, attempt)| create(&job, key, index, attempt)).collect()
        }
    }

    /// A Job is over: its pods go, wherever they are.
    // Job controller: deleteActivePods
    fn end(&mut self, world: &World, key: Key, outcome: Outcome) -> Vec<Action> {
        let Some(run) = self.runs.get_mut(&key).filter(|run| !run.over) else { return Vec::new() };
        run.over = true;
        let (workload, number) = key;
        let arrived = world.model().workloads[workload].controller.generator().is_some();
        let tells = arrived || job(world, workload).is_some_and(|job| job.retries.is_some());
        let ended = tells.then_some(Action::EndJob { workload, run: number, outcome });
        let goes = |pod: &PodId| match world.pods().phase(*pod) {
            Phase::Pending => Some(Action::Withdraw { pod: *pod }),
            Phase::Starting { .. } | Phase::Running { .. } => {
                Some(Action::Terminate { pod: *pod, why: Cause::JobOver, reason: None })
            }
            Phase::Terminating { .. } | Phase::Ended(_) | Phase::Withdrawn => None,
        };
        let mut actions: Vec<Action> =
            ended.into_iter().chain(run.pods.iter().filter_map(goes)).collect();
        if outcome == Outcome::Replaced {
            // Its CronJob no longer waits for it.
            self.cron_jobs.over(workload, number);
        }
        actions.extend(self.forget_if_over(world, key));
        actions
    }

    fn pod_is_gone(&mut self, key: Key, pod: PodId) {
        if let Some(run) = self.runs.get_mut(&key) {
            run.pods.remove(&pod);
        }
    }

    /// A Job that is over and has no pods any more is finished, and its CronJob may make the next.
    // Job controller: the condition `Failed` waits for the last pod, delayTerminalCondition
    fn forget_if_over(&mut self, world: &World, key: Key) -> Vec<Action> {
        if self.runs.get(&key).is_none_or(|run| !run.over || !run.pods.is_empty()) {
            return Vec::new();
        }
        self.runs.remove(&key);
        self.cron_jobs.over(key.0, key.1);
        let Some((run, mut actions)) = self.cron_jobs.catches_up(world, key.0) else {
            return Vec::new();
        };
        if let Some(run) = run {
            actions.extend(self.start(world, (key.0, run)));
        }
        actions
    }
}

impl Run {
    fn new_index(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }
}

fn job(world: &World, workload: WorkloadId) -> Option<Job> {
    world.model().workloads[workload].controller.job()
}

fn key_of(world: &World, pod: PodId) -> Key {
    let workload = world.pods().workload(pod);
    let controller: Controller = world.model().workloads[workload].controller;
    (workload, controller.run_of(world.pods().replica(pod)))
}

/// The first replica of a Job: the Jobs of a CronJob and those that arrive count on.
fn first_of(job: &Job, key: Key) -> u32 {
    key.1 * job.completions
}

fn create(job: &Job, key: Key, index: u32, attempt: u32) -> Action {
    let replica = first_of(job, key) + index;
    Action::CreatePod { workload: key.0, replica, attempt, meant_for: None }
}

/// Whether a pod ended because it was deleted, which its Job has heard of.
fn is_stopped_by_deletion(world: &World, pod: PodId, end: End) -> bool {
    !matches!(end, End::Rejected | End::OomKilled) && is_deleted(world, pod)
}

/// Whether a pod that is deleted is replaced only when it has stopped.
fn replaces_late(world: &World, pod: PodId) -> bool {
    let retries = job(world, world.pods().workload(pod)).and_then(|job| job.retries);
    retries.is_some_and(|it| it.replacement == Replacement::Failed)
}

/// What it means that a pod failed, which has ended or is about to.
fn means(world: &World, pod: PodId, retries: Retries) -> FailureAction {
    let Some(policy) = retries.policy else { return FailureAction::Count };
    let Phase::Ended(end) = world.pods().phase(pod) else { return FailureAction::Count };
    world.model().failure_policies[policy].action(Failure::of(end, world.pods().reason(pod)))
}
