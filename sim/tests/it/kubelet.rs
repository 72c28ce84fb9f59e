//! What comes of usage: kills and restarts, evictions under pressure, and work that takes longer.

use std::sync::Arc;

use sim::engine::Simulation;
use sim::fact::Cause;
use sim::model::containers::{
    Amounts, Container, ContainerKind, Containers, QosClass, Requirements, RestartPolicy,
};
use sim::model::failure::Retries;
use sim::model::job::{Job, Outcome};
use sim::model::pod::End;
use sim::model::pressure::Pressure;
use sim::model::usage::{Constant, Curve, Ramp, Replay, Series, Shape, Used, WorkloadUsage};
use sim::model::workload::{Controller, WorkloadId};
use sim::setup::Draft;
use sim::table::Id;
use sim::{Fact, Root, Setup, SimTime, Span};

use crate::common::{Plan, facts, service, setup, simple};

const ROOT: Root = Root { seed: 7, replication: 0 };
const MI: u64 = 1 << 20;

/// What the containers of the first workload are, and what each uses.
pub(crate) struct Load {
    pub(crate) limits: Amounts,
    pub(crate) restart_policy: RestartPolicy,
    pub(crate) used: Curve<Used>,
}

impl Load {
    pub(crate) fn of(used: Vec<Shape<Used>>) -> Load {
        let used = Curve { shapes: used, noise: None };
        Load { limits: Amounts::default(), restart_policy: RestartPolicy::Always, used }
    }
}

pub(crate) fn constant(cpu: u64, memory_mib: u64) -> Shape<Used> {
    Shape::Constant(Constant(Used { cpu, memory: memory_mib * MI }))
}

/// Growth of memory by so much a minute, every ten seconds.
pub(crate) fn leak(mib_a_minute: u64) -> Shape<Used> {
    Shape::Ramp(Ramp {
        by: Used { cpu: 0, memory: mib_a_minute * MI },
        over: Span::from_secs(60),
        ends: false,
        every: Span::from_secs(10),
    })
}

/// The plan with one container in each pod of its workloads, which uses what is said.
pub(crate) fn with(plan: &Plan, loads: Vec<Load>) -> Setup {
    let mut setup = setup(plan);
    let change = |draft: &mut Draft| {
        let model = Arc::make_mut(&mut draft.model);
        for (index, load) in loads.into_iter().enumerate() {
            let workload = WorkloadId::from_index(index);
            let mut spec = model.specs[model.workloads[workload].spec].clone();
            let memory = spec.requests[sim::model::resources::Lane::MEMORY];
            let cpu = spec.requests[sim::model::resources::Lane::CPU];
            let requests =
                Amounts { cpu: Some(cpu), memory: Some(memory), ephemeral_storage: None };
            let resources = Requirements { requests, limits: load.limits };
            let name = model.names.intern("app");
            let list = vec![Container { name, kind: ContainerKind::Regular, resources }];
            spec.containers = Arc::new(Containers { list, ..Containers::default() });
            spec.qos = QosClass::Burstable;
            spec.restart_policy = load.restart_policy;
            model.workloads[workload].spec = model.specs.intern(spec);
            let usage = WorkloadUsage { containers: vec![load.used], ..WorkloadUsage::default() };
            model.usage.insert(workload, usage);
        }
    };
    setup.change(change).expect("a sound plan");
    setup
}

/// One on-demand node of 4 CPU and 16 GiB, and a number of pods of 2 GiB on it.
fn plan(replicas: u32, minutes: u64) -> Plan {
    let mut plan = simple(0.0, 1, Span::from_secs(60 * minutes));
    plan.workloads = vec![service("web", replicas)];
    plan
}

fn seconds(facts: &[(SimTime, Fact)], wanted: impl Fn(&Fact) -> bool) -> Vec<u64> {
    let found = facts.iter().filter(|(_, fact)| wanted(fact));
    found.map(|(at, _)| at.as_ms() / 1_000).collect()
}

