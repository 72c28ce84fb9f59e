//! Cases of the recommender: days of samples, and what it recommends at some instants.

use std::collections::BTreeMap;

use manifests::kube::Object;
use scenarios::lower::vpa::vpa;
use serde_json::{Map, Value as Json, json};
use sim::autoscalers::vpa::recommender::{Checkpoint, GroupId, PodNumber, Recommender, Subject};
use sim::autoscalers::vpa::{Recommendation, RecommenderConfig};
use sim::model::vpa::{CpuMemory, Learning, Stated, VpaSpec};
use sim::names::{NameId, Names};
use sim::table::Id;

use super::case::{bytes, duration, int, list, milli, object, text};

/// What happens, in the order of events that share a time.
#[derive(Clone, Copy)]
enum Event<'c> {
    PodRemoved(PodNumber),
    PodAdded(PodNumber),
    Sample { pod: PodNumber, container: &'c str, used: Stated, at: i64 },
    OutOfMemory { pod: PodNumber, container: &'c str, bytes: u64 },
    Recommend,
    Restart,
    CollectGarbage,
}

impl Event<'_> {
    fn rank(&self) -> u8 {
        match self {
            Event::PodRemoved(_) => 0,
            Event::PodAdded(_) => 1,
            Event::Sample { .. } => 3,
            Event::OutOfMemory { .. } => 4,
            Event::Recommend => 5,
            Event::Restart => 6,
            Event::CollectGarbage => 7,
        }
    }
}

pub fn answer(case: &Json) -> Json {
    let mut run = Run::begin(case);
    let mut events = events(case, &run.numbers);
    events.sort_by_key(|(at, event)| (*at, event.rank()));
    let mut answers = Vec::new();
    for (at, event) in events {
        run.step(at, event, &mut answers);
    }
    answers.into()
}

/// A recommender in the middle of a case.
struct Run<'c> {
    case: &'c Json,
    names: Names,
    spec: VpaSpec,
    recommender: Recommender,
    config: RecommenderConfig,
    checkpoint: Checkpoint,
    numbers: BTreeMap<&'c str, PodNumber>,
    /// The groups of pods that the autoscaler selects.
    selected: Vec<GroupId>,
    groups: Vec<GroupId>,
    live: Vec<PodNumber>,
}

