//! Unit cases: the algebra of requirements, compatibility, and disruption budgets.

use autoscalers::karpenter::disruption::{Activity, Reason, allowed};
use autoscalers::karpenter::input::Budget;
use autoscalers::karpenter::keys::Keys;
use autoscalers::karpenter::requirement::Requirement;
use autoscalers::karpenter::requirements::{Requirements, Undefined};
use serde_json::{Value as Json, json};
use sim::names::Names;

use super::cluster::node_budget;
use super::outcome::{difference, written};
use super::read::{expression, expressions, instant, list, text};

pub fn differences(case: &Json) -> Vec<String> {
    let given = &case["case"];
    let found = match text(&case["features"][0]) {
        "requirement" => requirement(given),
        "compatible" => compatible(given),
        "budget" => budget(given),
        other => return vec![format!("{other} is no unit")],
    };
    difference(&case["expect"], &found, "")
}

fn requirement(case: &Json) -> Json {
    let mut names = Names::default();
    let key = &case["A"]["key"];
    let one = expression(&case["A"], &mut names);
    let two = expression(&case["B"], &mut names);
    let (one, two) = (Requirement::of(&one, &names), Requirement::of(&two, &names));
    let both = one.intersection(&two, &names);
    let probes = list(&case["Probe"]).iter().map(text);
    let allows: serde_json::Map<String, Json> = probes
        .map(|probe| {
            let value = names.intern(probe);
            let all = [&one, &two, &both].map(|it| it.allows(value, &names));
            (probe.to_owned(), json!(all))
        })
        .collect();
    let canonical = |requirement: &Requirement| serialised(key, requirement, &names);
    json!({
        "allows": allows,
        "canonicalA": canonical(&one),
        "canonicalB": canonical(&two),
        "hasIntersection": one.has_intersection(&two, &names),
        "intersection": canonical(&both),
    })
}

fn serialised(key: &Json, requirement: &Requirement, names: &Names) -> Json {
    let entries = requirement.written(names).into_iter().map(|(operator, values)| {
        let mut entry = json!({"key": key, "operator": written(operator)});
        if !values.is_empty() {
            entry["values"] = json!(values);
        }
        if let Some(least) = requirement.min_values() {
            entry["minValues"] = json!(least);
        }
        entry
    });
    entries.collect()
}

fn compatible(case: &Json) -> Json {
    let mut names = Names::default();
    let keys = Keys::new(&mut names, &[], "example.com/reservation");
    let node = expressions(&case["Node"], &mut names);
    let incoming = expressions(&case["Incoming"], &mut names);
    let node = Requirements::of(&node, &keys, &names);
    let incoming = Requirements::of(&incoming, &keys, &names);
    json!({
        "allowUndefinedWellKnown":
            node.compatible(&incoming, Undefined::WellKnown(&keys), &names),
        "intersects": node.intersects(&incoming, &names),
        "strict": node.compatible(&incoming, Undefined::None, &names),
    })
}

fn budget(case: &Json) -> Json {
    let budgets: Vec<Budget> = list(&case["Budgets"]).iter().map(node_budget).collect();
    let now = instant(&case["Now"]).expect("a time");
    let nodes = case["NumNodes"].as_u64().and_then(|number| u32::try_from(number).ok());
    let nodes = nodes.expect("a small number");
    let active = budgets.iter().map(|budget| match budget.activity(now) {
        Activity::Active => "true",
        Activity::Inactive => "false",
        Activity::Unreadable => "error",
    });
    let allowed = |reason| allowed(&budgets, reason, now, nodes);
    json!({
        "active": active.collect::<Vec<_>>(),
        "allowed": {
            "Drifted": allowed(Reason::Drifted),
            "Empty": allowed(Reason::Empty),
            "Underutilized": allowed(Reason::Underutilized),
        },
    })
}
