//! What must hold of usage and load in every run, however much is used and whatever is taken.

use std::sync::Arc;

use proptest::prelude::*;
use sim::engine::Simulation;
use sim::kubelet::thresholds::EvictionConfig;
use sim::lifecycle::memory;
use sim::model::containers::Amounts;
use sim::model::job::Job;
use sim::model::pod::End;
use sim::model::usage::{Curve, Demand, Rate, Replay, Series, Shape};
use sim::model::workload::{Controller, WorkloadId};
use sim::table::Id;
use sim::world::World;
use sim::world::pods::Phase;
use sim::{Fact, Root, Setup, SimTime, Span};

use crate::common::{Plan, facts, service, simple};
use crate::kubelet::{Load, constant, leak, with};

const ROOT: Root = Root { seed: 11, replication: 0 };
const MI: u64 = 1 << 20;

fn web() -> WorkloadId {
    WorkloadId::from_index(0)
}

/// A plan of one Deployment whose replicas share a load in steps of an hour.
fn loaded(rate: f64, replicas: u32, steps: &[u64], serves: Option<u64>) -> (Plan, Setup) {
    let mut plan = simple(rate, 3, Span::from_hours(steps.len() as u64));
    plan.workloads = vec![service("web", replicas)];
    let mut setup = with(&plan, vec![Load::of(vec![constant(10, 50)])]);
    let step = |(hour, rate): (usize, &u64)| {
        (SimTime::ZERO + Span::from_hours(hour as u64), Some(Rate(rate * 1_000)))
    };
    let series: Series<Rate> = steps.iter().enumerate().map(step).collect();
    let shapes = vec![Shape::Replay(Replay { series: vec![series], period: None })];
    let demand = Demand {
        container: 0,
        rate: Curve { shapes, noise: None },
        cpu_micro: 5_000,
        memory: MI,
        takes: Span::from_ms(200),
        serves: serves.map(|rate| Rate(rate * 1_000)),
    };
    let change = |draft: &mut sim::setup::Draft| {
        let usage = &mut Arc::make_mut(&mut draft.model).usage;
        usage.get_mut(&web()).expect("it uses something").demand = Some(demand);
    };
    setup.change(change).expect("a sound plan");
    (plan, setup)
}

/// Whether nothing on a node that uses memory can still be killed.
fn only_terminating(world: &World, node: sim::model::node::NodeId) -> bool {
    world.placement().pods_on(node).iter().all(|pod| {
        let phase = world.pods().phase(*pod);
        let stays = matches!(phase, Phase::Starting { .. } | Phase::Running { .. });
        !stays || world.pod_usage(*pod).is_none_or(|used| used.memory == 0)
    })
}

/// When each pod of a Job completed, in order.
fn completed(facts: &[(SimTime, Fact)]) -> Vec<SimTime> {
    let done = |fact: &Fact| matches!(fact, Fact::PodEnded { end: End::Completed, .. });
    facts.iter().filter(|(_, fact)| done(fact)).map(|(at, _)| *at).collect()
}

