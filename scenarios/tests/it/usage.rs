//! Usage and load in scenarios: what they do, what is replayed, and what is no record.

use std::fs;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::engine::Simulation;
use sim::fact::Fact;
use sim::model::workload::WorkloadId;
use sim::table::Id;
use sim::{Root, SimTime, Span};

const HEAD: &str = "apiVersion: spotsim/v1
name: used
horizon: 2d
region: us-east-1
startTime: 2026-06-06
pools: [{name: a, count: 2, capacityType: on-demand, instanceTypes: [m6i.xlarge]}]
workloads:
  - name: web
    namespace: shop
    replicas: 2
    template:
      initContainers: [{name: init}]
      containers:
        - {name: app, resources: {requests: {cpu: 250m, memory: 256Mi}, limits: {cpu: 500m}}}
        - {name: proxy, resources: {requests: {cpu: 50m}}}
";

fn parse(tail: &str, files: &[(&str, &str)]) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("room for a file");
    }
    let text = Arc::from(format!("{HEAD}{tail}"));
    let source = Source { file: "scenario.yaml".into(), text };
    Scenario::parse(&source, Some(folder.path())).map_err(|errors| errors.render(false))
}

/// A scenario whose `web` replays a file.
fn replays(name: &str, text: &str, more: &str) -> Result<Scenario, String> {
    let tail = format!("usage: [{{workload: shop/web, replay: {{file: {name}{more}}}}}]\n");
    parse(&tail, &[(name, text)])
}

/// What each pod of the first workload uses at some seconds: milli-cores and bytes, all containers.
fn used(scenario: &Scenario, seconds: &[u64]) -> Vec<Vec<(u64, u64)>> {
    let mut simulation = Simulation::new(&scenario.setup, Root { seed: 1, replication: 0 }, ());
    let each = seconds.iter().map(|second| {
        let at = SimTime::from_ms(second * 1_000);
        while simulation.due().is_some_and(|due| due <= at) && simulation.step() {}
        let world = simulation.world();
        let users = world.users(WorkloadId::from_index(0)).iter();
        let used = users.filter_map(|pod| world.pod_usage(*pod));
        used.map(|used| (used.cpu, used.memory)).collect()
    });
    each.collect()
}

fn assumptions(scenario: &Scenario) -> String {
    let texts = scenario
        .assumptions
        .iter()
        .filter(|it| it.id.starts_with("usage-") || it.id.starts_with("load-"));
    texts.map(|it| format!("{}\n", it.text)).collect()
}

#[test]
fn curves_of_a_container_add_up() {
    let tail = "usage:
  - workload: shop/web
    constant: {cpu: 40m, memory: 200Mi}
    diurnal: {high: {cpu: 300m}, peak: '12:00', weekend: 0.5}
    leak: {memory: 60Mi, per: 1h}
    startUp: {cpu: 1, lasts: 30s}
  - workload: shop/web
    container: proxy
    constant: {cpu: 10m, memory: 20Mi}
";
    let scenario = parse(tail, &[]).unwrap();
    let found = used(&scenario, &[10, 12 * 3_600]);
    assert_eq!(found[0].len(), 2);
    assert_eq!(found[0][0].0, 40 + 1_000 + 10, "start-up at midnight");
    // T+0 is a Saturday, on which the curve goes half the way.
    assert_eq!(found[1][0].0, 40 + 150 + 10, "noon");
    let mib = found[1][0].1 as f64 / f64::from(1 << 20);
    assert!((mib - 220.0 - 720.0).abs() < 1.0, "{mib}");
    assert!(assumptions(&scenario).contains("T+0 is 2026-06-06T00:00:00Z"));
}

