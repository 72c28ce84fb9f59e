//! What a decision costs from the command to the page: two hundred replications of a week with the run folder
//! and the report written, and three plans compared in two hundred replications.
//!
//! CPU time is that of all threads. `SPOTSIM_REPLICATIONS` says how many replications, 200 by default.

use std::path::Path;

use benches::{peak_rss_bytes, print, process_cpu_seconds};
use scenarios::Scenario;
use serde_json::json;
use spotsim::{Comparison, Origin, PlanSource, Plans, RunFolder, Stop, write_files};

fn main() {
    let n: u32 =
        std::env::var("SPOTSIM_REPLICATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(200);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("many-runs.yaml");
    let scenario = Scenario::load(&path).expect("the scenario beside this file");
    compared(&scenario, n);
    reported(&scenario, n);
}

/// Three plans, each with its own number of nodes.
fn compared(scenario: &Scenario, n: u32) {
    let before = process_cpu_seconds();
    let plan = |count: &str| {
        let scenario = scenario.with(&[("pools.spot.count", count)]).expect("a sound scenario");
        PlanSource::of(count, scenario)
    };
    let plans = ["180", "200", "220"].map(plan).into();
    let plans = Plans::of(plans, Some(42), Some(n)).expect("three plans");
    let (compared, events) = plans.compare(Stop::NEVER, |_| {}).expect("threads");
    let text = reports::compared_text(&compared, 100);
    assert!(!text.0.is_empty(), "it has an answer");
    let after = process_cpu_seconds();
    print(&json!({
        "workload": "decisions", "case": "three plans compared", "replications": n,
        "events": events, "cpu_s": spent(before, after), "peak_rss_bytes": peak_rss_bytes(),
    }));
}

/// A run as `spotsim run --report` makes it: simulated, summed up, kept and reported.
fn reported(scenario: &Scenario, n: u32) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let before = process_cpu_seconds();
    let comparison = Comparison { seed: 42, replications: n, ..Comparison::of(scenario) };
    let results = comparison.run(Stop::NEVER, |_| {}).expect("threads");
    let simulated = process_cpu_seconds();
    let summary = results.summary(Stop::NEVER);
    let summed = process_cpu_seconds();
    let origin = Origin::File("many-runs.yaml".into());
    let run = RunFolder { path: folder.path().join("run"), force: false, origin: origin.clone() };
    run.write(&results, &summary, Stop::NEVER).expect("room for a run folder");
    let kept = process_cpu_seconds();
    let page = results.html(&summary, &origin, Stop::NEVER).expect("nothing stops it");
    let bytes = page.len();
    write_files(&[(folder.path().join("report.html"), page)], false).expect("room for a page");
    let written = process_cpu_seconds();
    print(&json!({
        "workload": "decisions", "case": "run with its folder and its report", "replications": n,
        "events": results.events(),
        "cpu_s": {
            "simulating": spent(before, simulated),
            "summary": spent(simulated, summed),
            "run folder": spent(summed, kept),
            "report": spent(kept, written),
            "all": spent(before, written),
        },
        "report_bytes": bytes,
        "peak_rss_bytes": peak_rss_bytes(),
    }));
}

fn spent(before: Option<f64>, after: Option<f64>) -> Option<f64> {
    after.zip(before).map(|(after, before)| after - before)
}
