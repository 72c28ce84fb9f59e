//! VerticalPodAutoscalers in runs: what they learn, what pods are created with, and whom they touch.

use std::sync::Arc;

use sim::engine::Simulation;
use sim::fact::{Cause, Fact};
use sim::model::budget::{Amount, Limit};
use sim::model::containers::{Amounts, Container, ContainerKind, Containers, Requirements};
use sim::model::decimal::Decimal;
use sim::model::metrics::RESOLUTION;
use sim::model::resources::Lane;
use sim::model::usage::{Constant, Curve, Ramp, Shape, Used, WorkloadUsage};
use sim::model::vpa::{
    Boost, ContainerPolicy, CpuMemory, Learning, StartupBoost, UpdateMode, Vpa, VpaId, VpaSpec,
};
use sim::model::workload::{Controller, WorkloadId};
use sim::setup::Draft;
use sim::table::Id;
use sim::world::pods::Phase;
use sim::{Root, Setup, SimTime, Span};

use crate::common::{facts, setup, simple};

const ROOT: Root = Root { seed: 7, replication: 0 };
const MI: u64 = 1 << 20;

fn web() -> WorkloadId {
    WorkloadId::from_index(0)
}

/// A Deployment of pods that request a core and 2 GiB, with what each uses, and its autoscaler.
fn sized(
    (replicas, hours): (u32, u64),
    shapes: Vec<Shape<Used>>,
    limit: Option<u64>,
    mode: Option<UpdateMode>,
) -> Setup {
    let mut plan = simple(0.0, 4, Span::from_hours(hours));
    plan.workloads[0].controller = Controller::Deployment { replicas, min_ready: Span::ZERO };
    plan.budgets = vec![(0, Limit::MaxUnavailable(Amount::Pods(1)))];
    let mut setup = setup(&plan);
    let change = |draft: &mut Draft| {
        let model = Arc::make_mut(&mut draft.model);
        let mut spec = model.specs[model.workloads[web()].spec].clone();
        let requests = Amounts { cpu: Some(1_000), memory: Some(2 << 30), ephemeral_storage: None };
        let limits = Amounts { cpu: None, memory: limit, ephemeral_storage: None };
        let name = model.names.intern("app");
        let resources = Requirements { requests, limits };
        let list = vec![Container { name, kind: ContainerKind::Regular, resources }];
        spec.containers = Arc::new(Containers { list, ..Containers::default() });
        model.workloads[web()].spec = model.specs.intern(spec);
        let containers = vec![Curve { shapes, noise: None }];
        model.usage.insert(web(), WorkloadUsage { containers, ..WorkloadUsage::default() });
        model.metrics.server = Some(RESOLUTION);
        if let Some(mode) = mode {
            let spec = VpaSpec { mode, ..VpaSpec::default() };
            model.vpas.push(Vpa { name, workload: web(), spec, history: Vec::new() });
        }
    };
    setup.change(change).expect("a sound plan");
    setup
}

fn constant(cpu: u64, memory_mib: u64) -> Shape<Used> {
    Shape::Constant(Constant(Used { cpu, memory: memory_mib * MI }))
}

fn count(facts: &[(SimTime, Fact)], is: impl Fn(&Fact) -> bool) -> usize {
    facts.iter().filter(|(_, fact)| is(fact)).count()
}

fn is_eviction(fact: &Fact) -> bool {
    matches!(fact, Fact::PodTerminating { why: Cause::VpaUpdate, .. })
}

/// What the pods that run at the end request of CPU.
fn requested(setup: &Setup) -> Vec<u64> {
    let mut simulation = Simulation::new(setup, ROOT, ());
    while simulation.step() {}
    let world = simulation.world();
    world.check().expect("sums hold");
    let running = world.pods().ids().filter(|pod| {
        matches!(world.pods().phase(*pod), Phase::Running { .. })
            && world.pods().workload(*pod) == web()
    });
    running.map(|pod| world.spec_of(pod).requests[Lane::CPU]).collect()
}

#[test]
fn mode_off_changes_nothing_but_what_is_recommended() {
    let shapes = vec![constant(200, 300)];
    let (without, _) = facts(&sized((4, 30), shapes.clone(), None, None), ROOT);
    let (mut with, _) = facts(&sized((4, 30), shapes, None, Some(UpdateMode::Off)), ROOT);
    let before = with.len();
    with.retain(|(_, fact)| !matches!(fact, Fact::VpaRecommended { .. }));
    assert_eq!(with, without);
    assert!(before > with.len(), "it recommends something");
}

