//! Jobs that give up and CronJobs, worked by hand; and what must hold of all of them.

use crate::common;

use std::collections::BTreeMap;

use common::{Plan, plans, simple};
use proptest::prelude::*;
use sim::action::{Action, Waiting};
use sim::fact::Cause;
use sim::lifecycle::controllers::Controllers;
use sim::lifecycle::loss::{Aftermath, Mark};
use sim::model::disruption::DisruptionReason;
use sim::model::failure::{
    FailureAction, FailurePolicy, FailureRule, Pattern, Replacement, Retries,
};
use sim::model::job::{Job, Outcome};
use sim::model::node::NodeId;
use sim::model::pod::{End, Limit, PodId};
use sim::model::schedule::{Concurrency, Schedule, ScheduleId};
use sim::model::workload::{Controller, WorkloadId};
use sim::table::Id;
use sim::world::World;
use sim::{Fact, Root, Setup, SimTime, Span};

const ROOT: Root = Root { seed: 42, replication: 0 };

fn the_job() -> WorkloadId {
    WorkloadId::from_index(0)
}

fn s(seconds: u64) -> Span {
    Span::from_secs(seconds)
}

fn at(seconds: u64) -> SimTime {
    SimTime::ZERO + s(seconds)
}

/// A roomy node and one workload with this controller.
fn plan(controller: Controller) -> Plan {
    let mut plan = simple(0.0, 1, s(36_000));
    plan.pools[0].spot = false;
    plan.pools[0].cpu_milli = 64_000;
    plan.pools[0].memory_mib = 256_000;
    plan.workloads[0].controller = controller;
    plan.workloads[0].shutdown = Span::ZERO;
    plan
}

fn setup(controller: Controller, change: impl FnOnce(&mut sim::model::Model)) -> Setup {
    let mut setup = common::setup(&plan(controller));
    let mut model = sim::model::Model::clone(&setup.model);
    change(&mut model);
    setup.change(|it| it.model = model.into()).expect("sound");
    setup
}

/// A Job under a microscope: its controller, and a world in which its pods run at once.
struct Bench {
    world: World,
    controllers: Controllers,
    node: NodeId,
    /// What became of the Job.
    outcomes: Vec<Outcome>,
    /// When its controller looks again, in seconds.
    looks: Vec<u64>,
}

impl Bench {
    fn new(job: Job, rules: Vec<FailureRule>) -> Bench {
        let setup = setup(Controller::Job(job), |model| {
            model.failure_policies = [FailurePolicy { rules }].into_iter().collect();
        });
        let mut world = World::new(setup.model.clone());
        let (node, _) = world.launch(Id::from_index(0), 0);
        world.register(node);
        let controllers = Controllers::new(&setup.model, ROOT);
        let (outcomes, looks) = (Vec::new(), Vec::new());
        let mut bench = Bench { world, controllers, node, outcomes, looks };
        let actions = bench.controllers.workload_created(&bench.world, the_job());
        bench.apply(actions);
        bench
    }

