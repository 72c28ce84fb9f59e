//! What usage costs: one scenario of a thousand pods in two days, with every figure folded, without usage,
//! with curves that replicas share, with curves of their own, and with limits that both meet.

use std::fmt::Write;
use std::sync::Arc;

use benches::{least_cpu, peak_rss_bytes, print, with_figures};
use scenarios::Scenario;
use scenarios::diagnostic::Source;
use serde_json::json;

const WORKLOADS: u32 = 40;
const REPLICAS: u32 = 25;
const NODES: u32 = 100;

/// What pods use.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Used {
    /// Nothing is said of it.
    Nothing,
    /// The same in all replicas, so that one sample is exact for all.
    Alike,
    /// Each replica its own, which is sampled pod by pod.
    Apart,
}

fn main() {
    let cases = [
        ("usage: none", Used::Nothing, false),
        ("usage: limits alone", Used::Nothing, true),
        ("usage: replicas alike", Used::Alike, false),
        ("usage: replicas alike, with limits", Used::Alike, true),
        ("usage: replicas apart", Used::Apart, false),
        ("usage: replicas apart, with limits", Used::Apart, true),
    ];
    let mut without = None;
    for (workload, used, limits) in cases {
        let text = scenario(used, limits);
        let source = Source { file: "usage.yaml".into(), text: Arc::from(text) };
        let setup = Scenario::parse(&source, None).expect("a sound scenario").setup;
        let (cpu, run) = least_cpu(3, || with_figures(&setup));
        without = without.or(cpu);
        print(&json!({
            "workload": workload,
            "nodes": NODES,
            "pods": WORKLOADS * REPLICAS,
            "cpu_s": cpu,
            "of_none": cpu.zip(without).map(|(cpu, none)| (cpu / none * 10.0).round() / 10.0),
            "events": run.counters.events,
            "digest": format!("{:016x}", run.digest),
            "peak_rss_bytes": peak_rss_bytes(),
        }));
    }
}

/// Deployments on spot nodes of which some are taken. Limits are low enough to throttle at the peak of a day, and
/// high enough that no container is killed.
fn scenario(used: Used, limits: bool) -> String {
    let mut text = format!(
        "apiVersion: spotsim/v1
name: usage
horizon: 2d
startTime: 2026-06-01
region: us-east-1
pools:
  - name: spot
    count: {NODES}
    capacityType: spot
    instanceTypes: [m6i.4xlarge, m6a.4xlarge, m5.4xlarge]
    zones: [us-east-1a, us-east-1b, us-east-1c]
market: {{reclaims: {{scale: 20}}}}
workloads:
"
    );
    let limit = if limits { ", limits: {cpu: 900m, memory: 4Gi}" } else { "" };
    for number in 0..WORKLOADS {
        let _ = writeln!(
            text,
            "  - {{name: w{number}, replicas: {REPLICAS}, template: {{containers: [{{name: app, resources: \
             {{requests: {{cpu: 800m, memory: 3Gi}}{limit}}}}}]}}}}"
        );
    }
    if used == Used::Nothing {
        return text;
    }
    let noise = if used == Used::Apart { ", noise: {cpu: 0.1, memory: 0.02}" } else { "" };
    text += "usage:\n";
    for number in 0..WORKLOADS {
        let _ = writeln!(
            text,
            "  - {{workload: w{number}, constant: {{cpu: 100m, memory: 2Gi}}, diurnal: {{high: {{cpu: 900m}}, \
             peak: '{:02}:00'}}{noise}}}",
            8 + number % 12
        );
    }
    text
}
