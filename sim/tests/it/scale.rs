//! Scaling workloads while a run goes on, and resizing pods in place.

use std::sync::Arc;

use proptest::prelude::*;
use sim::engine::Simulation;
use sim::fact::{Cause, Fact};
use sim::model::budget::{Amount, Limit};
use sim::model::pod::{PodId, PodSpec};
use sim::model::quota::{Counted, Quota};
use sim::model::resources::Lane;
use sim::model::workload::{Controller, WorkloadId};
use sim::setup::Draft;
use sim::table::Id;
use sim::world::World;
use sim::world::pods::Phase;
use sim::{Root, Setup, SimTime, Span};

use crate::common::{Plan, plans, service, setup, simple};

const ROOT: Root = Root { seed: 7, replication: 0 };

fn web() -> WorkloadId {
    WorkloadId::from_index(0)
}

/// Pods of a workload that are neither terminating nor over.
fn stay(world: &World, workload: WorkloadId) -> Vec<PodId> {
    let stays =
        |phase| matches!(phase, Phase::Pending | Phase::Starting { .. } | Phase::Running { .. });
    let own = world.pods().ids().filter(|pod| world.pods().workload(*pod) == workload);
    own.filter(|pod| stays(world.pods().phase(*pod))).collect()
}

fn quiet(controller: Controller) -> Setup {
    let mut plan = simple(0.0, 4, Span::from_hours(2));
    plan.workloads[0].controller = controller;
    plan.budgets = vec![(0, Limit::MinAvailable(Amount::Percent(50)))];
    setup(&plan)
}

fn until(simulation: &mut Simulation<'_>, at: SimTime) {
    while simulation.due().is_some_and(|due| due <= at) && simulation.step() {}
}

#[test]
fn a_deployment_follows_its_scale_up_and_down() {
    let setup = quiet(Controller::Deployment { replicas: 6, min_ready: Span::ZERO });
    let mut facts = Vec::new();
    let mut simulation = Simulation::new(&setup, ROOT, &mut facts);
    until(&mut simulation, SimTime::from_ms(60_000));
    let budget = setup.model.budgets.ids().next().expect("a budget");
    assert_eq!(simulation.world().expected(budget), 6);
    for (replicas, minutes) in [(10, 2), (3, 4), (0, 6), (5, 8)] {
        simulation.scale(web(), replicas);
        assert_eq!(stay(simulation.world(), web()).len(), replicas as usize, "at once");
        assert_eq!(simulation.world().expected(budget), i64::from(replicas));
        until(&mut simulation, SimTime::from_ms(60_000 * minutes));
        assert_eq!(stay(simulation.world(), web()).len(), replicas as usize, "and it stays so");
        simulation.world().check().expect("sums hold");
    }
    drop(simulation);
    let down = facts
        .iter()
        .filter(|(_, fact)| matches!(fact, Fact::PodTerminating { why: Cause::ScaledDown, .. }));
    assert_eq!(down.count(), 7 + 3);
    let created = facts.iter().filter(|(_, fact)| matches!(fact, Fact::PodCreated { .. }));
    assert_eq!(created.count(), 6 + 4 + 5, "a pod that is scaled away has no successor");
}

#[test]
fn pods_that_wait_are_the_first_to_go() {
    let setup = quiet(Controller::Deployment { replicas: 14, min_ready: Span::ZERO });
    let mut simulation = Simulation::new(&setup, ROOT, ());
    until(&mut simulation, SimTime::from_ms(60_000));
    simulation.scale(web(), 20);
    until(&mut simulation, SimTime::from_ms(120_000));
    let pods = simulation.world().pods();
    let waiting = pods.ids().filter(|pod| pods.phase(*pod) == Phase::Pending).count();
    assert!(waiting > 0, "sixteen fit");
    let number = u32::try_from(20 - waiting).expect("few");
    simulation.scale(web(), number);
    let left = stay(simulation.world(), web());
    let pods = simulation.world().pods();
    assert!(left.iter().all(|pod| matches!(pods.phase(*pod), Phase::Running { .. })));
}

#[test]
fn a_stateful_set_in_order_loses_its_highest_numbers_one_by_one() {
    let ordered = Controller::StatefulSet { replicas: 4, min_ready: Span::ZERO, ordered: true };
    let setup = quiet(ordered);
    let mut facts = Vec::new();
    let mut simulation = Simulation::new(&setup, ROOT, &mut facts);
    until(&mut simulation, SimTime::from_ms(60_000));
    simulation.scale(web(), 1);
    assert_eq!(stay(simulation.world(), web()).len(), 3, "one at a time");
    until(&mut simulation, SimTime::from_ms(600_000));
    let left = stay(simulation.world(), web());
    assert_eq!(
        left.iter().map(|pod| simulation.world().pods().replica(*pod)).collect::<Vec<_>>(),
        [0]
    );
    simulation.scale(web(), 3);
    until(&mut simulation, SimTime::from_ms(1_200_000));
    assert_eq!(stay(simulation.world(), web()).len(), 3);
    simulation.world().check().expect("sums hold");
    drop(simulation);
    let gone: Vec<u32> = facts
        .iter()
        .filter_map(|(_, fact)| match fact {
            Fact::PodTerminating { pod, why: Cause::ScaledDown, .. } => Some(pod.number()),
            _ => None,
        })
        .collect();
    assert_eq!(gone, [3, 2, 1]);
}

