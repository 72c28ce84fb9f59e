//! Many replications of one scenario, as a planner runs them, with every figure folded: a week of
//! 200 spot nodes and 2,000 pods. Then ten times the nodes, the pods and the days, one at a time.
//!
//! `SPOTSIM_REPLICATIONS` says how many replications, 20 by default; figures are for a thousand.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use benches::{cpu_seconds, peak_rss_bytes, print};
use reports::Fold;
use scenarios::Scenario;
use scenarios::diagnostic::Source;
use scenarios::experiment::replicate;
use serde_json::json;
use sim::{Legend, Root, Run, Setup, Stop};

fn main() {
    let n: u32 =
        std::env::var("SPOTSIM_REPLICATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("many-runs.yaml");
    let text = std::fs::read_to_string(path).expect("the scenario beside this file");
    // What is written otherwise, and how often that is run.
    let cases = [
        ("as it is", "", "", n),
        ("ten times the nodes", "count: 200", "count: 2000", n.div_ceil(10)),
        ("ten times the pods", "replicas: 400", "replicas: 4000", n.div_ceil(10)),
        ("ten times the days", "horizon: 7d", "horizon: 70d", n.div_ceil(10)),
    ];
    for (case, from, to, n) in cases {
        let text = if from.is_empty() { text.clone() } else { text.replace(from, to) };
        let source = Source { file: "many-runs.yaml".into(), text: Arc::from(text) };
        let setup = Scenario::parse(&source, None).expect("a sound scenario").setup;
        let before = cpu_seconds();
        let events: u64 = (0..n).map(|replication| once(&setup, replication).counters.events).sum();
        let cpu = cpu_seconds().zip(before).map(|(after, before)| after - before);
        print(&json!({
            "workload": "many-runs",
            "case": case,
            "replications": n,
            "cpu_s_per_1000": cpu.map(|cpu| cpu / f64::from(n) * 1_000.0),
            "events": events,
            "events_per_cpu_s": cpu.map(|cpu| (events as f64 / cpu).round()),
            "peak_rss_bytes": peak_rss_bytes(),
        }));
        if from.is_empty() {
            let [one, two] = [1, 2].map(|threads| wall(threads, n, &setup));
            print(&json!({
                "workload": "many-runs", "case": "on two threads", "replications": n,
                "wall_s": {"1": one, "2": two}, "ratio": two / one,
            }));
        }
    }
}

/// One replication with all its figures.
fn once(setup: &Setup, replication: u32) -> Run {
    let root = Root { seed: 42, replication };
    let mut fold = Fold::new(&Legend::of(setup));
    let run = sim::run(setup, root, &mut fold);
    let _figures = fold.finish(&run);
    run
}

/// Seconds on the wall for `n` replications on so many threads.
#[allow(clippy::disallowed_methods)] // what threads are for is time on the wall
fn wall(threads: usize, n: u32, setup: &Setup) -> f64 {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let begin = Instant::now();
    pool.install(|| replicate(n, Stop::NEVER, |replication| Some(once(setup, replication))));
    begin.elapsed().as_secs_f64()
}
