//! What came of a case, in the words of the real program, and what is different about it.

use autoscalers::karpenter::disruption::{Command, Disrupted, Method, Reason};
use autoscalers::karpenter::provisioning::{NewClaim, Refusal, Refusals, Solution};
use autoscalers::karpenter::requirement::Operator;
use autoscalers::karpenter::resources::{Resource, Resources};
use serde_json::{Map, Value as Json, json};
use sim::model::taints::{Effect, Taint};

use super::cluster::World;
use super::read::{list, milli, text};

const INSTANCE_TYPE: &str = "node.kubernetes.io/instance-type";

pub fn provisioned(solution: &Solution, world: &World) -> Json {
    let mut claims: Vec<Json> =
        solution.claims.iter().map(|claim| new_claim(claim, world)).collect();
    claims.sort_by_key(|claim| claim["pods"][0].to_string());
    let existing: Map<String, Json> = solution
        .existing
        .iter()
        .map(|(node, pods)| (world.node_names[*node].clone(), pod_names(pods, world)))
        .collect();
    let mut errors: Vec<Json> = solution
        .errors
        .iter()
        .map(|(pod, why)| json!({"pod": world.pod_names[*pod], "category": category(why)}))
        .collect();
    errors.sort_by_key(|error| error["pod"].to_string());
    json!({"newNodeClaims": claims, "existingNodes": existing, "podErrors": errors})
}

pub fn expected_provisioning(outcome: &Json) -> Json {
    let mut claims: Vec<Json> =
        list(&outcome["newNodeClaims"]).iter().map(expected_claim).collect();
    claims.sort_by_key(|claim| claim["pods"][0].to_string());
    let mut errors = list(&outcome["podErrors"]).to_vec();
    errors.sort_by_key(|error| error["pod"].to_string());
    let mut existing = outcome["existingNodes"].clone();
    if existing.is_null() {
        existing = json!({});
    }
    json!({"newNodeClaims": claims, "existingNodes": existing, "podErrors": errors})
}

fn pod_names(pods: &[usize], world: &World) -> Json {
    let mut names: Vec<&str> = pods.iter().map(|pod| world.pod_names[*pod].as_str()).collect();
    names.sort_unstable();
    json!(names)
}

fn new_claim(claim: &NewClaim, world: &World) -> Json {
    let cluster = world.cluster();
    let pool = &world.node_pools[claim.pool];
    let mut requirements: Vec<Json> = Vec::new();
    for (key, requirement) in claim.launch_requirements(&cluster).iter() {
        let key = world.names.text(key);
        for (operator, values) in requirement.written(&world.names) {
            let values = if key == INSTANCE_TYPE { Vec::new() } else { values };
            requirements.push(json!({
                "key": key,
                "operator": written(operator),
                "values": values,
                "minValues": requirement.min_values(),
            }));
        }
    }
    requirements.sort_by_key(|it| it["key"].to_string());
    let types = claim.instance_types.iter().map(|(number, price)| {
        let name = world.names.text(world.instance_types[*number].name);
        json!({"name": name, "price": if *price >= f64::MAX { -1.0 } else { *price }})
    });
    json!({
        "nodePool": world.names.text(pool.name),
        "pods": pod_names(&claim.pods, world),
        "requirements": requirements,
        "requests": requests(&claim.requests, world),
        "taints": pool.taints.iter().map(|taint| self::taint(taint, world)).collect::<Vec<_>>(),
        "instanceTypes": by_price(types.collect()),
        "minValuesRelaxed": claim.min_values_relaxed,
    })
}

fn expected_claim(claim: &Json) -> Json {
    let requirement = |it: &Json| {
        let is_type = it["key"] == INSTANCE_TYPE;
        json!({
            "key": it["key"],
            "operator": it["operator"],
            "values": if is_type { &[] } else { list(&it["values"]) },
            "minValues": it["minValues"],
        })
    };
    let amounts = claim["requests"].as_object().into_iter().flatten();
    let requests: Map<String, Json> = amounts
        .map(|(key, value)| (key.clone(), json!(milli(value))))
        .filter(|(_, value)| *value != 0)
        .collect();
    let taint =
        |it: &Json| json!({"key": it["key"], "value": text(&it["value"]), "effect": it["effect"]});
    let types = list(&claim["instanceTypes"])
        .iter()
        .map(|it| json!({"name": it["name"], "price": it["price"].as_f64()}));
    json!({
        "nodePool": claim["nodePool"],
        "pods": claim["pods"],
        "requirements": list(&claim["requirements"]).iter().map(requirement).collect::<Vec<_>>(),
        "requests": requests,
        "taints": list(&claim["taints"]).iter().map(taint).collect::<Vec<_>>(),
        "instanceTypes": by_price(types.collect()),
        "minValuesRelaxed": claim["minValuesRelaxed"] == "true" || claim["minValuesRelaxed"] == true,
    })
}

/// Types that nothing offers are written first, at a price of -1.
fn by_price(mut types: Vec<Json>) -> Vec<Json> {
    types.sort_by(|one, two| {
        let price = |it: &Json| it["price"].as_f64().expect("a price");
        price(one).total_cmp(&price(two)).then_with(|| text(&one["name"]).cmp(text(&two["name"])))
    });
    types
}

fn requests(amounts: &Resources, world: &World) -> Map<String, Json> {
    let name = |resource| match resource {
        Resource::Cpu => "cpu",
        Resource::Memory => "memory",
        Resource::EphemeralStorage => "ephemeral-storage",
        Resource::Pods => "pods",
        Resource::Extended(name) => world.names.text(name),
    };
    amounts.iter().map(|(resource, amount)| (name(resource).to_owned(), json!(amount))).collect()
}

