//! No node is removed whose pods would not fit elsewhere, by the plain rules of the scheduler.

use autoscalers::cluster_autoscaler::config::DrainFlags;
use autoscalers::cluster_autoscaler::scale_down::budgets::RemainingBudgets;
use autoscalers::cluster_autoscaler::scale_down::drain::{Owner, OwnerKind, PodTraits};
use autoscalers::cluster_autoscaler::scale_down::removal::{Removable, RemovalSimulator};
use autoscalers::cluster_autoscaler::scale_down::utilization::{Ignored, Utilization};
use autoscalers::cluster_autoscaler::snapshot::{Filters, NodeList};
use proptest::prelude::*;
use sim::Span;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::taints::{Effect, Taint};
use sim::scheduler::framework::PodView;
use sim::scheduler::plain::{self, Walk};
use sim::scheduler::profile::Profile;
use sim::world::World;
use sim::world::trial::Trial;
use testing::cluster::{ClusterPlan, clusters};

use super::pending;

/// A pod of a Deployment that nothing keeps.
fn movable(pod: PodId) -> PodTraits {
    PodTraits {
        pod,
        is_mirror: false,
        is_of_daemon_set: false,
        is_long_terminating: false,
        is_terminal: false,
        controller: Some(Owner { kind: OwnerKind::ReplicaSet, exists: true, replicas: None }),
        safe_to_evict: None,
        is_of_system: false,
        age: Span::ZERO,
        has_local_storage: false,
    }
}

/// A cluster in which every pod that fits somewhere is there.
fn filled(plan: &ClusterPlan, counts: &[u32]) -> (World, Taint) {
    let mut model = plan.model();
    let key = model.names.intern("ToBeDeletedByClusterAutoscaler");
    let taint = Taint { key, value: model.empty, effect: Effect::NoSchedule };
    let mut world = plan.world_of(model);
    for (kind, count) in counts.iter().enumerate().take(plan.pods.len()) {
        for pod in pending(&mut world, kind, *count) {
            if let Some(node) = feasible(pod, &world).first() {
                let _ = world.bind(pod, *node);
            }
        }
    }
    (world, taint)
}

/// Where the scheduler would put a pod.
fn feasible(pod: PodId, world: &World) -> Vec<NodeId> {
    let view = PodView::of(pod, world);
    let evaluation = plain::evaluate(&Profile::default(), view, world, Walk::WHOLE);
    evaluation.scores.iter().map(|scored| scored.node).collect()
}

/// Removes the same nodes again, and asks the scheduler about every pod that moves.
fn replayed(removed: &[(Removable, Vec<NodeId>)], taint: &Taint, trial: &mut Trial<'_>) {
    for (removable, places) in removed {
        let node = removable.node;
        let pods = trial.placement().pods_on(node).to_vec();
        pods.into_iter().for_each(|pod| trial.evict(pod));
        let mut taints = trial.view(node).shape().taints.clone();
        taints.push(taint.clone());
        trial.taint(node, taints);
        for (pod, place) in removable.to_reschedule.iter().zip(places) {
            assert!(feasible(*pod, trial).contains(place), "the scheduler would put it there");
            trial.bind(*pod, *place);
        }
        trial.remove_node(node);
    }
}

proptest! {
    #![proptest_config(testing::cases(96))]

    #[test]
    fn what_is_added_up_is_what_pods_request(
        plan in clusters(),
        counts in prop::collection::vec(0_u32..8, 6),
    ) {
        let (world, _) = filled(&plan, &counts);
        let ignored = Ignored { daemon_sets: false, mirrors: false };
        for node in world.registered() {
            let pods = world.placement().pods_on(*node).iter().copied().map(movable);
            let pods: Vec<PodTraits> = pods.collect();
            let counted = Utilization::of(*node, &pods, ignored, &world);
            prop_assert_eq!(counted, Utilization::of_load(*node, &world));
        }
    }

    #[test]
    fn pods_of_removed_nodes_fit_elsewhere(
        plan in clusters(),
        counts in prop::collection::vec(0_u32..8, 6),
    ) {
        let (mut world, taint) = filled(&plan, &counts);
        let nodes = world.registered().to_vec();
        let (flags, filters) = (DrainFlags::default(), Filters::default());
        let mut removed = Vec::new();
        {
            let budgets = RemainingBudgets::of(&world);
            let list = NodeList::of(nodes.clone());
            let mut simulator =
                RemovalSimulator::new(&flags, &filters, taint.clone(), list, budgets);
            let mut trial = world.trial();
            for node in &nodes {
                let pods = trial.placement().pods_on(*node).to_vec();
                let traits: Vec<PodTraits> = pods.into_iter().map(movable).collect();
                let before = trial.placement().load(*node).clone();
                match simulator.remove(*node, &traits, &mut trial) {
                    Ok(removable) => {
                        let places =
                            removable.to_reschedule.iter().map(|pod| simulator.hints[pod]);
                        let places = places.collect();
                        removed.push((removable, places));
                    }
                    Err(_) => prop_assert_eq!(trial.placement().load(*node), &before),
                }
            }
        }
        replayed(&removed, &taint, &mut world.trial());
    }
}