#[test]
fn a_load_is_divided_and_what_cannot_be_served_is_said() {
    let tail = "usage: [{workload: shop/web, constant: {cpu: 20m, memory: 100Mi}}]
load:
  - workload: shop/web
    steps: [{at: 0s, rate: 60}, {at: 1h, rate: 400}]
    perRequest: {cpu: 4m, memory: 1Mi, takes: 500ms}
";
    let scenario = parse(tail, &[]).unwrap();
    let found = used(&scenario, &[60, 3_700]);
    // 30 requests/s each of 4 CPU-milliseconds; 15 are in flight.
    assert_eq!(found[0], [(20 + 120, 115 << 20); 2]);
    // The limit of 500 m pays for 125 requests/s.
    assert_eq!(found[1][0].0, 20 + 500);
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&scenario.setup, Root { seed: 1, replication: 0 }, &mut facts);
    let short = facts.iter().find_map(|(at, fact)| match fact {
        Fact::LoadChanged { offered: 400_000, served, .. } => Some((*at, *served)),
        _ => None,
    });
    assert_eq!(short, Some((SimTime::ZERO + Span::from_hours(1), 250_000)));
    let said = assumptions(&scenario);
    assert!(
        said.contains("serves 125 requests a second at most: what its CPU limit pays for"),
        "{said}"
    );
}

#[test]
fn a_table_is_replayed_sample_by_sample() {
    let table = "# exported\nTimestamp,kube_namespace,Pod Name,container,cpu_m,memory_mib
2026-06-01T00:00:00Z,shop,web-7f9-aaaaa,app,100,300
2026-06-01T00:00:00Z,shop,web-7f9-bbbbb,app,900,310
2026-06-01T00:00:00Z,shop,web-admin-7f9-aaaaa,app,5000,1
2026-06-01T00:05:00Z,shop,web-7f9-aaaaa,app,150,301
2026-06-01T00:05:00Z,shop,web-7f9-aaaaa,app,150,301
2026-06-01T00:05:00Z,shop,web-7f9-aaaaa,proxy,7,8
2026-06-01T00:10:00Z,shop,web-7f9-aaaaa,app,160,
2026-06-01T01:10:00Z,shop,web-7f9-aaaaa,app,170,305
";
    let scenario = replays("usage.csv", table, ", repeat: false").unwrap();
    let mib = |n: u64| n << 20;
    let found = used(&scenario, &[10, 310, 610, 1_500, 4_210, 5_000]);
    let first: Vec<(u64, u64)> = found.iter().map(|pods| pods[0]).collect();
    let expected = [(100, mib(300)), (150, mib(301)), (160, 0), (0, 0), (170, mib(305)), (0, 0)];
    assert_eq!(first, expected);
    assert_eq!(found[0][1], (900, mib(310)), "the second replica has a series of its own");
    let said = assumptions(&scenario);
    assert!(said.contains("`cpu_m` is in milli-cores; `memory_mib` is in MiB"), "{said}");
    assert!(said.contains("2 samples are there twice and count once"), "{said}");
}

#[test]
fn units_are_guessed_and_the_guess_is_said() {
    let table = "time,pod,cpu,memory\n0,web,0.25,300000000\n60,web,0.5,300000000\n";
    let scenario = replays("usage.csv", table, "").unwrap();
    assert_eq!(used(&scenario, &[10, 70])[0][0], (250, 300_000_000));
    let said = assumptions(&scenario);
    assert!(
        said.contains("`cpu` is taken to be in cores; `memory` is taken to be in bytes"),
        "{said}"
    );
    let scenario = replays("usage.csv", "when,pod,c\n0,web,12\n", ", map: {time: when, cpu: c}");
    assert!(assumptions(&scenario.unwrap()).contains("`c` is taken to be in milli-cores"));
    let quantities = "time,pod,cpu,memory\n0,web,250m,1Gi\n60,web,1,512Mi\n";
    let mixed = replays("usage.csv", quantities, "").err().expect("it is refused");
    assert!(mixed.contains("column `cpu` mixes units"), "{mixed}");
}

