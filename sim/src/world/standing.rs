//! The world at `T+0`: the nodes and pods of the start, as they stand before anything happens.

use std::sync::Arc;

use super::World;
use crate::fact::Cause;
use crate::model::Model;
use crate::model::node::NodeId;
use crate::table::Id;

impl World {
    /// The world as the model's start state describes it, before anything happens.
    #[must_use]
    pub fn standing(model: &Arc<Model>) -> World {
        let mut world = World::new(Arc::clone(model));
        for (index, start) in model.start.nodes.iter().enumerate() {
            let (node, _) = world.adopt_node(index);
            let _ = world.register(node);
            if start.cordoned {
                let _ = world.cordon(node);
            }
        }
        for (index, start) in model.start.pods.iter().enumerate() {
            let (pod, _) = world.adopt_pod(index, 0);
            if let Some(node) = start.node {
                let _ = world.settle(pod, NodeId::from_index(node), start.started_ms);
                if start.terminating {
                    let _ = world.terminate(pod, Cause::InitialState, start.disruption_target());
                }
            } else if let Some(node) = start.nominated {
                let _ = world.nominate(pod, Some(NodeId::from_index(node)));
            }
        }
        world
    }
}
