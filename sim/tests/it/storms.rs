//! A scheduler that remembers gives every fact that one gives which asks every node every time: in
//! storms, where pods wait for room and fail alike.

use crate::common;

use std::sync::Arc;

use common::{Plan, facts, plans};
use proptest::prelude::*;
use sim::action::Action;
use sim::market::Market;
use sim::model::Model;
use sim::model::catalog::CapacityType;
use sim::model::pool::Keeper;
use sim::model::workload::{Controller, WorkloadId};
use sim::scheduler::Scheduler;
use sim::scheduler::profile::Profile;
use sim::table::Id;
use sim::world::World;
use sim::{Root, Setup, Span, providers};
use testing::cluster::{ClusterPlan, clusters};
use testing::faults::{Faults, faults};

const ROOT: Root = Root { seed: 42, replication: 0 };
const HORIZON: Span = Span::from_hours(6);

/// Whether both ways to schedule give the same facts in the same order.
fn agree(mut setup: Setup, faults: Faults) -> Result<(), TestCaseError> {
    setup.change(|it| it.market.reclaims = Arc::new(faults)).expect("sound");
    let (remembered, run) = facts(&setup, ROOT);
    setup.change(|it| it.scheduler.plain = true).expect("sound");
    let (plain, plain_run) = facts(&setup, ROOT);
    let differ = remembered.iter().zip(&plain).position(|(one, other)| one != other);
    if let Some(at) = differ {
        prop_assert_eq!(&remembered[at], &plain[at], "fact {}", at);
    }
    prop_assert_eq!(remembered.len(), plain.len());
    prop_assert_eq!(run.digest, plain_run.digest);
    prop_assert_eq!(run.counters.cycles, plain_run.counters.cycles);
    Ok(())
}

/// More pods of each kind than may find room.
fn crowded(mut plan: Plan) -> Setup {
    plan.horizon = HORIZON;
    for workload in &mut plan.workloads {
        if let Controller::Deployment { replicas, .. } | Controller::StatefulSet { replicas, .. } =
            &mut workload.controller
        {
            *replicas *= 3;
        }
    }
    common::setup(&plan)
}

/// Deployments of pods with wishes of every kind, on spot nodes that are replaced.
fn wishful(plan: &ClusterPlan, replicas: u32) -> Setup {
    let mut model: Model = plan.model();
    model.start.nodes.clear();
    for pool in model.pools.ids() {
        model.pools[pool].keeper = Keeper::of_size(1);
    }
    for offering in model.catalog.offerings.ids() {
        model.catalog.offerings[offering].capacity_type = CapacityType::Spot;
    }
    for workload in model.workloads.ids() {
        model.workloads[workload].controller =
            Controller::Deployment { replicas, min_ready: Span::ZERO };
    }
    let aws = providers::named("aws").expect("aws is modelled");
    Setup::new(model, Market::default(), aws, Span::ZERO, HORIZON).expect("a sound plan")
}

proptest! {
    #![proptest_config(testing::cases(96))]

    #[test]
    fn what_is_remembered_changes_no_fact(plan in plans(), faults in faults(5, HORIZON)) {
        agree(crowded(plan), faults)?;
    }

    #[test]
    fn nor_where_pods_have_wishes(
        plan in clusters(),
        replicas in 1_u32..9,
        faults in faults(5, HORIZON),
    ) {
        agree(wishful(&plan, replicas), faults)?;
    }
}

/// Of many pods that ask for the same, the first asks the nodes; the others are answered at once,
/// until something changes.
#[test]
fn pods_alike_ask_once() {
    let plan = Plan { pools: Vec::new(), ..common::simple(0.0, 1, HORIZON) };
    let setup = common::setup(&plan);
    let mut world = World::new(Arc::clone(&setup.model));
    let mut scheduler = Scheduler::new(Profile::default(), ROOT);
    let workload = WorkloadId::from_index(0);
    for replica in 0..100 {
        let (pod, _) = world.create_pod(workload, replica, 0, None);
        scheduler.enqueue(pod, &world).expect("nothing holds it back");
    }
    while let Some((action, then)) = scheduler.next(&world) {
        assert_eq!(then, None);
        let Action::Refuse { pod, cause } = action else { panic!("there is no room: {action:?}") };
        let _ = world.refuse(pod, cause);
    }
    assert_eq!((scheduler.cycles(), scheduler.recalled()), (100, 99));
    assert_eq!(world.refusals().iter().count(), 1);
}
