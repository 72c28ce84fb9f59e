//! Rollouts: how pods of a new template take over from those of the old, alone and in a storm.

use std::sync::Arc;

use proptest::prelude::*;
use sim::engine::Simulation;
use sim::fact::{Cause, Fact};
use sim::model::budget::Amount;
use sim::model::planned::{Rollout, Scale, Strategy};
use sim::model::pod::{PodId, PodSpec};
use sim::model::resources::Lane;
use sim::model::workload::{Controller, WorkloadId};
use sim::table::Id;
use sim::world::World;
use sim::world::pods::Phase;
use sim::{Root, Setup, SimTime, Span};

use crate::common::{Plan, facts, plans, setup, simple};

const ROOT: Root = Root { seed: 7, replication: 0 };
const MINUTE: u64 = 60_000;

fn web() -> WorkloadId {
    WorkloadId::from_index(0)
}

fn at(minutes: u64) -> SimTime {
    SimTime::from_ms(minutes * MINUTE)
}

/// Eight quiet nodes with room for 32 pods of the only workload.
fn quiet(controller: Controller) -> Setup {
    let mut plan = simple(0.0, 8, Span::from_hours(2));
    plan.workloads[0].controller = controller;
    setup(&plan)
}

/// The setup with a rollout of a workload, to what `change` makes of its pods.
fn with_rollout(
    setup: Setup,
    workload: WorkloadId,
    (at, strategy): (SimTime, Strategy),
    change: impl FnOnce(&mut PodSpec),
) -> Setup {
    let mut setup = setup;
    let plan = |draft: &mut sim::setup::Draft| {
        let model = Arc::make_mut(&mut draft.model);
        let mut spec = model.specs[model.workloads[workload].spec].clone();
        change(&mut spec);
        let spec = model.specs.intern(spec);
        let rollout = Rollout { at, spec, volumes: None, strategy, back_to: None };
        model.planned.rollouts.entry(workload).or_default().push(rollout);
    };
    setup.change(plan).expect("sound");
    setup
}

fn slower(spec: &mut PodSpec) {
    spec.startup = Span::from_secs(20);
}

fn deployment(replicas: u32, min_ready: u64) -> Controller {
    Controller::Deployment { replicas, min_ready: Span::from_secs(min_ready) }
}

fn rolling(max_surge: Amount, max_unavailable: Amount) -> Strategy {
    Strategy::Rolling { max_surge, max_unavailable, progress_deadline: Span::from_secs(600) }
}

fn nodes(max_surge: u32, max_unavailable: u32) -> Strategy {
    Strategy::Nodes {
        max_surge: Amount::Pods(max_surge),
        max_unavailable: Amount::Pods(max_unavailable),
        min_ready: Span::from_secs(10),
    }
}

/// Pods of a workload that are neither terminating nor over.
fn stay(world: &World, workload: WorkloadId) -> Vec<PodId> {
    let stays =
        |phase| matches!(phase, Phase::Pending | Phase::Starting { .. } | Phase::Running { .. });
    let own = world.pods().ids().filter(|pod| world.pods().workload(*pod) == workload);
    own.filter(|pod| stays(world.pods().phase(*pod))).collect()
}

/// After every event from the rollout on: the pods that stay, how many are available, and how many are
/// new.
fn watch(setup: &Setup, from: SimTime) -> Vec<(usize, usize, usize)> {
    let mut simulation = Simulation::new(setup, ROOT, ());
    let mut seen = Vec::new();
    while simulation.step() {
        let world = simulation.world();
        if world.now() >= from {
            let stay = stay(world, web());
            let count = |is: &dyn Fn(PodId) -> bool| stay.iter().filter(|pod| is(**pod)).count();
            let available = count(&|pod| world.pods().available(pod));
            let new = count(&|pod| world.pods().revision(pod) == world.revision(web()));
            seen.push((stay.len(), available, new));
        }
    }
    simulation.world().check().expect("sums hold");
    seen
}

/// When the rollout ended, in seconds after it began.
fn took(setup: &Setup) -> Option<u64> {
    facts(setup, ROOT).0.into_iter().find_map(|(_, fact)| match fact {
        Fact::RolloutEnded { took, .. } => Some(took.as_ms() / 1_000),
        _ => None,
    })
}

#[test]
fn a_deployment_stays_within_its_fences() {
    let strategy = rolling(Amount::Percent(25), Amount::Percent(25));
    let setup = with_rollout(quiet(deployment(10, 0)), web(), (at(10), strategy), slower);
    let seen = watch(&setup, at(10));
    assert!(seen.iter().all(|(stay, available, _)| *stay <= 13 && *available >= 8), "{seen:?}");
    assert_eq!(seen.last(), Some(&(10, 10, 10)));
    // Two go and five come at once; each wave takes 20 s: 5, then 5 more.
    assert_eq!(took(&setup), Some(40));
}

