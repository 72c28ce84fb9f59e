//! Counting what new nodes have left gives the same estimates as asking every filter about every pod.

use autoscalers::cluster_autoscaler::equivalence::PodGroup;
use autoscalers::cluster_autoscaler::estimator::{Estimate, NodeLimit, Question, estimate};
use autoscalers::cluster_autoscaler::snapshot::{Filters, NodeList};
use proptest::prelude::*;
use sim::world::World;
use testing::cluster::{ClusterPlan, clusters};

use super::{group, pending};

/// How often a kind of pod is there, at most.
const MOST: u32 = 12;

#[derive(Clone, Debug)]
struct Plan {
    cluster: ClusterPlan,
    counts: Vec<u32>,
    limit: u32,
    fastpath: bool,
    last: usize,
}

fn plans() -> impl Strategy<Value = Plan> {
    let counts = prop::collection::vec(1..=MOST, 6);
    (clusters(), counts, 0_u32..20, any::<bool>(), 0_usize..20).prop_map(
        |(cluster, counts, limit, fastpath, last)| Plan { cluster, counts, limit, fastpath, last },
    )
}

/// The same cluster with pods that keep others off their hosts, and no more.
fn counted(mut plan: Plan) -> Plan {
    for pods in &mut plan.cluster.pods {
        pods.spread.clear();
        pods.affinity.retain(|term| term.anti);
        pods.affinity.iter_mut().for_each(|term| term.key = 0);
    }
    plan
}

/// The estimate, and where the next search begins.
fn estimated(plan: &Plan, plain: bool, fits: &[bool]) -> (Estimate, usize) {
    let mut world = plan.cluster.world();
    let groups = groups(plan, &mut world);
    let pods: Vec<&PodGroup> =
        groups.iter().zip(fits).filter(|(_, fits)| **fits).map(|(group, _)| group).collect();
    let question = Question {
        pods: &pods,
        group: &group(u32::MAX),
        limit: NodeLimit::of(plan.limit, u32::MAX, 0, 0),
        fastpath: plan.fastpath,
        plain,
    };
    let mut list = NodeList::of(world.registered().to_vec());
    list.last = plan.last;
    let before = world.clone();
    let estimate = estimate(question, &Filters::default(), &mut world.trial(), &mut list);
    assert!(world.same_state_as(&before), "an estimate leaves nothing behind");
    assert_eq!(list.nodes, world.registered());
    (estimate, list.last)
}

fn groups(plan: &Plan, world: &mut World) -> Vec<PodGroup> {
    let kinds = plan.cluster.pods.len();
    (0..kinds).map(|kind| PodGroup { pods: pending(world, kind, plan.counts[kind]) }).collect()
}

/// Which groups fit on a new node.
fn fitting(plan: &Plan) -> Vec<bool> {
    let mut world = plan.cluster.world();
    let groups = groups(plan, &mut world);
    let mut trial = world.trial();
    let node = group(1).imagine(&mut trial);
    let filters = Filters::default();
    let fits = |pods: &PodGroup| filters.rejection(pods.pods[0], node, &trial).is_none();
    groups.iter().map(fits).collect()
}

proptest! {
    #![proptest_config(testing::cases(96))]

    #[test]
    fn counting_is_asking(plan in plans().prop_map(counted)) {
        let fits = fitting(&plan);
        prop_assert_eq!(estimated(&plan, true, &fits), estimated(&plan, false, &fits));
    }

    #[test]
    fn whatever_pods_want_near_them(plan in plans()) {
        let fits = fitting(&plan);
        prop_assert_eq!(estimated(&plan, true, &fits), estimated(&plan, false, &fits));
    }

    #[test]
    fn no_more_nodes_than_the_limit(plan in plans()) {
        let (estimate, _) = estimated(&plan, false, &fitting(&plan));
        // A pod that spreads over hosts may also go to a node that is there.
        let there = u32::try_from(plan.cluster.present).unwrap();
        prop_assert!(plan.limit == 0 || estimate.nodes <= plan.limit + there);
        let pods: u32 = plan.counts.iter().sum();
        prop_assert!(estimate.pods.len() <= pods as usize);
    }
}
