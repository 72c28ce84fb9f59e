//! The cases of balancing, similarity and back-off.

use std::collections::BTreeMap;

use autoscalers::cluster_autoscaler::backoff::Backoff;
use autoscalers::cluster_autoscaler::balance::{Growth, balance};
use autoscalers::cluster_autoscaler::config::DifferenceRatios;
use autoscalers::cluster_autoscaler::node_group::GroupId;
use autoscalers::cluster_autoscaler::similar::{BASIC_IGNORED_LABELS, NodeTraits, are_similar};
use manifests::quantity::Quantity;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use sim::{SimTime, Span};

/// Answers a case.
pub fn answer(case: &Json) -> Result<Json, String> {
    let question = &case["case"];
    match case["features"][0].as_str() {
        Some("balance") => read(question).map(|it| balanced(&it)),
        Some("similar") => read(question).and_then(|it| similar(&it)),
        Some("backoff") => read(question).map(|it| backed_off(&it)),
        _ => Err("is of no feature that is known".to_owned()),
    }
}

fn read<'j, T: Deserialize<'j>>(json: &'j Json) -> Result<T, String> {
    T::deserialize(json).map_err(|error| error.to_string())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Balance {
    groups: Vec<Group>,
    new_nodes: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    #[serde(rename = "ID")]
    id: String,
    target_size: u32,
    max: u32,
}

fn balanced(case: &Balance) -> Json {
    let groups = case.groups.iter().enumerate();
    let groups: Vec<Growth> =
        groups.map(|(at, it)| Growth::none(GroupId(at), it.target_size, it.max)).collect();
    let sizes = balance(&groups, case.new_nodes).into_iter();
    let sizes: Map<String, Json> =
        sizes.map(|it| (case.groups[it.group.0].id.clone(), it.to.into())).collect();
    json!({"newSizes": sizes})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Similar {
    a: Node,
    b: Node,
}

#[derive(Deserialize)]
struct Node {
    metadata: Metadata,
    status: Status,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    capacity: BTreeMap<String, String>,
    #[serde(default)]
    allocatable: BTreeMap<String, String>,
}

fn similar(case: &Similar) -> Result<Json, String> {
    let amounts = |of: &BTreeMap<String, String>| {
        let amount = |(name, text): (&String, &String)| {
            let milli = Quantity::parse(text)?.milli();
            Ok((name.clone(), i128::from(milli)))
        };
        of.iter().map(amount).collect::<Result<BTreeMap<String, i128>, String>>()
    };
    let traits = |node: &Node| -> Result<NodeTraits, String> {
        let allocatable = amounts(&node.status.allocatable)?;
        Ok(NodeTraits {
            capacity: amounts(&node.status.capacity)?,
            free: allocatable.clone(),
            allocatable,
            labels: node.metadata.labels.clone(),
        })
    };
    let (a, b) = (traits(&case.a)?, traits(&case.b)?);
    let ignored = |label: &str| BASIC_IGNORED_LABELS.contains(&label);
    Ok(json!({"similar": are_similar(&a, &b, &DifferenceRatios::default(), ignored)}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Failures {
    events: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    t: u64,
    op: String,
}

fn backed_off(case: &Failures) -> Json {
    let [initial, max, reset] = [300, 1_800, 10_800].map(Span::from_secs);
    let mut backoff = Backoff::new(initial, max, reset);
    let group = GroupId(0);
    let results = case.events.iter().map(|event| {
        let now = SimTime::ZERO + Span::from_secs(event.t);
        backoff.forget_stale(now);
        match event.op.as_str() {
            "fail" => (backoff.fail(group, now).as_ms() / 1_000).into(),
            "check" => backoff.is_backed_off(group, now).into(),
            _ => {
                backoff.succeed(group);
                Json::Null
            }
        }
    });
    json!({"results": results.collect::<Vec<Json>>()})
}
