//! Arrivals in a run: Jobs and bare pods that come, run for their time and go.

use std::sync::Arc;

use sim::engine::Simulation;
use sim::load::copula::Sizes;
use sim::load::distributions::Shared;
use sim::load::distributions::constant::Constant;
use sim::load::distributions::log_normal::LogNormal;
use sim::load::processes::Process;
use sim::load::processes::at_times::AtTimes;
use sim::load::processes::renewal::Poisson;
use sim::load::{Class, Classes, Generator, Source};
use sim::model::arrivals::GeneratorId;
use sim::model::job::{Job, Outcome};
use sim::model::pod::End;
use sim::model::pool::{Keeper, PoolId};
use sim::model::workload::{Controller, WorkloadId};
use sim::setup::{Draft, SetupError};
use sim::table::Id;
use sim::{Fact, Root, Setup, SimTime, Span, digest};

use super::common::{self, Plan, PoolPlan, WorkloadPlan};

const ROOT: Root = Root { seed: 42, replication: 0 };

fn constant(value: f64) -> Shared {
    Arc::new(Constant::new(value).expect("a constant"))
}

/// A cluster of a few nodes, and one workload that arrives.
fn setup(controller: Controller, reclaims_per_hour: f64, load: Source) -> Setup {
    let workload = WorkloadPlan {
        name: "work".into(),
        controller,
        cpu_milli: 500,
        memory_mib: 512,
        tolerant: true,
        host_port: None,
        priority: 0,
        grace: Span::from_secs(5),
        shutdown: Span::from_secs(5),
        created_at: SimTime::ZERO,
    };
    let plan = Plan {
        pools: vec![PoolPlan {
            size: 4,
            spot: reclaims_per_hour > 0.0,
            zones: 2,
            cpu_milli: 4_000,
            memory_mib: 16_384,
            pods: 110,
            tainted: false,
            reclaims_per_hour,
        }],
        workloads: vec![workload],
        budgets: Vec::new(),
        interruption: sim::providers::aws::AWS.interruption,
        missed_notices: 0.0,
        horizon: Span::from_hours(24),
    };
    let mut setup = common::setup(&plan);
    let changed = setup.change(|draft| add(draft, load));
    changed.expect("its own workload arrives");
    setup
}

fn add(draft: &mut Draft, source: Source) {
    let model = Arc::make_mut(&mut draft.model);
    let name = model.names.intern("generator");
    model.generators.push(name);
    draft.load.push(Generator {
        key: digest::of_name("generator"),
        from: SimTime::ZERO,
        until: None,
        most: 1_000_000,
        source,
    });
}

fn drawn(process: impl Process + 'static, seconds: f64, sizes: Option<Sizes>) -> Source {
    let class = Class { workload: WorkloadId::from_index(0), sizes, duration: constant(seconds) };
    let classes = Classes::new(vec![(1.0, class)]).expect("one class");
    Source::Drawn { process: Arc::new(process), batch: None, classes }
}

fn pods() -> Controller {
    Controller::ArrivingPods { generator: GeneratorId::from_index(0) }
}

fn jobs(completions: u32) -> Controller {
    let job = Job::new(completions, 1, Span::ZERO);
    Controller::ArrivingJobs { job, generator: GeneratorId::from_index(0) }
}

fn facts(setup: &Setup) -> Vec<(SimTime, Fact)> {
    let mut facts = Vec::new();
    sim::run(setup, ROOT, &mut facts);
    facts
}

fn completed(facts: &[(SimTime, Fact)]) -> Vec<u64> {
    let ended = |(at, fact): &(SimTime, Fact)| match fact {
        Fact::PodEnded { end: End::Completed, .. } => Some(at.as_ms() / 1_000),
        _ => None,
    };
    facts.iter().filter_map(ended).collect()
}

#[test]
fn pods_arrive_run_for_their_time_and_end() {
    let times = AtTimes::new(vec![10.0, 10.0, 20.0], None).unwrap();
    let setup = setup(pods(), 0.0, drawn(times, 60.0, None));
    let facts = facts(&setup);
    let arrived = |(_, fact): &&(SimTime, Fact)| matches!(fact, Fact::Arrived { .. });
    assert_eq!(facts.iter().filter(arrived).count(), 3);
    assert_eq!(completed(&facts), [75, 75, 85]);
}

/// Of a Job with two pods, one after the other, the second begins when the first is done. Each takes five
/// seconds to start.
#[test]
fn jobs_arrive_and_their_pods_take_turns() {
    let times = AtTimes::new(vec![10.0], Some(1_000.0)).unwrap();
    let setup = setup(jobs(2), 0.0, drawn(times, 60.0, None));
    let facts = facts(&setup);
    let done = completed(&facts);
    assert_eq!(done[..4], [75, 140, 1_075, 1_140]);
    let over = |(_, fact): &&(SimTime, Fact)| {
        matches!(fact, Fact::JobEnded { outcome: Outcome::Complete, .. })
    };
    assert_eq!(facts.iter().filter(over).count(), 87);
}

