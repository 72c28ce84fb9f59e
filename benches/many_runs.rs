//! Many replications of one scenario, as a planner runs them, with every figure folded: a week of
//! 200 spot nodes and 2,000 pods. Then ten times the nodes, the pods and the days, one at a time.
//!
//! `SPOTSIM_REPLICATIONS` says how many replications, 20 by default; figures are for a thousand.

use std::path::Path;
use std::time::Instant;

use benches::{cpu_seconds, peak_rss_bytes, print};
use reports::Fold;
use scenarios::Scenario;
use serde_json::json;
use sim::{Fact, Legend, Run, Setup, SimTime, Sink, Stop};
use spotsim::{Experiment, Variant};

/// Paths in the scenario, and what is written there.
type Changes<'c> = &'c [(&'c str, &'c str)];

fn main() {
    let n: u32 =
        std::env::var("SPOTSIM_REPLICATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("many-runs.yaml");
    let scenario = Scenario::load(&path).expect("the scenario beside this file");
    // What is changed, and how often that is run.
    let pods: Vec<String> = (0..5).map(|index| format!("workloads[{index}].replicas")).collect();
    let pods: Vec<_> = pods.iter().map(|path| (path.as_str(), "4000")).collect();
    let cases: [(&str, Changes<'_>, u32); 4] = [
        ("as it is", &[], n),
        ("ten times the nodes", &[("pools.spot.count", "2000")], n.div_ceil(10)),
        ("ten times the pods", &pods, n.div_ceil(10)),
        ("ten times the days", &[("horizon", "70d")], n.div_ceil(10)),
    ];
    for (case, changes, n) in cases {
        let setup = scenario.with(changes).expect("a sound scenario").setup;
        let runs = runs(1, n, &setup);
        let events: u64 = runs.iter().map(|(_, events)| events).sum();
        let cpu: Option<f64> = runs.iter().map(|(cpu, _)| *cpu).sum();
        print(&json!({
            "workload": "many-runs",
            "case": case,
            "replications": n,
            "cpu_s_per_1000": cpu.map(|cpu| cpu / f64::from(n) * 1_000.0),
            "events": events,
            "events_per_cpu_s": cpu.map(|cpu| (events as f64 / cpu).round()),
            "peak_rss_bytes": peak_rss_bytes(),
        }));
        if changes.is_empty() {
            let [one, two] = [1, 2].map(|threads| wall(threads, n, &setup));
            print(&json!({
                "workload": "many-runs", "case": "on two threads", "replications": n,
                "wall_s": {"1": one, "2": two}, "ratio": two / one,
            }));
        }
    }
}

/// All figures of one replication, and the CPU time it had taken its thread before.
struct Timed {
    fold: Fold,
    before: Option<f64>,
}

impl Sink for Timed {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.fold.fact(at, fact);
    }
}

/// Replications with all their figures: the CPU time of each, and how many events it was.
fn runs(threads: usize, n: u32, setup: &Setup) -> Vec<(Option<f64>, u64)> {
    let experiment = Experiment {
        variants: vec![Variant::new("as it is", setup.clone())],
        seed: 42,
        replications: 0..n,
        threads: Some(threads),
    };
    let legend = Legend::of(setup);
    let begin = |_, _| Timed { before: cpu_seconds(), fold: Fold::new(&legend) };
    let end = |_, Timed { fold, before }: Timed, run: Run| {
        let _figures = fold.finish(&run);
        let cpu = cpu_seconds().zip(before).map(|(after, before)| after - before);
        (cpu, run.counters.events)
    };
    let mut runs = experiment.observe(Stop::NEVER, |_| {}, begin, end).expect("threads");
    runs.remove(0)
}

/// Seconds on the wall for `n` replications on some threads.
#[allow(clippy::disallowed_methods)] // what threads are for is time on the wall
fn wall(threads: usize, n: u32, setup: &Setup) -> f64 {
    let begin = Instant::now();
    runs(threads, n, setup);
    begin.elapsed().as_secs_f64()
}
