//! Reclaims by hand: when pods terminate, when they are gone, and what that is called.

use crate::common;

use std::sync::Arc;

use common::{Plan, facts, service, setup, simple};
use sim::fact::Cause;
use sim::model::budget::{Amount, Limit as Allows};
use sim::model::disruption::DisruptionReason;
use sim::model::node::NodeId;
use sim::model::pod::{End, Limit};
use sim::model::taints::Effect;
use sim::model::workload::{Controller, WorkloadId};
use sim::providers::interruption::{DrainedBy, NodeObject};
use sim::providers::{self, Provider};
use sim::table::Id;
use sim::{Fact, Root, Setup, SimTime, Span};

/// A line of a story: seconds before or after the loss of the node, which workload, and what.
type Line = (f64, usize, What);

/// What happened to a pod.
#[derive(Clone, Copy, PartialEq, Debug)]
enum What {
    Asked(Option<DisruptionReason>),
    Refused,
    Ended(End, Option<DisruptionReason>),
    Created,
}

use What::{Asked, Created, Ended, Refused};

const API: Option<DisruptionReason> = Some(DisruptionReason::EvictionByEvictionApi);
const KUBELET: Option<DisruptionReason> = Some(DisruptionReason::TerminationByKubelet);
const POD_GC: Option<DisruptionReason> = Some(DisruptionReason::DeletionByPodGc);
const TAINT_MANAGER: Option<DisruptionReason> = Some(DisruptionReason::DeletionByTaintManager);

/// Two workloads of one pod each on one spot node, beside an empty on-demand node for successors.
fn plan(provider: &Provider, (grace, shutdown): (u64, u64)) -> Plan {
    let mut plan = simple(0.05, 1, Span::from_hours(400));
    plan.workloads = vec![service("web", 1), service("other", 1)];
    for workload in &mut plan.workloads {
        (workload.grace, workload.shutdown) = (Span::from_secs(grace), Span::from_secs(shutdown));
    }
    plan.interruption = common::by_hand(provider.interruption);
    plan
}

/// The setup with the provider's notice.
fn with_notice(plan: &Plan, provider: &'static Provider) -> Setup {
    let mut setup = setup(plan);
    setup.change(|it| it.provider = provider).expect("sound");
    setup
}

/// What the first reclaim that nothing else is close to did to the pods.
fn story(setup: &Setup) -> Vec<Line> {
    story_until(setup, 500.0)
}

fn story_until(setup: &Setup, until: f64) -> Vec<Line> {
    for replication in 0..50 {
        let (facts, _) = facts(setup, Root { seed: 7, replication });
        let gone: Vec<f64> = facts
            .iter()
            .filter(|(_, fact)| matches!(fact, Fact::NodeGone { .. }))
            .map(|(at, _)| at.as_ms() as f64 / 1e3)
            .collect();
        let [first, second, ..] = gone[..] else { continue };
        if first < 1_000.0 || second - first < 4_000.0 {
            continue;
        }
        let lines = facts.iter().filter_map(|(at, fact)| {
            let (workload, what) = match *fact {
                Fact::PodTerminating { workload, reason, .. } => (workload, Asked(reason)),
                Fact::EvictionRefused { workload, .. } => (workload, Refused),
                Fact::PodEnded { workload, end, reason, .. } => (workload, Ended(end, reason)),
                Fact::PodCreated { workload, .. } => (workload, Created),
                _ => return None,
            };
            let offset = at.as_ms() as f64 / 1e3 - first;
            (-500.0..until).contains(&offset).then_some((offset, workload.index(), what))
        });
        return lines.collect();
    }
    panic!("no reclaim is far from the others")
}

fn of(workload: usize, story: &[Line]) -> Vec<(f64, What)> {
    story.iter().filter(|line| line.1 == workload).map(|line| (line.0, line.2)).collect()
}

/// AWS: a handler evicts two minutes before; a successor is created at once.
#[test]
fn a_handler_evicts_at_the_notice() {
    let aws = &providers::aws::AWS;
    let story = story(&with_notice(&plan(aws, (60, 45)), aws));
    assert_eq!(
        of(0, &story),
        [(-120.0, Asked(API)), (-120.0, Created), (-75.0, Ended(End::Clean, API))]
    );
    let story = self::story(&with_notice(&plan(aws, (300, 130)), aws));
    let late = Ended(End::CutShort(Limit::Deadline), API);
    assert_eq!(of(0, &story), [(-120.0, Asked(API)), (-120.0, Created), (0.0, late)]);
}

