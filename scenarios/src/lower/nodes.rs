//! From a Kubernetes Node to what the simulator knows of a node.

use sim::model::HOSTNAME_LABEL;
use sim::model::Model;
use sim::model::catalog::OfferingId;
use sim::model::images::ImageId;
use sim::model::node::NodeShape;
use sim::model::pool::PoolId;
use sim::model::resources::{Lane, Resources};
use sim::model::start::StartNode;
use sim::model::taints::Taint;
use sim::names::NameId;

use super::labels::{effect, label_set};
use super::requests::amount;
use crate::file;
use crate::kube::{Effect, Node, ResourceList};

/// A node as it stands. Pods must be lowered before it: of its resources only those are kept that
/// a pod asks for.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn start_node(
    model: &mut Model,
    node: &Node,
    pool: PoolId,
    offering: OfferingId,
) -> Result<StartNode, String> {
    let shape = shape(model, node)?;
    let images = images(model, node);
    let names = &mut model.names;
    Ok(StartNode {
        name: names.intern(&node.metadata.name),
        hostname: node.metadata.labels.get(HOSTNAME_LABEL).map(|name| names.intern(name)),
        pool,
        offering,
        shape,
        cordoned: node.spec.unschedulable,
        images,
        attached: Vec::new(),
    })
}

/// A node without the startup taints of its pool: at `T+0` all nodes have started.
pub fn as_initialized(node: &mut Node, pool: &file::Pool) {
    let startup = &pool.startup_taints;
    node.spec.taints.retain(|taint| {
        let is_it =
            |it: &file::Taint| it.key == taint.key && Effect::from(it.effect) == taint.effect;
        !startup.iter().any(is_it)
    });
}

/// Labels but for the host name, taints and size.
///
/// # Errors
/// A sentence that says what is wrong with its resources.
pub fn shape(model: &mut Model, node: &Node) -> Result<NodeShape, String> {
    let allocatable = allocatable(model, &node.status.allocatable)?;
    let names = &mut model.names;
    let hostname: NameId = names.intern(HOSTNAME_LABEL);
    let labels = label_set(names, &node.metadata.labels);
    let taints = node.spec.taints.iter().map(|taint| Taint {
        key: names.intern(&taint.key),
        value: names.intern(&taint.value),
        effect: effect(taint.effect),
    });
    let taints = taints.collect();
    let labels = labels.iter().filter(|(key, _)| *key != hostname).collect();
    let features = node.status.declared_features.iter().map(|feature| names.intern(feature));
    let mut features: Vec<NameId> = features.collect();
    features.sort_unstable();
    Ok(NodeShape { labels, taints, features, ..NodeShape::plain(allocatable) })
}

/// The images that a node has, sorted. All nodes' must be known before the pods are lowered.
pub fn images(model: &mut Model, node: &Node) -> Vec<ImageId> {
    let mut images = Vec::new();
    for image in &node.status.images {
        for name in &image.names {
            images.push(model.images.intern(model.names.intern(name), image.size_bytes));
        }
    }
    images.sort_unstable();
    images.dedup();
    images
}

/// What pods can ask for, in the lanes that are in use.
fn allocatable(model: &Model, list: &ResourceList) -> Result<Resources, String> {
    let mut result = Resources::ZERO;
    for (name, quantity) in list {
        if let Some(lane) = Lane::NATIVE
            .iter()
            .find_map(|(lane, native)| (native == name).then_some(*lane))
            .or_else(|| model.known_lane(name))
        {
            let quantity = quantity.amount().map_err(|error| format!("{name}: {error}"))?;
            result[lane] = amount(name, quantity);
        }
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_keeps_what_a_pod_may_ask_for() {
        let mut model = Model::default();
        let gpu = model.lane("nvidia.com/gpu").unwrap();
        let node: Node = serde_json::from_str(
            r#"{"metadata": {"name": "n1", "labels": {"kubernetes.io/hostname": "host-1", "a": "b"}},
                "spec": {"unschedulable": true, "taints": [{"key": "k", "effect": "NoSchedule"}]},
                "status": {"allocatable": {"cpu": "1930m", "memory": "7Gi", "pods": "29",
                           "nvidia.com/gpu": "2", "hugepages-2Mi": "0", "some.org/thing": "9"}}}"#,
        )
        .unwrap();
        let pool = sim::table::Id::from_index(0);
        let offering = sim::table::Id::from_index(0);
        let start = start_node(&mut model, &node, pool, offering).unwrap();
        let size = start.shape.allocatable;
        assert_eq!(
            [size[Lane::CPU], size[Lane::MEMORY], size[Lane::PODS], size[gpu]],
            [1_930, 7 << 30, 29, 2]
        );
        assert_eq!(model.known_lane("some.org/thing"), None);
        assert_eq!(model.names.text(start.hostname.unwrap()), "host-1");
        assert_eq!(start.shape.labels.iter().count(), 1, "the host name is each node's own");
        assert!(start.cordoned && start.shape.taints.len() == 1);
    }
}
