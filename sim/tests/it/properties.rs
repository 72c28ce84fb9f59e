//! What must hold for every cluster, every workload and every market.

use crate::common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use common::{Plan, WorkloadPlan, facts, plans, service, setup};
use proptest::prelude::*;
use sim::engine::Simulation;
use sim::model::Model;
use sim::model::disruption::DisruptionReason;
use sim::model::images::PodImages;
use sim::model::node::NodeId;
use sim::model::pod::{End, PodId};
use sim::model::workload::{Controller, WorkloadId};
use sim::model::zonal::{Together, Whose};
use sim::start_up::StartUp;
use sim::table::Id;
use sim::{Fact, MicroUsdPerHour, Root, Setup, SimTime, Span};

const ROOT: Root = Root { seed: 42, replication: 0 };

proptest! {
    #![proptest_config(testing::cases(192))]

    /// After any event: no node is over-committed, every pod is in one phase and one place, every
    /// sum is what a recount gives.
    #[test]
    fn the_world_is_sound_after_every_event(plan in plans()) {
        let setup = setup(&plan);
        let mut simulation = Simulation::new(&setup, ROOT, ());
        while simulation.step() {
            prop_assert_eq!(simulation.world().check(), Ok(()), "at {}", simulation.world().now());
        }
    }

    /// A pod that was terminating or lost its node ends exactly once, in exactly one class; no
    /// other pod does; and time never runs backwards.
    #[test]
    fn every_involuntary_end_has_one_class(plan in plans()) {
        let (facts, _) = facts(&setup(&plan), ROOT);
        let mut terminating = BTreeSet::new();
        let mut ended: BTreeMap<PodId, End> = BTreeMap::new();
        let mut now = SimTime::ZERO;
        for (at, fact) in &facts {
            prop_assert!(*at >= now);
            now = *at;
            match *fact {
                Fact::PodTerminating { pod, .. } => prop_assert!(terminating.insert(pod)),
                Fact::PodEnded { pod, end, .. } => {
                    prop_assert_eq!(ended.insert(pod, end), None, "a pod ends once");
                    let was_terminating = matches!(end, End::Clean | End::CutShort(_));
                    prop_assert_eq!(terminating.contains(&pod), was_terminating);
                }
                _ => {}
            }
        }
    }

    /// However often pods are evicted, an eviction never leaves a budget with fewer healthy pods
    /// than it demands; and a pod ends for the reason for which it was terminating.
    #[test]
    fn evictions_alone_never_go_below_a_budget(plan in plans()) {
        let setup = setup(&plan);
        let model = &setup.model;
        let mut healthy = BTreeMap::new();
        let mut reasons = BTreeMap::new();
        for (_, fact) in facts(&setup, ROOT).0 {
            let (workload, change) = match fact {
                Fact::PodReady { workload, .. } => (workload, 1),
                Fact::PodTerminating { pod, workload, was_ready, reason, .. } => {
                    reasons.insert(pod, reason);
                    (workload, -i64::from(was_ready))
                }
                Fact::PodEnded { pod, workload, was_ready, reason, .. } => {
                    if let Some(reason_given) = reasons.get(&pod) {
                        prop_assert_eq!(*reason_given, reason);
                    }
                    (workload, -i64::from(was_ready))
                }
                _ => continue,
            };
            let left = healthy.entry(workload).or_insert(0);
            *left += change;
            let evicted = matches!(
                fact,
                Fact::PodTerminating {
                    was_ready: true, reason: Some(DisruptionReason::EvictionByEvictionApi), ..
                }
            );
            for id in &model.related(model.workloads[workload].spec).budgets {
                let desired = model.budgets[*id].desired_healthy(model.relations().wanted(*id));
                prop_assert!(!evicted || *left >= desired, "{left} of {desired}");
            }
        }
    }

    /// With disks and images, too: no event leaves the world unsound, no pod is ready before its disks
    /// are there, a disk is on one node at a time, and a node pulls one image at a time and each once.
    #[test]
    fn disks_move_and_images_are_pulled_one_at_a_time(
        plan in plans(),
        waits in (0_u64..120, 0_u64..120, 0_u64..600, 1_u64..100),
    ) {
        let setup = with_disks_and_images(&plan, waits);
        let mut simulation = Simulation::new(&setup, ROOT, ());
        while simulation.step() {
            prop_assert_eq!(simulation.world().check(), Ok(()), "at {}", simulation.world().now());
        }
        let model = &setup.model;
        let mut replicas = BTreeMap::new();
        let mut users: BTreeMap<Together, BTreeMap<PodId, NodeId>> = BTreeMap::new();
        let mut attached = BTreeSet::new();
        let mut pulls: BTreeMap<NodeId, SimTime> = BTreeMap::new();
        let mut images = BTreeSet::new();
        let disks = |workload: WorkloadId, replica: u32| {
            Some(model.workloads[workload].volumes.as_ref()?.of(workload, replica))
        };
        for (at, fact) in facts(&setup, ROOT).0 {
            match fact {
                Fact::PodCreated { pod, replica, .. } => drop(replicas.insert(pod, replica)),
                Fact::VolumesAttached { pod, workload, node, .. } => {
                    let disks = disks(workload, replicas[&pod]).expect("it has some");
                    let users = users.entry(disks).or_default();
                    prop_assert!(users.values().all(|on| *on == node), "{:?}", users);
                    users.insert(pod, node);
                    attached.insert(pod);
                }
                Fact::PodReady { pod, workload, .. } => {
                    let has_disks = model.workloads[workload].volumes.is_some();
                    prop_assert_eq!(attached.contains(&pod), has_disks);
                }
                Fact::PodEnded { pod, workload, .. } => {
                    let disks = disks(workload, replicas[&pod]);
                    if let Some(users) = disks.and_then(|disks| users.get_mut(&disks)) {
                        users.remove(&pod);
                    }
                }
                Fact::ImagePulled { node, image, took } => {
                    prop_assert!(images.insert((node, image)), "once");
                    let before = pulls.insert(node, at).unwrap_or(SimTime::ZERO);
                    prop_assert!(at.since(before) >= took, "one at a time");
                }
                _ => {}
            }
        }
    }

    /// The same seed gives the same facts, in turn and at once; another replication does not have
    /// to.
    #[test]
    fn a_run_is_a_function_of_its_inputs(plan in plans()) {
        let setup = setup(&plan);
        let once = facts(&setup, ROOT);
        let digests: Vec<u64> = std::thread::scope(|scope| {
            let run = || sim::run(&setup, ROOT, ()).digest;
            let threads: Vec<_> = (0..2).map(|_| scope.spawn(run)).collect();
            threads.into_iter().map(|t| t.join().expect("a run cannot fail")).collect()
        });
        prop_assert_eq!(digests, vec![once.1.digest; 2]);
        prop_assert_eq!(facts(&setup, ROOT).0, once.0);
    }

    /// Where nothing is ever reclaimed, spot is on-demand at another price.
    #[test]
    fn without_reclaims_spot_is_on_demand_at_another_price(mut plan in plans()) {
        plan.pools.iter_mut().for_each(|pool| pool.reclaims_per_hour = 0.0);
        let spot = setup(&plan);
        let same_price = |(at, fact): (SimTime, Fact)| match fact {
            Fact::NodeLaunched { node, pool, offering, .. } => {
                (at, Fact::NodeLaunched { node, pool, offering, price: MicroUsdPerHour(0) })
            }
            other => (at, other),
        };
        let on_spot: Vec<_> = facts(&spot, ROOT).0.into_iter().map(same_price).collect();
        let on_demand: Vec<_> =
            facts(&spot.on_demand(), ROOT).0.into_iter().map(same_price).collect();
        prop_assert_eq!(on_spot, on_demand);
    }

    /// An unrelated workload moves the random stream of no other: the market takes the same
    /// instances at the same times.
    #[test]
    fn a_new_workload_changes_the_fate_of_no_other(plan in plans(), replicas in 1_u32..5) {
        let reclaims = |plan: &Plan| -> Vec<(SimTime, Fact)> {
            let market = |fact: &Fact| {
                matches!(fact, Fact::NoticeGiven { .. } | Fact::NodeGone { .. }
                    | Fact::NodeLaunched { .. } | Fact::NodeReady { .. })
            };
            facts(&setup(plan), ROOT).0.into_iter().filter(|(_, f)| market(f)).collect()
        };
        let stranger = WorkloadPlan { tolerant: false, ..service("stranger", replicas) };
        let mut with = plan.clone();
        with.workloads.push(stranger);
        prop_assert_eq!(reclaims(&plan), reclaims(&with));
    }

    /// A Job completes each of its pods once, and never more than it was asked to.
    #[test]
    fn jobs_complete_what_was_asked(plan in plans()) {
        let setup = setup(&plan);
        let (facts, _) = facts(&setup, ROOT);
        let mut done = BTreeMap::new();
        let mut made = BTreeMap::new();
        for (_, fact) in &facts {
            if let Fact::JobCreated { workload, .. } = *fact {
                *made.entry(workload).or_insert(0) += 1;
            }
            if let Fact::PodEnded { workload, end: End::Completed, .. } = *fact {
                *done.entry(workload).or_insert(0) += 1;
            }
        }
        for (workload, done) in done {
            match setup.model.workloads[workload].controller {
                Controller::Job(job) => prop_assert!(done <= job.completions),
                Controller::CronJob { job, .. } => {
                    prop_assert!(done <= job.completions * made[&workload]);
                }
                Controller::Pod { .. } => prop_assert_eq!(done, 1),
                other => prop_assert!(false, "{:?} completed pods", other),
            }
        }
    }
}

