//! A week on spot under Karpenter with consolidation, under the Cluster Autoscaler, and on pools of a fixed
//! size: CPU-seconds, events, and events per CPU-second of each, with every figure folded.
//!
//! Two days of 50 nodes and 500 pods. With `SPOTSIM_FULL=1`, a week of 500 nodes and 5 000 pods.

use benches::autoscaled_week::{Keeper, Size, setup};
use benches::{least_cpu, peak_rss_bytes, print, with_figures};
use serde_json::json;

fn main() {
    let is_full = std::env::var_os("SPOTSIM_FULL").is_some();
    let (size, times) = if is_full { (Size::FULL, 1) } else { (Size::SMALL, 3) };
    let mut of_fixed = None;
    for (name, keeper) in [
        ("fixed pools", Keeper::Fixed),
        ("karpenter", Keeper::Karpenter),
        ("cluster-autoscaler", Keeper::ClusterAutoscaler),
    ] {
        let setup = setup(keeper, size);
        let (cpu, run) = least_cpu(times, || with_figures(&setup));
        let rate = cpu.map(|cpu| run.counters.events as f64 / cpu);
        of_fixed = of_fixed.or(rate);
        let tenths = |of: f64| (of * 10.0).round() / 10.0;
        print(&json!({
            "workload": "autoscaled-week",
            "nodes_by": name,
            "nodes": size.nodes,
            "pods": size.pods,
            "days": size.days,
            "launched": run.counters.nodes,
            "events": run.counters.events,
            "cpu_s": cpu,
            "events_per_cpu_s": rate.map(f64::round),
            "of_fixed_per_event": of_fixed.zip(rate).map(|(fixed, rate)| tenths(fixed / rate)),
            "digest": format!("{:016x}", run.digest),
            "peak_rss_bytes": peak_rss_bytes(),
        }));
    }
}