/// GKE: the kubelet gives ordinary pods 15 s and then critical ones 15 s, DaemonSets included; no
/// successor before a pod has failed.
#[test]
fn a_kubelet_stops_ordinary_pods_and_then_critical_ones() {
    let gcp = &providers::gcp::GCP;
    let mut plan = plan(gcp, (60, 8));
    plan.workloads[1].priority = 2_000_001_000;
    let story = story(&with_notice(&plan, gcp));
    let clean = Ended(End::Clean, KUBELET);
    assert_eq!(of(0, &story), [(-30.0, Asked(KUBELET)), (-22.0, clean), (-22.0, Created)]);
    assert_eq!(of(1, &story), [(-22.0, Asked(KUBELET)), (-14.0, clean), (-14.0, Created)]);

    plan.workloads[0].shutdown = Span::from_secs(20);
    plan.workloads[0].controller = Controller::DaemonSet;
    plan.workloads[1].shutdown = Span::from_secs(20);
    let story = self::story(&with_notice(&plan, gcp));
    let short = Ended(End::CutShort(Limit::NodeShutdown), KUBELET);
    assert_eq!(of(0, &story)[..2], [(-30.0, Asked(KUBELET)), (-15.0, short)]);
    assert_eq!(of(1, &story), [(-15.0, Asked(KUBELET)), (0.0, short), (0.0, Created)]);

    plan.workloads[1].grace = Span::from_secs(5);
    let story = self::story(&with_notice(&plan, gcp));
    let by_grace = Ended(End::CutShort(Limit::Grace), KUBELET);
    assert_eq!(of(1, &story), [(-15.0, Asked(KUBELET)), (-10.0, by_grace), (-10.0, Created)]);
}

/// EKS: the machine is shut down at the end of the notice, and no source says how long it then runs on.
#[test]
fn a_kubelet_that_shuts_down_at_the_end_terminates_no_pod() {
    let aws = &providers::aws::AWS;
    let mut plan = plan(aws, (30, 10));
    plan.interruption.drained_by = DrainedBy::Kubelet;
    let killed = Ended(End::KilledWithoutWarning, POD_GC);
    let story = story(&with_notice(&plan, aws));
    assert_eq!(of(0, &story), [(0.0, killed), (100.0, Created)]);
    // Were it shut down 20 s before, ordinary pods would have that and no more.
    plan.interruption.shutdown_signal = Span::from_secs(20);
    let story = self::story(&with_notice(&plan, aws));
    let clean = Ended(End::Clean, KUBELET);
    assert_eq!(of(0, &story), [(-20.0, Asked(KUBELET)), (-10.0, clean), (-10.0, Created)]);
    // A pod that has not stopped by then is found with its node.
    plan.workloads[0].shutdown = Span::from_secs(25);
    let story = self::story(&with_notice(&plan, aws));
    let late = Ended(End::CutShort(Limit::Deadline), KUBELET);
    assert_eq!(of(0, &story), [(-20.0, Asked(KUBELET)), (0.0, late), (100.0, Created)]);
}

/// AKS: no pod is asked to terminate. The node is unreachable after 50 s, its object deleted 10 s later, and pod
/// GC deletes its pods 40 s after that.
#[test]
fn without_a_drain_the_loss_is_found_out() {
    let azure = &providers::azure::AZURE;
    let mut plan = plan(azure, (30, 10));
    plan.workloads[1].controller =
        Controller::StatefulSet { replicas: 1, min_ready: Span::ZERO, ordered: true };
    let setup = with_notice(&plan, azure);
    let killed = Ended(End::KilledWithoutWarning, POD_GC);
    assert_eq!(of(0, &story(&setup)), [(0.0, killed), (100.0, Created)]);
    assert_eq!(of(1, &story(&setup)), [(0.0, killed), (100.0, Created)]);
    let (facts, _) = facts(&setup, Root { seed: 7, replication: 0 });
    let node = NodeId::from_index(0);
    let at = |wanted: fn(NodeId) -> [Fact; 1]| {
        let [wanted] = wanted(node);
        facts.iter().find(|(_, fact)| *fact == wanted).expect("it happens").0.as_ms()
    };
    let unreachable = at(|node| [Fact::NodeUnreachable { node }]);
    assert_eq!(at(|node| [Fact::NodeDeleted { node }]), unreachable + 10_000);
}

