//! Trials, as consolidation makes them: all pods of a node are evicted, a place elsewhere is looked for
//! for each, by the plain rules, and everything is taken back. One trial a node, on 1 000 nodes.
//!
//! `basic` pods have no wishes, so that most of the time goes into changing the world and changing it
//! back; `spread` pods have sums over all nodes, so that most goes into the rules. `unplaced` counts the
//! steps alone: the pods go to the next node with room, whatever else they wish.

use std::sync::Arc;

use benches::cluster::{Kind, model, world};
use benches::{least_cpu, print};
use serde_json::json;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::scheduler::framework::PodView;
use sim::scheduler::plain::{self, Walk};
use sim::scheduler::profile::Profile;
use sim::world::World;
use sim::world::nodes::NodeState;
use sim::world::trial::Trial;

const NODES: usize = 1_000;

fn main() {
    let by_rules = |pod, trial: &Trial<'_>, start| {
        let walk = Walk { start, enough: 1 };
        let evaluation = plain::evaluate(&Profile::default(), PodView::of(pod, trial), trial, walk);
        evaluation.scores.first().map(|scored| scored.node)
    };
    measure("unplaced", Kind::Spread, NODES, next_with_room);
    measure("basic", Kind::Basic, NODES, by_rules);
    // The rules ask all nodes for each pod.
    measure("spread", Kind::Spread, 50, by_rules);
}

/// Empties the first nodes, one trial each; `place` says where a pod goes, from a place in the order on.
fn measure(
    name: &str,
    kind: Kind,
    tried: usize,
    place: impl Fn(PodId, &Trial<'_>, usize) -> Option<NodeId>,
) {
    let mut world = world(&Arc::new(model(kind, NODES)));
    let nodes: Vec<NodeId> = world.registered()[..tried].to_vec();
    let (cpu, moved) = least_cpu(5, || {
        let empty = |(index, node)| empty(&mut world, node, index, &place);
        nodes.iter().copied().enumerate().map(empty).sum::<usize>()
    });
    print(&json!({
        "workload": name,
        "nodes": NODES,
        "trials": tried,
        "pods_moved": moved,
        "trials_per_cpu_s": cpu.map(|cpu| (tried as f64 / cpu).round()),
        "cpu_s": cpu,
    }));
}

/// Would the pods of a node fit elsewhere? How many do.
fn empty(
    world: &mut World,
    node: NodeId,
    start: usize,
    place: &impl Fn(PodId, &Trial<'_>, usize) -> Option<NodeId>,
) -> usize {
    let pods = world.placement().pods_on(node).to_vec();
    let mut trial = world.trial();
    trial.cordon(node);
    for pod in &pods {
        trial.evict(*pod);
    }
    let mut moved = 0;
    for pod in pods {
        if let Some(node) = place(pod, &trial, start + 1) {
            trial.bind(pod, node);
            moved += 1;
        }
    }
    moved
}

/// The next node on which there is room.
fn next_with_room(pod: PodId, trial: &Trial<'_>, start: usize) -> Option<NodeId> {
    let nodes = trial.registered();
    let requests = &trial.spec_of(pod).requests;
    let walk = (0..nodes.len()).map(|step| nodes[(start + step) % nodes.len()]);
    walk.into_iter().find(|node| {
        let view = trial.view(*node);
        trial.nodes().state(*node) == NodeState::Ready { cordoned: false }
            && requests.fits(view.load().requested(), &view.shape().allocatable)
    })
}
