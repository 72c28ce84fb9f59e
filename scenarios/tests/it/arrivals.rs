//! What arrives in scenarios: drawn and recorded, and what is refused of it.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::fact::Fact;
use sim::model::resources::Lane;
use sim::model::workload::WorkloadId;
use sim::table::Id;
use sim::{Root, SimTime, Span};

const HEAD: &str = "apiVersion: spotsim/v1\nname: load\nhorizon: 1d\nregion: us-east-1\npools:\n  - \
                    {name: a, count: 10, capacityType: on-demand, instanceTypes: [m6i.4xlarge]}\n";

/// A scenario beside files.
fn scenario(rest: &str, files: &[(&str, &str)]) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("room for a file");
    }
    let source = Source { file: "scenario.yaml".into(), text: Arc::from(format!("{HEAD}{rest}")) };
    Scenario::parse(&source, Some(folder.path())).map_err(|errors| errors.render(false))
}

fn facts(scenario: &Scenario) -> Vec<(SimTime, Fact)> {
    let mut facts = Vec::new();
    sim::run(&scenario.setup, Root { seed: 42, replication: 0 }, &mut facts);
    facts
}

/// What arrived: when, of which workload, and for how long.
fn arrived(scenario: &Scenario) -> Vec<(u64, usize, Span)> {
    let each = |(at, fact): &(SimTime, Fact)| match fact {
        Fact::Arrived { workload, lasts, .. } => {
            Some((at.as_ms() / 1_000, workload.index(), *lasts))
        }
        _ => None,
    };
    facts(scenario).iter().filter_map(each).collect()
}

const TWO_CLASSES: &str = "arrivals:
  - name: jobs
    kind: Job
    namespace: batch
    process: {poisson: {perHour: 40}}
    batch: {zipf: {ranks: 3, exponent: 1}}
    classes:
      - name: small
        weight: 80
        cpu: {logNormal: {median: 500m, p95: 2}}
        memory: {gamma: {mean: 1Gi, shape: 2}}
        correlation: 0.6
        duration: {uniform: {min: 5m, max: 10m}}
        template: {containers: [{name: work}]}
      - name: large
        weight: 20
        completions: 2
        backoffLimit: 3
        duration: 1h
        template: {containers: [{name: work, resources: {requests: {cpu: 2, memory: 4Gi}}}]}
";

#[test]
fn classes_become_workloads_of_which_some_arrive() {
    let scenario = scenario(TWO_CLASSES, &[]).unwrap();
    let model = &scenario.setup.model;
    let names: Vec<&str> = model.workloads.rows().map(|it| model.names.text(it.name)).collect();
    assert_eq!(names, ["jobs-small", "jobs-large"]);
    let all = arrived(&scenario);
    // 960 instants, of 1.64 on average.
    assert!((1_300..1_850).contains(&all.len()), "{}", all.len());
    let large = all.iter().filter(|it| it.1 == 1).count();
    assert!(large * 4 > all.len() / 2 && large * 6 < all.len() * 2, "{large}");
    let lasts = |class, range: std::ops::RangeInclusive<u64>| {
        let own = all.iter().filter(|it| it.1 == class);
        own.clone().all(|it| range.contains(&(it.2.as_ms() / 1_000)))
    };
    assert!(lasts(0, 300..=600) && lasts(1, 3_600..=3_600));
    assert!(scenario.assumptions.iter().any(|it| it.id == "drawn-sizes"));
    assert!(scenario.assumptions.iter().all(|it| it.id != "job-duration"));
    assert!(scenario.warnings.is_empty(), "{}", scenario.warnings);
}

