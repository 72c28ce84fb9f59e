//! Start-up by hand: how long disks and images keep pods from being ready.

use crate::common;

use std::sync::Arc;

use common::{Plan, facts, service, setup, simple};
use sim::market::reclaims::constant::Constant;
use sim::market::reclaims::scripted::{Event, Scripted};
use sim::model::Model;
use sim::model::budget::{Amount, Limit};
use sim::model::images::{ImageId, PodImages};
use sim::model::workload::{Controller, WorkloadId};
use sim::model::zonal::Whose;
use sim::providers::interruption::NodeObject;
use sim::start_up::StartUp;
use sim::table::Id;
use sim::{Fact, Root, Setup, SimTime, Span};

const ROOT: Root = Root { seed: 3, replication: 0 };
const HOUR: u64 = 3_600;
const MIB: u64 = 1 << 20;

/// When pods became ready, in seconds.
fn ready(setup: &Setup) -> Vec<u64> {
    let (facts, _) = facts(setup, ROOT);
    let ready = facts.iter().filter(|(_, fact)| matches!(fact, Fact::PodReady { .. }));
    ready.map(|(at, _)| at.as_ms() / 1_000).collect()
}

/// For how long pods waited for their disks, in seconds.
fn waits_for_disks(setup: &Setup) -> Vec<u64> {
    let (facts, _) = facts(setup, ROOT);
    let waits = facts.iter().filter_map(|(_, fact)| match fact {
        Fact::VolumesAttached { waited, .. } => Some(waited.as_ms() / 1_000),
        _ => None,
    });
    waits.collect()
}

/// After an hour the provider decides to take what runs of the first offering, which is gone two
/// minutes later and not to be had for two hours.
fn taken_after_an_hour(setup: &mut Setup, announced: bool) {
    let storm = Event {
        at: SimTime::ZERO + Span::from_hours(1),
        offerings: vec![Id::from_index(0)],
        share: 1.0,
        outage: Span::from_hours(2),
        announced: Some(announced),
    };
    setup
        .change(|it| {
            it.market.reclaims =
                Arc::new(Scripted { beside: Arc::new(Constant), events: vec![storm] })
        })
        .expect("sound");
}

/// Pods with disks on a large spot node, which is taken, and a smaller on-demand node beside it, in the
/// same zone.
fn one_of_two(controller: Controller, announced: bool) -> Setup {
    let mut plan = simple(0.0, 1, Span::from_hours(3));
    plan.pools.push(plan.pools[0].clone());
    plan.pools[0].cpu_milli = 16_000;
    plan.pools[1].spot = false;
    plan.workloads = vec![service("db", 1)];
    plan.workloads[0].controller = controller;
    let mut setup = setup(&plan);
    let mut model = Model::clone(&setup.model);
    let zone = model.catalog.offerings[Id::from_index(0)].zone;
    let whose = match controller {
        Controller::StatefulSet { .. } => Whose::EachReplica,
        _ => Whose::Claim(model.names.intern("default/data")),
    };
    model.add_zonal_volumes(WorkloadId::from_index(0), whose, [zone]);
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
    taken_after_an_hour(&mut setup, announced);
    setup
        .change(|it| {
            it.start_up = StartUp {
                attach: Span::from_secs(10),
                detach: Span::from_secs(20),
                force_detach: Span::from_secs(360),
                pull_rate: None,
            }
        })
        .expect("sound");
    setup
}

const SET: Controller =
    Controller::StatefulSet { replicas: 1, min_ready: Span::ZERO, ordered: true };

fn deployment(replicas: u32) -> Controller {
    Controller::Deployment { replicas, min_ready: Span::ZERO }
}

#[test]
fn a_disk_is_detached_from_the_old_node_before_it_is_attached_to_the_new_one() {
    let setup = one_of_two(SET, true);
    // 10 s to attach, 5 s to start. Evicted at the hour, it stops for 30 s; 20 s to detach.
    assert_eq!(ready(&setup), [15, HOUR + 30 + 20 + 10 + 5]);
    assert_eq!(waits_for_disks(&setup), [10, 20 + 10]);
}

