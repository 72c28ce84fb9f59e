//! What scheduling decisions cost, counted instead of timed: how many nodes are asked in all.

use std::sync::Arc;

use benches::cluster::{APPS, Kind, model, schedule, world};

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