/// 500 MiB and 100 MiB a minute more reach 1 GiB after 320 s: 1 033 MiB. It starts again a second later,
/// and then 10 s, 20 s and so on after each kill; it is ready 5 s after each start.
#[test]
fn a_container_above_its_limit_is_killed_and_backs_off() {
    let load = Load {
        limits: Amounts { memory: Some(1_024 * MI), ..Amounts::default() },
        ..Load::of(vec![constant(100, 500), leak(100)])
    };
    let (facts, _) = facts(&with(&plan(1, 25), vec![load]), ROOT);
    let killed =
        seconds(&facts, |it| matches!(it, Fact::ContainerOomKilled { of_node: false, .. }));
    let started = seconds(&facts, |it| matches!(it, Fact::ContainerRestarted { .. }));
    let unready = seconds(&facts, |it| matches!(it, Fact::PodUnready { was_available: true, .. }));
    let ready = seconds(&facts, |it| matches!(it, Fact::PodReady { .. }));
    let runs: Vec<u64> = std::iter::once(&0).chain(&started).copied().collect();
    let lives: Vec<u64> = killed.iter().zip(&runs).map(|(killed, began)| killed - began).collect();
    assert!(lives.windows(2).all(|two| two[0] == two[1]), "each life is like the first: {lives:?}");
    assert!((310..=330).contains(&lives[0]), "{lives:?}");
    let waits: Vec<u64> =
        started.iter().zip(&killed).map(|(start, killed)| start - killed).collect();
    assert_eq!(waits, [1, 10, 20, 40]);
    assert_eq!(unready, killed);
    let again: Vec<u64> = started.iter().map(|start| start + 5).collect();
    assert_eq!(ready[1..], again);
    let ended = facts.iter().any(|(_, fact)| matches!(fact, Fact::PodEnded { .. }));
    assert!(!ended, "the pod stays");
}

/// Of pods that are not ready a ReplicaSet deletes that first of which a container was started again most
/// often.
#[test]
fn a_scale_down_takes_the_pod_that_restarts_most() {
    let minute = |minute: u64| SimTime::from_ms(minute * 60_000);
    let used = |memory_mib: u64| Some(Used { cpu: 100, memory: memory_mib * MI });
    // Above the limit for a second, after each of these minutes.
    let series = |kills: &[u64]| -> Series<Used> {
        let spike =
            |at: &u64| [(minute(*at), used(1_500)), (minute(*at) + Span::from_secs(1), used(500))];
        std::iter::once((SimTime::ZERO, used(500))).chain(kills.iter().flat_map(spike)).collect()
    };
    let series = vec![series(&[]), series(&[30]), series(&[10, 20, 30])];
    let load = Load {
        limits: Amounts { memory: Some(1_024 * MI), ..Amounts::default() },
        ..Load::of(vec![Shape::Replay(Replay { series, period: None })])
    };
    let setup = with(&plan(3, 60), vec![load]);
    let mut facts = Vec::new();
    let mut simulation = Simulation::new(&setup, ROOT, &mut facts);
    while simulation.due().is_some_and(|due| due <= minute(30)) && simulation.step() {}
    simulation.scale(WorkloadId::from_index(0), 2);
    drop(simulation);
    let restarts = facts.iter().filter(|(_, it)| matches!(it, Fact::ContainerRestarted { .. }));
    assert_eq!(restarts.count(), 2);
    let gone = facts.iter().find_map(|(_, fact)| match fact {
        Fact::PodTerminating { pod, why: Cause::ScaledDown, .. } => Some(pod.number()),
        _ => None,
    });
    assert_eq!(gone, Some(2));
}

#[test]
fn a_pod_that_never_restarts_fails_and_its_job_counts_that() {
    let mut plan = plan(1, 60);
    let mut job = Job::new(1, 1, Span::from_secs(1_200));
    job.retries = Some(Retries { limit: 2, ..Retries::default() });
    plan.workloads[0].controller = Controller::Job(job);
    let load = |restart_policy| Load {
        limits: Amounts { memory: Some(1_024 * MI), ..Amounts::default() },
        restart_policy,
        ..Load::of(vec![constant(100, 500), leak(100)])
    };
    let outcome = |facts: &[(SimTime, Fact)]| {
        facts.iter().find_map(|(_, fact)| match fact {
            Fact::JobEnded { outcome, .. } => Some(*outcome),
            _ => None,
        })
    };
    let (never, _) = facts(&with(&plan, vec![load(RestartPolicy::Never)]), ROOT);
    let ends = seconds(&never, |it| matches!(it, Fact::PodEnded { end: End::OomKilled, .. }));
    assert_eq!(ends.len(), 3, "with one failure too many it gives up");
    assert_eq!(outcome(&never), Some(Outcome::BackoffLimitExceeded));
    let (on_failure, _) = facts(&with(&plan, vec![load(RestartPolicy::OnFailure)]), ROOT);
    let restarts = seconds(&on_failure, |it| matches!(it, Fact::ContainerRestarted { .. }));
    assert_eq!(restarts.len(), 2);
    assert_eq!(outcome(&on_failure), Some(Outcome::BackoffLimitExceeded));
}

