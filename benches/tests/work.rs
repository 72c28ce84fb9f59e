//! What decisions cost, counted instead of timed: how many nodes are asked in all.

use std::sync::Arc;

use autoscalers::karpenter::provisioning::Work;
use autoscalers::karpenter::{Memory, Since};
use benches::cluster::{APPS, Kind, model, schedule, world};
use benches::provisioning_mix::World;

/// A pod asks the nodes that changed since the last one of its kind, and no others, whatever the sizes of
/// the pods are that were bound before.
#[test]
fn pods_of_few_kinds_ask_the_nodes_that_changed() {
    let (nodes, pods) = (300_u64, 1_000);
    for (kind, kinds) in [(Kind::Basic, 1), (Kind::Rs, APPS as u64), (Kind::Spread, APPS as u64)] {
        let model = Arc::new(model(kind, 300));
        for percentage in [0, 100] {
            let (placed, (rows, answers)) = schedule(&mut world(&model), pods, percentage);
            assert_eq!(placed, pods);
            assert!(rows <= kinds * (nodes + u64::from(pods)), "{kind:?}: {rows} rows");
            assert!(answers <= nodes + u64::from(pods), "{kind:?}: {answers} answers");
        }
    }
}

/// Consolidation that finds nothing asks each node once for each kind of pods, and where nothing has changed no
/// node at all; where one node has, candidates are tried again, and no more nodes are asked than before.
#[test]
fn consolidation_asks_each_node_once_for_each_kind_of_pods() {
    let nodes = 300;
    let world = World::full(nodes);
    let mut memory = Memory::default();
    let mut look = |since| {
        let before = memory.work();
        let found = memory.propose(since, &world.cluster());
        assert_eq!(found.command, None);
        let work = memory.work();
        Work {
            simulations: work.simulations - before.simulations,
            nodes: work.nodes - before.nodes,
        }
    };
    let first = look(Since::Anything);
    // Each node alone, and several together: halving 100 takes seven tries.
    let tries = nodes as u64 + 7;
    assert!(first.simulations <= tries, "{} simulations", first.simulations);
    assert!(first.nodes <= nodes as u64, "{} nodes", first.nodes);
    assert_eq!(look(Since::Nothing), Work::default());
    let numbers = (0..nodes).map(|number| Some(number).filter(|number| *number > 0)).collect();
    let again = look(Since::Nodes(numbers));
    assert!(again.nodes <= nodes as u64, "{} nodes", again.nodes);
}