#[test]
fn a_disk_that_was_never_unmounted_is_given_up_after_six_minutes() {
    let setup = one_of_two(SET, false);
    // Gone after 120 s, unreachable after 50, the node's object deleted after 10, the pod after 40.
    assert_eq!(ready(&setup), [15, HOUR + 120 + 100 + 360 + 10 + 5]);
}

#[test]
fn an_operator_who_marks_the_node_out_of_service_saves_the_six_minutes() {
    let mut setup = one_of_two(SET, false);
    setup.change(|it| it.start_up.force_detach = Span::ZERO).expect("sound");
    assert_eq!(ready(&setup), [15, HOUR + 120 + 100 + 10 + 5]);
}

#[test]
fn a_disk_in_use_on_one_node_is_refused_by_another() {
    // The successor is bound at the notice, while the old pod still has the disk for 30 s.
    let setup = one_of_two(deployment(1), true);
    assert_eq!(ready(&setup), [15, HOUR + 30 + 20 + 10 + 5]);
    assert_eq!(waits_for_disks(&setup), [10, 30 + 20 + 10]);
}

#[test]
fn pods_on_one_node_share_a_disk() {
    let setup = one_of_two(deployment(2), true);
    let moved = HOUR + 30 + 20 + 10 + 5;
    assert_eq!(ready(&setup), [15, 15, moved, moved]);
}

#[test]
fn a_disk_of_a_pod_whose_object_stays_is_never_free() {
    let mut setup = one_of_two(deployment(1), false);
    setup.change(|it| it.interruption.loss.object = NodeObject::Kept).expect("sound");
    let (facts, _) = facts(&setup, ROOT);
    let bound = facts.iter().filter(|(_, fact)| matches!(fact, Fact::PodScheduled { .. })).count();
    assert_eq!((bound, ready(&setup)), (2, vec![15]));
}

/// What pods start from: each image is named by a letter and takes that many seconds to pull.
fn with_images(plan: &Plan, images: &[&[(&str, u64)]]) -> Setup {
    let mut setup = setup(plan);
    let mut model = Model::clone(&setup.model);
    for (index, of_pod) in images.iter().enumerate() {
        let workload = WorkloadId::from_index(index);
        let mut spec = model.specs[model.workloads[workload].spec].clone();
        let known: Vec<ImageId> = of_pod
            .iter()
            .map(|(name, secs)| model.images.intern(model.names.intern(name), secs * MIB))
            .collect();
        let containers = u32::try_from(known.len()).expect("few containers");
        spec.images = PodImages { known, containers };
        model.workloads[workload].spec = model.specs.intern(spec);
    }
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
    setup.change(|it| it.start_up.pull_rate = Some(MIB)).expect("sound");
    setup
}

/// One node, and services of one pod each that are created at these seconds.
fn services(created: &[u64]) -> Plan {
    let mut plan = simple(0.0, 1, Span::from_hours(1));
    plan.workloads = (0..created.len()).map(|it| service(&format!("web-{it}"), 1)).collect();
    for (workload, at) in plan.workloads.iter_mut().zip(created) {
        workload.created_at = SimTime::ZERO + Span::from_secs(*at);
    }
    plan
}

#[test]
fn a_pod_waits_for_its_images_one_after_the_other() {
    let setup = with_images(&services(&[0]), &[&[("a", 10), ("b", 20)]]);
    assert_eq!(ready(&setup), [10 + 20 + 5]);
}

#[test]
fn a_second_pod_finds_the_image_there() {
    let setup = with_images(&services(&[0, 60]), &[&[("a", 10)], &[("a", 10)]]);
    assert_eq!(ready(&setup), [15, 65]);
}

#[test]
fn images_are_pulled_in_the_order_in_which_they_are_asked_for() {
    // The first pod asks for `b` when it has `a`: by then the second one has asked for `c`.
    let of_first: &[(&str, u64)] = &[("a", 10), ("b", 20)];
    let setup = with_images(&services(&[0, 1]), &[of_first, &[("c", 7)]]);
    assert_eq!(ready(&setup), [10 + 7 + 5, 10 + 7 + 20 + 5]);
    // Who comes while it is being pulled waits for the rest of it.
    let setup = with_images(&services(&[0, 4]), &[&[("a", 10)], &[("a", 10)]]);
    assert_eq!(ready(&setup), [15, 15]);
    // A pod that needs nothing that is missing does not wait.
    let setup = with_images(&services(&[0, 20, 21]), &[&[("a", 10)], &[("b", 30)], &[("a", 10)]]);
    assert_eq!(ready(&setup), [15, 26, 55]);
}