/// Where the object of a lost node stays, its pods are deleted when they no longer tolerate that:
/// by default after 300 s. A StatefulSet never gets the name back.
#[test]
fn where_the_node_object_stays_tolerations_decide() {
    let azure = &providers::azure::AZURE;
    let mut plan = plan(azure, (30, 10));
    plan.interruption.loss.object = NodeObject::Kept;
    // A node that stays; were every node down, none would be given up.
    plan.pools.push(common::PoolPlan { spot: false, cpu_milli: 100, ..plan.pools[0].clone() });
    plan.workloads[1].controller =
        Controller::StatefulSet { replicas: 1, min_ready: Span::ZERO, ordered: true };
    let story = story_until(&with_notice(&plan, azure), 3_000.0);
    let killed = Ended(End::KilledWithoutWarning, TAINT_MANAGER);
    assert_eq!(of(0, &story), [(0.0, killed), (350.0, Created)]);
    assert_eq!(of(1, &story), [(0.0, killed)]);
}

/// A budget lets pods go one by one: the second waits until the successor of the first is ready.
#[test]
fn a_budget_holds_evictions_back() {
    let aws = &providers::aws::AWS;
    let mut plan = plan(aws, (30, 10));
    // Both pods prefer the large spot node; beside it is room for one.
    plan.pools.push(common::PoolPlan { spot: false, cpu_milli: 3_000, ..plan.pools[0].clone() });
    plan.pools[0].cpu_milli = 8_000;
    plan.workloads.truncate(1);
    plan.workloads[0].controller = Controller::Deployment { replicas: 2, min_ready: Span::ZERO };
    plan.workloads[0].cpu_milli = 3_000;
    plan.budgets = vec![(0, Allows::MaxUnavailable(Amount::Pods(1)))];
    let gently = of(0, &story(&with_notice(&plan, aws)));
    let expected =
        [(-120.0, Asked(API)), (-120.0, Created), (-120.0, Refused), (-115.0, Asked(API))];
    assert_eq!(gently[..4], expected, "the successor is ready after 5 s");
    // A budget that allows nothing is asked every 5 s, until the instance is gone.
    plan.budgets = vec![(0, Allows::MinAvailable(Amount::Percent(100)))];
    let held = of(0, &story(&with_notice(&plan, aws)));
    let asked = (0..24).flat_map(|round| [(f64::from(round) * 5.0 - 120.0, Refused); 2]);
    let killed = (0.0, Ended(End::KilledWithoutWarning, POD_GC));
    let expected: Vec<_> =
        asked.chain([killed, killed, (100.0, Created), (100.0, Created)]).collect();
    assert_eq!(held, expected);
}

/// A pod that tolerates a `NoExecute` taint for a minute has a minute.
#[test]
fn a_limited_toleration_ends() {
    let mut plan = simple(0.0, 1, Span::from_secs(400));
    plan.pools[0].tainted = true;
    plan.workloads = vec![service("short", 1), service("patient", 1)];
    // Its node has had the taint for 5 min when it comes; its minute begins with the pod.
    plan.workloads[0].created_at = SimTime::ZERO + Span::from_secs(300);
    let mut setup = setup(&plan);
    let mut model = sim::model::Model::clone(&setup.model);
    let taint = &mut model.pools[Id::from_index(0)].templates[0].shape.taints[0];
    taint.effect = Effect::NoExecute;
    let workload = WorkloadId::from_index(0);
    let mut spec = model.specs[model.workloads[workload].spec].clone();
    spec.tolerations[0].seconds = Some(Span::from_secs(60));
    model.workloads[workload].spec = model.specs.intern(spec);
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
    let (facts, _) = facts(&setup, Root { seed: 1, replication: 0 });
    let terminated: Vec<_> = facts
        .iter()
        .filter_map(|(at, fact)| match *fact {
            Fact::PodTerminating { workload, why, reason, .. } => {
                Some((at.as_ms(), workload.index(), why, reason))
            }
            _ => None,
        })
        .collect();
    assert_eq!(terminated, [(360_000, 0, Cause::Tainted, TAINT_MANAGER)]);
}

/// With `OrderedReady` each pod waits for those before it; with `Parallel` none does.
#[test]
fn a_stateful_set_creates_its_pods_in_order() {
    let created = |ordered| -> Vec<f64> {
        let mut plan = simple(0.0, 2, Span::from_hours(1));
        plan.workloads = vec![service("db", 3)];
        let min_ready = Span::from_secs(7);
        plan.workloads[0].controller = Controller::StatefulSet { replicas: 3, min_ready, ordered };
        let (facts, _) = facts(&setup(&plan), Root { seed: 1, replication: 0 });
        let created = facts.iter().filter(|(_, fact)| matches!(fact, Fact::PodCreated { .. }));
        created.map(|(at, _)| at.as_ms() as f64 / 1e3).collect()
    };
    // 5 s until it is ready, 7 s until it is available.
    assert_eq!(created(true), [0.0, 12.0, 24.0]);
    assert_eq!(created(false), [0.0, 0.0, 0.0]);
}