#[test]
fn a_resize_keeps_the_sums_of_its_node() {
    let mut plan = simple(0.0, 1, Span::from_hours(1));
    plan.workloads = vec![service("web", 2)];
    let mut setup = setup(&plan);
    let small = setup.model.workloads[web()].spec;
    let large = setup
        .change(|it| {
            let model = Arc::make_mut(&mut it.model);
            let mut spec: PodSpec = model.specs[small].clone();
            spec.requests[Lane::CPU] *= 2;
            spec.nonzero_requests = spec.requests;
            model.specs.intern(spec)
        })
        .expect("sound");
    let model = Arc::clone(&setup.model);
    let mut simulation = Simulation::new(&setup, ROOT, ());
    until(&mut simulation, SimTime::from_ms(60_000));
    let mut world = simulation.world().clone();
    let pod = stay(&world, web())[0];
    let node = world.pods().phase(pod).node().expect("it runs");
    let cpu = |world: &World| world.placement().load(node).requested()[Lane::CPU];
    let (before, own) = (cpu(&world), model.specs[small].requests[Lane::CPU]);
    let mut drawn = world.spec(small).clone();
    drawn.requests[Lane::CPU] += 7;
    drawn.nonzero_requests = drawn.requests;
    let drawn = world.add_spec(drawn);
    assert!(world.specs().is_added(drawn), "no scenario has named it");
    for (to, more) in [(large, own), (drawn, 7), (small, 0)] {
        let Fact::PodResized { spec, requests, .. } = world.resize(pod, to) else {
            panic!("a resize is a resize");
        };
        assert_eq!(requests.cpu_milli(), own + more);
        assert_eq!(spec, if to == large { large } else { small }, "known to the model");
        assert_eq!(cpu(&world), before + more);
        world.check().expect("sums hold");
    }
}

#[test]
fn a_quota_forbids_pods_until_others_are_gone() {
    let mut plan = simple(0.0, 4, Span::from_hours(2));
    plan.workloads = vec![service("web", 3), service("api", 4)];
    let mut setup = setup(&plan);
    let quota = |it: &mut Draft| {
        let model = Arc::make_mut(&mut it.model);
        let namespace = model.workloads[web()].namespace;
        let quota = model.quotas.push(Quota {
            namespace,
            name: namespace,
            hard: vec![(Counted::Pods, 5), (Counted::Requests(Lane::CPU), u64::MAX)],
        });
        for id in [web(), WorkloadId::from_index(1)] {
            let mut spec = model.specs[model.workloads[id].spec].clone();
            spec.quotas = vec![quota];
            model.workloads[id].spec = model.specs.intern(spec);
        }
    };
    setup.change(quota).expect("sound");
    let api = WorkloadId::from_index(1);
    let mut facts = Vec::new();
    let mut simulation = Simulation::new(&setup, ROOT, &mut facts);
    until(&mut simulation, SimTime::from_ms(60_000));
    assert_eq!([web(), api].map(|it| stay(simulation.world(), it).len()), [3, 2]);
    simulation.scale(web(), 1);
    until(&mut simulation, SimTime::from_ms(3_600_000));
    assert_eq!([web(), api].map(|it| stay(simulation.world(), it).len()), [1, 4]);
    simulation.scale(api, 6);
    simulation.scale(api, 3);
    until(&mut simulation, SimTime::from_ms(7_000_000));
    assert_eq!([web(), api].map(|it| stay(simulation.world(), it).len()), [1, 3]);
    simulation.world().check().expect("sums hold");
    drop(simulation);
    let times = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::PodForbidden { by: "ResourceQuota", workload, replica: 2, .. }
            if *workload == api =>
        {
            Some(at.as_ms())
        }
        _ => None,
    });
    let times: Vec<u64> = times.take(4).collect();
    assert_eq!(times, [0, 5, 15, 35], "the waits double");
}

fn scales() -> impl Strategy<Value = Vec<(u64, prop::sample::Index, u32)>> {
    prop::collection::vec((0_u64..60, any::<prop::sample::Index>(), 0_u32..9), 1..6)
}

proptest! {
    #![proptest_config(testing::cases(64))]

    /// Whatever is scaled when, in whatever storm: sums hold, no workload has more pods than it is to
    /// have, and no replica has two.
    #[test]
    fn scaling_keeps_the_world_whole(plan in plans(), scales in scales()) {
        let plan = Plan { horizon: Span::from_hours(2), ..plan };
        let setup = setup(&plan);
        let scaled: Vec<WorkloadId> = setup
            .model
            .workloads
            .iter()
            .filter(|(_, it)| it.controller.desired_replicas().is_some())
            .map(|(id, _)| id)
            .collect();
        prop_assume!(!scaled.is_empty());
        let mut scales: Vec<_> = scales;
        scales.sort_by_key(|(minute, _, _)| *minute);
        let mut simulation = Simulation::new(&setup, ROOT, ());
        for (minute, which, replicas) in scales {
            until(&mut simulation, SimTime::from_ms(60_000 * minute));
            let workload = scaled[which.index(scaled.len())];
            if setup.model.workloads[workload].created_at <= simulation.world().now() {
                simulation.scale(workload, replicas);
            }
            prop_assert_eq!(simulation.world().check(), Ok(()));
        }
        while simulation.step() {
            prop_assert_eq!(simulation.world().check(), Ok(()));
        }
        let world = simulation.world();
        for workload in scaled {
            let deployment = matches!(
                setup.model.workloads[workload].controller,
                Controller::Deployment { .. }
            );
            let left = stay(world, workload);
            let most = world.replicas(workload).expect("it has a scale") as usize;
            prop_assert!(!deployment || left.len() <= most, "{} of {most}", left.len());
            let mut replicas: Vec<u32> = left.iter().map(|it| world.pods().replica(*it)).collect();
            replicas.sort_unstable();
            replicas.dedup();
            prop_assert_eq!(replicas.len(), left.len());
        }
    }
}
