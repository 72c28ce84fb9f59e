//! Trials against a slow oracle: a copy of the world in which the same is done for good, by verbs. Whatever
//! is tried, the scheduler's answers are those of the copy, and afterwards nothing is left.

use std::collections::BTreeMap;

use crate::common::{self, Plan, plans};
use crate::storage::{add_waiting_claims, node_extra, pod_extra, with_extras};
use proptest::prelude::*;
use proptest::sample::Index;
use sim::engine::Simulation;
use sim::fact::Cause;
use sim::model::budget::BudgetId;
use sim::model::node::NodeId;
use sim::model::pod::{End, PodId};
use sim::model::pool::PoolId;
use sim::model::usage::Used;
use sim::model::workload::WorkloadId;
use sim::model::zonal::Whose;
use sim::scheduler::framework::PodView;
use sim::scheduler::plain::{self, Walk};
use sim::scheduler::profile::Profile;
use sim::table::Id;
use sim::world::World;
use sim::world::nodes::NodeState;
use sim::world::pods::Phase;
use sim::world::trial::Trial;
use sim::{Root, Span};
use testing::cluster::clusters;
use testing::steps::{has_room, pods_that, steps};

/// One thing that is tried, on whatever pod and node the indices fall.
#[derive(Clone, Copy, Debug)]
enum Try {
    Bind(Index, Index),
    Evict(Index),
    /// Pods no longer come to a node, or may again.
    Cordon(Index),
    Taint(Index, Index),
    ImagineNode(Index),
    ImaginePod(Index),
    Remove(Index),
    /// What follows is tried by itself,
    Fork,
    /// and ends here, to be kept or not.
    End {
        keep: bool,
    },
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let any = || any::<Index>();
    let one = prop_oneof![
        4 => (any(), any()).prop_map(|(pod, node)| Try::Bind(pod, node)),
        4 => any().prop_map(Try::Evict),
        1 => any().prop_map(Try::Cordon),
        1 => (any(), any()).prop_map(|(node, like)| Try::Taint(node, like)),
        1 => any().prop_map(Try::ImagineNode),
        2 => any().prop_map(Try::ImaginePod),
        1 => any().prop_map(Try::Remove),
        2 => Just(Try::Fork),
        2 => proptest::bool::ANY.prop_map(|keep| Try::End { keep }),
    ];
    prop::collection::vec(one, 0..24)
}

/// The copy, and which pod of it each pod of the trial is.
#[derive(Clone)]
struct Oracle {
    world: World,
    pods: BTreeMap<PodId, PodId>,
}

impl Oracle {
    fn of(world: &World) -> Oracle {
        Oracle { world: world.clone(), pods: world.pods().ids().map(|pod| (pod, pod)).collect() }
    }

    /// A pod ends, and another is created in its stead.
    fn evict(&mut self, pod: PodId) {
        let pods = self.world.pods();
        let old = self.pods[&pod];
        let (workload, replica) = (pods.workload(old), pods.replica(old));
        let meant_for = pods.meant_for(old);
        let _ = self.world.end(old, End::Clean);
        let (new, _) = self.world.create_pod(workload, replica, 1, meant_for);
        self.pods.insert(pod, new);
    }

    fn remove_node(&mut self, node: NodeId) {
        for pod in self.world.placement().pods_on(node).to_vec() {
            let _ = self.world.end(pod, End::Clean);
        }
        let _ = self.world.remove(node, Cause::Released);
    }

    fn uncordon(&mut self, node: NodeId) {
        let _ = self.world.uncordon(node);
        let mut taints = self.world.view(node).shape().taints.clone();
        taints.retain(|taint| taint.key != self.world.model().unschedulable_key);
        let _ = self.world.taint(node, taints);
    }
}