/// Where nodes are taken, Jobs bring their pods back until all are done, and bare pods are lost; the
/// same arrives of both, and where nothing is taken.
#[test]
fn reclaims_cost_bare_pods_and_delay_jobs() {
    let work = || drawn(Poisson::new(20.0).unwrap(), 1_200.0, None);
    let [of_pods, of_jobs] = [pods(), jobs(1)].map(|it| facts(&setup(it, 0.5, work())));
    let calm = facts(&setup(pods(), 0.0, work()));
    let arrivals = |facts: &[(SimTime, Fact)]| -> Vec<(SimTime, u32)> {
        let arrived = |(at, fact): &(SimTime, Fact)| match fact {
            Fact::Arrived { run, .. } => Some((*at, *run)),
            _ => None,
        };
        facts.iter().filter_map(arrived).collect()
    };
    assert!(arrivals(&calm).len() > 400);
    assert_eq!(arrivals(&of_pods), arrivals(&calm));
    assert_eq!(arrivals(&of_jobs), arrivals(&calm));
    let attempts = |facts: &[(SimTime, Fact)]| {
        let again =
            |(_, fact): &&(SimTime, Fact)| matches!(fact, Fact::PodCreated { attempt: 1.., .. });
        facts.iter().filter(again).count()
    };
    assert_eq!(attempts(&of_pods), 0);
    assert!(attempts(&of_jobs) > 20);
    let left = |facts: &[(SimTime, Fact)]| arrivals(facts).len() - completed(facts).len();
    assert!(left(&of_pods) > left(&of_jobs), "{} {}", left(&of_pods), left(&of_jobs));
}

/// What has ended is forgotten: Jobs that fail by their deadline, too.
#[test]
fn what_has_ended_is_forgotten() {
    let times = AtTimes::new(vec![10.0], Some(100.0)).unwrap();
    let setup = setup(jobs(1), 0.5, drawn(times, 500.0, None));
    let mut simulation = Simulation::new(&setup, ROOT, ());
    while simulation.step() {}
    let workload = WorkloadId::from_index(0);
    let there = (0..864).filter(|run| simulation.world().has_arrived(workload, *run)).count();
    assert!((1..60).contains(&there), "{there} of 864 are still known");
}

#[test]
fn only_what_is_a_generators_own_arrives() {
    let setup = setup(pods(), 0.0, drawn(Poisson::new(1.0).unwrap(), 1.0, None));
    let mut other = setup.clone();
    let wrong = other.change(|draft| add(draft, drawn(Poisson::new(1.0).unwrap(), 1.0, None)));
    assert!(matches!(wrong, Err(SetupError::NotArriving { generator: 1, .. })), "{wrong:?}");
}

/// Drawn sizes are rounded, so that they are few, and are what nodes are asked for.
#[test]
fn sizes_are_drawn_for_each_pod() {
    let of = |median, p95| -> Shared { Arc::new(LogNormal::of_percentiles(median, p95).unwrap()) };
    let sizes = Sizes::new(of(300.0, 1_500.0), of(3e8, 2e9), 0.5).unwrap();
    let work = drawn(Poisson::new(100.0).unwrap(), 60.0, Some(sizes));
    let facts = facts(&setup(pods(), 0.0, work));
    let mut sizes = Vec::new();
    for (_, fact) in &facts {
        if let Fact::PodScheduled { requests, .. } = fact {
            sizes.push((requests.cpu_milli(), requests.memory()));
        }
    }
    let n = sizes.len();
    sizes.sort_unstable();
    sizes.dedup();
    assert!(n > 2_000 && sizes.len() > 500 && sizes.len() < n, "{} of {n}", sizes.len());
}

/// Pods of many sizes get the nodes that a scheduler gives them which asks every node about each: where
/// more nodes have room than are looked at, and where hardly any has.
#[test]
fn pods_of_many_sizes_are_placed_by_the_plain_rules() {
    let of = |median, p95| -> Shared { Arc::new(LogNormal::of_percentiles(median, p95).unwrap()) };
    for (nodes, per_hour, reclaims) in [(230, 100.0, 0.0), (150, 60.0, 0.2), (4, 60.0, 0.0)] {
        let sizes = Sizes::new(of(300.0, 1_500.0), of(3e8, 2e9), 0.5).unwrap();
        let work = drawn(Poisson::new(per_hour).unwrap(), 2_000.0, Some(sizes));
        let mut setup = setup(pods(), reclaims, work);
        let sized = setup.change(|draft| {
            Arc::make_mut(&mut draft.model).pools[PoolId::from_index(0)].keeper =
                Keeper::of_size(nodes);
            draft.horizon = SimTime::ZERO + Span::from_hours(12);
        });
        sized.expect("a pool of another size");
        let remembered = facts(&setup);
        setup.change(|draft| draft.scheduler.plain = true).expect("another scheduler");
        let plain = facts(&setup);
        let differ = remembered.iter().zip(&plain).position(|(one, other)| one != other);
        assert_eq!(
            differ,
            None,
            "{nodes} nodes: {:?}",
            differ.map(|at| (&remembered[at], &plain[at]))
        );
        assert_eq!(remembered.len(), plain.len());
        let refused = |(_, fact): &&(SimTime, Fact)| matches!(fact, Fact::PodUnschedulable { .. });
        assert!(plain.iter().any(|fact| refused(&fact)), "some are larger than any node");
    }
}
