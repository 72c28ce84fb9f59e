//! Whole runs under the Cluster Autoscaler: nodes follow what pods need, and settle.

use std::sync::Arc;

use autoscalers::cluster_autoscaler::ClusterAutoscaler;
use autoscalers::cluster_autoscaler::config::Flags;
use proptest::prelude::*;
use sim::fact::Cause;
use sim::market::Market;
use sim::model::Model;
use sim::model::catalog::{CapacityType, InstanceType, Kin, Offering};
use sim::model::node::NodeShape;
use sim::model::planned::Scale;
use sim::model::pod::PodTraits;
use sim::model::pool::{Autoscaled, Keeper, Limits, NodeTemplate, Pool, PoolId};
use sim::model::resources::{Lane, Resources};
use sim::model::workload::{Controller, Workload};
use sim::setup::Draft;
use sim::table::Id;
use sim::{Fact, MicroUsdPerHour, Root, Setup, SimTime, Span, digest, providers};

const ROOT: Root = Root { seed: 1, replication: 0 };

/// A service on one pool of nodes of four cores.
#[derive(Clone, Debug)]
struct Plan {
    initial: u32,
    min_size: u32,
    max_size: u32,
    replicas: u32,
    /// How many replicas there are after an hour.
    later: u32,
    cpu_milli: u64,
    reclaims_per_hour: f64,
    /// What is paid at most, in millionths of a dollar an hour.
    max_price: u64,
    flags: Flags,
}

/// What a node costs, in millionths of a dollar an hour.
const PRICE: u64 = 100_000;

fn plan() -> Plan {
    Plan {
        initial: 1,
        min_size: 1,
        max_size: 5,
        replicas: 12,
        later: 2,
        cpu_milli: 1_000,
        reclaims_per_hour: 0.0,
        max_price: PRICE,
        flags: Flags::default(),
    }
}

fn setup(plan: &Plan) -> Setup {
    let mut model = Model::default();
    let name = model.names.intern("pool");
    let mut size = Resources::one_pod(4_000, 16 << 30);
    size[Lane::PODS] = 20;
    let price = MicroUsdPerHour(PRICE);
    let instance_type = InstanceType::plain(name, size, price);
    let instance_type = model.catalog.instance_types.push(instance_type);
    let zone = model.names.intern("zone");
    let offering = model.catalog.offerings.push(Offering {
        instance_type,
        zone,
        capacity_type: CapacityType::Spot,
        price,
        reclaims_per_hour: plan.reclaims_per_hour,
        key: 1,
        kin: Kin::alone(1),
    });
    let bounds = Autoscaled {
        initial: plan.initial,
        min_size: plan.min_size,
        max_size: Some(plan.max_size),
        ..Autoscaled::default()
    };
    model.pools.push(Pool {
        name,
        templates: vec![NodeTemplate { offering, shape: NodeShape::plain(size) }],
        limits: Limits { max_price: Some(MicroUsdPerHour(plan.max_price)) },
        keeper: Keeper::Autoscaled(bounds),
    });
    let namespace = model.names.intern("default");
    let traits = PodTraits {
        namespace: Some(namespace),
        grace: Span::from_secs(30),
        shutdown: Span::from_secs(5),
        startup: Span::from_secs(5),
        ..PodTraits::default()
    };
    let spec = traits.requesting(Resources::one_pod(plan.cpu_milli, 1 << 30));
    let spec = model.specs.intern(spec);
    let workload = model.workloads.push(Workload {
        namespace,
        name,
        controller: Controller::Deployment { replicas: plan.replicas, min_ready: Span::ZERO },
        spec,
        volumes: None,
        created_at: SimTime::ZERO,
        key: digest::of_name("service"),
    });
    let at = SimTime::ZERO + Span::from_hours(1);
    model.planned.scales.push(Scale { at, workload, replicas: plan.later });
    let pools = vec![PoolId::from_index(0)];
    let program = ClusterAutoscaler::new(plan.flags.clone(), pools, &mut model.names);
    let aws = providers::named("aws").expect("aws is modelled");
    let horizon = Span::from_hours(4);
    let mut draft = Draft::new(model, Market::default(), aws, Span::ZERO, horizon);
    draft.programs.push(Arc::new(program));
    draft.check().expect("a sound plan")
}

fn facts(plan: &Plan) -> Vec<(SimTime, Fact)> {
    let mut facts = Vec::new();
    sim::run(&setup(plan), ROOT, &mut facts);
    facts
}