/// 200 milli-cores are in a bucket that ends at 215, of which 15 % more are recommended; of memory there is
/// a least.
#[test]
fn constant_usage_converges_to_its_bucket() {
    let setup = sized((4, 30), vec![constant(200, 300)], None, Some(UpdateMode::Off));
    let (all, _) = facts(&setup, ROOT);
    let last = all.iter().rev().find_map(|(_, fact)| match *fact {
        Fact::VpaRecommended { cpu, memory, .. } => Some((cpu, memory)),
        _ => None,
    });
    let (cpu, memory) = last.expect("it recommends something");
    assert!((200..=260).contains(&cpu), "{cpu}");
    assert!((300 * MI..=380 * MI).contains(&memory), "{memory}");
}

#[test]
fn pods_that_request_too_much_are_evicted_one_by_one_and_come_back_smaller() {
    let setup = sized((4, 30), vec![constant(200, 300)], None, Some(UpdateMode::Recreate));
    let (all, _) = facts(&setup, ROOT);
    assert_eq!(count(&all, is_eviction), 4);
    assert_eq!(requested(&setup).len(), 4);
    assert!(
        requested(&setup).iter().all(|cpu| (200..=260).contains(cpu)),
        "{:?}",
        requested(&setup)
    );
    // The budget lets one pod be missing at a time.
    let (mut missing, mut most) = (0_i32, 0);
    for (_, fact) in &all {
        match fact {
            fact if is_eviction(fact) => missing += 1,
            Fact::PodReady { .. } => missing = (missing - 1).max(0),
            _ => {}
        }
        most = most.max(missing);
    }
    assert_eq!(most, 1);
}

#[test]
fn mode_initial_touches_no_pod_that_runs() {
    let setup = sized((4, 30), vec![constant(200, 300)], None, Some(UpdateMode::Initial));
    let (all, _) = facts(&setup, ROOT);
    assert_eq!(count(&all, is_eviction), 0);
    assert_eq!(requested(&setup), [1_000; 4]);
}

#[test]
fn pods_are_resized_in_place_where_there_is_room() {
    let setup = sized((4, 30), vec![constant(200, 300)], None, Some(UpdateMode::InPlaceOrRecreate));
    let (all, _) = facts(&setup, ROOT);
    assert_eq!(count(&all, is_eviction), 0);
    assert!(count(&all, |fact| matches!(fact, Fact::PodResized { .. })) >= 4);
    assert!(
        requested(&setup).iter().all(|cpu| (200..=260).contains(cpu)),
        "{:?}",
        requested(&setup)
    );
}

/// A node of 4 cores has no room for two pods that are to request more than 2 each.
#[test]
fn a_resize_without_room_is_deferred_and_given_up_after_a_while() {
    let shapes = vec![constant(2_500, 300)];
    let setup = sized((8, 30), shapes, None, Some(UpdateMode::InPlaceOrRecreate));
    let (all, _) = facts(&setup, ROOT);
    let deferred =
        count(&all, |fact| matches!(fact, Fact::PodResizePending { infeasible: false, .. }));
    assert!(deferred > 0);
    assert!(count(&all, is_eviction) > 0, "what stays deferred for 5 min is evicted");
}

/// The most memory that is recommended where a leak meets a limit, with flags of the autoscaler's own.
fn most_after_kills(learning: Learning, gate: bool) -> u64 {
    let leak = Shape::Ramp(Ramp {
        by: Used { cpu: 0, memory: 100 * MI },
        over: Span::from_secs(600),
        ends: false,
        every: Span::from_secs(60),
    });
    let shapes = vec![constant(200, 1_700), leak];
    let mut setup = sized((2, 4), shapes, Some(2 << 30), Some(UpdateMode::Off));
    let change = |draft: &mut Draft| {
        draft.vpa.updater.gates.per_vpa_config = gate;
        let policy = ContainerPolicy {
            container: None,
            off: false,
            min_allowed: CpuMemory::default(),
            max_allowed: CpuMemory::default(),
            controlled: CpuMemory { cpu: true, memory: true },
            requests_only: false,
            learning,
            boost: None,
        };
        Arc::make_mut(&mut draft.model).vpas[VpaId::from_index(0)].spec.policies = vec![policy];
    };
    setup.change(change).expect("a sound plan");
    let (all, _) = facts(&setup, ROOT);
    assert!(count(&all, |fact| matches!(fact, Fact::ContainerOomKilled { .. })) > 0);
    let most = all.iter().filter_map(|(_, fact)| match *fact {
        Fact::VpaRecommended { memory, .. } => Some(memory),
        _ => None,
    });
    most.max().expect("it recommends something")
}