    fn apply(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::CreatePod { workload, replica, attempt, meant_for } => {
                    let (pod, _) = self.world.create_pod(workload, replica, attempt, meant_for);
                    self.controllers.pod_created(&self.world, pod);
                    self.world.bind(pod, self.node);
                    self.world.become_ready(pod);
                }
                Action::EndJob { outcome, .. } => self.outcomes.push(outcome),
                Action::Wake { at, who: Waiting::Job { .. } } => {
                    self.looks.push(at.as_ms() / 1_000)
                }
                Action::Terminate { pod, why: Cause::JobOver, reason } => {
                    self.world.terminate(pod, Cause::JobOver, reason);
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn evict(&mut self, pod: usize, seconds: u64) {
        self.world.advance_to(at(seconds));
        let pod = PodId::from_index(pod);
        self.world.terminate(pod, Cause::Reclaimed, Some(DisruptionReason::EvictionByEvictionApi));
        let actions = self.controllers.pod_terminating(&self.world, pod);
        self.apply(actions);
    }

    fn ends(&mut self, pod: usize, end: End, seconds: u64) {
        self.world.advance_to(at(seconds));
        let pod = PodId::from_index(pod);
        self.world.end(pod, end);
        let actions = self.controllers.pod_ended(&self.world, pod, end);
        self.apply(actions);
    }

    fn look(&mut self, seconds: u64) {
        self.world.advance_to(at(seconds));
        let actions = self.controllers.job_sync(&self.world, the_job(), 0);
        self.apply(actions);
    }

    /// How many pods there have been.
    fn pods(&self) -> usize {
        self.world.pods().len()
    }
}

fn job(completions: u32, parallelism: u32, retries: Retries) -> Job {
    Job { retries: Some(retries), ..Job::new(completions, parallelism, s(3_600)) }
}

/// Evicted as soon as it runs, a pod is back after 10, 20, 40, 80, 160 and 320 s; the seventh time
/// is the last.
#[test]
fn back_off_doubles_until_the_job_gives_up() {
    let mut bench = Bench::new(job(1, 1, Retries::default()), Vec::new());
    let mut now = 100;
    for (pod, wait) in [10, 20, 40, 80, 160, 320].into_iter().enumerate() {
        bench.evict(pod, now);
        assert_eq!(bench.looks.pop(), Some(now + wait));
        bench.look(now + wait - 1);
        assert_eq!(bench.pods(), pod + 1, "too early");
        bench.looks.clear();
        now += wait;
        bench.look(now);
        assert_eq!(bench.pods(), pod + 2);
    }
    bench.evict(6, now);
    assert_eq!(bench.outcomes, [Outcome::BackoffLimitExceeded]);
    bench.look(now + 10_000);
    assert_eq!(bench.pods(), 7);
}

/// Three go at once: that is three failures, and a wait of 40 s. A success ends it.
#[test]
fn a_success_ends_the_back_off() {
    let mut bench = Bench::new(job(8, 4, Retries::default()), Vec::new());
    for pod in 0..3 {
        bench.evict(pod, 50);
    }
    assert_eq!(bench.looks, [60, 70, 90]);
    bench.look(60);
    bench.look(70);
    assert_eq!(bench.pods(), 4);
    bench.ends(3, End::Completed, 80);
    assert_eq!(bench.pods(), 8, "the three of them and the next");
    bench.evict(4, 100);
    assert_eq!(bench.looks.last(), Some(&110), "the first failure since then");
}

#[test]
fn a_job_that_gives_up_takes_its_other_pods_with_it() {
    let retries = Retries { limit: 0, ..Retries::default() };
    let mut bench = Bench::new(job(8, 4, retries), Vec::new());
    bench.evict(2, 50);
    assert_eq!(bench.outcomes, [Outcome::BackoffLimitExceeded]);
    let over = |pod| bench.world.pods().phase(PodId::from_index(pod)).node();
    assert!((0..4).all(|pod| over(pod).is_some()), "they stop, and have not yet");
    for pod in 0..4 {
        bench.ends(pod, End::Clean, 60);
    }
    assert_eq!((bench.pods(), bench.outcomes.len()), (4, 1));
}

#[test]
fn time_runs_out() {
    let retries = Retries { active_deadline: Some(s(300)), ..Retries::default() };
    let mut bench = Bench::new(job(2, 1, retries), Vec::new());
    assert_eq!(bench.looks, [300]);
    bench.ends(0, End::Completed, 200);
    bench.look(300);
    assert_eq!(bench.outcomes, [Outcome::DeadlineExceeded]);
    let mut bench = Bench::new(job(1, 1, retries), Vec::new());
    bench.ends(0, End::Completed, 200);
    bench.look(300);
    assert_eq!(bench.outcomes, [Outcome::Complete]);
}

fn policy(rules: &[(FailureAction, Pattern)]) -> (Retries, Vec<FailureRule>) {
    let rule =
        |(action, on): &(FailureAction, Pattern)| FailureRule { action: *action, on: on.clone() };
    let policy = Some(Id::from_index(0));
    let retries =
        Retries { limit: 1, replacement: Replacement::Failed, policy, ..Retries::default() };
    (retries, rules.iter().map(rule).collect())
}

/// With a policy, a pod has failed when it has stopped. It is not counted, and waited for all the
/// same.
#[test]
fn what_is_ignored_does_not_count_and_backs_off() {
    let (retries, rules) = policy(&[(FailureAction::Ignore, Pattern::DisruptionTarget)]);
    let mut bench = Bench::new(job(1, 1, retries), rules);
    let mut now = 100;
    for (pod, wait) in [10, 20, 40, 80].into_iter().enumerate() {
        bench.evict(pod, now);
        assert!(bench.looks.is_empty());
        bench.ends(pod, End::Clean, now + 5);
        assert_eq!(bench.looks.pop(), Some(now + 5 + wait));
        now += 5 + wait;
        bench.look(now);
    }
    assert_eq!((bench.pods(), bench.outcomes), (5, vec![]));
}

/// A rule about exit codes that comes first sees the signal.
#[test]
fn a_rule_about_exits_can_end_the_job() {
    let (retries, rules) = policy(&[
        (FailureAction::FailJob, Pattern::NotIn(vec![1])),
        (FailureAction::Ignore, Pattern::DisruptionTarget),
    ]);
    let mut bench = Bench::new(job(1, 1, retries), rules);
    bench.evict(0, 100);
    bench.ends(0, End::Clean, 110);
    assert_eq!(bench.outcomes, [Outcome::PodFailurePolicy]);
}

/// A lost pod failed when its node was found to be unreachable; most of the back-off is over by the
/// time it is given up.
#[test]
fn back_off_counts_from_when_the_node_went_silent() {
    let mut bench = Bench::new(job(1, 1, Retries::default()), Vec::new());
    for (pod, lost) in [(0, 100), (1, 300), (2, 500), (3, 700), (4, 900)] {
        let [unreachable_at, gone] = [lost + 40, lost + 100].map(at);
        bench.world.advance_to(at(lost));
        let pod = PodId::from_index(pod);
        bench.world.lose(pod, Some(DisruptionReason::DeletionByPodGc));
        let aftermath = Aftermath {
            unreachable_at,
            marked: Mark::At(gone),
            gone_at: Some(gone),
            reason: Some(DisruptionReason::DeletionByPodGc),
        };
        let actions = bench.controllers.pod_lost(&bench.world, (pod, bench.node), false, aftermath);
        assert_eq!(actions, [Action::Wake { at: gone, who: Waiting::LostPod(pod) }]);
        bench.world.advance_to(gone);
        let actions = bench.controllers.loss_noticed(&bench.world, pod);
        bench.apply(actions);
        if pod.index() == 3 {
            assert_eq!(bench.looks, [820], "80 s after 12:20, and not at 13:20");
            bench.look(820);
        }
    }
    assert_eq!(bench.looks, [820, 1_100]);
    assert_eq!(bench.pods(), 5);
}

/// When Jobs are made, skipped and over, in minutes.
fn story(concurrency: Concurrency, minutes: u64, starting_deadline: Option<Span>) -> Vec<String> {
    let work = sim::model::job::Work::lasting(s(minutes * 60 - 5));
    let job = Job { work, ..job(1, 1, Retries::default()) };
    let schedule = ScheduleId::from_index(0);
    let setup = setup(Controller::CronJob { job, schedule }, |model| {
        let due = [10, 20, 30, 90].map(|minutes| at(minutes * 60)).to_vec();
        model.schedules = [Schedule { due, concurrency, starting_deadline }].into_iter().collect();
    });
    let minute = |at: SimTime| at.as_ms() / 60_000;
    let words = |(now, fact): &(SimTime, Fact)| match *fact {
        Fact::JobCreated { run, due, .. } => {
            Some(format!("{} makes {run} of {}", minute(*now), minute(due)))
        }
        Fact::JobSkipped { due, .. } => Some(format!("{} skips {}", minute(*now), minute(due))),
        Fact::JobEnded { run, outcome, .. } => {
            Some(format!("{} {run} {}", minute(*now), outcome.name()))
        }
        _ => None,
    };
    common::facts(&setup, ROOT).0.iter().filter_map(words).collect()
}

#[test]
fn jobs_may_overlap() {
    let expected = [
        "10 makes 0 of 10",
        "20 makes 1 of 20",
        "25 0 Complete",
        "30 makes 2 of 30",
        "35 1 Complete",
        "45 2 Complete",
        "90 makes 3 of 90",
        "105 3 Complete",
    ];
    assert_eq!(story(Concurrency::Allow, 15, None), expected);
}

/// That of 0:10 is over at 0:35. By then those of 0:20 and 0:30 are due, and only the last is made.
#[test]
fn of_those_that_had_to_wait_the_last_is_made() {
    let expected = [
        "10 makes 0 of 10",
        "30 skips 20",
        "35 0 Complete",
        "35 makes 1 of 30",
        "60 1 Complete",
        "90 makes 2 of 90",
        "115 2 Complete",
    ];
    assert_eq!(story(Concurrency::Forbid, 25, None), expected);
    assert_eq!(story(Concurrency::Forbid, 25, Some(s(300))), expected, "just in time");
    let late = [
        "10 makes 0 of 10",
        "30 skips 20",
        "35 0 Complete",
        "35 skips 30",
        "90 makes 1 of 90",
        "115 1 Complete",
    ];
    assert_eq!(story(Concurrency::Forbid, 25, Some(s(299))), late);
}

/// The Job of T+0 fails at 0:50, and its pod is lost with its node while it stops.
#[test]
fn the_next_waits_until_lost_pods_are_given_up() {
    let retries = Retries { active_deadline: Some(s(50)), ..Retries::default() };
    let schedule = ScheduleId::from_index(0);
    let setup = setup(Controller::CronJob { job: job(1, 1, retries), schedule }, |model| {
        let (due, concurrency) = ([0, 100].map(at).to_vec(), Concurrency::Forbid);
        model.schedules =
            [Schedule { due, concurrency, starting_deadline: None }].into_iter().collect();
    });
    let mut world = World::new(setup.model.clone());
    let (node, _) = world.launch(Id::from_index(0), 0);
    world.register(node);
    let mut controllers = Controllers::new(&setup.model, ROOT);
    controllers.job_due(&world, the_job());
    let (pod, _) = world.create_pod(the_job(), 0, 0, None);
    controllers.pod_created(&world, pod);
    world.bind(pod, node);
    world.become_ready(pod);
    world.advance_to(at(50));
    controllers.job_sync(&world, the_job(), 0);
    world.terminate(pod, Cause::JobOver, None);
    world.advance_to(at(60));
    world.end(pod, End::CutShort(Limit::Deadline));
    let gone = at(200);
    let aftermath = Aftermath {
        unreachable_at: at(100),
        marked: Mark::AfterTaint(s(30)),
        gone_at: Some(gone),
        reason: None,
    };
    let actions = controllers.pod_lost(&world, (pod, node), true, aftermath);
    assert_eq!(actions, [Action::Wake { at: gone, who: Waiting::LostPod(pod) }]);
    world.advance_to(at(100));
    assert_eq!(controllers.job_due(&world, the_job()), [], "it waits");
    world.advance_to(gone);
    let made = controllers.loss_noticed(&world, pod);
    let made = made.iter().any(|it| matches!(it, Action::CreateJob { due, .. } if *due == at(100)));
    assert!(made, "that of 1:40, at 3:20");
}

#[test]
fn the_next_takes_the_place_of_one_that_runs() {
    let expected = [
        "10 makes 0 of 10",
        "20 0 Replaced",
        "20 makes 1 of 20",
        "30 1 Replaced",
        "30 makes 2 of 30",
        "45 2 Complete",
        "90 makes 3 of 90",
        "105 3 Complete",
    ];
    assert_eq!(story(Concurrency::Replace, 15, None), expected);
}

proptest! {
    #![proptest_config(testing::cases(128))]

    /// A Job is over once; it gets no pods after that, and has none that only wait. It is complete
    /// exactly when all has been done, and fails for what has happened to it alone.
    #[test]
    fn jobs_end_for_a_reason(plan in plans()) {
        let setup = common::setup(&plan);
        let controller = |workload: WorkloadId| setup.model.workloads[workload].controller;
        let mut run_of = BTreeMap::new();
        let mut over: BTreeMap<(WorkloadId, u32), Outcome> = BTreeMap::new();
        let mut done: BTreeMap<(WorkloadId, u32), u32> = BTreeMap::new();
        let mut created_at = BTreeMap::new();
        let mut waiting: BTreeMap<PodId, (WorkloadId, u32)> = BTreeMap::new();
        let mut disrupted: BTreeMap<(WorkloadId, u32), u32> = BTreeMap::new();
        for (now, fact) in common::facts(&setup, ROOT).0 {
            match fact {
                Fact::WorkloadCreated { workload } => drop(created_at.insert((workload, 0), now)),
                Fact::JobCreated { workload, run, .. } => {
                    created_at.insert((workload, run), now);
                }
                Fact::PodCreated { pod, workload, replica, .. } => {
                    let key = (workload, controller(workload).run_of(replica));
                    run_of.insert(pod, key);
                    waiting.insert(pod, key);
                    prop_assert!(!over.contains_key(&key), "a pod of a Job that is over");
                }
                Fact::PodScheduled { pod, .. } | Fact::PodWithdrawn { pod, .. } => {
                    waiting.remove(&pod);
                }
                Fact::StillPending { pod, .. } => {
                    prop_assert!(!over.contains_key(&run_of[&pod]), "a pod of a job that is over");
                }
                Fact::PodTerminating { pod, why, .. } if why != Cause::JobOver => {
                    *disrupted.entry(run_of[&pod]).or_default() += 1;
                }
                Fact::PodEnded { pod, end: End::Completed, .. } => {
                    *done.entry(run_of[&pod]).or_default() += 1;
                }
                Fact::PodEnded { pod, end: End::KilledWithoutWarning, .. } => {
                    *disrupted.entry(run_of[&pod]).or_default() += 1;
                }
                Fact::JobEnded { workload, run, outcome } => {
                    let key = (workload, run);
                    prop_assert_eq!(over.insert(key, outcome), None, "over once");
                    let job = controller(workload).job().expect("a Job");
                    let retries = job.retries.expect("others do not tell");
                    let done = done.get(&key).copied().unwrap_or_default();
                    prop_assert_eq!(outcome == Outcome::Complete, done == job.completions);
                    match outcome {
                        Outcome::BackoffLimitExceeded => {
                            prop_assert_eq!(retries.policy, None, "reclaims are ignored");
                            prop_assert!(disrupted[&key] > retries.limit);
                        }
                        Outcome::DeadlineExceeded => {
                            let due = retries.active_deadline.map(|span| created_at[&key] + span);
                            prop_assert_eq!(due, Some(now));
                        }
                        Outcome::PodFailurePolicy => prop_assert!(false, "no rule says so"),
                        Outcome::Complete | Outcome::Replaced => {}
                    }
                }
                _ => {}
            }
        }
    }
}
