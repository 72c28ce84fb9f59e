//! Usage in runs: who uses what and when, how load is divided, and what one sample for all is worth.

use std::collections::BTreeMap;
use std::sync::Arc;

use sim::engine::Simulation;
use sim::model::pod::PodId;
use sim::model::usage::{
    Constant, Curve, Demand, Diurnal, Noise, Ramp, Rate, Replay, Series, Shape, Used, WorkloadUsage,
};
use sim::model::workload::WorkloadId;
use sim::setup::Draft;
use sim::table::Id;
use sim::{Fact, Root, Setup, SimTime, Span};

use crate::common::{Plan, facts, setup, simple};

const ROOT: Root = Root { seed: 7, replication: 0 };
const GI: u64 = 1 << 30;

fn web() -> WorkloadId {
    WorkloadId::from_index(0)
}

fn used(cpu: u64, memory: u64) -> Used {
    Used { cpu, memory }
}

fn curve(shapes: Vec<Shape<Used>>) -> Curve<Used> {
    Curve { shapes, noise: None }
}

fn rates(steps: &[(u64, u64)]) -> Curve<Rate> {
    let step =
        |(secs, rate): &(u64, u64)| (SimTime::from_ms(secs * 1_000), Some(Rate(rate * 1_000)));
    let series: Series<Rate> = steps.iter().map(step).collect();
    let replay = Replay { series: vec![series], period: None };
    Curve { shapes: vec![Shape::Replay(replay)], noise: None }
}

/// The plan with usage of its first workload.
fn with(plan: &Plan, usage: WorkloadUsage) -> Setup {
    let mut setup = setup(plan);
    let change = |draft: &mut Draft| {
        Arc::make_mut(&mut draft.model).usage.insert(web(), usage);
    };
    setup.change(change).expect("a sound plan");
    setup
}

fn diurnal() -> Shape<Used> {
    Shape::Diurnal(Diurnal {
        low: used(100, GI / 4),
        high: used(900, GI / 2),
        clock: Span::ZERO,
        peak: Span::from_hours(14),
        days: [1_000; 7],
        every: Span::from_secs(300),
    })
}

/// Milli-core-milliseconds that each pod used, from the facts alone.
fn integrals(facts: &[(SimTime, Fact)], to: SimTime) -> BTreeMap<PodId, u128> {
    struct Pod {
        workload: WorkloadId,
        cpu: u64,
        since: SimTime,
        follows: bool,
    }
    let mut now: BTreeMap<PodId, Pod> = BTreeMap::new();
    let mut sums: BTreeMap<PodId, u128> = BTreeMap::new();
    let mut close = |pod: PodId, row: &Pod, at: SimTime| {
        let ms = u128::from(at.since(row.since).as_ms());
        *sums.entry(pod).or_default() += u128::from(row.cpu) * ms;
    };
    for (at, fact) in facts {
        match *fact {
            Fact::PodUses { pod, workload, cpu, follows, .. } => {
                let row = Pod { workload, cpu, since: *at, follows };
                if let Some(before) = now.insert(pod, row) {
                    close(pod, &before, *at);
                }
            }
            Fact::ReplicasUse { workload, cpu, pods, .. } => {
                let own = |row: &&mut Pod| row.workload == workload && row.follows;
                let mut changed = 0;
                for (pod, row) in &mut now {
                    if own(&row) {
                        close(*pod, row, *at);
                        (row.cpu, row.since) = (cpu, *at);
                        changed += 1;
                    }
                }
                assert_eq!(changed, pods, "a fact says how many follow");
            }
            Fact::PodEnded { pod, .. } => {
                if let Some(row) = now.remove(&pod) {
                    close(pod, &row, *at);
                }
            }
            _ => {}
        }
    }
    now.iter().for_each(|(pod, row)| close(*pod, row, to));
    sums
}