/// Memory is raised after each kill, by a fifth or 100 MiB.
#[test]
fn kills_for_want_of_memory_raise_what_is_recommended() {
    let most = most_after_kills(Learning::default(), false);
    // A fifth more than the 2 GiB that were requested, its bucket, and the margin.
    assert!(most > (2 << 30) * 12 / 10, "{most}");
}

#[test]
fn an_autoscaler_may_learn_more_of_a_kill_if_the_gate_is_on() {
    let plain = most_after_kills(Learning::default(), true);
    let twice = Some(Decimal { digits: 2, exponent: 0 });
    let own = Learning { oom_bump_up_ratio: twice, ..Learning::default() };
    assert_eq!(most_after_kills(own, false), plain);
    let most = most_after_kills(own, true);
    assert!(most > 2 * (2 << 30), "twice the 2 GiB that were requested, and the margin: {most}");
}

/// In 30 hours there are 7 200 minutes of a pod, and in nearly all of them nothing is to be done.
#[test]
fn passes_look_at_pods_one_by_one_only_when_there_is_something_to_do() {
    for mode in [UpdateMode::Recreate, UpdateMode::InPlaceOrRecreate] {
        let setup = sized((4, 30), vec![constant(200, 300)], None, Some(mode));
        let mut simulation = Simulation::new(&setup, ROOT, ());
        while simulation.step() {}
        let looked_at = simulation.pods_looked_at_by_vpa();
        assert!((4..=200).contains(&looked_at), "{mode:?}: {looked_at}");
    }
}

/// Nodes of 4 cores with three pods each, of which one can grow to less than 2. The others wait until one of
/// them is evicted; when it has gone the kubelet goes on at once, and not with the next pass.
#[test]
fn a_deferred_resize_is_done_once_another_pod_has_gone() {
    let shapes = vec![constant(1_450, 300)];
    let setup = sized((12, 30), shapes, None, Some(UpdateMode::InPlaceOrRecreate));
    let (all, _) = facts(&setup, ROOT);
    let has =
        |at: SimTime, is: fn(&Fact) -> bool| all.iter().any(|(it, fact)| *it == at && is(fact));
    let gone: Vec<SimTime> = all
        .iter()
        .filter(|(_, fact)| matches!(fact, Fact::PodEnded { .. }))
        .map(|(at, _)| *at)
        .collect();
    let at_once = gone.iter().filter(|at| {
        at.as_ms() % 60_000 != 0 && has(**at, |fact| matches!(fact, Fact::PodResized { .. }))
    });
    assert!(at_once.count() > 0, "{gone:?}");
}

/// A factor of 3 on a core, for ten minutes after the pod is ready.
#[test]
fn containers_begin_with_more_cpu_under_its_gate() {
    for is_on in [true, false] {
        let setup = sized((4, 2), vec![constant(200, 300)], None, Some(UpdateMode::Off));
        let mut setup = setup;
        let change = |draft: &mut Draft| {
            draft.vpa.updater.gates.cpu_startup_boost = is_on;
            let model = Arc::make_mut(&mut draft.model);
            let lasts = Some(Span::from_secs(600));
            let id = VpaId::from_index(0);
            model.vpas[id].spec.boost = Some(StartupBoost { by: Boost::Factor(3), lasts });
        };
        setup.change(change).expect("a sound plan");
        let mut simulation = Simulation::new(&setup, ROOT, ());
        let mut requests = Vec::new();
        for minute in [1, 5, 60] {
            let at = SimTime::from_ms(minute * 60_000);
            while simulation.due().is_some_and(|due| due <= at) && simulation.step() {}
            let world = simulation.world();
            let pods = world.pods().ids().filter(|pod| world.pods().workload(*pod) == web());
            let cpu = pods.map(|pod| world.spec_of(pod).requests[Lane::CPU]);
            requests.push(cpu.collect::<Vec<u64>>());
        }
        let begins = if is_on { 3_000 } else { 1_000 };
        assert_eq!(requests, [vec![begins; 4], vec![begins; 4], vec![1_000; 4]]);
    }
}
