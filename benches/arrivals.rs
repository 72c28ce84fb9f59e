//! What arrives, as a scenario says it: a million pods of two classes in a day, the day of `day.rs` as a trace,
//! and Alibaba's openb trace on its GPU nodes.
//!
//! The openb files are not ours to give away: their folder is named in `SPOTSIM_OPENB`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};

use benches::{cpu_seconds, least_cpu, peak_rss_bytes, print};
use flate2::read::GzDecoder;
use reports::Fold;
use scenarios::Scenario;
use serde_json::json;
use sim::model::resources::Lane;
use sim::{Fact, Legend, Root, Setup, SimTime, Sink};

const ROOT: Root = Root { seed: 42, replication: 0 };
const HEAD: &str = "apiVersion: spotsim/v1\nname: bench\nprovider: generic\nregion: nowhere\n";

fn main() {
    // First, so that the most memory that was held is its own.
    million();
    trace_of_a_day();
    if let Some(folder) = std::env::var_os("SPOTSIM_OPENB").map(PathBuf::from) {
        openb(&folder);
    }
}

/// A scenario in a folder of its own, beside a file.
fn scenario(text: &str, (name, content): (&str, &str)) -> Scenario {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join(name), content).expect("room for a file");
    let path = folder.path().join("scenario.yaml");
    std::fs::write(&path, text).expect("room for a file");
    Scenario::load(&path).unwrap_or_else(|error| panic!("{error}"))
}

fn nodes(count: u32) -> String {
    format!(
        "pools:\n  - {{name: node, count: {count}, capacityType: on-demand, instanceTypes: [{{name: box, \
         cpu: 16, memory: 64Gi, onDemandPrice: 0.768}}]}}\n"
    )
}

/// A million pods of two classes in a day, with their figures. Sizes that are drawn would have the
/// scheduler remember each of them on every node.
fn million() {
    let text = format!(
        "{HEAD}horizon: 1d\n{}arrivals:\n  - name: pods\n    process: {{poisson: {{perHour: 41666.7}}}}\n    \
         classes:\n      - {{name: small, weight: 80, duration: {{logNormal: {{median: 3m, p95: 20m}}}}, \
         template: {{containers: [{{name: pod, resources: {{requests: {{cpu: 250m, memory: 512Mi}}}}}}]}}}}\n      - {{name: large, weight: 20, \
         duration: {{weibull: {{mean: 20m, shape: 0.8}}}}, template: {{containers: [{{name: pod, resources: \
         {{requests: {{cpu: 1, memory: 2Gi}}}}}}]}}}}\n",
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
        "workload": "a million arrivals",
        "nodes": 1_000,
        "pods": arrived,
        "pods_per_cpu_s": cpu.map(|cpu| (arrived as f64 / cpu).round()),
        "cpu_s": cpu,
        "digest": format!("{:016x}", run.digest),
        "peak_rss_bytes": peak_rss_bytes(),
    }));
}

/// The arrivals of `day.rs`, read from their file as a trace.
fn trace_of_a_day() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/arrivals_1000x10000.csv.gz");
    let file = std::fs::File::open(&path)
        .unwrap_or_else(|error| panic!("cannot open {}: {error}", path.display()));
    let mut csv = String::new();
    GzDecoder::new(file).read_to_string(&mut csv).expect("a gzip file of text");
    let text = format!(
        "{HEAD}horizon: 2d\n{}arrivals:\n  - name: day\n    trace: {{file: day.csv}}\n",
        nodes(1_000)
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("day.csv"), csv).expect("room for a file");
    let path = folder.path().join("scenario.yaml");
    std::fs::write(&path, text).expect("room for a file");
    let (cpu, run) = least_cpu(3, || {
        let scenario = Scenario::load(&path).unwrap_or_else(|error| panic!("{error}"));
        sim::run(&scenario.setup, ROOT, ())
    });
    print(&json!({
        "workload": "day as a trace",
        "nodes": 1_000,
        "pods": 10_000,
        "cpu_s": cpu,
        "events": run.counters.events,
        "cycles": run.counters.cycles,
        "digest": format!("{:016x}", run.digest),
        "peak_rss_bytes": peak_rss_bytes(),
    }));
}