/// A generator that is added changes nothing of another, and neither does a bound on its number.
#[test]
fn another_generator_changes_nothing() {
    let own = |scenario: &Scenario| -> Vec<(u64, Span)> {
        let mut own = arrived(scenario);
        own.retain(|it| it.1 < 2);
        own.into_iter().map(|it| (it.0, it.2)).collect()
    };
    let alone = own(&scenario(TWO_CLASSES, &[]).unwrap());
    let other = "  - name: pods\n    process: {renewal: {gap: {weibull: {mean: 3m, shape: 0.6}}}}\n    \
                 classes: [{name: pod, duration: 90s, template: {containers: [{name: pod}]}}]\n";
    let both = scenario(&format!("{TWO_CLASSES}{other}"), &[]).unwrap();
    assert!(arrived(&both).len() > alone.len());
    assert_eq!(own(&both), alone);
    let fewer = TWO_CLASSES.replace("batch: {", "count: 100\n    batch: {");
    assert_eq!(own(&scenario(&fewer, &[]).unwrap()), alone[..100]);
}

/// Every process and every distribution is read.
#[test]
fn every_process_and_distribution_is_read() {
    let processes = [
        "poisson: {perHour: 60}",
        "renewal: {gap: {gamma: {mean: 1m, shape: 0.5}}}",
        "curve: {perHour: [60, 120], days: [1, 1, 1, 1, 1, 0.5, 0.2], timeZone: Europe/Berlin}",
        "bursts: {states: [{perHour: 6, lasts: 50m}, {perHour: 300, lasts: 10m}]}",
        "at: {times: [0s, 1h30m], every: 4h}",
    ];
    let durations = [
        "5m",
        "{constant: 5m}",
        "{uniform: {min: 1m, max: 5m}}",
        "{logNormal: {median: 5m, p95: 1h}, atMost: 2h}",
        "{gamma: {mean: 5m, shape: 2}}",
        "{weibull: {mean: 5m, shape: 2}}",
        "{pareto: {alpha: 1.1, min: 1m, max: 2h}}",
        "{values: [1m, 5m, 5m]}",
        "{column: {file: seen.csv, name: took}}",
    ];
    let seen = ("seen.csv", "job,took\na,60\nb,5m\nc,\n");
    for process in processes {
        for duration in durations {
            let text = format!(
                "arrivals:\n  - name: pods\n    process: {{{process}}}\n    classes: [{{name: pod, \
                 duration: {duration}, template: {{containers: [{{name: pod}}]}}}}]\n"
            );
            let scenario = scenario(&text, &[seen]).unwrap_or_else(|error| panic!("{error}"));
            let load = &scenario.setup.load;
            let expected = load.rows().next().expect("one").expected(scenario.setup.horizon);
            assert!(expected >= 12.0, "{process}: {expected}");
            assert!(arrived(&scenario).len() >= 6, "{process}");
        }
    }
}

/// The second half of a day: rates follow the clock of the time zone.
#[test]
fn a_curve_follows_the_clock() {
    let text = "startTime: 2026-06-03T20:00:00Z\narrivals:\n  - name: pods\n    process: {curve: {perHour: \
                [0, 3600], timeZone: Europe/Berlin}}\n    classes: [{name: pod, duration: 1s, template: \
                {containers: [{name: pod}]}}]\n";
    let scenario = scenario(text, &[]).unwrap();
    let hours: BTreeSet<u64> = arrived(&scenario).iter().map(|it| it.0 / 3_600).collect();
    // It is ten in the evening in Berlin.
    let expected: BTreeSet<u64> = (0..2).chain(14..24).collect();
    assert_eq!(hours, expected);
    assert!(scenario.warnings.is_empty(), "{}", scenario.warnings);
}

const TRACE: &str = "arrivals:\n  - name: recorded\n    trace: {file: trace.csv";

