//! Karpenter's own benchmark mix: what one provisioning pass costs, for 500, 2 000 and 5 000 pods on 400
//! instance types and no node yet; and what a pass of disruption costs that finds nothing to consolidate
//! among 500 nodes with 5 000 pods: the first, and one after it, in a cluster that has not changed.

use autoscalers::karpenter::disruption::propose;
use autoscalers::karpenter::provisioning::provision;
use autoscalers::karpenter::{Memory, Since};
use benches::provisioning_mix::World;
use benches::{least_cpu, peak_rss_bytes, print};
use serde_json::json;

fn main() {
    for pods in [500, 2_000, 5_000] {
        let world = World::new(pods);
        let (cpu, solution) = least_cpu(5, || provision(&world.cluster()));
        print(&json!({
            "workload": "karpenter-mix",
            "nodes": solution.claims.len(),
            "pods": pods,
            "without_a_place": solution.errors.len(),
            "pods_per_cpu_s": cpu.map(|cpu| (pods as f64 / cpu).round()),
            "cpu_s": cpu,
            "peak_rss_bytes": peak_rss_bytes(),
        }));
    }
    disruption();
}

/// A pass over nodes that are full: each is tried alone, and many together.
fn disruption() {
    let world = World::full(500);
    let cluster = world.cluster();
    let first = least_cpu(3, || propose(&cluster));
    let mut memory = Memory::default();
    let _known = memory.propose(Since::Anything, &cluster);
    let again = least_cpu(3, || memory.propose(Since::Nothing, &cluster));
    for (pass, (cpu, disrupted)) in [("first", first), ("again", again)] {
        assert!(disrupted.command.is_none(), "nodes are full");
        print(&json!({
            "workload": "karpenter-nothing-to-consolidate",
            "pass": pass,
            "nodes": world.nodes.len(),
            "pods": world.pods.len(),
            "candidates_per_cpu_s": cpu.map(|cpu| (world.nodes.len() as f64 / cpu).round()),
            "cpu_s": cpu,
            "peak_rss_bytes": peak_rss_bytes(),
        }));
    }
}
