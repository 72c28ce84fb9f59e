//! What a recommender of VerticalPodAutoscalers knows at the beginning, from recorded usage.

use std::fmt::Write;
use std::fs;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::autoscalers::vpa::RecommenderConfig;
use sim::autoscalers::vpa::recommender::{Checkpoint, GroupId, Recommender, Subject};
use sim::model::vpa::{CpuMemory, Learning, VpaSpec};
use sim::names::Names;
use sim::table::Id;
use sim::{Fact, Root, SimTime};

const HEAD: &str = "apiVersion: spotsim/v1
name: remembered
horizon: 2h
region: us-east-1
pools: [{name: a, count: 4, capacityType: on-demand, instanceTypes: [m6i.xlarge]}]
workloads:
  - name: web
    replicas: 2
    vpa: {mode: 'Off'}
    template:
      containers: [{name: app, resources: {requests: {cpu: 500m, memory: 512Mi}}}]
";
const HOURS: i64 = 72;
const HOUR_MS: i64 = 3_600_000;
const MI: u64 = 1 << 20;

fn parse(tail: &str, usage: &str) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("usage.csv"), usage).expect("room for a file");
    let text = Arc::from(format!("{HEAD}{tail}"));
    let source = Source { file: "scenario.yaml".into(), text };
    Scenario::parse(&source, Some(folder.path())).map_err(|errors| errors.render(false))
}

/// What a pod used in an hour of the record: milli-cores and bytes.
fn used(pod: u64, hour: i64) -> (u64, u64) {
    let hour = hour.unsigned_abs();
    (100 + 90 * pod + 7 * (hour % 24), (300 + 40 * pod + hour) * MI)
}

/// Two pods of `web` and one of another workload, an hour a row.
fn record() -> String {
    let mut text = String::from("time,pod,container,cpu_m,memory_bytes\n");
    for hour in 0..HOURS {
        for (pod, name) in [(0, "web-7f9-aaaaa"), (1, "web-7f9-bbbbb"), (9, "web-admin-7f9-ccccc")]
        {
            let (cpu, memory) = used(pod, hour);
            let _ = writeln!(text, "{hour}h,{name},app,{cpu},{memory}");
        }
    }
    text
}

/// The first recommendation of a run, and when.
fn first(scenario: &Scenario) -> Option<(SimTime, u64, u64)> {
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&scenario.setup, Root { seed: 1, replication: 0 }, &mut facts);
    facts.iter().find_map(|(at, fact)| match *fact {
        Fact::VpaRecommended { cpu, memory, .. } => Some((*at, cpu, memory)),
        _ => None,
    })
}

/// What the recommender recommends that is given this history, and nothing else.
fn plainly() -> (u64, u64) {
    let mut names = Names::default();
    let app = names.intern("app");
    let mut recommender = Recommender::new(RecommenderConfig::default());
    let group = GroupId::from_index(0);
    for pod in 0..2 {
        recommender.pod_added(pod, group, [(app, Learning::default())], 0);
        for hour in 0..HOURS {
            // The mean of an hour, and what is used at its end, are measured at its end.
            let (cpu, memory) = used(pod, hour);
            let used = CpuMemory { cpu: Some(cpu), memory: Some(memory) };
            recommender.sample(pod, app, used, (hour + 1 - HOURS) * HOUR_MS);
        }
    }
    let (spec, mut checkpoint) = (VpaSpec::default(), Checkpoint::default());
    let mut subject = Subject { spec: &spec, groups: &[group], checkpoint: &mut checkpoint };
    let found = recommender.recommend(&mut subject);
    let target = found[0].1.target;
    (target.cpu.unwrap_or(0), target.memory.unwrap_or(0))
}

#[test]
fn the_first_recommendation_is_that_of_the_history() {
    let scenario = parse("vpaHistory: {file: usage.csv}\n", &record()).expect("it is sound");
    let (cpu, memory) = plainly();
    assert!(cpu > 200 && memory > 400 * MI, "{cpu} {memory}");
    assert_eq!(first(&scenario), Some((SimTime::from_ms(60_000), cpu, memory)));
    let said: Vec<&str> = scenario.assumptions.iter().map(|it| it.text.as_str()).collect();
    let said = said.join("\n");
    assert!(
        said.contains(
            "the recommender begins with what usage.csv records of 1 workload: samples every 1h for \
             8d, of which the last is `T+0`"
        ),
        "{said}"
    );
    assert!(scenario.inputs.iter().any(|input| input.file == "usage.csv"));
    // Without it nothing is known, because nothing is used that metrics-server could serve.
    let without = parse("", "").expect("it is sound");
    assert_eq!(first(&without), None);
}

/// As Prometheus keeps it: what lies before the length that is asked for is not known any more.
#[test]
fn only_so_much_is_asked_for() {
    let of = |more: &str| {
        let tail = format!("vpaHistory: {{file: usage.csv{more}}}\n");
        first(&parse(&tail, &record()).expect("it is sound")).expect("a recommendation")
    };
    // Memory grows with the hours: the peak of the first day is lower than that of the third.
    assert!(of(", end: 1d").2 < of("").2);
    assert_eq!(of(", length: 100d"), of(""));
    // The last day alone says the same of memory, whose peak it has.
    assert!(of(", length: 6h").2 >= of("").2);
}

#[test]
fn what_is_no_history_is_refused_where_it_is_written() {
    for (tail, expected) in [
        ("vpaHistory: {file: other.csv}\n", "other.csv"),
        ("vpaHistory: {file: usage.csv, end: 2026-06-01}\n", "is no time as those of the file are"),
        ("vpaHistory: {file: usage.csv, end: 100d}\n", "nothing was recorded in that time"),
        ("vpaHistory: {file: usage.csv, length: 200d}\n", "longer than any that is kept"),
        ("vpaHistory: {file: usage.csv, resolution: 5s}\n", "more than Prometheus is asked"),
        ("vpaHistory: {file: usage.csv, length: 1h, resolution: 2h}\n", "has no sample every 2h"),
        ("vpaHistory: {}\n", "file"),
    ] {
        let errors = parse(tail, &record()).err().expect(tail);
        assert!(errors.contains(expected), "{tail}{errors}");
        assert!(errors.contains("scenario.yaml:12"), "{tail}{errors}");
    }
    let unknown = "vpaHistory: {file: usage.csv, map: {cpu: used}}\n";
    let errors = parse(unknown, &record()).err().expect("no such column");
    assert!(errors.contains("usage.csv has no column `used`"), "{errors}");
    let others = record().replace("web-7f9", "shop-7f9");
    let errors = parse("vpaHistory: {file: usage.csv}\n", &others).err().expect("no pods of web");
    assert!(errors.contains("usage.csv has no samples before `T+0` of what is sized"), "{errors}");
    assert!(errors.contains("shop-7f9-aaaaa/app"), "{errors}");
}