/// How many nodes there are after each change.
fn sizes(facts: &[(SimTime, Fact)]) -> Vec<(SimTime, u32)> {
    let mut size = 0;
    let mut sizes = Vec::new();
    for (at, fact) in facts {
        match fact {
            Fact::NodeLaunched { .. } => size += 1,
            Fact::NodeGone { .. } => size -= 1,
            _ => continue,
        }
        sizes.push((*at, size));
    }
    sizes
}

fn minutes(at: SimTime) -> u64 {
    at.as_ms() / 60_000
}

#[test]
fn nodes_follow_demand_up_and_down() {
    let facts = facts(&plan());
    let sizes = sizes(&facts);
    let most = sizes.iter().map(|(_, size)| *size).max();
    assert_eq!(most, Some(3), "twelve cores are three nodes");
    let (last, size) = *sizes.last().unwrap();
    assert_eq!(size, 1, "two cores are one");
    assert!(minutes(last) >= 70, "ten minutes unneeded, and not before");
    assert!(minutes(last) < 100, "one drain after the other: {last}");
    let scheduled = facts.iter().filter(|(_, fact)| matches!(fact, Fact::PodScheduled { .. }));
    assert!(scheduled.count() >= 12);
    let first = sizes.iter().find(|(at, _)| *at > SimTime::ZERO).expect("nodes are added");
    assert!(first.0.as_ms() >= 2_000, "pods are left to gather for two seconds");
}

#[test]
fn a_group_keeps_its_size_when_the_provider_takes_a_node() {
    let plan = Plan { reclaims_per_hour: 1.0, later: 12, ..plan() };
    let facts = facts(&plan);
    let is_taken = |fact: &Fact| matches!(fact, Fact::NodeGone { why, .. } if why.is_reclaim());
    assert!(facts.iter().any(|(_, fact)| is_taken(fact)), "the market takes some");
    let desired = facts
        .iter()
        .any(|(_, fact)| matches!(fact, Fact::LaunchDecided { reason: "desired capacity", .. }));
    assert!(desired, "the group launches others without the program");
}

/// Five minutes, ten, twenty: four times in the first hour.
#[test]
fn a_group_that_fails_is_left_alone_for_a_while() {
    let plan = Plan { initial: 0, min_size: 0, later: 12, max_price: PRICE - 1, ..plan() };
    let mut asked: Vec<u64> = facts(&plan)
        .iter()
        .filter(|(_, fact)| matches!(fact, Fact::LaunchDecided { .. }))
        .map(|(at, _)| minutes(*at))
        .collect();
    asked.dedup();
    let in_an_hour: Vec<u64> = asked.into_iter().filter(|at| *at < 60).collect();
    assert_eq!(in_an_hour, [0, 5, 15, 35]);
}

#[test]
fn pods_that_fit_no_node_change_nothing() {
    let plan = Plan { cpu_milli: 5_000, replicas: 3, later: 3, min_size: 0, ..plan() };
    let facts = facts(&plan);
    let added = |fact: &Fact| matches!(fact, Fact::LaunchDecided { .. });
    assert!(!facts.iter().any(|(_, fact)| added(fact)));
    assert_eq!(sizes(&facts).last().map(|it| it.1), Some(0), "the empty node goes");
    let why = |fact: &Fact| matches!(fact, Fact::RemovalDecided { reason: "ScaleDownEmpty", .. });
    assert!(facts.iter().any(|(_, fact)| why(fact)));
}

proptest! {
    #![proptest_config(testing::cases(24))]

    #[test]
    fn sizes_stay_within_bounds_and_settle(
        (min_size, more, initial) in (0_u32..3, 1_u32..5, 0_u32..3),
        (replicas, later) in (0_u32..20, 0_u32..20),
        cpu_milli in 500_u64..4_000,
    ) {
        let max_size = min_size + more;
        let initial = initial.min(max_size);
        let plan = Plan { initial, min_size, max_size, replicas, later, cpu_milli, ..plan() };
        let facts = facts(&plan);
        let sizes = sizes(&facts);
        prop_assert!(sizes.iter().all(|(_, size)| *size <= max_size));
        // Nothing is asked of groups below their minimum, unless a flag says so.
        let removed = facts.iter().any(|(_, fact)| matches!(fact, Fact::RemovalDecided { .. }));
        let last = sizes.last().map_or(0, |it| it.1);
        prop_assert!(!removed || last >= min_size);
        let late = SimTime::ZERO + Span::from_hours(3);
        prop_assert!(sizes.iter().all(|(at, _)| *at < late), "with constant demand it settles");
        let killed = |fact: &Fact| matches!(
            fact, Fact::NodeGone { why, .. } if *why != Cause::Released
        );
        prop_assert!(!facts.iter().any(|(_, fact)| killed(fact)));
    }
}