fn taint(taint: &Taint, world: &World) -> Json {
    let effect = match taint.effect {
        Effect::NoSchedule => "NoSchedule",
        Effect::PreferNoSchedule => "PreferNoSchedule",
        Effect::NoExecute => "NoExecute",
    };
    let text = |name| world.names.text(name);
    json!({"key": text(taint.key), "value": text(taint.value), "effect": effect})
}

pub fn written(operator: Operator) -> &'static str {
    match operator {
        Operator::In => "In",
        Operator::NotIn => "NotIn",
        Operator::Exists => "Exists",
        Operator::DoesNotExist => "DoesNotExist",
        Operator::Gt => "Gt",
        Operator::Lt => "Lt",
        Operator::Gte => "Gte",
        Operator::Lte => "Lte",
    }
}

fn category(refusals: &Refusals) -> String {
    let word = |refusal: &Refusal| match refusal {
        Refusal::Taints => "taints",
        Refusal::HostPort => "hostport",
        Refusal::Requirements => "requirements",
        Refusal::Volumes => "volumes",
        Refusal::TopologySpread => "topology-spread",
        Refusal::PodAffinity => "pod-affinity",
        Refusal::PodAntiAffinity => "pod-anti-affinity",
        Refusal::MinValues => "min-values",
        Refusal::Limits => "limits",
        Refusal::InstanceTypes => "instance-types",
        Refusal::Reserved => "reserved",
        Refusal::NoInstanceTypes => {
            "other: nodepool requirements filtered out all available instance types"
        }
    };
    let mut words: Vec<&str> = refusals.iter().map(word).collect();
    words.sort_unstable();
    words.join("+")
}

pub fn disrupted(disrupted: &Disrupted, world: &World) -> Json {
    let evaluated = disrupted.evaluated.iter().map(|evaluated| {
        let candidates = evaluated.candidates.iter().map(|(node, cost)| {
            json!({"node": world.node_names[*node], "disruptionCost": rounded(*cost)})
        });
        let allowed = evaluated.allowed.iter().map(|(pool, number)| {
            (world.names.text(world.node_pools[*pool].name).to_owned(), json!(number))
        });
        json!({
            "method": method(evaluated.method),
            "candidates": candidates.collect::<Vec<_>>(),
            "allowedDisruptions": allowed.collect::<Map<_, _>>(),
        })
    });
    json!({
        "evaluated": evaluated.collect::<Vec<_>>(),
        "command": disrupted.command.as_ref().map(|it| command(it, world)),
    })
}

fn command(command: &Command, world: &World) -> Json {
    let mut nodes: Vec<&str> =
        command.nodes.iter().map(|node| world.node_names[*node].as_str()).collect();
    nodes.sort_unstable();
    let reason = match command.reason {
        Reason::Underutilized => "Underutilized",
        Reason::Empty => "Empty",
        Reason::Drifted => "Drifted",
    };
    let mut replacements: Vec<Json> =
        command.replacements.iter().map(|claim| new_claim(claim, world)).collect();
    replacements.sort_by_key(|claim| claim["pods"][0].to_string());
    json!({
        "method": method(command.method),
        "reason": reason,
        "decision": if replacements.is_empty() { "delete" } else { "replace" },
        "nodes": nodes,
        "replacements": replacements,
    })
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Emptiness => "Emptiness",
        Method::Drift => "Drift",
        Method::MultiNodeConsolidation => "MultiNodeConsolidation",
        Method::SingleNodeConsolidation => "SingleNodeConsolidation",
    }
}

/// Costs are compared to the ninth decimal.
fn rounded(cost: f64) -> f64 {
    (cost * 1e9).round() / 1e9
}

pub fn expected_disruption(outcome: &Json) -> Json {
    let evaluated = list(&outcome["evaluated"]).iter().map(|evaluated| {
        let candidates = list(&evaluated["candidates"]).iter().map(|it| {
            let cost = it["disruptionCost"].as_f64().expect("a cost");
            json!({"node": it["node"], "disruptionCost": rounded(cost)})
        });
        let allowed = evaluated["allowedDisruptions"].as_object().cloned().unwrap_or_default();
        json!({
            "method": evaluated["method"],
            "candidates": candidates.collect::<Vec<_>>(),
            "allowedDisruptions": allowed,
        })
    });
    let command = outcome["command"].as_object().map(|it| {
        let mut nodes: Vec<&str> = list(&it["nodes"]).iter().map(text).collect();
        nodes.sort_unstable();
        let replacements = it.get("replacements").map(list).unwrap_or_default();
        let mut replacements: Vec<Json> = replacements.iter().map(expected_claim).collect();
        replacements.sort_by_key(|claim| claim["pods"][0].to_string());
        json!({
            "method": it["method"],
            "reason": it["reason"],
            "decision": it["decision"],
            "nodes": nodes,
            "replacements": replacements,
        })
    });
    json!({"evaluated": evaluated.collect::<Vec<_>>(), "command": command})
}

/// The places where two values differ, the first few.
pub fn difference(expected: &Json, found: &Json, path: &str) -> Vec<String> {
    if expected == found {
        return Vec::new();
    }
    let mut all = Vec::new();
    match (expected, found) {
        (Json::Object(one), Json::Object(two)) => {
            let keys = one.keys().chain(two.keys().filter(|key| !one.contains_key(*key)));
            for key in keys {
                let path = format!("{path}.{key}");
                all.extend(difference(&expected[key], &found[key], &path));
            }
        }
        (Json::Array(one), Json::Array(two)) if one.len() == two.len() => {
            for (place, (one, two)) in one.iter().zip(two).enumerate() {
                all.extend(difference(one, two, &format!("{path}[{place}]")));
            }
        }
        _ => all.push(format!("{path}: expected {expected}, found {found}")),
    }
    all.truncate(4);
    all
}