proptest! {
    #![proptest_config(testing::cases(48))]

    /// What comes in is served or not served, to the last request, at every moment; and no replica that is
    /// not ready serves any.
    #[test]
    fn served_and_unserved_are_the_load(
        reclaims in 0.0..0.6_f64,
        replicas in 1..7_u32,
        steps in prop::collection::vec(0..400_u64, 2..8),
        serves in prop::option::of(1..150_u64),
    ) {
        let (plan, setup) = loaded(reclaims, replicas, &steps, serves);
        let (facts, _) = facts(&setup, ROOT);
        let (mut ready, mut now, mut since) = (0_u64, (0, 0), SimTime::ZERO);
        let mut sums = [0_u128; 2];
        let mut add = |now: (u64, u64), from: SimTime, to: SimTime| {
            let ms = u128::from(to.since(from).as_ms());
            sums[0] += u128::from(now.0) * ms;
            sums[1] += u128::from(now.1) * ms;
        };
        for (at, fact) in &facts {
            if *at > since {
                // All that happens at one instant has happened.
                let most = serves.map_or(u64::MAX, |serves| serves * 1_000).saturating_mul(ready);
                let most = if ready == 0 { 0 } else { most };
                prop_assert_eq!(now.1, now.0.min(most), "before {}", at);
                add(now, since, *at);
                since = *at;
            }
            match *fact {
                Fact::LoadChanged { offered, served, .. } => now = (offered, served),
                Fact::PodReady { .. } => ready += 1,
                Fact::PodTerminating { was_ready: true, .. } | Fact::PodEnded { was_ready: true, .. } => {
                    ready -= 1;
                }
                _ => {}
            }
        }
        add(now, since, SimTime::ZERO + plan.horizon);
        let hour = u128::from(Span::from_hours(1).as_ms());
        let all: u128 = steps.iter().map(|rate| u128::from(rate * 1_000) * hour).sum();
        prop_assert_eq!(sums[0], all, "all that comes in is counted");
        prop_assert!(sums[1] <= sums[0]);
    }

    /// Once an event has done all that it does, no node's pods use more memory than there is.
    #[test]
    fn no_node_uses_more_memory_than_it_has(
        reclaims in 0.0..0.5_f64,
        nodes in 1..4_u32,
        loads in prop::collection::vec((100..5_000_u64, 0..900_u64, prop::option::of(500..9_000_u64)), 1..4),
    ) {
        let mut plan = simple(reclaims, nodes, Span::from_hours(3));
        let each = |(index, _): (u32, _)| service(&format!("w{index}"), 1 + index * 2);
        plan.workloads = (0..).zip(&loads).map(each).collect();
        let load = |(base, grows, limit): &(u64, u64, Option<u64>)| Load {
            limits: Amounts { memory: limit.map(|mib| mib * MI), ..Amounts::default() },
            ..Load::of(vec![constant(200, *base), leak(*grows)])
        };
        let setup = with(&plan, loads.iter().map(load).collect());
        let config = EvictionConfig::default();
        let mut simulation = Simulation::new(&setup, ROOT, ());
        while simulation.step() {
            let world = simulation.world();
            for node in world.nodes().alive() {
                let (used, limit) = (world.usage_on(*node).memory, memory::limit_of_pods(world, *node, &config));
                prop_assert!(
                    used <= limit || only_terminating(world, *node),
                    "{} MiB of {} at {}", used / MI, limit / MI, world.now()
                );
            }
        }
        prop_assert_eq!(simulation.world().check(), Ok(()));
    }

    /// A Job whose pods are throttled, or have to share a full node, is done later, never earlier: pod by pod.
    #[test]
    fn throttled_jobs_are_never_done_earlier(
        nodes in 1..3_u32,
        (completions, parallelism) in (1..9_u32, 1..6_u32),
        (uses, limit) in (100..6_000_u64, prop::option::of(100..3_000_u64)),
        minutes in 1..40_u64,
    ) {
        let mut plan = simple(0.0, nodes, Span::from_hours(48));
        plan.workloads = vec![service("job", 1)];
        let job = Job::new(completions, parallelism, Span::from_secs(minutes * 60));
        plan.workloads[0].controller = Controller::Job(job);
        let run = |cpu, limit| {
            let load = Load {
                limits: Amounts { cpu: limit, ..Amounts::default() },
                ..Load::of(vec![constant(cpu, 100)])
            };
            completed(&facts(&with(&plan, vec![load]), ROOT).0)
        };
        let [calm, busy] = [run(0, None), run(uses, limit)];
        prop_assert_eq!(calm.len(), completions as usize);
        prop_assert!(busy.len() <= calm.len());
        for (calm, busy) in calm.iter().zip(&busy) {
            prop_assert!(busy >= calm, "{} {}", busy, calm);
        }
        // A pod alone on its node takes as much longer as its limit is below what it would use.
        if let (1, Some(limit)) = (completions, limit)
            && limit < uses
        {
            let granted = limit.min(4_000);
            let speed = u128::from(granted) * 1_000 / u128::from(uses);
            let ms = u128::from(minutes * 60_000) * 1_000;
            let expected = ms.div_ceil(speed.max(1));
            let took = u128::from(busy[0].since(calm[0]).as_ms()) + u128::from(minutes * 60_000);
            prop_assert_eq!(took, expected);
        }
    }
}
