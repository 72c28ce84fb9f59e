//! The first and the last of a node by hand: who is on it before all others, whom its kubelet turns away,
//! and what is left of it when its instance is gone.

use crate::common;

use std::sync::Arc;

use common::{Plan, facts, service, setup, simple};
use sim::fact::Cause;
use sim::market::failures::{Failures, Outage};
use sim::market::reclaims::constant::Constant;
use sim::market::reclaims::scripted::{Event, Scripted};
use sim::model::Model;
use sim::model::labels::{Operator, Requirement};
use sim::model::node::NodeId;
use sim::model::pod::{End, PodId, PodSpec, SpreadConstraint};
use sim::model::resources::Resources;
use sim::model::selectors::{Namespaces, PodSelector};
use sim::model::taints::{Toleration, TolerationOperator};
use sim::model::workload::{Controller, WorkloadId};
use sim::providers;
use sim::providers::interruption::{Loss, NodeObject};
use sim::table::Id;
use sim::{Fact, Root, Setup, SimTime, Span};

const ROOT: Root = Root { seed: 3, replication: 0 };
const HOUR: u64 = 3_600;

/// After an hour the provider decides to take what runs of these offerings, which cannot be had for as
/// long.
fn taken(setup: &mut Setup, offerings: &[usize], outage: Span) {
    let event = Event {
        at: SimTime::ZERO + Span::from_hours(1),
        offerings: offerings.iter().map(|index| Id::from_index(*index)).collect(),
        share: 1.0,
        outage,
        announced: Some(true),
    };
    setup
        .change(|it| {
            it.market.reclaims =
                Arc::new(Scripted { beside: Arc::new(Constant), events: vec![event] })
        })
        .expect("sound");
}

/// The pods of a workload are different in this.
fn change(setup: &mut Setup, workload: usize, change: impl FnOnce(&mut Model, &mut PodSpec)) {
    let mut model = Model::clone(&setup.model);
    let workload = WorkloadId::from_index(workload);
    let mut spec = model.specs[model.workloads[workload].spec].clone();
    change(&mut model, &mut spec);
    model.workloads[workload].spec = model.specs.intern(spec);
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
}

/// When and where pods of a workload were bound.
fn bound(facts: &[(SimTime, Fact)], of: usize) -> Vec<(u64, NodeId)> {
    let bound = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::PodScheduled { workload, node, .. } if workload.index() == of => {
            Some((at.as_ms() / 1_000, *node))
        }
        _ => None,
    });
    bound.collect()
}

/// Four pods of a Deployment want the whole of a node of four CPU, and so does a DaemonSet's.
fn full_node() -> Plan {
    let mut plan = simple(0.0, 1, Span::from_hours(3));
    plan.workloads = vec![service("web", 8), service("agent", 0)];
    plan.workloads[1].controller = Controller::DaemonSet;
    plan
}

#[test]
fn a_daemon_is_on_a_new_node_before_pods_that_have_waited_for_it() {
    let mut setup = setup(&full_node());
    taken(&mut setup, &[0], Span::ZERO);
    let (facts, _) = facts(&setup, ROOT);
    let ready = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::NodeReady { node } => Some((at.as_ms() / 1_000, *node)),
        _ => None,
    });
    let ready: Vec<(u64, NodeId)> = ready.collect();
    assert_eq!(ready.len(), 2);
    assert_eq!(bound(&facts, 1), ready, "each is there when its node is");
    assert_eq!(bound(&facts, 0).len(), 6, "the others have what is left");
}