impl<'c> Run<'c> {
    fn begin(case: &'c Json) -> Run<'c> {
        let mut names = Names::default();
        let Object::VerticalPodAutoscaler(written) = object(&case["vpa"]) else {
            panic!("another kind")
        };
        let spec = vpa(&mut names, &written.spec).expect("a sound spec");
        let config = config(&case["flags"]);
        let pods = list(&case["pods"]);
        let mut by_labels: Vec<&Json> = Vec::new();
        let groups = pods.iter().map(|pod| {
            let labels = &pod["labels"];
            let place = by_labels.iter().position(|known| *known == labels);
            GroupId::from_index(place.unwrap_or_else(|| {
                by_labels.push(labels);
                by_labels.len() - 1
            }))
        });
        let groups = groups.collect();
        let selector = case["selector"].as_object().expect("labels");
        let selects = |labels: &&Json| selector.iter().all(|(key, value)| labels[key] == *value);
        let numbers = pods.iter().zip(0..).map(|(pod, number)| (text(&pod["name"]), number));
        Run {
            case,
            names,
            spec,
            recommender: Recommender::new(config.clone()),
            config,
            checkpoint: Checkpoint::default(),
            numbers: numbers.collect(),
            selected: (0..by_labels.len())
                .filter(|place| selects(&by_labels[*place]))
                .map(GroupId::from_index)
                .collect(),
            groups,
            live: Vec::new(),
        }
    }

    fn ms(&self, at: i64) -> i64 {
        (int(&self.case["start"]) + at) * 1_000
    }

    fn step(&mut self, at: i64, event: Event<'_>, answers: &mut Vec<Json>) {
        let now_ms = self.ms(at);
        match event {
            Event::PodRemoved(pod) => {
                self.recommender.pod_removed(pod);
                self.live.retain(|live| *live != pod);
            }
            Event::PodAdded(pod) => {
                self.live.push(pod);
                self.add(pod, now_ms);
            }
            Event::Sample { pod, container, used, at } => {
                let (container, at_ms) = (self.names.intern(container), self.ms(at));
                self.recommender.sample(pod, container, used, at_ms);
            }
            Event::OutOfMemory { pod, container, bytes } => {
                let container = self.names.intern(container);
                self.recommender.out_of_memory(pod, container, bytes, now_ms);
            }
            Event::Recommend => {
                let found = self.with_subject(|it, subject| it.recommend(subject));
                let mut rows: Vec<_> =
                    found.iter().map(|(name, it)| (self.names.text(*name), *it)).collect();
                rows.sort_by_key(|(name, _)| *name);
                let rows: Vec<Json> = rows.into_iter().map(|(name, it)| row(name, it)).collect();
                answers.push(json!({"t": at, "recommendation": rows}));
            }
            Event::Restart => {
                self.checkpoint = self.with_subject(|it, subject| it.checkpoint(subject, now_ms));
                self.recommender = Recommender::new(self.config.clone());
                self.live.clone().into_iter().for_each(|pod| self.add(pod, now_ms));
            }
            Event::CollectGarbage => self.recommender.collect_garbage(now_ms),
        }
    }

    fn add(&mut self, pod: PodNumber, now_ms: i64) {
        let place = usize::try_from(pod).expect("a place");
        let per_vpa = self.case["featureGates"]["PerVPAConfig"] == json!(true);
        let names = list(&self.case["pods"][place]["containers"]).iter();
        let names: Vec<NameId> = names.map(|it| self.names.intern(text(&it["name"]))).collect();
        let learning = |name: NameId| {
            let policy = self.spec.policy(name).filter(|_| per_vpa);
            (name, policy.map_or_else(Learning::default, |policy| policy.learning))
        };
        let containers: Vec<_> = names.into_iter().map(learning).collect();
        self.recommender.pod_added(pod, self.groups[place], containers, now_ms);
    }

    fn with_subject<T>(&mut self, of: impl FnOnce(&mut Recommender, &mut Subject<'_>) -> T) -> T {
        let (groups, checkpoint) = (self.selected.as_slice(), &mut self.checkpoint);
        of(&mut self.recommender, &mut Subject { spec: &self.spec, groups, checkpoint })
    }
}

fn events<'c>(case: &'c Json, numbers: &BTreeMap<&str, PodNumber>) -> Vec<(i64, Event<'c>)> {
    let number = |of: &Json| numbers[text(of)];
    let mut events = Vec::new();
    for pod in list(&case["pods"]) {
        events.push((int(&pod["from"]), Event::PodAdded(number(&pod["name"]))));
        if !pod["to"].is_null() {
            events.push((int(&pod["to"]), Event::PodRemoved(number(&pod["name"]))));
        }
    }
    for series in list(&case["series"]) {
        let (pod, container) = (number(&series["pod"]), text(&series["container"]));
        let (cpu, memory) = (list(&series["cpu"]), list(&series["mem"]));
        let unit = series["memUnit"].as_u64().unwrap_or(1);
        for place in 0..cpu.len().max(memory.len()) {
            let at = int(&series["t0"]) + place as i64 * int(&series["step"]);
            let amount = |of: &[Json]| of.get(place).and_then(Json::as_u64);
            let used = CpuMemory { cpu: amount(cpu), memory: amount(memory).map(|it| it * unit) };
            events.push((at, Event::Sample { pod, container, used, at }));
        }
    }
    // What is late is delivered with what comes before it.
    let mut delivered = i64::MIN;
    for sample in list(&case["samples"]) {
        let (pod, container) = (number(&sample["pod"]), text(&sample["container"]));
        let used = CpuMemory { cpu: sample["cpu"].as_u64(), memory: sample["memory"].as_u64() };
        let at = int(&sample["t"]);
        delivered = delivered.max(at);
        events.push((delivered, Event::Sample { pod, container, used, at }));
    }
    for oom in list(&case["ooms"]) {
        let (pod, container) = (number(&oom["pod"]), text(&oom["container"]));
        let bytes = oom["memory"].as_u64().expect("bytes");
        events.push((int(&oom["t"]), Event::OutOfMemory { pod, container, bytes }));
    }
    events.extend(list(&case["recommendAt"]).iter().map(|at| (int(at), Event::Recommend)));
    events.extend(list(&case["restarts"]).iter().map(|at| (int(at), Event::Restart)));
    let last = events.iter().map(|(at, _)| *at).max().unwrap_or(0);
    events.extend((0..=last / 3_600).map(|hour| (hour * 3_600, Event::CollectGarbage)));
    events
}

fn row(name: &str, it: Recommendation) -> Json {
    json!({
        "container": name,
        "target": stated(it.target),
        "lowerBound": stated(it.lower),
        "upperBound": stated(it.upper),
        "uncappedTarget": stated(it.uncapped),
    })
}

/// Amounts as far as they are stated.
pub fn stated(amounts: Stated) -> Json {
    let mut row = Map::new();
    amounts.cpu.into_iter().for_each(|cpu| drop(row.insert("cpu".into(), cpu.into())));
    amounts.memory.into_iter().for_each(|memory| drop(row.insert("memory".into(), memory.into())));
    row.into()
}

fn config(flags: &Json) -> RecommenderConfig {
    let mut config = RecommenderConfig::default();
    for (flag, value) in flags.as_object().into_iter().flatten() {
        let float = || value.as_f64().unwrap_or_else(|| panic!("{flag}: {value}"));
        match flag.as_str() {
            "recommendation-margin-fraction" => config.margin = float(),
            "pod-recommendation-min-cpu-millicores" => config.min.cpu = milli(value) / 1_000,
            "pod-recommendation-min-memory-mb" => config.min.memory = bytes(value) << 20,
            "target-cpu-percentile" => config.target.cpu = float(),
            "target-memory-percentile" => config.target.memory = float(),
            "recommendation-lower-bound-cpu-percentile" => config.lower.cpu = float(),
            "recommendation-lower-bound-memory-percentile" => config.lower.memory = float(),
            "recommendation-upper-bound-cpu-percentile" => config.upper.cpu = float(),
            "recommendation-upper-bound-memory-percentile" => config.upper.memory = float(),
            "confidence-interval-cpu" => config.confidence.cpu = duration(value),
            "confidence-interval-memory" => config.confidence.memory = duration(value),
            "cpu-histogram-decay-half-life" => config.half_life.cpu = duration(value),
            "memory-histogram-decay-half-life" => config.half_life.memory = duration(value),
            "memory-aggregation-interval" => config.memory_interval = duration(value),
            "memory-aggregation-interval-count" => {
                config.memory_intervals = u32::try_from(int(value)).expect("a count");
            }
            "oom-bump-up-ratio" => config.oom_bump_up_ratio = float(),
            "oom-min-bump-up-bytes" => config.oom_min_bump_up = bytes(value),
            "round-cpu-millicores" => config.round.cpu = bytes(value),
            "round-memory-bytes" => config.round.memory = bytes(value),
            "humanize-memory" => config.humanize_memory = value == &json!(true),
            "container-recommendation-max-allowed-cpu" => {
                config.max_allowed.cpu = Some(milli(value))
            }
            "container-recommendation-max-allowed-memory" => {
                config.max_allowed.memory = Some(bytes(value));
            }
            other => panic!("no such flag: {other}"),
        }
    }
    config
}
