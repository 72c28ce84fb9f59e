//! What arrives, as a scenario says it: a million pods in a day, of two sizes and of drawn ones; the days of
//! `day.rs` as traces, beside the engine without a scenario; and Alibaba's openb trace on its GPU nodes.
//!
//! The openb files are not ours to give away: their folder is named in `SPOTSIM_OPENB`.

use std::path::PathBuf;

use benches::bare_day::{self, Day, days};
use benches::{HEAD, ROOT, cpu_seconds, least_cpu, openb, peak_rss_bytes, print, scenario};
use reports::Fold;
use scenarios::Scenario;
use serde_json::json;
use sim::Legend;

fn main() {
    // First, so that the most memory that was held is their own.
    million(&FIXED);
    million(&DRAWN);
    days().iter().for_each(trace_of);
    if let Some(folder) = std::env::var_os("SPOTSIM_OPENB").map(PathBuf::from) {
        openb::run(&folder);
    }
}

fn nodes(count: u32) -> String {
    format!(
        "pools:\n  - {{name: node, count: {count}, capacityType: on-demand, instanceTypes: [{{name: box, \
         cpu: 16, memory: 64Gi, onDemandPrice: 0.768}}]}}\n"
    )
}

/// What a small and a large pod request, in a template or by chance.
struct Requests {
    workload: &'static str,
    small: &'static str,
    large: &'static str,
}

const FIXED: Requests = Requests {
    workload: "a million arrivals",
    small: "template: {containers: [{name: pod, resources: {requests: {cpu: 250m, memory: 512Mi}}}]}",
    large: "template: {containers: [{name: pod, resources: {requests: {cpu: 1, memory: 2Gi}}}]}",
};

/// Tens of thousands of sizes, of which most are rare.
const DRAWN: Requests = Requests {
    workload: "a million arrivals of drawn sizes",
    small: "cpu: {logNormal: {median: 250m, p95: 1}}, memory: {logNormal: {median: 512Mi, p95: 2Gi}}, \
            correlation: 0.6, template: {containers: [{name: pod}]}",
    large: FIXED.large,
};

/// A million pods of two classes in a day, with their figures.
fn million(Requests { workload, small, large }: &Requests) {
    let text = format!(
        "{HEAD}horizon: 1d\n{}arrivals:\n  - name: pods\n    process: {{poisson: {{perHour: 41666.7}}}}\n    \
         classes:\n      - {{name: small, weight: 80, duration: {{logNormal: {{median: 3m, p95: 20m}}}}, \
         {small}}}\n      - {{name: large, weight: 20, duration: {{weibull: {{mean: 20m, shape: 0.8}}}}, \
         {large}}}\n",
        nodes(1_000)
    );
    let scenario = scenario(&text, ("unused", ""));
    let legend = Legend::of(&scenario.setup);
    let before = cpu_seconds();
    let mut fold = Fold::new(&legend);
    let run = sim::run(&scenario.setup, ROOT, &mut fold);
    let cpu = cpu_seconds().zip(before).map(|(after, before)| after - before);
    let (figures, _) = fold.finish(&run);
    let arrived: u64 = figures.arrived.rows().map(|it| it.pods).sum();
    print(&json!({
        "workload": workload,
        "nodes": 1_000,
        "pods": arrived,
        "pods_per_cpu_s": cpu.map(|cpu| (arrived as f64 / cpu).round()),
        "cpu_s": cpu,
        "digest": format!("{:016x}", run.digest),
        "peak_rss_bytes": peak_rss_bytes(),
    }));
}

/// The arrivals of a day, read from their file as a trace, and what that costs beside the engine alone.
/// Both in turn, so that other load on the machine falls on both.
fn trace_of(Day { nodes: count, pods, path }: &Day) {
    let arrivals = bare_day::read(path);
    let text = format!(
        "{HEAD}horizon: 2d\n{}arrivals:\n  - name: day\n    trace: {{file: day.csv}}\n",
        nodes(*count)
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("day.csv"), &arrivals).expect("room for a file");
    let path = folder.path().join("scenario.yaml");
    std::fs::write(&path, text).expect("room for a file");
    let times = if *pods > 10_000 { 2 } else { 7 };
    let mut turns = (0..times).map(|_| {
        let (bare, _) = least_cpu(1, || sim::run(&bare_day::setup(*count, &arrivals), ROOT, ()));
        let (cpu, run) = least_cpu(1, || {
            let scenario = Scenario::load(&path).unwrap_or_else(|error| panic!("{error}"));
            sim::run(&scenario.setup, ROOT, ())
        });
        (bare, cpu, run)
    });
    let (mut bare, mut cpu, run) = turns.next().expect("at least one turn");
    for turn in turns {
        let least =
            |one: Option<f64>, other| one.zip(other).map(|(one, other)| f64::min(one, other));
        (bare, cpu) = (least(bare, turn.0), least(cpu, turn.1));
    }
    print(&json!({
        "workload": "day as a trace",
        "nodes": count,
        "pods": pods,
        "pods_per_cpu_s": cpu.map(|cpu| (*pods as f64 / cpu).round()),
        "cpu_s": cpu,
        "bare_cpu_s": bare,
        "ratio": cpu.zip(bare).map(|(cpu, bare)| (cpu / bare * 100.0).round() / 100.0),
        "events": run.counters.events,
        "cycles": run.counters.cycles,
        "digest": format!("{:016x}", run.digest),
        "peak_rss_bytes": peak_rss_bytes(),
    }));
}
