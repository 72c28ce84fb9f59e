//! Zonal volumes by hand: where they are made, what they hold back, and until when.

use crate::common;

use std::sync::Arc;

use common::{Plan, facts, service, setup, simple};
use sim::market::reclaims::constant::Constant;
use sim::market::reclaims::scripted::{Event, Scripted};
use sim::model::Model;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::workload::{Controller, WorkloadId};
use sim::model::zonal::Whose;
use sim::table::Id;
use sim::world::World;
use sim::{Fact, Root, Setup, SimTime, Span};

const ROOT: Root = Root { seed: 3, replication: 0 };
const MINUTE: u64 = 60_000;

/// Two spot nodes, one in each of two zones, and a set of two pods that spread over them. Each has
/// room for both.
fn two_zones() -> Plan {
    let mut plan = simple(0.0, 2, Span::from_hours(4));
    plan.pools[0].zones = 2;
    plan.workloads = vec![service("db", 2)];
    plan.workloads[0].controller =
        Controller::StatefulSet { replicas: 2, min_ready: Span::ZERO, ordered: true };
    plan
}

/// The plan with volumes for its only workload. After an hour the first zone is taken, and for an
/// hour there is no capacity in it.
fn with_volumes(plan: &Plan, whose: Option<Whose>) -> Setup {
    let mut setup = setup(plan);
    let mut model = Model::clone(&setup.model);
    let zones: Vec<_> = model.catalog.offerings.rows().map(|offering| offering.zone).collect();
    if let Some(whose) = whose {
        model.add_zonal_volumes(WorkloadId::from_index(0), whose, zones);
    }
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
    let storm = Event {
        at: SimTime::ZERO + Span::from_hours(1),
        offerings: vec![Id::from_index(0)],
        share: 1.0,
        outage: Span::from_hours(1),
        announced: None,
    };
    setup
        .change(|it| {
            it.market.reclaims =
                Arc::new(Scripted { beside: Arc::new(Constant), events: vec![storm] })
        })
        .expect("sound");
    setup
}

/// When pods were bound, in milliseconds, and to which node.
fn bound(facts: &[(SimTime, Fact)]) -> Vec<(u64, usize)> {
    let bound = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::PodScheduled { node, .. } => Some((at.as_ms(), node.index())),
        _ => None,
    });
    bound.collect()
}

#[test]
fn without_volumes_a_pod_of_a_lost_zone_goes_to_another() {
    let (facts, _) = facts(&with_volumes(&two_zones(), None), ROOT);
    let bound = bound(&facts);
    // It is evicted at the notice and takes its 30 s to stop.
    assert_eq!(bound[2..], [(60 * MINUTE + 30_000, 1)]);
}

#[test]
fn with_volumes_it_waits_until_its_zone_has_a_node() {
    let (facts, run) = facts(&with_volumes(&two_zones(), Some(Whose::EachReplica)), ROOT);
    let joined: Vec<_> = facts
        .iter()
        .filter_map(|(at, fact)| match fact {
            Fact::NodeReady { node } if *at > SimTime::ZERO => Some((at.as_ms(), node.index())),
            _ => None,
        })
        .collect();
    let [(joined, node)] = joined[..] else { panic!("one node comes: {joined:?}") };
    assert!(joined > 120 * MINUTE, "the outage ends after an hour");
    assert_eq!(node, 2);
    assert_eq!(bound(&facts)[2..], [(joined, 2)], "it is bound the moment the node registers");
    let refused = facts.iter().find_map(|(at, fact)| match fact {
        Fact::PodUnschedulable { refusal, .. } => Some((at.as_ms(), *refusal)),
        _ => None,
    });
    let (at, refusal) = refused.expect("it was refused first");
    assert_eq!(at, 60 * MINUTE + 30_000);
    let setup = with_volumes(&two_zones(), Some(Whose::EachReplica));
    let refusal = run.refusals.iter().nth(refusal.number() as usize).expect("it is listed");
    let message = refusal.message(&setup.model);
    assert!(
        message.contains("1 node(s) didn't match PersistentVolume's node affinity"),
        "{message}"
    );
}

#[test]
fn pods_that_share_a_claim_are_held_to_the_zone_of_the_first() {
    let mut plan = two_zones();
    plan.workloads = vec![service("web", 3)];
    let mut setup = with_volumes(&plan, None);
    let mut model = Model::clone(&setup.model);
    let claim = model.names.intern("default/data");
    let zones: Vec<_> = model.catalog.offerings.rows().map(|offering| offering.zone).collect();
    model.add_zonal_volumes(WorkloadId::from_index(0), Whose::Claim(claim), zones);
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
    let (facts, _) = facts(&setup, ROOT);
    let nodes: Vec<usize> = bound(&facts).iter().map(|(_, node)| *node).collect();
    assert!(nodes[..3] == [0; 3] || nodes[..3] == [1; 3], "{nodes:?}");
}

#[test]
fn a_trial_takes_back_the_volumes_it_makes() {
    for whose in [Whose::EachReplica, Whose::Claim(Id::from_index(0))] {
        let setup = with_volumes(&two_zones(), Some(whose));
        let mut world = World::new(setup.model.clone());
        for template in 0..2 {
            let (node, _) = world.launch(Id::from_index(0), template);
            let _ = world.register(node);
        }
        let workload = WorkloadId::from_index(0);
        let [first, second] = [0, 1].map(|replica| world.create_pod(workload, replica, 0, None).0);
        let before = world.clone();
        let mut trial = world.trial();
        trial.bind(first, NodeId::from_index(0));
        let held = |world: &World, pod: PodId| !world.spec_of(pod).volumes.claims.is_empty();
        assert!(!held(&trial, first), "it was free to go there");
        assert_eq!(held(&trial, second), matches!(whose, Whose::Claim(_)));
        drop(trial);
        assert!(world.same_state_as(&before));
        assert!(!held(&world, second));
    }
}