impl Try {
    fn apply(self, trial: &mut Trial<'_>, oracle: &mut Oracle) {
        let pods = |trial: &World, at: Index, wanted: fn(Phase) -> bool| {
            let pods = pods_that(trial, wanted);
            (!pods.is_empty()).then(|| *at.get(&pods))
        };
        let there = |trial: &World| -> Vec<NodeId> {
            let nodes = trial.registered().iter().copied();
            nodes.filter(|node| !trial.view(*node).is_lost()).collect()
        };
        let node = |trial: &World, at: Index| {
            let nodes = there(trial);
            (!nodes.is_empty()).then(|| *at.get(&nodes))
        };
        match self {
            Try::Bind(pod, at) => {
                let pending = pods(trial, pod, |phase| phase == Phase::Pending);
                let chosen = pending.zip(node(trial, at));
                if let Some((pod, node)) = chosen.filter(|(p, n)| has_room(trial, *p, *n)) {
                    trial.bind(pod, node);
                    let _ = oracle.world.bind(oracle.pods[&pod], node);
                }
            }
            Try::Evict(pod) => {
                if let Some(pod) = pods(trial, pod, |phase| phase.node().is_some()) {
                    trial.evict(pod);
                    oracle.evict(pod);
                }
            }
            Try::Cordon(at) => match node(trial, at) {
                Some(node) if trial.view(node).cordoned() => {
                    trial.uncordon(node);
                    oracle.uncordon(node);
                }
                Some(node) => {
                    trial.cordon(node);
                    let _ = oracle.world.cordon(node);
                }
                None => {}
            },
            Try::Taint(at, like) => {
                if let Some((node, like)) = node(trial, at).zip(node(trial, like)) {
                    let taints = trial.view(like).shape().taints.clone();
                    trial.taint(node, taints.clone());
                    let _ = oracle.world.taint(node, taints);
                }
            }
            Try::ImagineNode(pool) => {
                let pools = trial.model().pools.iter();
                let pools = pools.filter(|(_, pool)| !pool.templates.is_empty());
                let pools: Vec<PoolId> = pools.map(|(id, _)| id).collect();
                if !pools.is_empty() {
                    let pool = *pool.get(&pools);
                    let node = trial.imagine_node(pool, 0);
                    let (same, _) = oracle.world.launch(pool, 0);
                    let _ = oracle.world.register(same);
                    assert_eq!(node, same);
                }
            }
            Try::ImaginePod(workload) => {
                let workloads: Vec<WorkloadId> = trial.model().workloads.ids().collect();
                if !workloads.is_empty() {
                    let workload = *workload.get(&workloads);
                    let (new, _) = oracle.world.create_pod(workload, 0, 0, None);
                    let pod = trial.imagine_pod(workload, 0, oracle.world.pods().spec(new));
                    oracle.pods.insert(pod, new);
                }
            }
            Try::Remove(at) => {
                if let Some(node) = node(trial, at) {
                    trial.remove_node(node);
                    oracle.remove_node(node);
                }
            }
            Try::Fork | Try::End { .. } => unreachable!("they are about what is tried"),
        }
    }
}

/// Tries one thing after the other until this part of it ends; whether it is kept.
fn explore(
    trial: &mut Trial<'_>,
    oracle: &mut Oracle,
    tries: &mut std::slice::Iter<'_, Try>,
) -> Result<bool, TestCaseError> {
    while let Some(one) = tries.next() {
        match one {
            Try::End { keep } => return Ok(*keep),
            Try::Fork => {
                let before = World::clone(trial);
                let mut inner = oracle.clone();
                let mut fork = trial.fork();
                if explore(&mut fork, &mut inner, tries)? {
                    fork.keep();
                    *oracle = inner;
                } else {
                    drop(fork);
                    prop_assert!(trial.same_state_as(&before));
                }
            }
            one => one.apply(trial, oracle),
        }
        agree(trial, oracle)?;
    }
    Ok(false)
}

/// Every sum is a recount, every node has what it has in the copy, and pods that wait get the same
/// answers.
fn agree(trial: &World, oracle: &Oracle) -> Result<(), TestCaseError> {
    let copy = &oracle.world;
    prop_assert_eq!(trial.check(), Ok(()));
    prop_assert_eq!(trial.registered(), copy.registered());
    prop_assert_eq!(trial.nodes().alive(), copy.nodes().alive());
    for node in trial.registered() {
        prop_assert_eq!(trial.nodes().state(*node), copy.nodes().state(*node));
        prop_assert_eq!(trial.view(*node).shape(), copy.view(*node).shape());
        let (own, other) = (trial.view(*node).load(), copy.view(*node).load());
        let pods: Vec<PodId> = own.pods().iter().map(|pod| oracle.pods[pod]).collect();
        prop_assert_eq!(&pods[..], other.pods());
        prop_assert_eq!(own.requested(), other.requested());
        prop_assert_eq!(own.host_ports(), other.host_ports());
        prop_assert_eq!(trial.usage_on(*node), copy.usage_on(*node));
    }
    for (pool, offering) in trial.model().pools.ids().zip(trial.model().catalog.offerings.ids()) {
        prop_assert_eq!(trial.pool_size(pool), copy.pool_size(pool));
        prop_assert_eq!(trial.running(offering), copy.running(offering));
        prop_assert_eq!(trial.next_ordinal(offering), copy.next_ordinal(offering));
    }
    for budget in trial.model().budgets.ids().collect::<Vec<BudgetId>>() {
        prop_assert_eq!(trial.disruptions_allowed(budget), copy.disruptions_allowed(budget));
    }
    prop_assert_eq!(trial.placement().lowest_priority(), copy.placement().lowest_priority());
    for pod in pods_that(trial, |phase| phase == Phase::Pending).into_iter().rev().take(4) {
        let profile = Profile::default();
        let own = plain::evaluate(&profile, PodView::of(pod, trial), trial, Walk::WHOLE);
        let other = PodView::of(oracle.pods[&pod], copy);
        prop_assert_eq!(own, plain::evaluate(&profile, other, copy, Walk::WHOLE));
    }
    Ok(())
}

