//! The Vertical Pod Autoscaler: what a simulated day of 1000 containers costs its recommender to feed, and to
//! recommend for; and what a run costs with autoscalers beside the same run with usage alone.
//!
//! Runs are of 1 000 pods in a day. With `SPOTSIM_FULL=1` they are of 10 000 pods in seven.

use std::fmt::Write;
use std::sync::Arc;

use benches::{least_cpu, peak_rss_bytes, print, with_figures};
use scenarios::Scenario;
use scenarios::diagnostic::Source;
use serde_json::json;
use sim::autoscalers::vpa::RecommenderConfig;
use sim::autoscalers::vpa::recommender::{Checkpoint, GroupId, PodNumber, Recommender, Subject};
use sim::digest::Digest;
use sim::model::vpa::{CpuMemory, Learning, VpaSpec};
use sim::names::{NameId, Names};
use sim::table::Id;

const CONTAINERS: usize = 1_000;
const MINUTES: usize = 24 * 60;
/// The first of January 2026.
const START_MS: i64 = 1_767_225_600_000;

/// The pods of autoscalers, and how often they recommend.
#[derive(Clone, Copy)]
struct Workload {
    name: &'static str,
    autoscalers: usize,
    /// How many pods have the same labels, and so share what is known of them.
    alike: usize,
    /// Minutes between two recommendations; none is never.
    every: Option<usize>,
}

const WORKLOADS: [Workload; 5] = [
    Workload { name: "feed", autoscalers: 1_000, alike: 1, every: None },
    Workload { name: "recommend-hourly", autoscalers: 1_000, alike: 1, every: Some(60) },
    Workload { name: "recommend-minutely", autoscalers: 1_000, alike: 1, every: Some(1) },
    Workload { name: "replicas-minutely", autoscalers: 100, alike: 10, every: Some(1) },
    // As of StatefulSets: what is known of ten pods is merged for each recommendation.
    Workload { name: "merged-minutely", autoscalers: 100, alike: 1, every: Some(1) },
];

fn main() {
    let samples = samples();
    for workload in WORKLOADS {
        let (cpu, recommended) = least_cpu(3, || day(workload, &samples));
        print(&json!({
            "workload": format!("vpa-{}", workload.name),
            "containers": CONTAINERS,
            "autoscalers": workload.autoscalers,
            "samples": 2 * CONTAINERS * MINUTES,
            "recommendations": recommended,
            "cpu_s": cpu,
            "peak_rss_bytes": peak_rss_bytes(),
        }));
    }
    runs();
}

/// How many replicas each service has, and how many pods a node has room for.
const REPLICAS: u32 = 25;
const PODS_ON_NODE: u32 = 10;

/// The same cluster without autoscalers, with some that only recommend, with some that evict, and with some
/// that resize in place.
fn runs() {
    let is_full = std::env::var_os("SPOTSIM_FULL").is_some();
    let (pods, days, times) = if is_full { (10_000, 7, 1) } else { (1_000, 1, 3) };
    let mut without = None;
    let modes = [
        ("none", None),
        ("off", Some("Off")),
        ("recreate", Some("Recreate")),
        ("in-place", Some("InPlaceOrRecreate")),
    ];
    for (name, mode) in modes {
        let text = cluster(pods, days, mode);
        let source = Source { file: "vpa.yaml".into(), text: Arc::from(text) };
        let setup = Scenario::parse(&source, None).expect("a sound scenario").setup;
        let (cpu, run) = least_cpu(times, || with_figures(&setup));
        without = without.or(cpu);
        print(&json!({
            "workload": format!("vpa-run-{name}"),
            "pods": pods,
            "days": days,
            "cpu_s": cpu,
            "of_none": cpu.zip(without).map(|(cpu, none)| (cpu / none * 10.0).round() / 10.0),
            "events": run.counters.events,
            "digest": format!("{:016x}", run.digest),
            "peak_rss_bytes": peak_rss_bytes(),
        }));
    }
}