/// The plan with a disk for each replica of a StatefulSet, one for all of every other Deployment, and
/// one or two images for every pod; seconds to attach, to detach and to detach by force, and MiB pulled
/// in one.
fn with_disks_and_images(plan: &Plan, waits: (u64, u64, u64, u64)) -> Setup {
    let mut setup = setup(plan);
    let mut model = Model::clone(&setup.model);
    let zones: Vec<_> = model.catalog.offerings.rows().map(|offering| offering.zone).collect();
    let images = [200_u64, 700, 1_100].map(|mib| {
        let name = model.names.intern(&format!("image-{mib}"));
        model.images.intern(name, mib << 20)
    });
    for id in model.workloads.ids().collect::<Vec<_>>() {
        let mut spec = model.specs[model.workloads[id].spec].clone();
        let known = images.iter().copied().cycle().skip(id.index()).take(1 + id.index() % 2);
        spec.images = PodImages { known: known.collect(), containers: 2 };
        model.workloads[id].spec = model.specs.intern(spec);
        let shared = model.names.intern(&format!("claim-{}", id.index()));
        let whose = match model.workloads[id].controller {
            Controller::StatefulSet { .. } => Some(Whose::EachReplica),
            Controller::Deployment { .. } if id.index().is_multiple_of(2) => {
                Some(Whose::Claim(shared))
            }
            _ => None,
        };
        if let Some(whose) = whose {
            model.add_zonal_volumes(id, whose, zones.iter().copied());
        }
    }
    let (attach, detach, force_detach, rate) = waits;
    let [attach, detach, force_detach] = [attach, detach, force_detach].map(Span::from_secs);
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
    setup
        .change(|it| {
            it.start_up = StartUp { attach, detach, force_detach, pull_rate: Some(rate << 20) }
        })
        .expect("sound");
    setup
}