/// Tries it all, and finds nothing of it left.
fn try_out(mut world: World, tries: &[Try]) -> Result<(), TestCaseError> {
    for pod in pods_that(&world, |phase| phase.node().is_some()) {
        let used = Used { cpu: 100 + pod.index() as u64, memory: 1 << 20 };
        let _ = world.pod_uses(pod, &[used], pod.index().is_multiple_of(2));
    }
    let before = world.clone();
    let mut trial = world.trial();
    let mut oracle = Oracle::of(&trial);
    let mut left = tries.iter();
    while left.len() > 0 {
        explore(&mut trial, &mut oracle, &mut left)?;
    }
    drop(trial);
    prop_assert!(world.same_state_as(&before));
    prop_assert_eq!(world.check(), Ok(()));
    Ok(())
}

/// A world of a run, some steps after its start.
fn in_the_middle(plan: &Plan, steps: usize) -> World {
    let setup = common::setup(plan);
    let mut simulation = Simulation::new(&setup, Root { seed: 42, replication: 0 }, ());
    for _ in 0..steps {
        simulation.step();
    }
    simulation.world().clone()
}

proptest! {
    #![proptest_config(testing::cases(96))]

    /// In any cluster, with claims, disks, host ports and zonal volumes of both kinds.
    #[test]
    fn a_trial_answers_as_the_changed_world_and_leaves_no_trace(
        plan in clusters(),
        steps in steps(40),
        nodes in prop::collection::vec(node_extra(), 12),
        pods in prop::collection::vec(pod_extra(), 6),
        tries in tries(),
    ) {
        let mut model = with_extras(&plan, &nodes, &pods);
        let zones: Vec<_> = (0..3)
            .map(|zone| model.names.intern(&format!("topology.kubernetes.io/zone-{zone}")))
            .collect();
        add_waiting_claims(&mut model, true);
        let claim = model.names.intern("shared");
        let whose = [Whose::EachReplica, Whose::Claim(claim), Whose::Claim(claim)];
        for (id, whose) in model.workloads.ids().collect::<Vec<_>>().into_iter().zip(whose) {
            model.add_zonal_volumes(id, whose, zones.iter().copied());
        }
        let mut world = plan.world_of(model);
        steps.iter().for_each(|step| drop(step.apply(&mut world)));
        try_out(world, &tries)?;
    }

    /// In the middle of a run, with budgets, controllers and a market.
    #[test]
    fn a_trial_in_a_run_answers_as_the_changed_world_and_leaves_no_trace(
        plan in plans(),
        steps in 0_usize..200,
        tries in tries(),
    ) {
        try_out(in_the_middle(&plan, steps), &tries)?;
    }
}

/// A node is removed with the pods that are on it, and comes back with them in their order.
#[test]
fn a_removed_node_comes_back_as_it_was() {
    let mut world = in_the_middle(&common::simple(0.0, 3, Span::from_hours(1)), 40);
    let before = world.clone();
    let node = world.registered()[0];
    assert!(world.placement().pods_on(node).len() > 1, "more than one pod is on it");
    let mut trial = world.trial();
    trial.remove_node(node);
    assert_eq!(trial.nodes().state(node), NodeState::Gone);
    assert_eq!(trial.registered().len(), before.registered().len() - 1);
    drop(trial);
    assert!(world.same_state_as(&before));
}

#[test]
fn worlds_that_differ_in_one_thing_are_not_in_the_same_state() {
    let world = in_the_middle(&common::simple(0.0, 3, Span::from_hours(1)), 40);
    let differs = |change: &dyn Fn(&mut World)| {
        let mut other = world.clone();
        change(&mut other);
        !other.same_state_as(&world) && !world.same_state_as(&other)
    };
    assert!(!differs(&|_| {}));
    let node = world.registered()[0];
    let pod = world.placement().pods_on(node)[0];
    let later = world.now() + Span::from_secs(1);
    assert!(differs(&|world| world.advance_to(later)), "the time");
    assert!(
        differs(&|world| {
            let _ = world.cordon(node);
        }),
        "a node"
    );
    assert!(
        differs(&|world| {
            let _ = world.scale(WorkloadId::from_index(0), 1);
        }),
        "what is desired"
    );
    let uses = [Used { cpu: 1, memory: 1 }];
    assert!(
        differs(&|world| {
            let _ = world.pod_uses(pod, &uses, true);
        }),
        "what a pod uses"
    );
}
