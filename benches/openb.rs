//! Alibaba's openb trace: 8,152 pods on 1,213 nodes with GPUs, and how many of those are allocated.
//!
//! It is run as it was recorded, and once more as the simulator of FGD runs it: pods arrive and stay. GPUs
//! are counted there in thousandths that pods ask for. Here a pod that asks for a part of one gets it whole,
//! as kube-scheduler would give it out: so both counts are printed, that of whole cards and FGD's.
//!
//! The files are not ours to give away.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde_json::{Map, Value, json};
use sim::model::resources::Lane;
use sim::table::Id;
use sim::{Fact, Setup, SimTime, Sink};

use crate::{HEAD, ROOT, least_cpu, peak_rss_bytes, print, scenario};

/// FGD's points of load: how much of all GPUs has been asked for, in percent.
const LOADS: [u64; 4] = [50, 80, 90, 95];

/// Runs both, from the folder of the files.
///
/// # Panics
/// If they are not there.
pub fn run(folder: &Path) {
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
    };
    let mut shapes: BTreeMap<[u64; 3], u32> = BTreeMap::new();
    for line in read("alibaba_openb_nodes_all.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [_, cpu, memory, gpus, _] = fields[..] else { panic!("five fields a line: {line}") };
        let shape = [cpu, memory, gpus].map(number);
        if shape[2] > 0 {
            *shapes.entry(shape).or_default() += 1;
        }
    }
    let pods = read("alibaba_openb_pods_default.csv");
    let shares: Vec<u64> = pods.lines().skip(1).map(share).collect();
    // Without the columns from `gpu_spec` on it says of no pod when it ends.
    let stay: String = pods
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            format!("{},{}\n", fields[..5].join(","), fields[8])
        })
        .collect();
    for (workload, horizon, trace, pods) in [
        ("openb", "150d", "{file: pods.csv}", &pods),
        ("openb, pods stay", "4h", "{file: pods.csv, duration: 4h, timeScale: 0.001}", &stay),
    ] {
        let text = format!(
            "{HEAD}horizon: {horizon}\n{}arrivals:\n  - {{name: openb, trace: {trace}}}\n",
            pools(&shapes)
        );
        let scenario = scenario(&text, ("pods.csv", pods));
        let (cpu, (mut gpus, run)) = least_cpu(3, || {
            let mut gpus = Gpus::new(&scenario.setup, &shapes, &shares);
            let run = sim::run(&scenario.setup, ROOT, &mut gpus);
            (gpus, run)
        });
        gpus.until(scenario.setup.horizon);
        let horizon = scenario.setup.horizon.as_ms() as f64;
        print(&json!({
            "workload": workload,
            "nodes": shapes.values().sum::<u32>(),
            "pods": run.counters.pods,
            "pods_per_cpu_s": cpu.map(|cpu| (run.counters.pods as f64 / cpu).round()),
            "cpu_s": cpu,
            "cycles": run.counters.cycles,
            "gpus": gpus.there,
            "gpu_allocation_peak_percent": gpus.percent(gpus.peak as f64),
            "gpu_allocation_mean_percent": gpus.percent(gpus.gpu_ms as f64 / horizon),
            "gpu_allocation_percent_at_load": gpus.at_loads,
            "gpu_allocation_percent_in_the_end": gpus.percents(),
            "never_placed": gpus.waiting,
            "digest": format!("{:016x}", run.digest),
            "peak_rss_bytes": peak_rss_bytes(),
        }));
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect("a whole number")
}

/// How many thousandths of a GPU a pod asks for.
fn share(line: &str) -> u64 {
    let fields: Vec<&str> = line.split(',').collect();
    let (gpus, milli) = (number(fields[3]), fields[4]);
    if gpus == 0 { 0 } else { gpus * number(milli) }
}

fn pools(shapes: &BTreeMap<[u64; 3], u32>) -> String {
    let mut text = String::from("pools:\n");
    for (number, ([cpu, memory, gpus], count)) in shapes.iter().enumerate() {
        let _ = writeln!(
            text,
            "  - {{name: gpu-{number}, count: {count}, capacityType: on-demand, instanceTypes: [{{name: \
             box-{number}, cpu: {cpu}m, memory: {memory}Mi, gpus: {gpus}, onDemandPrice: 1}}]}}"
        );
    }
    text
}

/// How many GPUs are allocated.
struct Gpus<'s> {
    setup: &'s Setup,
    lane: Lane,
    there: u64,
    now: SimTime,
    /// Whole ones.
    allocated: u64,
    peak: u64,
    gpu_ms: u128,
    waiting: u64,
    /// Thousandths that each arrival asks for, that have been asked for, and that are allocated.
    shares: &'s [u64],
    arrived: u64,
    milli: u64,
    share_of: Vec<u64>,
    /// What was allocated when the load was reached, by FGD's count and in cards.
    at_loads: Map<String, Value>,
}

impl<'s> Gpus<'s> {
    fn new(setup: &'s Setup, shapes: &BTreeMap<[u64; 3], u32>, shares: &'s [u64]) -> Gpus<'s> {
        Gpus {
            setup,
            lane: setup.model.known_lane("nvidia.com/gpu").expect("nodes have GPUs"),
            there: shapes.iter().map(|(shape, count)| shape[2] * u64::from(*count)).sum(),
            now: SimTime::ZERO,
            allocated: 0,
            peak: 0,
            gpu_ms: 0,
            waiting: 0,
            shares,
            arrived: 0,
            milli: 0,
            share_of: Vec::new(),
            at_loads: Map::new(),
        }
    }

    /// A number of GPUs in percent of all.
    fn percent(&self, gpus: f64) -> f64 {
        (gpus / self.there as f64 * 10_000.0).round() / 100.0
    }

    /// What is allocated, by FGD's count and in cards.
    fn percents(&self) -> Value {
        let milli = self.percent(self.milli as f64 / 1_000.0);
        json!({"asked_for": milli, "cards": self.percent(self.allocated as f64)})
    }

    fn until(&mut self, at: SimTime) {
        self.gpu_ms += u128::from(self.allocated) * u128::from(at.since(self.now).as_ms());
        self.now = at;
    }

    /// Another pod arrives, after all that came of those before it.
    fn arrives(&mut self, run: u32) {
        for load in LOADS {
            let key = load.to_string();
            if self.arrived >= load * self.there * 10 && !self.at_loads.contains_key(&key) {
                self.at_loads.insert(key, self.percents());
            }
        }
        self.arrived += self.shares[run as usize];
    }
}

impl Sink for Gpus<'_> {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.until(at);
        match *fact {
            Fact::Arrived { run, .. } => self.arrives(run),
            Fact::PodCreated { pod, replica, .. } => {
                self.share_of.resize(self.share_of.len().max(pod.index() + 1), 0);
                self.share_of[pod.index()] = self.shares[replica as usize];
            }
            Fact::PodScheduled { pod, spec, .. } => {
                self.allocated += self.setup.model.specs[spec].requests[self.lane];
                self.peak = self.peak.max(self.allocated);
                self.milli += self.share_of[pod.index()];
            }
            Fact::PodEnded { pod, spec, .. } => {
                self.allocated -= self.setup.model.specs[spec].requests[self.lane];
                self.milli -= self.share_of[pod.index()];
            }
            Fact::StillPending { .. } => self.waiting += 1,
            _ => {}
        }
    }
}
