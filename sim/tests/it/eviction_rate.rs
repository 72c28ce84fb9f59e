//! Zones that lose many nodes at once, worked by hand: when the cluster gives up what ran there.

use crate::common;

use std::sync::Arc;

use common::{Plan, facts, service, setup, simple};
use sim::market::reclaims::never::Never;
use sim::market::reclaims::scripted::{Event, Scripted};
use sim::model::catalog::OfferingId;
use sim::providers::Provider;
use sim::providers::interruption::{Loss, NodeObject};
use sim::table::Id;
use sim::{Fact, Root, Setup, SimTime, Span};

const LOST_AT: Span = Span::from_hours(1);

/// Nodes in two zones, of which all those on spot in the first vanish without a notice, and no controller
/// deletes their objects. There is no other for them for an hour.
fn storm(plan: &Plan) -> Setup {
    let event = Event {
        at: SimTime::ZERO + LOST_AT,
        offerings: vec![OfferingId::from_index(0)],
        share: 1.0,
        outage: Span::from_hours(1),
        announced: Some(false),
    };
    let mut setup = setup(plan);
    let at_once = Provider { notice: Span::ZERO, ..setup.provider.clone() };
    setup.change(|it| it.provider = Box::leak(Box::new(at_once))).expect("sound");
    setup
        .change(|it| {
            it.market.reclaims = Arc::new(Scripted { beside: Arc::new(Never), events: vec![event] })
        })
        .expect("sound");
    setup
        .change(|it| it.interruption.loss = Loss { object: NodeObject::Kept, ..Loss::CLEANED_UP })
        .expect("sound");
    setup
}

/// A node takes four pods; each zone has four nodes, all of them full.
fn plan() -> Plan {
    let mut plan = simple(0.0, 8, Span::from_hours(6));
    plan.pools[0].zones = 2;
    plan.workloads = vec![service("web", 32)];
    plan
}

/// When pods were replaced, in seconds after the storm, each second with their number.
fn replaced(setup: &Setup) -> Vec<(u64, usize)> {
    let mut replaced: Vec<(u64, usize)> = Vec::new();
    for (at, fact) in facts(setup, Root { seed: 1, replication: 0 }).0 {
        if matches!(fact, Fact::PodCreated { attempt: 1, .. }) {
            let second = at.since(SimTime::ZERO + LOST_AT).as_ms() / 1_000;
            match replaced.last_mut() {
                Some((last, pods)) if *last == second => *pods += 1,
                _ => replaced.push((second, 1)),
            }
        }
    }
    replaced
}

/// Unreachable after 50 s and tolerated for 300 s; a zone gives up one node in ten seconds.
#[test]
fn a_zone_that_is_lost_is_given_up_node_by_node() {
    assert_eq!(replaced(&storm(&plan())), [(350, 4), (360, 4), (370, 4), (380, 4)]);
}

/// Two nodes of six remain: the zone is small and down in part, and no node is given up until others
/// are there, an hour later.
#[test]
fn a_zone_that_is_lost_in_part_waits_for_better_times() {
    let mut plan = plan();
    let stays = common::PoolPlan { size: 2, spot: false, zones: 1, ..plan.pools[0].clone() };
    plan.pools.push(stays);
    plan.workloads = vec![service("web", 40)];
    let setup = storm(&plan);
    let mut joined: Vec<u64> = Vec::new();
    for (at, fact) in facts(&setup, Root { seed: 1, replication: 0 }).0 {
        if at > SimTime::ZERO + LOST_AT && matches!(fact, Fact::NodeReady { .. }) {
            joined.push(at.since(SimTime::ZERO + LOST_AT).as_ms());
        }
    }
    // 4 of 7 are 57 %; with the second one that is back they are a half.
    let from = (joined[1] + 10_000 + 300_000) / 1_000;
    assert!(joined[1] > 3_600_000, "{joined:?}");
    let expected = [0, 10, 20, 30].map(|later| (from + later, 4));
    assert_eq!(replaced(&setup), expected);
}

/// Where the only zone is lost, the controller doubts itself until a node is back, and then the zone
/// is down in part, until as many are back as are lost.
#[test]
fn when_all_is_lost_no_node_is_given_up() {
    let mut plan = plan();
    plan.pools[0].zones = 1;
    let setup = storm(&plan);
    let first = replaced(&setup)[0].0;
    assert!(first > 3_600 + 310, "{first}");
    // With the cloud's controller at work it makes no difference: 50 s, 10 s and 40 s.
    let mut cleaned_up = setup;
    let loss = Loss::CLEANED_UP.at_the_soonest();
    cleaned_up.change(|it| it.interruption.loss = loss).expect("sound");
    assert_eq!(replaced(&cleaned_up), [(100, 32)]);
}
