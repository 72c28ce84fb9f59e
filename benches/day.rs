//! A whole simulated day: N equal nodes, P pods that arrive, run and end, the default profile.

use benches::bare_day::{Day, days, read, setup};
use benches::{least_cpu, peak_rss_bytes, print};
use serde_json::json;
use sim::Root;

fn main() {
    for Day { nodes, pods, path } in days() {
        let arrivals = read(&path);
        assert_eq!(arrivals.lines().count(), pods + 1, "a header and a line per pod");
        let times = if pods > 10_000 { 1 } else { 3 };
        let (cpu, run) = least_cpu(times, || {
            let setup = setup(nodes, &arrivals);
            sim::run(&setup, Root { seed: 42, replication: 0 }, ())
        });
        print(&json!({
            "workload": "day",
            "nodes": nodes,
            "pods": pods,
            "pods_per_cpu_s": cpu.map(|cpu| (pods as f64 / cpu).round()),
            "cpu_s": cpu,
            "events": run.counters.events,
            "cycles": run.counters.cycles,
            "digest": format!("{:016x}", run.digest),
            "peak_rss_bytes": peak_rss_bytes(),
        }));
    }
}
