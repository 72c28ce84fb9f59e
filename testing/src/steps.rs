//! Steps: everything that can happen to a cluster, in any order.

use proptest::prelude::*;
use proptest::sample::Index;
use sim::Span;
use sim::fact::Cause;
use sim::fact::Fact;
use sim::model::node::NodeId;
use sim::model::pod::{End, PodId};
use sim::model::taints::Taint;
use sim::model::workload::WorkloadId;
use sim::table::Id;
use sim::world::World;
use sim::world::nodes::NodeState;
use sim::world::pods::Phase;

use crate::cluster::{TaintPlan, taint};

/// One thing that happens. It is about whatever node or pod the index falls on; if there is none to
/// which it can happen, nothing does.
#[derive(Clone, Debug)]
pub enum Step {
    /// A pod of some kind is created.
    Create(Index),
    /// A pending pod is bound to a node on which there is room.
    Bind(Index, Index),
    /// A pod on a node begins to terminate.
    Terminate(Index),
    /// A pod on a node ends.
    End(Index),
    /// A pending pod is nominated to a node, or no longer.
    Nominate(Index, Option<Index>),
    /// A node takes no more pods, or takes them again.
    Cordon(Index),
    /// A node gets other taints.
    Taint(Index, Vec<TaintPlan>),
    /// Another node joins.
    Join(Index),
    /// A node pulls an image.
    Pull(Index, Index),
    /// A node is lost, and its pods with it.
    Lose(Index),
    /// Something is tried out and taken back.
    Try(Index, Index),
}

/// Any sequence of up to `most` steps.
pub fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 0..most)
}

fn step() -> impl Strategy<Value = Step> {
    let any = || any::<Index>();
    prop_oneof![
        6 => any().prop_map(Step::Create),
        6 => (any(), any()).prop_map(|(pod, node)| Step::Bind(pod, node)),
        1 => any().prop_map(Step::Terminate),
        2 => any().prop_map(Step::End),
        1 => (any(), prop::option::of(any())).prop_map(|(pod, node)| Step::Nominate(pod, node)),
        1 => any().prop_map(Step::Cordon),
        1 => (any(), prop::collection::vec(taint(), 0..3)).prop_map(|(n, t)| Step::Taint(n, t)),
        1 => any().prop_map(Step::Join),
        1 => (any(), any()).prop_map(|(node, image)| Step::Pull(node, image)),
        1 => any().prop_map(Step::Lose),
        1 => (any(), any()).prop_map(|(pod, node)| Step::Try(pod, node)),
    ]
}

/// The pods of a world that are in one of the phases wanted.
pub fn pods_that(world: &World, wanted: impl Fn(Phase) -> bool) -> Vec<PodId> {
    world.pods().ids().filter(|pod| wanted(world.pods().phase(*pod))).collect()
}

fn one_of<T: Copy>(from: &[T], index: Index) -> Option<T> {
    (!from.is_empty()).then(|| from[index.index(from.len())])
}

/// Whether a pod has room on a node; nothing else is asked.
#[must_use]
pub fn has_room(world: &World, pod: PodId, node: NodeId) -> bool {
    let view = world.view(node);
    world.spec_of(pod).requests.fits(view.load().requested(), &view.shape().allocatable)
}