/// The columns of other simulators' arrivals.
#[test]
fn a_trace_is_replayed() {
    let csv = "name,submit_s,cpu_m,ram_bytes,duration_s\np0,4.5,4000,8388608000,60\np1,4.5,250,\
               262144000,90.25\np2,70,250,262144000,1\n";
    let scenario = scenario(&format!("{TRACE}}}\n"), &[("trace.csv", csv)]).unwrap();
    let lasts = [60_000, 90_250, 1_000].map(Span::from_ms);
    assert_eq!(arrived(&scenario), [(4, 0, lasts[0]), (4, 0, lasts[1]), (70, 0, lasts[2])]);
    let requests = facts(&scenario).into_iter().filter_map(|(_, fact)| match fact {
        Fact::Arrived { spec, .. } => Some(scenario.setup.model.specs[spec].requests),
        _ => None,
    });
    let sizes: Vec<(u64, u64)> = requests.map(|it| (it[Lane::CPU], it[Lane::MEMORY])).collect();
    assert_eq!(sizes, [(4_000, 8_388_608_000), (250, 262_144_000), (250, 262_144_000)]);
    let said = scenario.assumptions.iter().find(|it| it.id == "arrival-trace").expect("it is said");
    assert!(
        said.text.starts_with("trace trace.csv: 3 arrivals (time from `submit_s`"),
        "{}",
        said.text
    );
    assert_eq!(scenario.inputs.len(), 2, "the trace is one of the inputs");
    let done = facts(&scenario).iter().filter(|it| matches!(it.1, Fact::PodEnded { .. })).count();
    assert_eq!(done, 3);
}

/// `printf 'submit_s,duration_s\n0,60\n5,60\n' | gzip -n`
#[rustfmt::skip]
const PACKED: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0x2b, 0x2e, 0x4d, 0xca, 0xcd, 0x2c,
    0x89, 0x2f, 0xd6, 0x49, 0x29, 0x2d, 0x4a, 0x2c, 0xc9, 0xcc, 0xcf, 0x8b, 0x2f, 0xe6, 0x32, 0xd0,
    0x31, 0x33, 0xe0, 0x32, 0x05, 0x11, 0x00, 0xfc, 0xb0, 0x4b, 0xd4, 0x1e, 0x00, 0x00, 0x00,
];

#[test]
fn a_compressed_trace_is_unpacked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let load = |bytes: &[u8]| {
        fs::write(folder.path().join("trace.csv.gz"), bytes).expect("room for a file");
        let text = format!("{HEAD}{TRACE}}}\n").replace("trace.csv", "trace.csv.gz");
        let source = Source { file: "scenario.yaml".into(), text: Arc::from(text) };
        Scenario::parse(&source, Some(folder.path())).map_err(|errors| errors.render(false))
    };
    let lasts = Span::from_secs(60);
    assert_eq!(arrived(&load(PACKED).unwrap()), [(0, 0, lasts), (5, 0, lasts)]);
    // As a run folder keeps it.
    let text = b"submit_s,duration_s\n0,60\n";
    assert_eq!(arrived(&load(text).unwrap()), [(0, 0, lasts)]);
    let torn = load(&PACKED[..PACKED.len() / 2]).err().expect("half of a file");
    assert!(torn.contains("E0001") && torn.contains("cannot read"), "{torn}");
}

#[test]
fn a_trace_is_cut_scaled_and_repeated() {
    let csv = "time_min,cores,runtime\n0,1,60\n10,1,60\n20,1,60\n30,1,60\n";
    let rest = ", from: 10m, until: 30m, timeScale: 0.5, durationScale: 2, repeatEvery: 10h}\n";
    let scenario = scenario(&format!("{TRACE}{rest}"), &[("trace.csv", csv)]).unwrap();
    let at: Vec<u64> = arrived(&scenario).iter().map(|it| it.0).collect();
    assert_eq!(at, [0, 300, 36_000, 36_300, 72_000, 72_300]);
    assert_eq!(arrived(&scenario)[0].2, Span::from_secs(120));
}

/// Alibaba's openb: whole cards, and a count of those that share one.
#[test]
fn gpus_of_a_trace_are_whole_cards() {
    let csv = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,\
               deletion_time,scheduled_time\na,12000,16384,1,1000,,LS,Running,0,100,0\nb,6000,12288,1,\
               460,,LS,Running,50,150,50\nc,1000,1024,0,0,,LS,Failed,60,60,\n";
    let text = format!("{TRACE}}}\n").replace("instanceTypes: [m6i.4xlarge]", "");
    let scenario = scenario(&text, &[("trace.csv", csv)]).unwrap();
    let said = scenario.assumptions.iter().find(|it| it.id == "arrival-trace").expect("it is said");
    assert!(said.text.contains("1 ask for a part of a GPU"), "{}", said.text);
    let model = &scenario.setup.model;
    let lane = model.known_lane("nvidia.com/gpu").expect("GPUs are a resource");
    let gpus: Vec<u64> = model.specs.iter().map(|spec| spec.requests[lane]).collect();
    assert!(gpus.iter().filter(|gpus| **gpus == 1).count() == 2, "{gpus:?}");
}