#[test]
fn sums_hold_at_every_moment_of_a_run_with_reclaims() {
    let plan = simple(0.4, 4, Span::from_hours(24));
    let noisy = Curve {
        shapes: vec![diurnal()],
        noise: Some(Noise { cv: [200, 20], every: Span::from_secs(600), shared: false }),
    };
    let usage = WorkloadUsage {
        containers: vec![noisy, curve(vec![diurnal()])],
        ..WorkloadUsage::default()
    };
    let setup = with(&plan, usage);
    let mut facts = Vec::new();
    let mut simulation = Simulation::new(&setup, ROOT, &mut facts);
    while simulation.step() {
        simulation.world().check().expect("sums hold");
    }
    let world = simulation.world();
    let on_nodes: Used = world.nodes().alive().iter().map(|node| world.usage_on(*node)).sum();
    let of_pods: Used = world.users(web()).iter().filter_map(|pod| world.pod_usage(*pod)).sum();
    assert_eq!(on_nodes, of_pods);
    assert!(of_pods.cpu > 0);
    drop(simulation);
    assert!(facts.iter().any(|(_, fact)| matches!(fact, Fact::NodeGone { .. })), "reclaims");
}

/// One sample for all replicas says of each pod what its own samples say, in fewer facts.
#[test]
fn one_sample_for_all_is_exact() {
    let plan = simple(0.4, 4, Span::from_hours(24));
    let shared =
        WorkloadUsage { containers: vec![curve(vec![diurnal()])], ..WorkloadUsage::default() };
    // Noise of nothing on each replica: the same values, sampled pod by pod.
    let noise = Some(Noise { cv: [0, 0], every: Span::from_hours(24), shared: false });
    let own = Curve { shapes: vec![diurnal()], noise };
    let own = WorkloadUsage { containers: vec![own], ..WorkloadUsage::default() };
    let [once, each] = [shared, own].map(|usage| facts(&with(&plan, usage), ROOT).0);
    let to = SimTime::ZERO + plan.horizon;
    assert_eq!(integrals(&once, to), integrals(&each, to));
    let count = |facts: &[(SimTime, Fact)]| {
        let uses = |fact: &Fact| matches!(fact, Fact::PodUses { .. } | Fact::ReplicasUse { .. });
        facts.iter().filter(|(_, fact)| uses(fact)).count()
    };
    assert!(3 * count(&once) < count(&each), "{} {}", count(&once), count(&each));
}

#[test]
fn usage_moves_nothing_else() {
    let plan = simple(0.4, 4, Span::from_hours(24));
    let usage =
        WorkloadUsage { containers: vec![curve(vec![diurnal()])], ..WorkloadUsage::default() };
    let (with_usage, _) = facts(&with(&plan, usage), ROOT);
    let (without, _) = facts(&setup(&plan), ROOT);
    let is_usage = |fact: &Fact| {
        matches!(fact, Fact::PodUses { .. } | Fact::ReplicasUse { .. } | Fact::LoadChanged { .. })
    };
    assert!(!without.iter().any(|(_, fact)| is_usage(fact)));
    let rest: Vec<_> = with_usage.into_iter().filter(|(_, fact)| !is_usage(fact)).collect();
    assert_eq!(rest, without);
}

/// Ready replicas, what is offered and what is served, as a fact says.
type Said = (u32, u64, u64);