/// Pods that leak 30 MiB a minute each, two of them on a node of 16 GiB: its kubelet sees the last 100 MiB of
/// it go in time.
#[test]
fn a_kubelet_evicts_before_the_kernel_kills_if_it_can() {
    let mut plan = plan(3, 120);
    plan.pools[0].size = 2;
    plan.workloads[0].cpu_milli = 1_200;
    let loads = vec![Load::of(vec![constant(100, 6_000), leak(30)])];
    let (slow, run) = facts(&with(&plan, loads), ROOT);
    let (again, same) =
        facts(&with(&plan, vec![Load::of(vec![constant(100, 6_000), leak(30)])]), ROOT);
    assert_eq!((run.digest, slow.len()), (same.digest, again.len()));
    let evicted = seconds(&slow, |it| matches!(it, Fact::PodEvicted { .. }));
    let kills = seconds(&slow, |it| matches!(it, Fact::ContainerOomKilled { .. }));
    assert!(!evicted.is_empty() && kills.is_empty(), "{evicted:?} {kills:?}");
    let first = evicted[0];
    assert_eq!(first % 10, 0, "kubelets look every ten seconds");
    let pressure = |wanted| {
        move |fact: &Fact| match fact {
            Fact::NodeConditionChanged { condition: Pressure::Memory, status, .. } => {
                *status == wanted
            }
            _ => false,
        }
    };
    assert_eq!(seconds(&slow, pressure(true))[0], first);
    // The pressure is gone after a transition period, unless it comes again.
    assert_eq!(seconds(&slow, pressure(false))[0], first + 300);
    let taints = seconds(&slow, |it| matches!(it, Fact::NodeTainted { .. }));
    assert_eq!(taints[..2], [first + 5, first + 305]);
    // A second after its SIGTERM the pod is killed, fails, and is replaced.
    let ends = seconds(&slow, |it| matches!(it, Fact::PodEnded { .. }));
    assert_eq!(ends[0], first + 1);
    let created = seconds(&slow, |it| matches!(it, Fact::PodCreated { .. }));
    assert_eq!(created[3], first + 1);
    let why = slow.iter().find_map(|(_, fact)| match fact {
        Fact::PodTerminating { why, .. } => Some(*why),
        _ => None,
    });
    assert_eq!(why, Some(Cause::NodePressure));
}

#[test]
fn the_kernel_kills_when_memory_goes_too_fast() {
    let loads = vec![Load::of(vec![constant(100, 4_000), leak(6_000)])];
    let (facts, _) = facts(&with(&plan(3, 5), loads), ROOT);
    let first = facts.iter().find_map(|(_, fact)| match fact {
        Fact::ContainerOomKilled { of_node, .. } => Some(*of_node),
        Fact::PodEvicted { .. } => Some(false),
        _ => None,
    });
    assert_eq!(first, Some(true));
}

/// The node has 4 CPU; two Jobs that would each use all of it take twice as long.
#[test]
fn contention_and_throttling_stretch_work() {
    let finished = |used: u64, limit: Option<u64>, jobs: u32| {
        let mut plan = plan(1, 60);
        plan.workloads[0].controller = Controller::Job(Job::new(jobs, jobs, Span::from_secs(300)));
        let load = Load {
            limits: Amounts { cpu: limit, ..Amounts::default() },
            ..Load::of(vec![constant(used, 100)])
        };
        let (facts, _) = facts(&with(&plan, vec![load]), ROOT);
        seconds(&facts, |it| matches!(it, Fact::PodEnded { end: End::Completed, .. }))
    };
    assert_eq!(finished(4_000, None, 1), [305]);
    assert_eq!(finished(4_000, None, 2), [605, 605]);
    assert_eq!(finished(2_000, Some(1_000), 1), [605]);
    assert_eq!(finished(2_000, Some(1_000), 2), [605, 605], "within their limits there is enough");
}

/// A long one beside a short one gets all of the CPU once the short one is done: 1 000 s of work, of which
/// 300 s are done in 600 s, and the others at full speed.
#[test]
fn work_gets_faster_when_others_leave() {
    let mut plan = plan(1, 60);
    let job = |secs| Controller::Job(Job::new(1, 1, Span::from_secs(secs)));
    plan.workloads = vec![service("short", 1), service("long", 1)];
    plan.workloads[0].controller = job(300);
    plan.workloads[1].controller = job(1_000);
    let load = || Load::of(vec![constant(4_000, 100)]);
    let (facts, _) = facts(&with(&plan, vec![load(), load()]), ROOT);
    let done = seconds(&facts, |it| matches!(it, Fact::PodEnded { end: End::Completed, .. }));
    assert_eq!(done, [605, 1_305]);
    let shares = seconds(&facts, |it| matches!(it, Fact::CpuShared { .. }));
    assert_eq!(shares, [0, 0, 605], "two that share, and one that no longer does");
}

#[test]
fn pressure_costs_nothing_where_there_is_none() {
    let loads = vec![Load::of(vec![constant(100, 1_000)])];
    let setup = with(&plan(3, 120), loads);
    let (facts, run) = facts(&setup, ROOT);
    assert!(facts.iter().all(|(_, fact)| !matches!(fact, Fact::NodeConditionChanged { .. })));
    assert!(run.counters.events < 30, "{}", run.counters.events);
}
