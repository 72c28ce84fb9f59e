//! Cases of the eviction manager: passes over a node, one after the other.

use serde_json::{Value as Json, json};
use sim::kubelet::admission;
use sim::kubelet::eviction::{EvictionManager, Look, Pass, Why};
use sim::kubelet::ranking::{Measured, PodStats};
use sim::kubelet::signals::{Observation, Observations, Signal};
use sim::kubelet::thresholds::{Amount, EvictionConfig, Reclaim, Threshold};
use sim::time::{SimTime, Span};

use crate::pods::{self, Named, items};
use crate::small::filesystems;

pub fn passes(case: &Json) -> Json {
    let config = config(case);
    let named = pods::all(case);
    let find = |name: &Json| {
        named.iter().find(|named| *name == named.name.as_str()).expect("a pod of the case")
    };
    let mut manager = EvictionManager::default();
    let mut answers = Vec::new();
    for step in items(&case["steps"]) {
        let pods: Vec<&Named> = items(&step["pods"]).iter().map(find).collect();
        let stats: Vec<Option<PodStats>> =
            pods.iter().map(|named| pods::stats(named, &step["stats"])).collect();
        let measured: Vec<Measured<'_>> =
            pods.iter().zip(&stats).map(|(named, stats)| (&named.pod, stats.as_ref())).collect();
        let at = time(&step["statsAt"]);
        let signals = observations(&step["node"], at);
        let look = Look { now: time(&step["t"]), signals: &signals, pods: &measured };
        let pass = manager.synchronize(&config, look, |_| match &step["nodeAfterReclaim"] {
            Json::Null => signals,
            after => observations(after, at),
        });
        let probes = items(&case["admitProbes"]).iter().map(|probe| {
            let admits = admission::admits(&find(probe).pod, &pass.pressures);
            (probe.as_str().expect("a name").to_owned(), json!(admits))
        });
        let admit: serde_json::Map<String, Json> = probes.collect();
        let mut answer = written(&pass, &pods);
        answer["admit"] = Json::Object(admit);
        answers.push(answer);
    }
    json!({ "steps": answers })
}

fn written(pass: &Pass, pods: &[&Named]) -> Json {
    let conditions: Vec<_> = pass.pressures.iter().map(|pressure| pressure.condition()).collect();
    let evicted = pass.evicted.iter().map(|eviction| {
        let mut one = json!({
            "pod": pods[eviction.pod].name,
            "gracePeriodSeconds": eviction.grace.as_ms() / 1_000,
            "phase": "Failed",
            "reason": "Evicted",
        });
        if let Why::Low(_) = eviction.why {
            one["condition"] = json!("DisruptionTarget/TerminationByKubelet");
        }
        one
    });
    let low = pass.starved.map(|starved| {
        let message = format!("Attempting to reclaim {}", starved.name());
        json!(["Warning", "EvictionThresholdMet", message])
    });
    let events = low.into_iter().chain(pass.evicted.iter().map(|_| json!(["Warning", "Evicted"])));
    let gc = pass.reclaimed.iter().map(|reclaim| match reclaim {
        Reclaim::Containers => "containers",
        Reclaim::Images => "images",
    });
    json!({
        "conditions": conditions,
        "evicted": evicted.collect::<Vec<_>>(),
        "events": events.collect::<Vec<_>>(),
        "gc": gc.collect::<Vec<_>>(),
    })
}

fn time(value: &Json) -> SimTime {
    SimTime::ZERO + span(value)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a short time")]
fn span(value: &Json) -> Span {
    Span::from_ms((value.as_f64().expect("seconds") * 1_000.0).round() as u64)
}

/// A kubelet's own spelling: `1m30s`.
fn grace(value: &Json) -> Span {
    Span::parse(value.as_str().expect("a duration")).expect("a duration")
}

fn amount(value: &Json) -> Amount {
    let text = value.as_str().expect("an amount");
    match text.strip_suffix('%') {
        Some(percent) => Amount::percent(percent.parse().expect("a number")),
        None => {
            let quantity = manifests::quantity::Quantity::parse(text).expect("a quantity");
            Amount::Quantity(i64::try_from(quantity.value()).expect("an amount"))
        }
    }
}

fn config(case: &Json) -> EvictionConfig {
    let config = &case["config"];
    let entries = |field: &str| config[field].as_object().cloned().unwrap_or_default();
    let reclaims = entries("evictionMinimumReclaim");
    let graces = entries("evictionSoftGracePeriod");
    let mut given = Vec::new();
    for (field, is_soft) in [("evictionHard", false), ("evictionSoft", true)] {
        for (name, value) in entries(field) {
            // These switch a signal off.
            if value == "0%" || value == "100%" {
                continue;
            }
            given.push(Threshold {
                signal: Signal::named(&name).expect("a known signal"),
                value: amount(&value),
                grace: if is_soft { grace(&graces[&name]) } else { Span::ZERO },
                min_reclaim: reclaims.get(&name).map(amount),
            });
        }
    }
    EvictionConfig {
        transition: span(&config["evictionPressureTransitionPeriod"]),
        max_pod_grace: span(&config["evictionMaxPodGracePeriod"]),
        ..EvictionConfig::new(&given, filesystems(case))
    }
}

fn observations(node: &Json, at: SimTime) -> Observations {
    let mut seen = Observations::default();
    let mut note = |signal, available: Option<i64>, capacity: Option<i64>| {
        if let (Some(available), Some(capacity)) = (available, capacity) {
            seen.note(signal, Observation { available, capacity, at });
        }
    };
    let memory =
        [("memory", Signal::MemoryAvailable), ("allocatable", Signal::AllocatableMemoryAvailable)];
    for (field, signal) in memory {
        let (available, used) =
            (node[field]["available"].as_i64(), node[field]["workingSet"].as_i64());
        note(signal, available, available.zip(used).map(|(available, used)| available + used));
    }
    let filesystems = [
        ("nodefs", Signal::NodeFsAvailable, Signal::NodeFsInodesFree),
        ("imagefs", Signal::ImageFsAvailable, Signal::ImageFsInodesFree),
        ("containerfs", Signal::ContainerFsAvailable, Signal::ContainerFsInodesFree),
    ];
    for (field, bytes, inodes) in filesystems {
        let of = |figure: &str| node[field][figure].as_i64();
        note(bytes, of("available"), of("capacity"));
        note(inodes, of("inodesFree"), of("inodes"));
    }
    let max = node["pid"]["max"].as_i64();
    let running = node["pid"]["running"].as_i64();
    note(Signal::PidAvailable, max.zip(running).map(|(max, running)| max - running), max);
    seen
}
