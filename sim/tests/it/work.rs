//! Checkpoints and gangs, worked by hand; and what must hold of all work.

use crate::common;

use std::collections::BTreeMap;
use std::sync::Arc;

use common::plans;
use proptest::prelude::*;
use sim::market::Market;
use sim::market::reclaims::replay::Replay;
use sim::model::Model;
use sim::model::catalog::{CapacityType, InstanceType, Offering, OfferingId};
use sim::model::job::{Checkpoints, Job, Work, Worked};
use sim::model::node::NodeShape;
use sim::model::pod::{End, PodId, PodSpec};
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool, Refill};
use sim::model::resources::Resources;
use sim::model::workload::{Controller, Workload};
use sim::providers::{self, BootTime, Provider};
use sim::table::Id;
use sim::{Fact, MicroUsdPerHour, Root, Setup, SimTime, Span};

const ROOT: Root = Root { seed: 42, replication: 0 };

fn s(seconds: u64) -> Span {
    Span::from_secs(seconds)
}

/// Three minutes of work on each of `nodes` nodes, saved every minute for 10 s and taken up again
/// within 20 s. The youngest node is taken at 1:40 without notice. There is another at 2:40, which
/// boots for a minute; by then the loss has been found out, at 3:20.
fn setup(nodes: u32, gang: bool) -> Setup {
    let mut model = Model::default();
    let name = model.names.intern("train");
    let size = Resources::one_pod(8_000, 1 << 30);
    let price = MicroUsdPerHour(3_000_000);
    let instance_type = model.catalog.instance_types.push(InstanceType::plain(name, size, price));
    let spot = Offering {
        capacity_type: CapacityType::Spot,
        ..Offering::on_demand(instance_type, name, price)
    };
    let offering = model.catalog.offerings.push(spot);
    let templates = vec![NodeTemplate { offering, shape: NodeShape::plain(size) }];
    let refill = Refill::default();
    model.pools.push(Pool {
        name,
        templates,
        limits: Limits::default(),
        keeper: Keeper::FixedSize { size: nodes, refill },
    });
    let checkpoints = Some(Checkpoints { every: s(60), takes: s(10) });
    let work = Work { checkpoints, restart: s(20), gang, ..Work::lasting(s(180)) };
    let job = Job { work, ..Job::new(nodes, nodes, s(180)) };
    let spec = model.specs.intern(PodSpec { requests: size, ..PodSpec::default() });
    let (controller, created_at) = (Controller::Job(job), SimTime::ZERO);
    let namespace = model.empty;
    model.workloads.push(Workload {
        namespace,
        name,
        controller,
        spec,
        volumes: None,
        created_at,
        key: 0,
    });
    let generic = providers::named("generic").expect("a provider").clone();
    let boot = BootTime { median: s(60), p95: s(60) };
    let provider = Box::leak(Box::new(Provider { notice: Span::ZERO, boot, ..generic }));
    let steps = [(0, nodes), (100, nodes - 1), (160, nodes)];
    let trace = steps.map(|(at, count)| (SimTime::ZERO + s(at), count)).to_vec();
    let traces = BTreeMap::from([(OfferingId::from_index(0), trace)]);
    let replay = Replay { traces, notice: Span::ZERO };
    let market = Market { reclaims: Arc::new(replay), ..Market::default() };
    Setup::new(model, market, provider, Span::ZERO, s(3_600)).expect("an hour")
}

/// When each pod's work was recorded, in seconds, and what became of its time.
fn work_of(setup: &Setup) -> Vec<(u64, PodId, Worked)> {
    let mut facts = Vec::new();
    sim::run(setup, ROOT, &mut facts);
    let worked = |(at, fact): &(SimTime, Fact)| match *fact {
        Fact::PodWorked { pod, worked, .. } => Some((at.as_ms() / 1_000, pod, worked)),
        _ => None,
    };
    facts.iter().filter_map(worked).collect()
}

fn worked(useful: u64, lost: u64, saving: u64, waiting: u64) -> Worked {
    Worked { useful: s(useful), lost: s(lost), saving: s(saving), waiting: s(waiting) }
}

/// 60 s and their checkpoint are saved, 30 s are not. From 3:40 on: 20 s to take it up, two more
/// minutes with one checkpoint between them.
#[test]
fn a_successor_takes_up_the_work_at_the_last_checkpoint() {
    let pod = PodId::from_index;
    let expected = [(100, pod(0), worked(60, 30, 10, 0)), (370, pod(1), worked(120, 20, 10, 0))];
    assert_eq!(work_of(&setup(1, false)), expected);
}

/// The other pod goes back with it, and waits for it from 1:40 to 3:40.
#[test]
fn a_gang_waits_for_its_members_and_goes_back_together() {
    let pod = PodId::from_index;
    let expected = [
        (100, pod(1), worked(60, 30, 10, 0)),
        (370, pod(0), worked(180, 50, 20, 120)),
        (370, pod(2), worked(120, 20, 10, 0)),
    ];
    assert_eq!(work_of(&setup(2, true)), expected);
}

/// Apart from each other, the one that is not disturbed is done after 3 min and two checkpoints.
#[test]
fn without_a_gang_no_pod_waits() {
    let work_of = work_of(&setup(2, false));
    assert_eq!(work_of[1], (200, PodId::from_index(0), worked(180, 0, 20, 0)));
    assert!(work_of.iter().all(|(_, _, worked)| worked.waiting == Span::ZERO));
}

proptest! {
    #![proptest_config(testing::cases(192))]

    /// Of every attempt that was ready, the parts of its time sum to it; and what all attempts of a
    /// replica got done is its work, exactly when one of them has completed.
    #[test]
    fn time_is_accounted_for(plan in plans()) {
        let setup = common::setup(&plan);
        let mut replicas = BTreeMap::new();
        let mut useful = BTreeMap::new();
        let mut parts: BTreeMap<PodId, Worked> = BTreeMap::new();
        let mut completed = BTreeMap::new();
        for (_, fact) in common::facts(&setup, ROOT).0 {
            match fact {
                Fact::PodCreated { pod, workload, replica, .. } => {
                    replicas.insert(pod, (workload, replica));
                }
                Fact::PodWorked { pod, worked, .. } => {
                    prop_assert_eq!(parts.insert(pod, worked), None, "recorded once");
                    let sum = useful.entry(replicas[&pod]).or_insert(Span::ZERO);
                    *sum += worked.useful;
                }
                Fact::PodEnded { pod, workload, end, ran, .. } => {
                    let Some(work) = setup.model.workloads[workload].controller.work() else {
                        continue;
                    };
                    let worked = parts.get(&pod).copied().unwrap_or_default();
                    prop_assert_eq!(worked.total(), ran);
                    prop_assert!(work.gang || end != End::Completed || worked.waiting == Span::ZERO);
                    let sum = useful.get(&replicas[&pod]).copied().unwrap_or_default();
                    prop_assert!(sum <= work.duration);
                    if end == End::Completed {
                        completed.insert(replicas[&pod], work.duration);
                    }
                }
                Fact::StillRunning { pod, ran, .. } => {
                    prop_assert_eq!(parts.get(&pod).map(Worked::total), Some(ran));
                }
                _ => {}
            }
        }
        // An attempt that is terminating may end, and say what it did, after the last one is done.
        for (replica, duration) in completed {
            prop_assert_eq!(useful[&replica], duration);
        }
    }
}
