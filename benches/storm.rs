//! A storm that finds no room: spot nodes that are 85 % full, eight pods on each, one of three zones
//! is lost for two hours, and nothing replaces it before that. Thousands of pods wait and are tried
//! at every change of the cluster, with every figure folded; with one priority and with four.

use std::fmt::Write;
use std::sync::Arc;

use benches::{least_cpu, peak_rss_bytes, print};
use reports::Fold;
use scenarios::Scenario;
use scenarios::diagnostic::Source;
use serde_json::json;
use sim::{Legend, Root};

/// Workloads, whose pods ask for nearly the same.
const KINDS: u32 = 20;

fn main() {
    for (priorities, sizes) in [(1, &[150, 300, 600, 1_500][..]), (4, &[150, 300, 600])] {
        for nodes in sizes {
            let text = scenario(*nodes, priorities);
            let source = Source { file: "storm.yaml".into(), text: Arc::from(text) };
            let setup = Scenario::parse(&source, None).expect("a sound scenario").setup;
            let (cpu, run) = least_cpu(3, || {
                let mut fold = Fold::new(&Legend::of(&setup));
                let run = sim::run(&setup, Root { seed: 42, replication: 0 }, &mut fold);
                let _figures = fold.finish(&run);
                run
            });
            let events = run.counters.events;
            print(&json!({
                "workload": "storm",
                "nodes": nodes,
                "priorities": priorities,
                "cpu_s": cpu,
                "events": events,
                "events_per_cpu_s": cpu.map(|cpu| (events as f64 / cpu).round()),
                "cycles": run.counters.cycles,
                "digest": format!("{:016x}", run.digest),
                "peak_rss_bytes": peak_rss_bytes(),
            }));
        }
    }
}

/// The scenario for a number of nodes; workloads take turns at the priorities.
fn scenario(nodes: u32, priorities: u32) -> String {
    let mut text = format!(
        "apiVersion: spotsim/v1
name: storm
horizon: 24h
region: us-east-1
pools:
  - name: spot
    count: {nodes}
    capacityType: spot
    instanceTypes: [m6i.4xlarge, m6a.4xlarge, m5.4xlarge, c6i.4xlarge]
    zones: [us-east-1a, us-east-1b, us-east-1c]
market:
  reclaims:
    model: none
    events: [{{at: 12h, zones: [us-east-1a], share: 1, outage: 2h}}]
workloads:
"
    );
    for kind in 0..KINDS {
        let (replicas, cpu) = (8 * nodes / KINDS, 1_690 + kind);
        let grace = 30 * (1 + kind % 3);
        let priority = kind % priorities;
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "  - name: kind-{kind}
    labels: {{app: kind-{kind}}}
    replicas: {replicas}
    template:
      priority: {priority}
      terminationGracePeriodSeconds: {grace}
      containers: [{{name: app, resources: {{requests: {{cpu: {cpu}m, memory: 128Mi}}}}}}]
"
        );
    }
    text
}