#[test]
fn without_a_rate_images_are_just_there() {
    let mut setup = with_images(&services(&[0]), &[&[("a", 10)]]);
    setup.change(|it| it.start_up.pull_rate = None).expect("sound");
    let (facts, _) = facts(&setup, ROOT);
    assert!(!facts.iter().any(|(_, fact)| matches!(fact, Fact::ImagePulled { .. })));
    assert_eq!(ready(&setup), [5]);
}

#[test]
fn another_node_pulls_what_the_lost_one_had() {
    let mut plan = services(&[0]);
    plan.horizon = Span::from_hours(4);
    let mut setup = with_images(&plan, &[&[("a", 10)]]);
    taken_after_an_hour(&mut setup, true);
    let (facts, _) = facts(&setup, ROOT);
    let pulled: Vec<(u64, usize, u64)> = facts
        .iter()
        .filter_map(|(at, fact)| match fact {
            Fact::ImagePulled { node, took, .. } => Some((at.as_ms(), node.index(), took.as_ms())),
            _ => None,
        })
        .collect();
    let mut joined = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::NodeReady { node } if *at > SimTime::ZERO => Some((at.as_ms(), node.index())),
        _ => None,
    });
    let (joined, node) = joined.next_back().expect("one comes after the outage");
    assert_eq!(pulled, [(10_000, 0, 10_000), (joined + 10_000, node, 10_000)]);
    assert_eq!(ready(&setup)[1], (joined + 15_000) / 1_000);
}

#[test]
fn a_pod_goes_where_its_image_is() {
    // Of two empty nodes the second pod takes the one that pulled 1000 MiB, though it is fuller.
    let mut plan = services(&[0, 1_500]);
    plan.pools[0].size = 2;
    plan.pools[0].cpu_milli = 64_000;
    plan.pools[0].memory_mib = 262_144;
    let nodes = |images: &[&[(&str, u64)]]| -> Vec<usize> {
        let (facts, _) = facts(&with_images(&plan, images), ROOT);
        let bound = facts.iter().filter_map(|(_, fact)| match fact {
            Fact::PodScheduled { node, .. } => Some(node.index()),
            _ => None,
        });
        bound.collect()
    };
    let same = nodes(&[&[("a", 1_000)], &[("a", 1_000)]]);
    assert_eq!(same[0], same[1]);
    let other = nodes(&[&[("a", 1_000)], &[("b", 1_000)]]);
    assert_ne!(other[0], other[1]);
}

/// A budget that allows nothing, over one pod that is evicted while it pulls its image, while
/// its containers start, and when it is ready.
// API server: registry/core/pod/storage/eviction.go canIgnorePDB
#[test]
fn a_budget_protects_no_pod_that_has_yet_to_start() {
    let answer = |pulls: u64| {
        let mut plan = services(&[HOUR - 10]);
        plan.horizon = Span::from_hours(2);
        plan.budgets = vec![(0, Limit::MinAvailable(Amount::Percent(100)))];
        let mut setup = with_images(&plan, &[&[("a", pulls)]]);
        taken_after_an_hour(&mut setup, true);
        let (facts, _) = facts(&setup, ROOT);
        let at_notice = facts.iter().filter(|(at, _)| at.as_ms() == HOUR * 1_000);
        let refused = |fact: &Fact| match fact {
            Fact::EvictionRefused { .. } => Some(false),
            Fact::PodTerminating { .. } => Some(true),
            _ => None,
        };
        at_notice.filter_map(|(_, fact)| refused(fact)).collect::<Vec<bool>>()
    };
    assert_eq!(answer(60), [true], "it pulls");
    assert_eq!(answer(7), [false], "its containers start");
    assert_eq!(answer(2), [false], "it is ready");
}