#[test]
fn without_surge_pods_go_before_others_come() {
    let strategy = rolling(Amount::Pods(0), Amount::Pods(2));
    let setup = with_rollout(quiet(deployment(6, 30)), web(), (at(10), strategy), slower);
    let seen = watch(&setup, at(10));
    assert!(seen.iter().all(|(stay, available, _)| *stay <= 6 && *available >= 4), "{seen:?}");
    // Three waves of two, each 20 s of start and 30 s of `minReadySeconds`.
    assert_eq!(took(&setup), Some(150));
}

#[test]
fn a_recreate_has_no_old_and_new_pods_at_once() {
    let strategy = Strategy::Recreate { progress_deadline: Span::from_secs(600) };
    let setup = with_rollout(quiet(deployment(6, 0)), web(), (at(10), strategy), slower);
    let (all, _) = facts(&setup, ROOT);
    let ended = all
        .iter()
        .filter(|(at, fact)| at.as_ms() >= 10 * MINUTE && matches!(fact, Fact::PodEnded { .. }));
    let last_end = ended.map(|(at, _)| *at).max().expect("old pods end");
    let first_new = all.iter().find(|(_, fact)| matches!(fact, Fact::PodRevised { .. }));
    assert_eq!(first_new.map(|(at, _)| *at), Some(last_end));
    // 30 s to stop, 20 s to start.
    assert_eq!(took(&setup), Some(50));
}

#[test]
fn a_stateful_set_goes_from_the_highest_ordinal_to_its_partition() {
    let ordered = Controller::StatefulSet { replicas: 4, min_ready: Span::ZERO, ordered: true };
    let strategy = Strategy::Ordinals { partition: 1 };
    let setup = with_rollout(quiet(ordered), web(), (at(10), strategy), slower);
    let (all, _) = facts(&setup, ROOT);
    let replaced: Vec<u32> = all
        .iter()
        .filter_map(|(_, fact)| match fact {
            Fact::PodTerminating { pod, why: Cause::RolledOut, .. } => Some(pod.number()),
            _ => None,
        })
        .collect();
    assert_eq!(replaced, [3, 2, 1]);
    // 30 s to stop and 20 s to start, one after the other.
    assert_eq!(took(&setup), Some(150));
    let names = all.iter().filter(|(_, fact)| matches!(fact, Fact::PodCreated { .. }));
    assert_eq!(names.count(), 7);
}

#[test]
fn a_daemon_set_goes_from_node_to_node() {
    let setup = || quiet(Controller::DaemonSet);
    let one = with_rollout(setup(), web(), (at(10), nodes(0, 1)), slower);
    // Eight nodes, each 30 s to stop, 20 s to start and 10 s of `minReadySeconds`.
    assert_eq!(took(&one), Some(8 * 60));
    let four = with_rollout(setup(), web(), (at(10), nodes(0, 4)), slower);
    assert_eq!(took(&four), Some(2 * 60));
    let beside = with_rollout(setup(), web(), (at(10), nodes(2, 0)), slower);
    assert_eq!(took(&beside), Some(4 * 30));
    let seen = watch(&beside, at(10));
    assert!(seen.iter().all(|(stay, _, _)| (8..=10).contains(stay)), "{seen:?}");
    assert_eq!(seen.last().map(|(stay, _, new)| (*stay, *new)), Some((8, 8)));
}

#[test]
fn a_rollout_that_cannot_be_placed_stalls_and_the_next_one_mends_it() {
    let strategy = rolling(Amount::Pods(1), Amount::Pods(0));
    let huge = |spec: &mut PodSpec| spec.requests[Lane::CPU] = 1_000_000;
    let setup = with_rollout(quiet(deployment(4, 0)), web(), (at(10), strategy), huge);
    let setup = with_rollout(setup, web(), (at(60), strategy), slower);
    let (all, _) = facts(&setup, ROOT);
    let of = |wanted: &dyn Fn(&Fact) -> bool| -> Vec<u64> {
        all.iter().filter(|(_, fact)| wanted(fact)).map(|(at, _)| at.as_ms() / MINUTE).collect()
    };
    assert_eq!(of(&|fact| matches!(fact, Fact::RolloutStalled { revision: 1, .. })), [20]);
    assert_eq!(of(&|fact| matches!(fact, Fact::RolloutEnded { .. })), [61]);
    let seen = watch(&setup, at(10));
    assert!(seen.iter().all(|(_, available, _)| *available >= 4), "old pods serve on: {seen:?}");
    assert_eq!(seen.last(), Some(&(4, 4, 4)));
}