#[test]
fn jobs_of_a_supercomputer_are_read() {
    let swf = "; UnixStartTime: 0\n1 10 5 600 4 -1 2048 4 900 -1 1 1 1 1 1 1 -1 -1\n\
               2 20 5 -1 4 -1 -1 4 900 -1 0 1 1 1 1 1 -1 -1\n\
               3 30 0 60 2 -1 -1 -1 60 -1 1 1 1 1 1 1 -1 -1\n";
    let text = TRACE.replace("trace.csv", "jobs.swf");
    let scenario = scenario(&format!("{text}}}\n"), &[("jobs.swf", swf)]).unwrap();
    let at: Vec<(u64, Span)> = arrived(&scenario).iter().map(|it| (it.0, it.2)).collect();
    assert_eq!(at, [(10, Span::from_secs(600)), (30, Span::from_secs(60))]);
    let model = &scenario.setup.model;
    let asked: Vec<u64> = model.specs.iter().map(|spec| spec.requests[Lane::CPU]).collect();
    assert!(asked.contains(&4_000) && asked.contains(&2_000), "{asked:?}");
    let memory = model.specs.iter().map(|spec| spec.requests[Lane::MEMORY]).max();
    assert_eq!(memory, Some(4 * 2048 * 1024));
    assert!(scenario.assumptions.iter().any(|it| it.text.contains("1 that never ran")));
}

/// What is wrong is said before anything is simulated, and where.
#[test]
fn what_cannot_arrive_is_refused() {
    let class = "classes: [{name: pod, duration: 1m, template: {containers: [{name: pod}]}}]";
    let generator = |rest: &str| format!("arrivals:\n  - name: pods\n    {rest}\n");
    let of_class = |class: &str| {
        generator(&format!(
            "process: {{poisson: {{perHour: 1}}}}\n    classes: [{{name: pod, template: {{containers: \
             [{{name: pod}}]}}, {class}}}]"
        ))
    };
    let cases = [
        (generator(class), "no `process` and no `trace`"),
        (generator(&format!("process: {{}}\n    {class}")), "`process` says 0 processes"),
        (
            generator(&format!(
                "process: {{poisson: {{perHour: 1}}, at: {{times: [1h]}}}}\n    {class}"
            )),
            "`process` says 2 processes",
        ),
        (generator("process: {poisson: {perHour: 1}}"), "has no classes"),
        (generator(&format!("process: {{poisson: {{perHour: -1}}}}\n    {class}")), "-1"),
        (
            generator(&format!("process: {{poisson: {{perHour: 1000000000000}}}}\n    {class}")),
            "would let about 2.40e13 arrive",
        ),
        (
            generator(&format!("process: {{renewal: {{gap: 0s}}}}\n    {class}")),
            "shorter than a millisecond",
        ),
        (
            generator(&format!("process: {{curve: {{perHour: [1, -2]}}}}\n    {class}")),
            "a rate of the curve is -2",
        ),
        (
            generator(&format!("process: {{at: {{times: [2h], every: 1h}}}}\n    {class}")),
            "beyond the period",
        ),
        (
            generator(&format!("process: {{at: {{times: [soon]}}}}\n    {class}")),
            "`soon` is not a duration",
        ),
        (
            generator(&format!(
                "from: 2h\n    until: 1h\n    process: {{poisson: {{perHour: 1}}}}\n    {class}"
            )),
            "ends before it begins",
        ),
        (
            format!(
                "{0}{1}",
                generator(&format!("process: {{poisson: {{perHour: 1}}}}\n    {class}")),
                "  - {name: pods, process: {poisson: {perHour: 2}}, classes: []}\n"
            ),
            "generator `pods` is there twice",
        ),
        (
            generator(&format!("process: {{poisson: {{perHour: 1}}}}\n    {class}"))
                .replace("name: pods", "name: Pods"),
            "DNS-1123",
        ),
        (of_class("cpu: 1, memory: 1Gi"), "does not say how long its pods run"),
        (of_class("duration: {logNormal: {median: 5m, p95: 1m}}"), "p95 is 60, below the median"),
        (of_class("duration: {gamma: {mean: 5m, shape: 0}}"), "shape is 0"),
        (of_class("duration: {}"), "this says no distribution"),
        (of_class("duration: 1m, cpu: 1"), "draws one of `cpu` and `memory`"),
        (of_class("duration: 1m, cpu: much, memory: 1Gi"), "`much` is no amount of CPU"),
        (of_class("duration: {values: [1m, -2m]}"), "`-2m` is not a duration"),
        (of_class("duration: 1m, weight: 0"), "no class has a weight above 0"),
        (of_class("duration: 1m, completions: 2"), "a Pod has no `completions`"),
        (of_class("duration: 1m, annotations: {spotsim/duration: 1m}"), "say `duration` instead"),
        (of_class("duration: {column: {file: none.csv, name: a}}"), "none.csv"),
        (of_class("duration: {column: {file: seen.csv, name: tooks}}"), "did you mean `took`?"),
    ];
    for (text, expected) in cases {
        let error = scenario(&text, &[("seen.csv", "took\n1\n")]).err().unwrap_or_default();
        assert!(error.contains(expected), "{text}\n{error}");
    }
}

