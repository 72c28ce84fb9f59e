//! What holds of the Cluster Autoscaler: its estimates, its limits, and the nodes that it removes.

mod estimates;
mod growth;
mod removals;
mod runs;

use autoscalers::cluster_autoscaler::node_group::{GroupOptions, NodeGroup};
use sim::model::pod::PodId;
use sim::model::pool::PoolId;
use sim::model::workload::WorkloadId;
use sim::table::Id;
use sim::world::World;

/// A node group of the first pool of a cluster.
fn group(max_size: u32) -> NodeGroup {
    NodeGroup {
        name: "group".to_owned(),
        pool: PoolId::from_index(0),
        template: 0,
        min_size: 0,
        max_size,
        daemons: Vec::new(),
        options: GroupOptions::default(),
    }
}

/// Pending pods of a kind.
fn pending(world: &mut World, kind: usize, count: u32) -> Vec<PodId> {
    let workload = WorkloadId::from_index(kind);
    (0..count).map(|replica| world.create_pod(workload, replica, 0, None).0).collect()
}