/// Load is divided anew at every change of readiness, at that very moment, and what the ready replicas
/// cannot serve is not served.
#[test]
fn survivors_carry_the_load_of_those_that_are_lost() {
    let mut plan = simple(0.5, 3, Span::from_hours(48));
    plan.workloads.truncate(1);
    let demand = Demand {
        container: 0,
        rate: rates(&[(0, 90), (86_400, 300)]),
        cpu_micro: 10_000,
        memory: 1 << 20,
        takes: Span::from_ms(500),
        serves: Some(Rate(40_000)),
    };
    let idle = curve(vec![Shape::Constant(Constant(used(20, GI / 8)))]);
    let usage = WorkloadUsage {
        containers: vec![idle],
        demand: Some(demand.clone()),
        ..WorkloadUsage::default()
    };
    let setup = with(&plan, usage);
    let (facts, _) = facts(&setup, ROOT);
    let mut ready = 0_u32;
    let mut said = None;
    let mut moments: BTreeMap<SimTime, (u32, Option<Said>)> = BTreeMap::new();
    for (at, fact) in &facts {
        match *fact {
            Fact::PodReady { workload, .. } if workload == web() => ready += 1,
            Fact::PodTerminating { was_ready: true, .. }
            | Fact::PodEnded { was_ready: true, .. } => {
                ready -= 1;
            }
            Fact::LoadChanged { ready, offered, served, .. } => {
                said = Some((ready, offered, served))
            }
            _ => {}
        }
        moments.insert(*at, (ready, said));
    }
    let mut short = 0;
    for (at, (ready, said)) in moments {
        let (counted, offered, served) = said.expect("load from the start");
        assert_eq!(counted, ready, "at {at}");
        let rate = if at < SimTime::from_ms(86_400_000) { 90_000 } else { 300_000 };
        assert_eq!(offered, rate, "at {at}");
        assert_eq!(served, rate.min(u64::from(ready) * 40_000), "at {at}");
        short += u64::from(served < offered);
    }
    assert!(short > 0, "some requests are not served");
    let split = demand.split(Rate(90_000), 4);
    let each = demand.used(split.each);
    let found = facts.iter().any(|(_, fact)| {
        matches!(fact, Fact::ReplicasUse { pods: 4, cpu, memory, .. }
            if *cpu == each.cpu + 20 && *memory == each.memory + GI / 8)
    });
    assert!(found, "four replicas serve a quarter each");
}

#[test]
fn a_leak_begins_anew_when_its_container_is_started_again() {
    let mut plan = simple(0.0, 3, Span::from_hours(2));
    plan.workloads.truncate(1);
    let leak = Ramp {
        by: used(0, GI),
        over: Span::from_hours(1),
        ends: false,
        every: Span::from_secs(60),
    };
    let shapes = vec![Shape::Constant(Constant(used(50, GI))), Shape::Ramp(leak)];
    let usage = WorkloadUsage { containers: vec![curve(shapes)], ..WorkloadUsage::default() };
    let setup = with(&plan, usage);
    let mut simulation = Simulation::new(&setup, ROOT, ());
    let until = |simulation: &mut Simulation<'_>, minutes: u64| {
        let at = SimTime::from_ms(minutes * 60_000);
        while simulation.due().is_some_and(|due| due <= at) && simulation.step() {}
    };
    let memory = |simulation: &Simulation<'_>, pod| {
        simulation.world().usage_of(pod, 0).map(|used| used.memory)
    };
    until(&mut simulation, 40);
    let pod = simulation.world().users(web())[0];
    let other = simulation.world().users(web())[1];
    let grown = memory(&simulation, pod).expect("it runs");
    assert!(grown > GI + GI / 2, "{grown}");
    simulation.container_runs(pod, 0, false);
    assert_eq!(memory(&simulation, pod), Some(0), "a container that is stopped uses nothing");
    until(&mut simulation, 41);
    simulation.container_runs(pod, 0, true);
    assert!(memory(&simulation, pod).expect("it runs") < GI + GI / 50, "the leak begins anew");
    until(&mut simulation, 71);
    let half = memory(&simulation, pod).expect("it runs");
    assert!((GI + GI * 9 / 20..GI + GI * 11 / 20).contains(&half), "{half}");
    assert!(memory(&simulation, other).expect("it runs") > 2 * GI, "another goes on");
    simulation.world().check().expect("sums hold");
}

#[test]
fn draws_are_of_the_replica_and_not_of_what_else_there_is() {
    let plan = simple(0.0, 4, Span::from_hours(6));
    let noise = Some(Noise { cv: [300, 0], every: Span::from_secs(600), shared: false });
    let usage = || {
        let curve = Curve { shapes: vec![diurnal()], noise };
        WorkloadUsage { containers: vec![curve], ..WorkloadUsage::default() }
    };
    let mut fewer = plan.clone();
    fewer.workloads.truncate(1);
    let to = SimTime::ZERO + plan.horizon;
    let of = |plan: &Plan| {
        let (facts, _) = facts(&with(plan, usage()), ROOT);
        integrals(&facts, to).into_values().collect::<Vec<_>>()
    };
    assert_eq!(of(&plan), of(&fewer));
}