#[test]
fn a_scale_in_the_middle_of_a_rollout_is_shared() {
    let strategy = rolling(Amount::Pods(2), Amount::Pods(0));
    let mut setup = with_rollout(quiet(deployment(10, 0)), web(), (at(10), strategy), |spec| {
        spec.startup = Span::from_secs(60);
    });
    let scale = |draft: &mut sim::setup::Draft| {
        let scale =
            |seconds, replicas| Scale { at: SimTime::from_ms(seconds), workload: web(), replicas };
        let planned = &mut Arc::make_mut(&mut draft.model).planned;
        planned.scales = vec![scale(10 * MINUTE + 30_000, 16), scale(90 * MINUTE, 3)];
    };
    setup.change(scale).expect("sound");
    let mut simulation = Simulation::new(&setup, ROOT, ());
    while simulation.due().is_some_and(|due| due <= SimTime::from_ms(10 * MINUTE + 30_000))
        && simulation.step()
    {}
    let world = simulation.world();
    let pods = stay(world, web());
    let new = pods.iter().filter(|pod| world.pods().revision(**pod) == 1).count();
    // 10 old and 2 new of 12 become 15 and 3 of 18.
    assert_eq!((pods.len(), new), (18, 3));
    while simulation.step() {}
    let world = simulation.world();
    let left = stay(world, web());
    assert_eq!(left.len(), 3);
    assert!(left.iter().all(|pod| world.pods().revision(*pod) == 1));
}

fn strategy_of(controller: Controller, numbers: (u32, u32), recreate: bool) -> Strategy {
    let (surge, unavailable) = (Amount::Pods(numbers.0), Amount::Percent(numbers.1 * 30));
    match controller {
        Controller::StatefulSet { .. } if recreate => Strategy::OnDelete,
        Controller::StatefulSet { .. } => Strategy::Ordinals { partition: numbers.0 },
        Controller::DaemonSet => nodes(numbers.0, numbers.1),
        _ if recreate => Strategy::Recreate { progress_deadline: Span::from_secs(600) },
        _ => rolling(surge, unavailable),
    }
}

proptest! {
    #![proptest_config(testing::cases(64))]

    /// Whatever is rolled out and scaled when, in whatever storm: sums hold, no replica has two pods, a
    /// Deployment has at most its surge too many, and on a node is at most one new pod of a DaemonSet.
    #[test]
    fn rollouts_keep_the_world_whole(
        plan in plans(),
        planned in prop::collection::vec(
            (0_u64..50, any::<prop::sample::Index>(), (0_u32..3, 0_u32..4), any::<bool>(), 0_u32..9),
            1..6,
        ),
    ) {
        let plan = Plan { horizon: Span::from_hours(2), ..plan };
        let mut setup = setup(&plan);
        let can = |it: Controller| Strategy::default_of(it).is_some();
        let all: Vec<(WorkloadId, Controller)> = setup
            .model
            .workloads
            .iter()
            .filter(|(_, it)| can(it.controller))
            .map(|(id, it)| (id, it.controller))
            .collect();
        prop_assume!(!all.is_empty());
        let mut planned = planned;
        planned.sort_by_key(|(minute, ..)| *minute);
        for (minute, which, numbers, recreate, replicas) in planned {
            let (workload, controller) = all[which.index(all.len())];
            let created = setup.model.workloads[workload].created_at;
            let at = created + Span::from_secs(minute * 60);
            let strategy = strategy_of(controller, numbers, recreate);
            setup = with_rollout(setup, workload, (at, strategy), |spec| {
                spec.startup = Span::from_secs(minute);
            });
            if controller.desired_replicas().is_some() {
                let at = at + Span::from_secs(45);
                setup
                    .change(|draft| {
                        let scale = Scale { at, workload, replicas };
                        Arc::make_mut(&mut draft.model).planned.scales.push(scale);
                    })
                    .expect("sound");
            }
        }
        let mut simulation = Simulation::new(&setup, ROOT, ());
        loop {
            let world = simulation.world();
            prop_assert_eq!(world.check(), Ok(()));
            for (workload, controller) in &all {
                let there = stay(world, *workload);
                let mut names: Vec<u32> =
                    there.iter().map(|it| world.pods().replica(*it)).collect();
                names.sort_unstable();
                names.dedup();
                prop_assert_eq!(names.len(), there.len());
                if let Controller::Deployment { .. } = controller {
                    let surge = match setup.model.rollout(*workload, world.revision(*workload)) {
                        None => 0,
                        // A percentage of 9 at most, rounded up, of a scale that may have fallen since.
                        Some(_) => 3,
                    };
                    let most = world.replicas(*workload).unwrap_or(0) as usize + surge;
                    prop_assert!(there.len() <= most, "{} of {most}", there.len());
                }
                if *controller == Controller::DaemonSet {
                    let revision = world.revision(*workload);
                    let new = there.iter().filter(|it| world.pods().revision(**it) == revision);
                    let mut nodes: Vec<_> = new.map(|it| world.pods().meant_for(*it)).collect();
                    let all = nodes.len();
                    nodes.sort_unstable();
                    nodes.dedup();
                    prop_assert_eq!(nodes.len(), all);
                }
            }
            if !simulation.step() {
                break;
            }
        }
    }
}
