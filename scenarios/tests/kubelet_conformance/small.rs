//! Cases that ask one function: classes and scores, ranks, restarts, and what metrics-server answers.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use sim::kubelet::back_off::{BackOff, BackOffLimits};
use sim::kubelet::metrics_server::{MetricsServer, Point};
use sim::kubelet::oom::score_adjustment;
use sim::kubelet::ranking;
use sim::kubelet::signals::Signal;
use sim::kubelet::thresholds::Filesystems;
use sim::model::containers::QosClass;
use sim::time::{SimTime, Span};

use crate::pods::{self, items};

/// The filesystems of a case.
pub fn filesystems(case: &Json) -> Filesystems {
    match (case["dedicatedImageFs"] == true, case["splitContainerFs"] == true) {
        (false, _) => Filesystems::Single,
        (true, false) => Filesystems::DedicatedImages,
        (true, true) => Filesystems::SplitImages,
    }
}

pub fn oom(case: &Json) -> Json {
    let memory = case["memoryCapacity"].as_u64().expect("a capacity");
    let answer = |named: pods::Named| {
        let class = match named.pod.qos {
            QosClass::Guaranteed => "Guaranteed",
            QosClass::Burstable => "Burstable",
            QosClass::BestEffort => "BestEffort",
        };
        let scores: BTreeMap<&String, i64> = named
            .containers
            .iter()
            .zip(&named.pod.containers)
            .map(|(name, container)| (name, score_adjustment(&named.pod, container, memory)))
            .collect();
        (named.name, json!({"qosClass": class, "oomScoreAdj": scores}))
    };
    Json::Object(pods::all(case).into_iter().map(answer).collect())
}

pub fn rank(case: &Json) -> Json {
    let named = pods::all(case);
    let stats: Vec<_> = named.iter().map(|named| pods::stats(named, &case["stats"])).collect();
    let measured: Vec<ranking::Measured<'_>> =
        named.iter().zip(&stats).map(|(named, stats)| (&named.pod, stats.as_ref())).collect();
    let filesystems = filesystems(case);
    let mut answer = serde_json::Map::new();
    for name in items(&case["signals"]) {
        let name = name.as_str().expect("a signal");
        let signal = Signal::named(name).expect("a known signal");
        let mut groups: Vec<(ranking::Turn, Vec<&str>)> = Vec::new();
        for place in ranking::order(&measured, signal, filesystems) {
            let turn = ranking::turn(measured[place], signal, filesystems);
            match groups.last_mut().filter(|(last, _)| *last == turn) {
                Some((_, group)) => group.push(&named[place].name),
                None => groups.push((turn, vec![&named[place].name])),
            }
        }
        for (_, group) in &mut groups {
            group.sort_unstable();
        }
        let names: Vec<_> = groups.into_iter().map(|(_, group)| group).collect();
        answer.insert(name.to_owned(), json!(names));
    }
    Json::Object(answer)
}

fn milliseconds(value: &Json) -> f64 {
    value.as_f64().expect("a number") * 1_000.0
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a short time")]
fn span(value: &Json) -> Span {
    Span::from_ms(milliseconds(value).round() as u64)
}

pub fn crash_loop(case: &Json) -> Json {
    let limits =
        BackOffLimits { initial: span(&case["initialSeconds"]), max: span(&case["maxSeconds"]) };
    let mut back_off = BackOff::default();
    let mut started = SimTime::ZERO;
    let mut answer = Vec::new();
    for (runs, lag) in items(&case["runSeconds"]).iter().zip(items(&case["syncLagSeconds"])) {
        let exit = started + span(runs);
        let restart = back_off.exited(exit, exit + span(lag), limits);
        let seconds = |at: SimTime| at.since(SimTime::ZERO).as_secs_f64();
        let mut one = json!({"exit": seconds(exit), "start": seconds(restart.at)});
        if let Some(wait) = restart.back_off {
            one["backOff"] = json!(wait.as_secs_f64());
        }
        answer.push(one);
        started = restart.at;
    }
    Json::Array(answer)
}

pub fn metrics_server(case: &Json) -> Json {
    let mut server: MetricsServer<&str, &str> = MetricsServer::new(span(&case["metricResolution"]));
    let mut answer = Vec::new();
    for scrape in items(&case["scrapes"]) {
        server.store(items(scrape).iter().map(|point| {
            let text = |field: &str| point[field].as_str().expect("a name");
            (text("pod"), text("container"), read_point(point))
        }));
        let mut pods: Vec<&str> = items(&case["pods"]).iter().filter_map(Json::as_str).collect();
        pods.sort_unstable();
        let known = pods.into_iter().filter_map(|pod| {
            let usage = server.usage(&pod)?;
            let containers: serde_json::Map<String, Json> = usage
                .containers
                .iter()
                .map(|(name, usage)| {
                    ((*name).to_owned(), json!({"cpuNano": usage.cpu, "memory": usage.memory}))
                })
                .collect();
            let (at, window) = usage.window.unzip();
            Some(json!({
                "pod": pod,
                "ts": at.map(|ms| rounded(ms as f64 / 1e3)),
                "window": window.map(|ns| rounded(ns as f64 / 1e9)),
                "containers": containers,
            }))
        });
        answer.push(Json::Array(known.collect()));
    }
    Json::Array(answer)
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1e3).round() / 1e3
}

#[allow(clippy::cast_possible_truncation, reason = "instants of a case, cut to milliseconds")]
fn read_point(point: &Json) -> Point {
    let ms = |field: &str| milliseconds(&point[field]) as i64;
    Point {
        started: ms("start"),
        at: ms("ts"),
        cpu: point["cpuNanoSeconds"].as_u64().expect("a counter"),
        memory: point["memory"].as_u64().expect("bytes"),
    }
}
