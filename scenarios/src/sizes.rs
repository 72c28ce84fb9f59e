//! Whether a scenario has few enough of everything to be simulated, before anything else is looked at.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostics, Source};
use crate::limits::{ALL_ZONES, GENERATORS, Limit, NAME, POOLS, TYPES, WORKLOADS, ZONES};
use crate::tree::{Node, Value};

/// Lists of a scenario whose entries have names.
const NAMED: [&str; 6] = ["pools", "workloads", "arrivals", "deadlineJobs", "commitments", "rules"];

/// Adds the limits that a scenario exceeds to `found`.
pub(crate) fn check(tree: &Node, source: &Source, found: &mut Diagnostics) {
    let mut refuse = |limit: &Limit, of: &str, node: &Node| {
        found.push(limit.error(of).at(source, node.span.start..node.span.start));
    };
    let mut names: Vec<&Node> = tree.get("name").into_iter().collect();
    let lists = [("pools", &POOLS), ("workloads", &WORKLOADS), ("arrivals", &GENERATORS)];
    for (key, limit) in lists {
        if let Some(list) = tree.get(key).filter(|list| limit.exceeded(items(list).len())) {
            refuse(limit, "the scenario", list);
        }
    }
    for key in NAMED {
        names.extend(entries(tree, key).iter().filter_map(|entry| entry.get("name")));
    }
    for name in names {
        if name.text().is_some_and(|text| NAME.exceeded(text.chars().count())) {
            refuse(&NAME, "this name", name);
        }
    }
    for generator in entries(tree, "arrivals") {
        if let Some(list) =
            generator.get("classes").filter(|it| GENERATORS.exceeded(items(it).len()))
        {
            refuse(&GENERATORS, "this generator", list);
        }
    }
    let mut zones = BTreeSet::new();
    for pool in entries(tree, "pools") {
        for (key, limit) in [("zones", &ZONES), ("instanceTypes", &TYPES)] {
            if let Some(list) = pool.get(key).filter(|list| limit.exceeded(items(list).len())) {
                refuse(limit, "this pool", list);
            }
        }
        let own = entries(pool, "zones");
        let before = zones.len();
        zones.extend(own.iter().filter_map(Node::text));
        if !ALL_ZONES.exceeded(before)
            && ALL_ZONES.exceeded(zones.len())
            && !ZONES.exceeded(own.len())
        {
            refuse(&ALL_ZONES, "the scenario", pool.get("zones").unwrap_or(pool));
        }
    }
}

fn entries<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).map_or(&[], items)
}

fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::Seq(items) => items,
        Value::Scalar(_) | Value::Map(_) => &[],
    }
}