/// 8,152 pods on 1,213 nodes with GPUs.
fn openb(folder: &Path) {
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
    };
    let mut shapes: BTreeMap<[u64; 3], u32> = BTreeMap::new();
    for line in read("alibaba_openb_nodes_all.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [_, cpu, memory, gpus, _] = fields[..] else { panic!("five fields a line: {line}") };
        let shape = [cpu, memory, gpus].map(|it| it.parse::<u64>().expect("a whole number"));
        if shape[2] > 0 {
            *shapes.entry(shape).or_default() += 1;
        }
    }
    let mut text = format!("{HEAD}horizon: 150d\npools:\n");
    for (number, ([cpu, memory, gpus], count)) in shapes.iter().enumerate() {
        let _ = writeln!(
            text,
            "  - {{name: gpu-{number}, count: {count}, capacityType: on-demand, instanceTypes: [{{name: \
             box-{number}, cpu: {cpu}m, memory: {memory}Mi, gpus: {gpus}, onDemandPrice: 1}}]}}"
        );
    }
    text += "arrivals:\n  - name: openb\n    trace: {file: pods.csv}\n";
    let scenario = scenario(&text, ("pods.csv", &read("alibaba_openb_pods_default.csv")));
    let (cpu, (mut allocation, run)) = least_cpu(3, || {
        let mut allocation = Allocation::new(&scenario.setup);
        let run = sim::run(&scenario.setup, ROOT, &mut allocation);
        (allocation, run)
    });
    allocation.until(scenario.setup.horizon);
    let there: u64 = shapes.iter().map(|(shape, count)| shape[2] * u64::from(*count)).sum();
    let percent = |gpus: f64| (gpus / there as f64 * 10_000.0).round() / 100.0;
    print(&json!({
        "workload": "openb",
        "nodes": shapes.values().sum::<u32>(),
        "pods": run.counters.pods,
        "pods_per_cpu_s": cpu.map(|cpu| (run.counters.pods as f64 / cpu).round()),
        "cpu_s": cpu,
        "gpus": there,
        "gpu_allocation_peak_percent": percent(allocation.peak as f64),
        "gpu_allocation_mean_percent":
            percent(allocation.gpu_ms as f64 / scenario.setup.horizon.as_ms() as f64),
        "never_placed": allocation.waiting,
        "digest": format!("{:016x}", run.digest),
        "peak_rss_bytes": peak_rss_bytes(),
    }));
}

/// How many GPUs are allocated.
struct Allocation<'s> {
    setup: &'s Setup,
    lane: Lane,
    now: SimTime,
    allocated: u64,
    peak: u64,
    gpu_ms: u128,
    waiting: u64,
}

impl<'s> Allocation<'s> {
    fn new(setup: &'s Setup) -> Allocation<'s> {
        let lane = setup.model.known_lane("nvidia.com/gpu").expect("nodes have GPUs");
        Allocation { setup, lane, now: SimTime::ZERO, allocated: 0, peak: 0, gpu_ms: 0, waiting: 0 }
    }

    fn until(&mut self, at: SimTime) {
        self.gpu_ms += u128::from(self.allocated) * u128::from(at.since(self.now).as_ms());
        self.now = at;
    }
}

impl Sink for Allocation<'_> {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.until(at);
        match *fact {
            Fact::PodScheduled { spec, .. } => {
                self.allocated += self.setup.model.specs[spec].requests[self.lane];
                self.peak = self.peak.max(self.allocated);
            }
            Fact::PodEnded { spec, .. } => {
                self.allocated -= self.setup.model.specs[spec].requests[self.lane];
            }
            Fact::StillPending { .. } => self.waiting += 1,
            _ => {}
        }
    }
}