#[test]
fn bad_traces_are_refused_at_their_rows() {
    let cases = [
        ("time,duration\n20,1\n10,1\n", "time goes backwards, from 20 s to 10 s"),
        ("cpu,duration\n1,1\n", "no column says when something arrives"),
        ("time,duration\n1,-5\n", "`duration` is negative: -5"),
        ("time,duration\n1,long\n", "`duration` is `long`, which is no number"),
        ("time,end\n100,50\n", "it ends at 50 s, before it arrives at 100 s"),
        ("time,duration\n,5\n", "a row without a time"),
        ("time,cpu\n1,1\n", "does not say how long all of it runs"),
        ("time,duration\n", "has no rows"),
        ("time,duration,gpus\n1,1,0.5\n", "`gpus` is 0.5, which is no number of cards"),
    ];
    for (csv, expected) in cases {
        let error = scenario(&format!("{TRACE}}}\n"), &[("trace.csv", csv)]).err();
        let error = error.unwrap_or_default();
        assert!(error.contains(expected), "{csv}\n{error}");
    }
    let mapped = format!("{TRACE}, map: {{time: poster_ms}}}}\n");
    let csv = "posted_ms,duration\n1000,5\n";
    let error = scenario(&mapped, &[("trace.csv", csv)]).err().unwrap_or_default();
    assert!(
        error.contains("`poster_ms`, which is not there; did you mean `posted_ms`?"),
        "{error}"
    );
    let mapped = mapped.replace("poster_ms", "posted_ms");
    let scenario = scenario(&mapped, &[("trace.csv", csv)]).unwrap();
    assert_eq!(arrived(&scenario), [(1, 0, Span::from_secs(5))]);
}

/// A rate that would create a thousand million pods is refused by what it would take.
#[test]
fn too_much_is_refused_before_it_is_simulated() {
    let text = "arrivals:\n  - name: pods\n    process: {poisson: {perHour: 40000000}}\n    classes: \
                [{name: pod, duration: 1s, template: {containers: [{name: pod}]}}]\n";
    let scenario = scenario(text, &[]).unwrap();
    assert_eq!(scenario.estimate.pods, 960_000_000);
    let refusal = scenario.estimate.refusal(1, 1).expect("too much");
    assert!(refusal.message.contains("960,000,000 pods"), "{}", refusal.message);
    assert_eq!(scenario.setup.model.workloads.ids().next(), Some(WorkloadId::from_index(0)));
}