#[test]
fn files_of_one_replay_may_count_in_other_units() {
    let files = [
        ("monday.csv", "time,pod,cpu\n0,web,0.25\n60,web,0.5\n"),
        ("tuesday.csv", "time,pod,cpu_m\n60,web,500\n120,web,750\n"),
    ];
    let tail = "usage: [{workload: shop/web, replay: {file: [monday.csv, tuesday.csv]}}]\n";
    let scenario = parse(tail, &files).unwrap();
    let cores: Vec<u64> = used(&scenario, &[10, 70, 130]).iter().map(|pods| pods[0].0).collect();
    assert_eq!(cores, [250, 500, 750]);
    assert!(assumptions(&scenario).contains("1 sample is there twice"));
    let back = tail.replace("[monday.csv, tuesday.csv]", "[tuesday.csv, monday.csv]");
    let refused = parse(&back, &files).err().expect("it is refused");
    assert!(refused.contains("time goes backwards in the samples of"), "{refused}");
}

#[test]
fn prometheus_counters_and_gauges_are_told_apart() {
    let answer = r#"{"status":"success","data":{"resultType":"matrix","result":[
      {"metric":{"__name__":"container_cpu_usage_seconds_total","namespace":"shop",
        "pod":"web-7f9-aaaaa","container":"app"},
       "values":[[1780297200,"100"],[1780297260,"130"],[1780297320,"6"],[1780297380,"12"]]},
      {"metric":{"__name__":"container_memory_working_set_bytes","namespace":"shop",
        "pod":"web-7f9-aaaaa","container":"app"},
       "values":[[1780297200,"1000"],[1780297260,"2000"],[1780297320,"3000"],[1780297380,"3000"]]},
      {"metric":{"__name__":"container_cpu_usage_seconds_total","namespace":"shop",
        "pod":"web-7f9-aaaaa","container":"POD"},"values":[[1780297200,"9"]]}]}}"#;
    let scenario = replays("answer.json", answer, "").unwrap();
    let found = used(&scenario, &[10, 70, 130]);
    let first: Vec<(u64, u64)> = found.iter().map(|pods| pods[0]).collect();
    assert_eq!(first, [(500, 1_000), (100, 2_000), (100, 3_000)]);
    assert!(assumptions(&scenario).contains("1 counters and 1 gauges of Prometheus"));
    let unnamed = r#"{"status":"success","data":{"resultType":"matrix","result":[
      {"metric":{"pod":"web"},"values":[[1780297200,"0.5"],[1780297260,"NaN"],[1780297320,"0.75"]]}]}}"#;
    let scenario = replays("answer.json", unnamed, ", cpuUnit: cores").unwrap();
    assert_eq!(used(&scenario, &[10])[0][0], (500, 0));
    assert!(
        replays("answer.json", unnamed, "").err().expect("it is refused").contains("CPU or memory")
    );
}

/// Shares of a capacity, and a table with a column for each pod, in minutes.
#[test]
fn parts_of_a_capacity_and_wide_tables_are_read() {
    let percent = "time,pod,cpu_percent\n0,web,12.5\n600,web,50\n";
    let scenario = replays("usage.csv", percent, ", of: {cpu: 4}").expect("it is sound");
    let found = used(&scenario, &[10, 700]);
    assert_eq!([found[0][0], found[1][0]], [(500, 0), (2_000, 0)]);
    let wide = "min,web-a,web-b\n0,0.25,0.5\n10,0.5,\n20,0.75,1\n";
    let how = ", pods: \"web-*\", wide: memory, memoryUnit: share, of: {memory: 4Gi}";
    let scenario = replays("usage.csv", wide, how).expect("it is sound");
    let found = used(&scenario, &[10, 700, 1_300]);
    let gib = |gib: u64| (0, gib << 30);
    assert_eq!(found[0], [gib(1), gib(2)]);
    // An empty field is a sample that was not taken: the one before it holds.
    assert_eq!(found[1], [gib(2), gib(2)]);
    assert_eq!(found[2], [gib(3), gib(4)]);
    let unknown = replays("usage.csv", wide, ", wide: memory, memoryUnit: share");
    let unknown = unknown.err().expect("it is refused");
    assert!(unknown.contains("say of how much: `of: {cpu: 4, memory: 16Gi}`"), "{unknown}");
}

