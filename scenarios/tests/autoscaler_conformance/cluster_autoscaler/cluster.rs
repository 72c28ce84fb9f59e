//! Clusters of cases as worlds: nodes and pods as they stand, and node groups as pools.

use std::collections::BTreeMap;

use autoscalers::cluster_autoscaler::node_group::{GroupOptions, NodeGroup};
use scenarios::kube::{self, Object};
use scenarios::lower::nodes;
use scenarios::lower::snapshot::{Snapshot, snapshot};
use serde::Deserialize;
use serde_json::Value as Json;
use sim::MicroUsdPerHour;
use sim::model::Model;
use sim::model::catalog::{InstanceType, Offering};
use sim::model::pod::PodId;
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool, PoolId};
use sim::table::Id;

/// A node group as a case writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    pub id: String,
    pub min_size: u32,
    pub max_size: u32,
    pub target_size: u32,
    #[serde(default)]
    pub template: Json,
    #[serde(default)]
    pub template_pods: Vec<Json>,
    #[serde(default)]
    pub nodes: Vec<String>,
    #[serde(default)]
    pub options: Json,
}

/// Takes over nodes, pods and budgets, whatever phase the pods are in.
pub fn taken_over<'j>(objects: impl Iterator<Item = &'j Json>) -> Result<Snapshot, String> {
    let mut placed = Vec::new();
    let objects = objects.map(|json| {
        let mut json = json.clone();
        if json["kind"] == "Pod" {
            let name = name(&json);
            // A pod that is moved may go anywhere; and an ended one still counts.
            let node = json["spec"].as_object_mut().and_then(|spec| spec.remove("nodeName"));
            placed.extend(node.as_ref().and_then(Json::as_str).map(|it| (name, it.to_owned())));
            json["status"].as_object_mut().and_then(|status| status.remove("phase"));
        }
        serde_json::from_value::<Object>(json).map_err(|error| error.to_string())
    });
    let objects = objects.collect::<Result<Vec<Object>, String>>()?;
    let mut snapshot = snapshot(&objects, &[]).map_err(|errors| errors.join("; "))?;
    for (pod, node) in placed {
        let node = snapshot.nodes.get(&node).copied();
        snapshot.model.start.pods[snapshot.pods[&pod]].node = node;
    }
    Ok(snapshot)
}

/// A list of a case that may not be there.
pub fn list<'j>(case: &'j Json, name: &str) -> impl Iterator<Item = &'j Json> {
    case[name].as_array().into_iter().flatten()
}

/// `namespace/name` of an object.
pub fn name(object: &Json) -> String {
    let metadata = &object["metadata"];
    let text = |json: &Json| json.as_str().map(str::to_owned);
    let namespace = text(&metadata["namespace"]).unwrap_or("default".to_owned());
    format!("{namespace}/{}", text(&metadata["name"]).unwrap_or_default())
}

/// The names of pods, by their numbers.
pub fn names_of_pods(snapshot: &Snapshot) -> BTreeMap<PodId, String> {
    snapshot.pods.iter().map(|(name, at)| (PodId::from_index(*at), name.clone())).collect()
}

/// A node group as a pool of one template.
pub fn node_group(group: &Group, snapshot: &mut Snapshot) -> Result<NodeGroup, String> {
    let pool = pool(&group.id, &group.template, &mut snapshot.model)?;
    let daemon = |json: &Json| {
        let start = &snapshot.model.start.pods[snapshot.pods[&name(json)]];
        (start.workload, start.spec)
    };
    Ok(NodeGroup {
        name: group.id.clone(),
        pool,
        template: 0,
        min_size: group.min_size,
        max_size: group.max_size,
        daemons: group.template_pods.iter().map(daemon).collect(),
        options: GroupOptions {
            scale_down_utilization_threshold: group.options["scaleDownUtilizationThreshold"]
                .as_f64(),
            ignore_daemonsets_utilization: group.options["ignoreDaemonSetsUtilization"].as_bool(),
            ..GroupOptions::default()
        },
    })
}

fn pool(id: &str, template: &Json, model: &mut Model) -> Result<PoolId, String> {
    let node: kube::Node =
        serde_json::from_value(template.clone()).map_err(|error| error.to_string())?;
    let shape = nodes::shape(model, &node)?;
    let mut machine = node;
    machine.status.allocatable = machine.status.capacity.clone();
    let capacity = nodes::shape(model, &machine)?.allocatable;
    let name = model.names.intern(id);
    let price = MicroUsdPerHour(0);
    let instance_type = model
        .catalog
        .instance_types
        .push(InstanceType { capacity, ..InstanceType::plain(name, shape.allocatable, price) });
    let offering = Offering::on_demand(instance_type, name, price);
    let offering = model.catalog.offerings.push(offering);
    Ok(model.pools.push(Pool {
        name,
        templates: vec![NodeTemplate { offering, shape }],
        limits: Limits::default(),
        keeper: Keeper::of_size(0),
    }))
}