/// Services whose replicas each use something else every five minutes, less than they request.
fn cluster(pods: u32, days: u32, mode: Option<&str>) -> String {
    let mut text = format!(
        "apiVersion: spotsim/v1
name: vpa
horizon: {days}d
startTime: 2026-06-01
region: us-east-1
pools:
  - name: spot
    count: {}
    capacityType: spot
    instanceTypes: [m6i.4xlarge, m6a.4xlarge, m5.4xlarge]
    zones: [us-east-1a, us-east-1b, us-east-1c]
workloads:
",
        pods / PODS_ON_NODE
    );
    let vpa = mode.map_or_else(String::new, |mode| format!(" vpa: {{mode: '{mode}'}},"));
    for number in 0..pods / REPLICAS {
        let _ = writeln!(
            text,
            "  - {{name: w{number}, replicas: {REPLICAS},{vpa} template: {{containers: [{{name: app, \
             resources: {{requests: {{cpu: 1200m, memory: 4Gi}}, limits: {{memory: 8Gi}}}}}}]}}}}"
        );
    }
    text += "usage:\n";
    for number in 0..pods / REPLICAS {
        let _ = writeln!(
            text,
            "  - {{workload: w{number}, constant: {{cpu: 100m, memory: 2Gi}}, diurnal: {{high: {{cpu: 900m}}, \
             peak: '{:02}:00'}}, noise: {{cpu: 0.1, memory: 0.02}}}}",
            8 + number % 12
        );
    }
    text
}

/// What each container uses in each minute: 50 to 449 millicores and 30 more for each step of seven, 200
/// to 799 MiB.
fn samples() -> Vec<(u32, u32)> {
    let mut words = Digest::EMPTY;
    let mut below = |most: u64| {
        words.mix(most);
        u32::try_from(words.value() % most).expect("a small number")
    };
    let sample = |place: usize| {
        let step = u32::try_from(place % CONTAINERS % 7).expect("a digit");
        (50 + below(400) + 30 * step, 200 + below(600))
    };
    (0..CONTAINERS * MINUTES).map(sample).collect()
}

/// Feeds a day of samples; how many recommendations there were.
fn day(workload: Workload, samples: &[(u32, u32)]) -> usize {
    let mut names = Names::default();
    let container = names.intern("main");
    let mut recommender = Recommender::new(RecommenderConfig::default());
    for pod in 0..CONTAINERS {
        let group = GroupId::from_index(pod / workload.alike);
        let containers = [(container, Learning::default())];
        recommender.pod_added(pod as PodNumber, group, containers, START_MS);
    }
    let groups: Vec<GroupId> = (0..CONTAINERS / workload.alike).map(GroupId::from_index).collect();
    let spec = VpaSpec::default();
    let mut checkpoint = Checkpoint::default();
    let mut recommended = 0;
    for (minute, used) in samples.chunks(CONTAINERS).enumerate() {
        let at_ms = START_MS + i64::try_from(minute).expect("a small number") * 60_000;
        feed(&mut recommender, container, used, at_ms);
        if workload.every.is_some_and(|every| (minute + 1).is_multiple_of(every)) {
            for groups in groups.chunks(groups.len() / workload.autoscalers) {
                let checkpoint = &mut checkpoint;
                let mut subject = Subject { spec: &spec, groups, checkpoint };
                recommended += recommender.recommend(&mut subject).len();
            }
        }
        if (minute + 1).is_multiple_of(60) {
            recommender.collect_garbage(at_ms);
        }
    }
    recommended
}

fn feed(recommender: &mut Recommender, container: NameId, used: &[(u32, u32)], at_ms: i64) {
    for (pod, (milli, mebibytes)) in used.iter().enumerate() {
        let used =
            CpuMemory { cpu: Some(u64::from(*milli)), memory: Some(u64::from(*mebibytes) << 20) };
        recommender.sample(pod as PodNumber, container, used, at_ms);
    }
}
