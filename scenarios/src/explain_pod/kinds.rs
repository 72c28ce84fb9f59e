//! Kinds of node of which there could be more: those that there are, and those in other zones.

use std::collections::{BTreeMap, BTreeSet};

use sim::model::Model;
use sim::model::labels::LabelSet;
use sim::model::node::{NodeId, NodeShape};
use sim::model::pool::{NodeTemplate, PoolId};
use sim::model::resources::Lane;
use sim::names::NameId;
use sim::table::Id;

use super::amounts;
use super::ideas::CONDITIONS;
use crate::kube::Object;

/// A kind of node of which there could be more.
#[derive(Clone, Debug)]
pub struct NodeKind {
    /// Its pool.
    pub pool: PoolId,
    /// Which of the pool's templates it is.
    pub template: usize,
    /// How to tell a person: `like n1 (m5.large, us-east-1a)`.
    pub name: String,
    /// Nodes that are as large and run the same daemons.
    pub like: Vec<NodeId>,
}

/// A label with as many values as nodes, on this many nodes, names single nodes.
const MANY: usize = 8;
/// The number of kinds that are distinguished.
const MOST: usize = 60;
const INSTANCE_TYPES: [&str; 2] =
    ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"];

/// The kinds of node of a dump, added to its pool as templates: those that there are, and the same
/// in zones where volumes are and nodes are not.
pub(super) fn of_dump(model: &mut Model, objects: &[Object]) -> Vec<NodeKind> {
    let Some(pool) = model.pools.ids().next() else { return Vec::new() };
    let unique = labels_of_single_nodes(model);
    let mut groups: Vec<(NodeShape, Vec<usize>)> = Vec::new();
    for (index, node) in model.start.nodes.iter().enumerate() {
        let shape = as_if_new(&node.shape, &unique, model);
        match groups.iter_mut().find(|(known, _)| *known == shape) {
            Some((_, nodes)) => nodes.push(index),
            None => groups.push((shape, vec![index])),
        }
    }
    // The more common a kind is, the likelier there will be one more of it.
    groups.sort_by_key(|(_, nodes)| std::cmp::Reverse(nodes.len()));
    groups.truncate(MOST);
    let mut known: Vec<NodeShape> = groups.iter().map(|(shape, _)| shape.clone()).collect();
    let mut kinds = Vec::new();
    for (shape, nodes) in &groups {
        let name = format!("like {}", described(model, shape, nodes[0]));
        kinds.push(add(model, pool, shape.clone(), name, nodes));
    }
    for zone in zones_of_volumes(objects) {
        for (shape, nodes) in &groups {
            let moved = moved_to(shape, &zone, model);
            if !known.contains(&moved) {
                let name =
                    format!("in {zone}, otherwise like {}", described(model, shape, nodes[0]));
                kinds.push(add(model, pool, moved.clone(), name, nodes));
                known.push(moved);
            }
        }
    }
    kinds
}

fn add(
    model: &mut Model,
    pool: PoolId,
    shape: NodeShape,
    name: String,
    nodes: &[usize],
) -> NodeKind {
    let templates = &mut model.pools[pool].templates;
    let offering = templates[0].offering;
    templates.push(NodeTemplate { offering, shape });
    let like = nodes.iter().map(|index| NodeId::from_index(*index)).collect();
    NodeKind { pool, template: templates.len() - 1, name, like }
}

/// Labels that are different on every one of many nodes, such as an instance's id.
fn labels_of_single_nodes(model: &Model) -> BTreeSet<NameId> {
    let mut values: BTreeMap<NameId, (usize, BTreeSet<NameId>)> = BTreeMap::new();
    for (key, value) in model.start.nodes.iter().flat_map(|node| node.shape.labels.iter()) {
        let (nodes, distinct) = values.entry(key).or_default();
        *nodes += 1;
        distinct.insert(value);
    }
    let single = values
        .into_iter()
        .filter(|(_, (nodes, distinct))| *nodes >= MANY && distinct.len() == *nodes);
    single.map(|(key, _)| key).collect()
}

/// A node's shape without what is only its own, and without what is wrong with it at the moment.
fn as_if_new(shape: &NodeShape, unique: &BTreeSet<NameId>, model: &Model) -> NodeShape {
    let mut shape = shape.clone();
    shape.labels = shape.labels.iter().filter(|(key, _)| !unique.contains(key)).collect();
    shape.taints.retain(|taint| !model.names.text(taint.key).starts_with(CONDITIONS));
    shape
}

/// The same shape in another zone.
fn moved_to(shape: &NodeShape, zone: &str, model: &mut Model) -> NodeShape {
    let zone = model.names.intern(zone);
    let is_zone = |key: NameId| model.names.text(key).ends_with("/zone");
    let move_label = |(key, value)| (key, if is_zone(key) { zone } else { value });
    let labels: LabelSet = shape.labels.iter().map(move_label).collect();
    NodeShape { labels, ..shape.clone() }
}

/// A node in a few words: `n1 (m5.large, us-east-1a)`, or its size if it has no type.
fn described(model: &Model, shape: &NodeShape, node: usize) -> String {
    let label = |key: &str| shape.labels.get(model.names.find(key)?);
    let text = |name: NameId| model.names.text(name).to_owned();
    let size = || {
        let amount = |lane| amounts::about(lane, shape.allocatable[lane], model);
        format!("{} cpu, {}", amount(Lane::CPU), amount(Lane::MEMORY))
    };
    let machine = INSTANCE_TYPES.into_iter().find_map(label).map_or_else(size, text);
    let zone = model.zone_keys[2..].iter().find_map(|key| shape.labels.get(*key));
    let zone = zone.map_or_else(String::new, |zone| format!(", {}", text(zone)));
    format!("{} ({machine}{zone})", text(model.start.nodes[node].name))
}

/// The zones that volumes can only be reached from.
fn zones_of_volumes(objects: &[Object]) -> BTreeSet<String> {
    let mut zones = BTreeSet::new();
    for object in objects {
        let Object::PersistentVolume(volume) = object else { continue };
        let affinity = volume.spec.node_affinity.as_ref();
        let required = affinity.and_then(|affinity| affinity.required.as_ref());
        let terms = required.iter().flat_map(|selector| &selector.node_selector_terms);
        let expressions = terms.flat_map(|term| &term.match_expressions);
        let by_zone = expressions.filter(|expression| expression.key.ends_with("/zone"));
        zones.extend(by_zone.flat_map(|expression| expression.values.clone()));
        let labels = volume.metadata.labels.iter().filter(|(key, _)| key.ends_with("/zone"));
        zones.extend(labels.map(|(_, value)| value.clone()));
    }
    zones
}