#[test]
fn a_kubelet_that_shuts_down_turns_pods_away() {
    let gcp = &providers::gcp::GCP;
    let mut plan = simple(0.0, 1, Span::from_hours(2));
    plan.workloads = vec![service("early", 1), service("late", 1)];
    // While the node shuts down, which takes it 30 s.
    let during = HOUR + 5;
    plan.workloads[1].created_at = SimTime::ZERO + Span::from_secs(during);
    plan.interruption = gcp.interruption;
    let mut setup = setup(&plan);
    setup.change(|it| it.provider = gcp).expect("sound");
    taken(&mut setup, &[0], Span::from_hours(1));
    change(&mut setup, 1, |_, spec| {
        spec.tolerations = vec![Toleration {
            key: None,
            operator: TolerationOperator::Exists,
            effect: None,
            seconds: None,
        }];
    });
    let (facts, _) = facts(&setup, ROOT);
    let of_late = |fact: &Fact| match *fact {
        Fact::PodReady { workload, pod, .. } if workload.index() == 1 => Some((pod, None)),
        Fact::PodEnded { workload, pod, end, .. } if workload.index() == 1 => {
            Some((pod, Some(end)))
        }
        _ => None,
    };
    let story: Vec<(u64, (PodId, Option<End>))> =
        facts.iter().filter_map(|(at, fact)| Some((at.as_ms() / 1_000, of_late(fact)?))).collect();
    let gone = HOUR + 30;
    // One after the other, a second each, until the node is gone.
    let while_it_lasts = story.iter().take_while(|(at, _)| *at < gone);
    let times: Vec<u64> = while_it_lasts
        .map(|(at, (_, end))| {
            assert_eq!(*end, Some(End::Rejected), "nothing of it ran");
            *at
        })
        .collect();
    assert_eq!(times, (during + 1..gone).collect::<Vec<u64>>());
}

/// Two zones with a node each, and three pods that may not be further apart than by one. The first
/// zone loses its node for hours; where the pod from there goes, and when.
fn moved(object: NodeObject, honors_taints: bool) -> Option<u64> {
    let mut plan = simple(0.0, 1, Span::from_hours(4));
    plan.pools.push(plan.pools[0].clone());
    plan.workloads = vec![service("web", 2)];
    plan.interruption.loss.object = object;
    let mut setup = setup(&plan);
    change(&mut setup, 0, |model, spec| {
        let zone = model.names.intern("topology.kubernetes.io/zone");
        let [app, web, default] = ["app", "web", "default"].map(|name| model.names.intern(name));
        let labels = vec![Requirement { key: app, operator: Operator::In(vec![web]) }];
        let namespaces = Namespaces::Only(vec![default]);
        spec.spread = vec![SpreadConstraint {
            key: model.selectors.intern_key(zone),
            max_skew: 1,
            required: true,
            min_domains: 1,
            counted: Some(model.selectors.intern(PodSelector::Pods { namespaces, labels })),
            counts_itself: true,
            honors_affinity: true,
            honors_taints,
        }];
    });
    let other = Model::clone(&setup.model);
    let mut model = other;
    // The second pool is in another zone.
    let zone = model.names.intern("topology.kubernetes.io/zone");
    let second = model.names.intern("zone-b");
    let pool = Id::from_index(1);
    let mut shape = model.pools[pool].templates[0].shape.clone();
    shape.labels = [(zone, second)].into_iter().collect();
    model.pools[pool].templates[0].shape = shape;
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
    taken(&mut setup, &[0], Span::from_hours(3));
    let (facts, _) = facts(&setup, ROOT);
    let mut bound = bound(&facts, 0).into_iter().filter(|(at, _)| *at > 0);
    let gone = HOUR + 120;
    bound.next().map(|(at, _)| at - gone)
}

#[test]
fn a_lost_node_is_a_domain_until_its_object_is_deleted() {
    let deleted = Loss::CLEANED_UP.at_the_soonest().object;
    // The handler evicts at the notice; the other zone may not have two while the first has none.
    // Unreachable after 50 s, deleted after 10.
    assert_eq!(moved(deleted, false), Some(60));
    // An object that stays is a domain until another node comes after the outage.
    assert!(moved(NodeObject::Kept, false).is_none_or(|after| after > HOUR));
    // Where nodes with taints that are not tolerated do not count, until it is unreachable.
    assert_eq!(moved(NodeObject::Kept, true), Some(50));
}

/// When a node was lost, which, and why.
type Lost = (u64, usize, Cause);

/// When a node was launched after the start, and for which pool.
type Launched = (u64, usize);

/// A spot and an on-demand node in one zone: what was lost, and what came in its place.
fn lost(failures: Failures) -> (Vec<Lost>, Vec<Launched>) {
    let mut plan = simple(0.0, 1, Span::from_hours(3));
    plan.pools.push(plan.pools[0].clone());
    plan.pools[1].spot = false;
    let mut setup = setup(&plan);
    setup.change(|it| it.market.failures = failures).expect("sound");
    let (facts, _) = facts(&setup, ROOT);
    let mut lost = Vec::new();
    let mut launched = Vec::new();
    for (at, fact) in facts {
        match fact {
            Fact::NodeGone { node, why, .. } => lost.push((at.as_ms() / 1_000, node.index(), why)),
            Fact::NodeLaunched { pool, .. } if at > SimTime::ZERO => {
                launched.push((at.as_ms() / 1_000, pool.index()));
            }
            _ => {}
        }
    }
    (lost, launched)
}