impl Step {
    /// Lets it happen; what did happen, fact by fact.
    pub fn apply(&self, world: &mut World) -> Vec<Fact> {
        let pending = |world: &World| pods_that(world, |phase| phase == Phase::Pending);
        let placed = |world: &World| pods_that(world, |phase| phase.node().is_some());
        let mut facts = Vec::new();
        match self {
            Step::Create(kind) => {
                let kinds = world.model().workloads.len();
                let workload = WorkloadId::from_index(kind.index(kinds));
                let replica = u32::try_from(world.pods().len()).expect("few pods");
                facts.push(world.create_pod(workload, replica, 0, None).1);
            }
            Step::Bind(pod, node) => {
                let chosen = one_of(&pending(world), *pod).zip(one_of(&there(world), *node));
                if let Some((pod, node)) = chosen.filter(|(p, n)| has_room(world, *p, *n)) {
                    facts.push(world.bind(pod, node));
                }
            }
            Step::Terminate(pod) => {
                let running = pods_that(world, |phase| {
                    matches!(phase, Phase::Starting { .. } | Phase::Running { .. })
                });
                if let Some(pod) = one_of(&running, *pod) {
                    facts.push(world.terminate(pod, Cause::Reclaimed, None));
                }
            }
            Step::End(pod) => {
                if let Some(pod) = one_of(&placed(world), *pod) {
                    facts.push(world.end(pod, End::Completed));
                }
            }
            Step::Nominate(pod, node) => {
                if let Some(pod) = one_of(&pending(world), *pod) {
                    let node = node.and_then(|node| one_of(&there(world), node));
                    facts.push(world.nominate(pod, node));
                }
            }
            Step::Cordon(node) => {
                let Some(node) = one_of(&there(world), *node) else { return facts };
                let cordoned = world.nodes().state(node) == NodeState::Ready { cordoned: true };
                facts.push(if cordoned { world.uncordon(node) } else { world.cordon(node) });
            }
            Step::Taint(node, taints) => {
                let Some(node) = one_of(&there(world), *node) else { return facts };
                let taints = taints.iter().filter_map(|plan| named(world, *plan)).collect();
                facts.push(world.taint(node, taints));
            }
            Step::Join(node) => facts.extend(join(world, *node)),
            Step::Pull(node, image) => {
                let images: Vec<_> = world.model().images.ids().collect();
                let chosen = one_of(&there(world), *node).zip(one_of(&images, *image));
                facts.extend(chosen.map(|(node, image)| world.pull(node, image, Span::ZERO)));
            }
            Step::Lose(node) => {
                let Some(node) = one_of(world.registered(), *node) else { return facts };
                if world.view(node).is_lost() {
                    let unreachable = world.model().unreachable_key;
                    let mut taints = world.view(node).shape().taints.iter();
                    let is_found = taints.any(|taint| taint.key == unreachable);
                    facts.push(match is_found {
                        true => world.delete_node(node),
                        false => world.find_unreachable(node),
                    });
                    return facts;
                }
                for pod in world.placement().pods_on(node).to_vec() {
                    facts.push(world.end(pod, End::KilledWithoutWarning));
                }
                // Of every other node the object outlives the instance.
                let stays = node.index().is_multiple_of(2);
                facts.push(match stays {
                    true => world.lose_instance(node, Cause::Reclaimed),
                    false => world.remove(node, Cause::Reclaimed),
                });
            }
            Step::Try(pod, node) => try_out(world, *pod, *node),
        }
        facts
    }
}

/// The nodes whose instances are there.
fn there(world: &World) -> Vec<NodeId> {
    let nodes = world.registered().iter().copied();
    nodes.filter(|node| !world.view(*node).is_lost()).collect()
}

/// The next node of the plan joins; when all are there, another one like one of them.
fn join(world: &mut World, like: Index) -> Vec<Fact> {
    let next = world.nodes().len();
    let pools: Vec<_> = world.model().pools.ids().collect();
    let joined = if next < world.model().start.nodes.len() {
        Some(world.adopt_node(next))
    } else {
        one_of(&pools, like).map(|pool| world.launch(pool, 0))
    };
    let Some((node, launched)) = joined else { return Vec::new() };
    vec![launched, world.register(node)]
}

/// A pod is evicted, another bound, a node is freed of its cordon or taints, one is imagined with a pod
/// on it and one removed, and all of it is taken back; a part of it before the rest.
fn try_out(world: &mut World, pod: Index, node: Index) {
    let mut trial = world.trial();
    let placed = pods_that(&trial, |phase| phase.node().is_some());
    if let Some(pod) = one_of(&placed, pod) {
        trial.evict(pod);
    }
    let pending = pods_that(&trial, |phase| phase == Phase::Pending);
    let chosen = one_of(&pending, pod).zip(one_of(&there(&trial), node));
    if let Some((pod, node)) = chosen.filter(|(p, n)| has_room(&trial, *p, *n)) {
        trial.bind(pod, node);
    }
    let mut fork = trial.fork();
    if let Some(pool) = one_of(&fork.model().pools.ids().collect::<Vec<_>>(), node) {
        let imagined = fork.imagine_node(pool, 0);
        let workload = WorkloadId::from_index(pod.index(fork.model().workloads.len()));
        let spec = fork.model().workloads[workload].spec;
        let pod = fork.imagine_pod(workload, 0, spec);
        if has_room(&fork, pod, imagined) {
            fork.bind(pod, imagined);
        }
    }
    if let Some(node) = one_of(&there(&fork), pod) {
        fork.remove_node(node);
    }
    drop(fork);
    if let Some(node) = one_of(&there(&trial), node) {
        match trial.nodes().state(node) {
            NodeState::Ready { cordoned: true } => trial.uncordon(node),
            _ => trial.taint(node, Vec::new()),
        }
    }
}

fn named(world: &World, plan: TaintPlan) -> Option<Taint> {
    let key = world.model().names.find(&format!("taint-{}", plan.key))?;
    Some(Taint { key, value: world.model().empty, effect: plan.effect })
}
