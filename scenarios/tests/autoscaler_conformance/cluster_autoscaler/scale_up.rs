//! What one loop would add: groups of pods, what each node group could do, and what expanders choose.

use std::collections::BTreeMap;
use std::sync::Arc;

use autoscalers::cluster_autoscaler::config::Flags;
use autoscalers::cluster_autoscaler::equivalence::PendingPod;
use autoscalers::cluster_autoscaler::expander::{self, About, PodPrices, Priorities};
use autoscalers::cluster_autoscaler::node_group::{GroupId, NodeGroup};
use autoscalers::cluster_autoscaler::scale_up::{Expansion, Groups, expansion, growth};
use autoscalers::cluster_autoscaler::snapshot::{Filters, NodeList};
use manifests::tree;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::table::Id;
use sim::world::World;

use super::cluster::{Group, list, name, names_of_pods, node_group, taken_over};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    max_nodes_per_scale_up: u32,
    max_nodes_total: u32,
    balance_similar_node_groups: bool,
    fastpath_binpacking: bool,
    expanders: Vec<String>,
    #[serde(default)]
    priorities: String,
}

/// Answers a case.
pub fn answer(case: &Json) -> Result<Json, String> {
    let read = |error: serde_json::Error| error.to_string();
    let options = Options::deserialize(&case["options"]).map_err(read)?;
    let groups: Vec<Group> = Vec::deserialize(&case["nodeGroups"]).map_err(read)?;
    let template_pods = groups.iter().flat_map(|group| &group.template_pods);
    let objects = list(case, "nodes").chain(list(case, "pods"));
    let objects = objects.chain(list(case, "pendingPods")).chain(template_pods);
    let mut snapshot = taken_over(objects)?;
    let node_groups = groups.iter().map(|group| node_group(group, &mut snapshot));
    let node_groups = node_groups.collect::<Result<Vec<NodeGroup>, String>>()?;
    let pending = pending(case, &snapshot.pods);
    let names = names_of_pods(&snapshot);
    let nodes: Vec<NodeId> = (0..snapshot.nodes.len()).map(NodeId::from_index).collect();
    let mut world = World::standing(&Arc::new(std::mem::take(&mut snapshot.model)));

    let flags = Flags {
        max_nodes_per_scaleup: options.max_nodes_per_scale_up,
        max_nodes_total: options.max_nodes_total,
        balance_similar_node_groups: options.balance_similar_node_groups,
        fastpath_binpacking_enabled: options.fastpath_binpacking,
        ..Flags::default()
    };
    let targets: Vec<u32> = groups.iter().map(|group| group.target_size).collect();
    let as_they_stand = Groups {
        all: &node_groups,
        targets: &targets,
        safe: &vec![true; groups.len()],
        nodes: u32::try_from(nodes.len()).map_err(|error| error.to_string())?,
    };
    let asked: Vec<GroupId> = (0..groups.len()).map(GroupId).collect();
    let mut nodes = NodeList::of(nodes);
    let expansion = expansion(
        &pending,
        &asked,
        as_they_stand,
        &flags,
        &Filters::default(),
        (&mut world.trial(), &mut nodes),
    );
    let (best, scale_ups) = chosen(&options, &expansion, as_they_stand, &flags, &world)?;
    let group = |id: &GroupId| groups[id.0].id.clone();
    let names = |pods: &[PodId]| pods.iter().map(|pod| names[pod].clone()).collect::<Vec<_>>();
    let options = expansion.options.iter().map(|it| {
        let mut pods = names(&it.option.pods);
        pods.sort();
        json!({
            "nodeGroup": group(&it.option.group),
            "schedulablePodGroups": it.schedulable.len(),
            "nodeCount": it.option.nodes,
            "scheduledPods": pods,
            "similarNodeGroups": it.option.similar.iter().map(group).collect::<Vec<_>>(),
        })
    });
    Ok(json!({
        "podGroups": expansion.pods.iter().map(|it| names(&it.pods)).collect::<Vec<_>>(),
        "options": options.collect::<Vec<_>>(),
        "best": best,
        "scaleUps": scale_ups,
    }))
}

/// Pending pods, with what makes them alike.
fn pending(case: &Json, pods: &BTreeMap<String, usize>) -> Vec<PendingPod> {
    let (mut controllers, mut variants) = (Vec::new(), Vec::new());
    let pods = list(case, "pendingPods").map(|json| {
        let owners = json["metadata"]["ownerReferences"].as_array();
        let controller = owners.into_iter().flatten().find(|it| it["controller"] == true);
        let controller = controller.filter(|it| it["kind"] != "DaemonSet");
        PendingPod {
            pod: PodId::from_index(pods[&name(json)]),
            controller: controller.map(|it| number(&mut controllers, &it["uid"])),
            variant: number(&mut variants, &json!([json["metadata"]["labels"], json["spec"]])),
        }
    });
    pods.collect()
}

fn number(known: &mut Vec<Json>, json: &Json) -> u64 {
    let at = known.iter().position(|it| it == json).unwrap_or_else(|| {
        known.push(json.clone());
        known.len() - 1
    });
    at as u64
}

/// What each chain of expanders leaves, and how groups grow by the first.
fn chosen(
    options: &Options,
    expansion: &Expansion,
    groups: Groups<'_>,
    flags: &Flags,
    world: &World,
) -> Result<(Json, Json), String> {
    let priorities = priorities(&options.priorities)?;
    let about = About {
        world,
        groups: groups.all,
        priorities: &priorities,
        pod_prices: PodPrices::default(),
        nodes: groups.nodes as usize,
        draw: 0,
    };
    let useful = expansion.useful();
    let mut best = Map::new();
    for chain in &options.expanders {
        let names: Vec<String> = chain.split(',').map(str::to_owned).collect();
        let left = expander::survivors(&names, &useful, &about);
        let left = left.iter().map(|it| Json::from(groups.all[it.group.0].name.clone()));
        best.insert(chain.clone(), left.collect());
    }
    let first: Vec<String> = options.expanders[0].split(',').map(str::to_owned).collect();
    let mut scale_ups = Map::new();
    if let [only] = expander::survivors(&first, &useful, &about)[..] {
        for growth in growth(only, groups, flags, world) {
            scale_ups.insert(groups.all[growth.group.0].name.clone(), growth.to.into());
        }
    }
    Ok((best.into(), scale_ups.into()))
}

/// The priorities of a ConfigMap: lists of expressions by number.
fn priorities(text: &str) -> Result<Priorities, String> {
    let documents = tree::parse(text).map_err(|error| format!("{error:?}"))?;
    let Some(document) = documents.first() else { return Ok(Priorities::default()) };
    let lists: BTreeMap<String, Vec<String>> =
        serde_json::from_value(document.to_json()).map_err(|error| error.to_string())?;
    let number = |text: &str| text.parse::<i64>().map_err(|error| error.to_string());
    let mut rows = Vec::new();
    for (priority, expressions) in &lists {
        for expression in expressions {
            rows.push((number(priority)?, expression.as_str()));
        }
    }
    Priorities::parse(rows).map_err(|(expression, error)| format!("`{expression}`: {error}"))
}