#[test]
fn a_zone_goes_with_its_on_demand_nodes() {
    let outage = Outage {
        at: SimTime::ZERO + Span::from_hours(1),
        offerings: vec![Id::from_index(0), Id::from_index(1)],
        share: 1.0,
        lasts: Span::from_secs(600),
    };
    let (lost, launched) = lost(Failures { per_hour: 0.0, outages: vec![outage] });
    assert_eq!(lost, [(HOUR, 0, Cause::Failed), (HOUR, 1, Cause::Failed)]);
    assert_eq!(launched, [(HOUR + 600, 0), (HOUR + 600, 1)], "when the outage is over");
}

#[test]
fn instances_fail_at_a_rate_however_they_were_bought() {
    let (lost, launched) = self::lost(Failures { per_hour: 20.0, outages: Vec::new() });
    assert!(lost.iter().all(|(_, _, why)| *why == Cause::Failed));
    // 2 instances, 3 h, 20 an hour: 120 within four standard deviations.
    assert!((76..=164).contains(&lost.len()), "{}", lost.len());
    for pool in 0..2 {
        assert!(launched.iter().filter(|(_, of)| *of == pool).count() > 30, "both pools");
    }
}

/// A pod that names its node is on it at once, although the node is cordoned and tainted; a pod that
/// names a node that is not there, or has no room, waits.
#[test]
fn a_pod_that_names_its_node_passes_by_the_scheduler() {
    let mut plan = simple(0.0, 1, Span::from_hours(1));
    plan.workloads = vec![service("here", 1), service("nowhere", 1), service("large", 1)];
    plan.pools[0].tainted = true;
    let mut setup = setup(&plan);
    let node_name = setup.model.node_name(NodeId::from_index(0), Id::from_index(0));
    for (workload, name) in [(0, node_name.as_str()), (1, "elsewhere"), (2, node_name.as_str())] {
        change(&mut setup, workload, |model, spec| {
            spec.node_name = Some(model.names.intern(name));
            if workload == 2 {
                spec.requests = Resources::one_pod(1_000_000, 1 << 20);
            }
        });
    }
    let (facts, _) = facts(&setup, ROOT);
    assert_eq!(bound(&facts, 0), [(0, NodeId::from_index(0))]);
    assert_eq!((bound(&facts, 1), bound(&facts, 2)), (vec![], vec![]));
}

/// Pod garbage collection comes to a lost node's pods 40 to 80 s after its object is deleted.
#[test]
fn orphans_are_collected_at_the_collectors_period() {
    let mut plan = simple(0.0, 1, Span::from_hours(3));
    plan.pools.push(common::PoolPlan { spot: false, ..plan.pools[0].clone() });
    let azure = &providers::azure::AZURE;
    let after = |seed| {
        let mut setup = setup(&plan);
        let interruption = azure.interruption;
        setup.change(|it| (it.provider, it.interruption) = (azure, interruption)).expect("sound");
        taken(&mut setup, &[0], Span::ZERO);
        let (facts, _) = facts(&setup, Root { seed, replication: 0 });
        let at = |wanted: fn(&Fact) -> bool| {
            facts.iter().find(|(_, fact)| wanted(fact)).map(|(at, _)| at.as_ms())
        };
        let deleted = at(|fact| matches!(fact, Fact::NodeDeleted { .. }))?;
        let replaced = at(|fact| matches!(fact, Fact::PodCreated { attempt: 1, .. }))?;
        Some(replaced - deleted)
    };
    let waits: Vec<u64> = (0..40).filter_map(after).collect();
    assert!(waits.len() > 20, "{waits:?}");
    assert!(waits.iter().all(|ms| (40_000..80_000).contains(ms)), "{waits:?}");
    assert!(waits.iter().max() > waits.iter().min().map(|least| least + 20_000).as_ref());
}
