//! Library scenarios of node autoscaling show what their headers say.

use std::collections::{BTreeMap, BTreeSet};

use scenarios::Scenario;
use sim::model::catalog::CapacityType;
use sim::{Fact, Root, SimTime};

const HOUR: u64 = 3_600_000;

fn library(name: &str) -> Scenario {
    Scenario::library(name).unwrap_or_else(|wrong| panic!("{wrong}"))
}

fn facts(setup: &sim::Setup) -> Vec<(SimTime, Fact)> {
    let mut facts = Vec::new();
    sim::run(setup, Root { seed: 42, replication: 0 }, &mut facts);
    facts
}

/// Nodes of a capacity type that are there at an hour.
fn there(setup: &sim::Setup, facts: &[(SimTime, Fact)], of: CapacityType, hour: u64) -> usize {
    let mut nodes = BTreeSet::new();
    for (_, fact) in facts.iter().filter(|(at, _)| at.as_ms() < hour * HOUR) {
        match *fact {
            Fact::NodeLaunched { node, offering, .. }
                if setup.model.catalog.offerings[offering].capacity_type == of =>
            {
                nodes.insert(node);
            }
            Fact::NodeGone { node, .. } => drop(nodes.remove(&node)),
            _ => {}
        }
    }
    nodes.len()
}

/// Offerings that were refused are asked for again by consolidation, though no pod waits.
#[test]
fn karpenter_returns_to_spot_after_a_storm() {
    let setup = library("insufficient-capacity-storm").setup;
    let facts = facts(&setup);
    let on_demand = |hour| there(&setup, &facts, CapacityType::OnDemand, hour);
    assert_eq!(on_demand(12), 0);
    assert!(on_demand(13) > 0, "it falls back while there is no spot");
    assert_eq!(on_demand(15), 0, "it is back an hour after the storm");
    assert!(there(&setup, &facts, CapacityType::Spot, 15) > 0);
}

#[test]
fn pods_spread_over_the_values_of_two_node_pools() {
    let setup = library("spot-on-demand-ratio").setup;
    let names = &setup.model.names;
    let workload = |name: &str| {
        let mut all = setup.model.workloads.iter();
        all.find(|(_, it)| names.text(it.name) == name).map(|(id, _)| id).expect("a workload")
    };
    let (split, all_spot) = (workload("split"), workload("all-spot"));
    let mut way = BTreeMap::new();
    let mut on_demand = BTreeMap::new();
    for (_, fact) in facts(&setup).iter().filter(|(at, _)| at.as_ms() < 13 * HOUR) {
        match *fact {
            Fact::NodeLaunched { node, offering, .. } => {
                way.insert(node, setup.model.catalog.offerings[offering].capacity_type);
            }
            Fact::PodScheduled { pod, workload, node, .. } => {
                on_demand.insert((workload, pod), way[&node] == CapacityType::OnDemand);
            }
            Fact::PodEnded { pod, workload, .. } => drop(on_demand.remove(&(workload, pod))),
            _ => {}
        }
    }
    let of = |workload| {
        let pods = on_demand.iter().filter(move |((of, _), _)| *of == workload);
        (pods.clone().filter(|(_, on_demand)| **on_demand).count(), pods.count())
    };
    assert_eq!(of(split), (5, 25));
    assert_eq!(of(all_spot), (0, 25));
}

/// Pods may ask for spot, by their node selector or by their NodePool, on the plan that has none.
#[test]
fn every_pod_runs_on_the_on_demand_plan() {
    for name in ["spot-on-demand-ratio", "how-soon-to-consolidate"] {
        let facts = facts(&library(name).setup.on_demand());
        let waiting = facts.iter().filter(|(_, it)| matches!(it, Fact::StillPending { .. }));
        assert_eq!(waiting.count(), 0, "{name}");
        assert!(facts.iter().any(|(_, it)| matches!(it, Fact::NodeLaunched { .. })), "{name}");
    }
}

#[test]
fn pause_pods_give_way_and_come_back() {
    let setup = library("overprovisioning-with-pause-pods").setup;
    let mut longest: BTreeMap<&str, u64> = BTreeMap::new();
    let mut paused = 0;
    for (at, fact) in facts(&setup) {
        let Fact::PodScheduled { workload, waited, .. } = fact else { continue };
        if !(8 * HOUR..13 * HOUR).contains(&at.as_ms()) {
            continue;
        }
        let name = setup.model.names.text(setup.model.workloads[workload].name);
        paused += usize::from(name == "headroom");
        let known = longest.entry(name).or_default();
        *known = waited.as_ms().max(*known);
    }
    assert!(longest["buffered-shop"] < 5_000, "{longest:?}");
    assert!(longest["bare-shop"] > 60_000, "{longest:?}");
    assert!(paused >= 12, "{paused} pause pods have found a place again");
}