#[test]
fn what_is_no_record_is_refused_at_its_place() {
    let wrong = |text: &str| replays("usage.csv", text, "").err().expect("it is refused");
    for (text, what) in [
        ("ts_utc,pod,cpu_m\n1,web,2\n", "no time column found (columns seen: ts_utc, pod, cpu_m)"),
        ("time,pod\n1,web\n", "neither CPU nor memory found"),
        ("time,pod,cpu\n600,web,1\n300,web,1\n", "time goes backwards in the samples of web"),
        ("time,pod,cpu\n600,web,1\n600,web,2\n", "two samples of web at one time"),
        ("time,pod,cpu\n0,web,-1\n", "`-1` is negative"),
        ("time,pod,cpu\n0,web,much\n", "`much` is not a quantity"),
        ("time,pod,cpu\nyesterday,web,1\n", "`yesterday` is not a time"),
        ("time,pod,cpu\n2026-06-01,web,1\n60,web,1\n", "some times are dates"),
        ("time,pod,cpu\n0,web\n", "a row of 2 fields in a table of 3"),
        ("time,pod,cpu_percent\n0,web,50\n", "a share of something"),
        ("time,pod,cpu\n", "there is no sample in usage.csv"),
        ("time,pod,cpu\n0,other-1,1\n", "no samples of container `app` of shop/web"),
    ] {
        let found = wrong(text);
        assert!(found.contains(what), "{text}: {found}");
    }
    let mapped = replays("usage.csv", "time,pod,cpu\n0,web,1\n", ", map: {cpu: cpus}")
        .err()
        .expect("it is refused");
    assert!(mapped.contains("did you mean `cpu`?"), "{mapped}");
    let error = r#"{"status":"error","error":"query timed out"}"#;
    assert!(replays("a.json", error, "").err().expect("it is refused").contains("query timed out"));
    let instant = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;
    assert!(
        replays("a.json", instant, "")
            .err()
            .expect("it is refused")
            .contains("no range of samples")
    );
}

/// A year of samples every five minutes of a few pods is read within the bound; more is refused.
#[test]
fn a_year_of_samples_is_read() {
    let mut table = String::from("time,pod,cpu\n");
    for step in 0..105_120 {
        table += &format!("{},web,{}\n", step * 300, 100 + step % 7);
    }
    let scenario = replays("usage.csv", &table, "").unwrap();
    assert_eq!(used(&scenario, &[10, 310])[1][0].0, 101);
}

#[test]
fn what_is_no_curve_is_refused() {
    for (tail, what) in [
        ("usage: [{workload: shop/webb, constant: {cpu: 1}}]", "did you mean `shop/web`?"),
        ("usage: [{workload: shop/web, container: ap, constant: {cpu: 1}}]", "did you mean `app`?"),
        ("usage: [{workload: shop/web, container: init, constant: {cpu: 1}}]", "is over before"),
        ("usage: [{workload: shop/web}]", "says nothing"),
        (
            "usage: [{workload: shop/web, bursts: {cpu: 1, every: 1m, lasts: 2m}}]",
            "bursts of 2m every 1m never end",
        ),
        ("usage: [{workload: shop/web, leak: {memory: 1Mi, per: 0s}}]", "takes no time at all"),
        (
            "usage: [{workload: shop/web, diurnal: {high: {cpu: 1}, every: 5ms}}]",
            "more often than is sampled",
        ),
        ("usage: [{workload: shop/web, diurnal: {high: {cpu: 1}, peak: late}}]", "no time of day"),
        ("load: [{workload: shop/web, perRequest: {cpu: 1m}}]", "says nothing"),
        (
            "load: [{workload: shop/web, perRequest: {cpu: 1m}, steps: [{at: 1h, rate: 1}, \
             {at: 0s, rate: 2}]}]",
            "not in the order of time",
        ),
        (
            "usage: [{workload: shop/web, constant: {cpu: 1}}, {workload: shop/web, constant: {cpu: 1}}]",
            "is there twice",
        ),
    ] {
        let found = parse(&format!("{tail}\n"), &[]).err().expect("it is refused");
        assert!(found.contains(what), "{tail}: {found}");
    }
}
