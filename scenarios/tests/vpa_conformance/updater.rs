//! Cases of the updater: one pass, the calls that it makes, and what it remembers.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use sim::autoscalers::vpa::Recommended;
use sim::autoscalers::vpa::recommender::PodNumber;
use sim::autoscalers::vpa::sizing::{LimitRanges, Sizes};
use sim::autoscalers::vpa::updater::subject::{
    Container, Owner, Pod, Replicas, ResizeCondition, ResizeKind, ResizeReason, Subject,
    is_considered,
};
use sim::autoscalers::vpa::updater::{
    Api, Gates, Memory, RateLimit, Refusal, Resize, Updater, UpdaterConfig,
};
use sim::names::Names;
use sim::time::Span;

use super::case::{duration, int, list, text};
use super::objects::{
    Vpa, containers, controllers, limit_ranges, ms, of_pod, owner, pair, recommendation_of, vpas,
    written,
};

pub fn answer(case: &Json) -> Json {
    let mut names = Names::default();
    let vpas = vpas(case, &mut names);
    let live: Vec<&Json> = list(&case["pods"]).iter().filter(|pod| is_live(pod)).collect();
    let pods: Vec<Pod> = live.iter().map(|it| pod(case, it, &mut names)).collect();
    let ranges = limit_ranges(case);
    let of = |asked: fn(&Vpa) -> bool, vpa: &Vpa| -> Vec<Pod> {
        let controls = |it: &&Json| {
            of_pod(case, it, &vpas, asked).is_some_and(|found| std::ptr::eq(found, vpa))
        };
        let pods = live.iter().zip(&pods).filter(|(it, _)| controls(it));
        pods.map(|(_, pod)| pod.clone()).collect()
    };
    let considered = of_all(&vpas, ranges, |vpa| match is_considered(&vpa.spec) {
        true => of(|vpa| is_considered(&vpa.spec), vpa),
        false => Vec::new(),
    });
    let considered: Vec<Subject<'_>> = considered.iter().map(Controlled::subject).collect();
    let now_ms = int(&case["now"]) * 1_000;

    let memory = memory(case, &mut names);
    let mut updater = Updater::remembering(config(case), memory);
    let selecting = of_all(&vpas, ranges, |vpa| of(|_| true, vpa));
    let priorities = priorities(case, &updater, &selecting, now_ms);
    let mut api = Recorded { case, names: &names, actions: Vec::new() };
    let lives = |number| pods.iter().any(|pod| pod.number == number);
    updater.pass(&considered, &lives, now_ms, &mut api);

    let mut answer = Map::new();
    answer.insert("actions".into(), api.actions.into());
    answer.insert("priorities".into(), priorities);
    let mut infeasible: Vec<&str> =
        updater.memory().infeasible.keys().map(|number| uid(case, *number)).collect();
    infeasible.sort_unstable();
    if !infeasible.is_empty() {
        answer.insert("infeasibleAfter".into(), json!(infeasible));
    }
    answer.into()
}

/// An autoscaler with the pods that it controls.
struct Controlled<'v> {
    vpa: &'v Vpa,
    ranges: LimitRanges,
    pods: Vec<Pod>,
}

impl Controlled<'_> {
    fn subject(&self) -> Subject<'_> {
        let Controlled { vpa, ranges, pods } = self;
        Subject { spec: &vpa.spec, recommended: vpa.recommended.as_ref(), ranges: *ranges, pods }
    }
}

fn of_all<'v>(
    vpas: &'v [Vpa],
    ranges: LimitRanges,
    pods: impl Fn(&Vpa) -> Vec<Pod>,
) -> Vec<Controlled<'v>> {
    let resolved = vpas.iter().filter(|vpa| vpa.selector.is_some());
    resolved.map(|vpa| Controlled { vpa, ranges, pods: pods(vpa) }).collect()
}

/// The cluster of a case, which writes down what it is asked.
struct Recorded<'c> {
    case: &'c Json,
    names: &'c Names,
    actions: Vec<Json>,
}

impl Api for Recorded<'_> {
    fn evict(&mut self, pod: PodNumber, _at_ms: i64) -> bool {
        let name = name(self.case, pod);
        let ok = !list(&self.case["failEvict"]).contains(&json!(name));
        self.actions.push(json!({"pod": name, "action": "evict", "ok": ok}));
        ok
    }

    fn resize(&mut self, pod: PodNumber, resize: &Resize, _at_ms: i64) -> Result<(), Refusal> {
        let name = name(self.case, pod);
        let refusal = match self.case["failResize"][name].as_str() {
            None => None,
            Some("NodeCapacity") => Some(Refusal::NodeCapacity),
            Some(_) => Some(Refusal::Other),
        };
        let mut action = json!({"pod": name, "action": "resize", "ok": refusal.is_none()});
        action["resources"] = written(&resize.containers, self.names);
        if refusal.is_none() {
            let annotation = |name| format!("vpaCpuStartupBoost/{}", self.names.text(name));
            let mut unboosted: Vec<String> =
                resize.unboosted.iter().copied().map(annotation).collect();
            unboosted.sort();
            if !unboosted.is_empty() {
                action["boostAnnotationsRemoved"] = unboosted.into();
            }
        }
        self.actions.push(action);
        refusal.map_or(Ok(()), Err)
    }
}

/// What speaks for touching each pod, in the order of pods.
fn priorities(case: &Json, updater: &Updater, all: &[Controlled<'_>], now_ms: i64) -> Json {
    let mut rows: BTreeMap<PodNumber, Json> = BTreeMap::new();
    for controlled in all.iter().filter(|controlled| controlled.vpa.recommended.is_some()) {
        let subject = controlled.subject();
        for pod in subject.pods {
            let (priority, accepted) = updater.assess(&subject, pod, now_ms);
            let row = json!({
                "pod": name(case, pod.number),
                "vpa": controlled.vpa.name,
                "outsideRecommendedRange": priority.is_outside,
                "scaleUp": priority.grows,
                "resourceDiff": ratio(priority.difference),
                "accepted": accepted.is_ok(),
            });
            rows.insert(pod.number, row);
        }
    }
    rows.into_values().collect()
}

/// A ratio as it is read from a case: by its digits, and as an integer if it is one.
fn ratio(value: f64) -> Json {
    serde_json::from_str(&value.to_string()).expect("a number")
}

/// The numbers of pods are their places in the case.
fn written_pod(case: &Json, number: PodNumber) -> &Json {
    &list(&case["pods"])[usize::try_from(number).expect("a place")]
}

fn name(case: &Json, number: PodNumber) -> &str {
    text(&written_pod(case, number)["metadata"]["name"])
}

fn uid(case: &Json, number: PodNumber) -> &str {
    text(&written_pod(case, number)["metadata"]["uid"])
}

fn number(case: &Json, key: &str, value: &str) -> Option<PodNumber> {
    let place = list(&case["pods"]).iter().position(|pod| pod["metadata"][key] == json!(value))?;
    Some(place as PodNumber)
}

fn is_live(pod: &Json) -> bool {
    let is_over = matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"));
    pod["metadata"]["deletionTimestamp"].is_null() && !is_over
}

fn pod(case: &Json, written: &Json, names: &mut Names) -> Pod {
    let number = number(case, "uid", text(&written["metadata"]["uid"])).expect("a pod of the case");
    let (specified, actual) = containers(written, names);
    let specified = specified.into_iter().zip(actual).zip(list(&written["spec"]["containers"]));
    let conditions = || list(&written["status"]["conditions"]).iter();
    let ready = conditions().find(|it| it["type"] == json!("Ready"));
    let ready = ready.filter(|ready| ready["status"] == json!("True"));
    let (kind, name) = owner(written);
    let owners: Vec<(&str, &str)> = list(&case["pods"]).iter().map(owner).collect();
    let owner_number = owners.iter().position(|it| *it == (kind, name)).expect("its own");
    let replicas = controllers(case, written).0.map(|direct| match kind {
        "Job" => Replicas::Live,
        _ => Replicas::Configured(u32::try_from(int(&direct["replicas"])).expect("a count")),
    });
    Pod {
        number,
        name: number,
        owner: replicas.map(|replicas| Owner { number: owner_number as u64, replicas }),
        is_pending: written["status"]["phase"] == json!("Pending"),
        started_ms: ms(&written["status"]["startTime"]),
        ready_since_ms: ready.and_then(|ready| ms(&ready["lastTransitionTime"])),
        resize_conditions: conditions().filter_map(resize_condition).collect(),
        containers: specified
            .map(|(((name, specified), (_, actual)), container)| Container {
                name,
                written: specified,
                actual,
                is_observed: is_observed(written, names.text(name)),
                out_of_memory_after: out_of_memory_after(written, names.text(name)),
                restarts_on_resize: list(&container["resizePolicy"])
                    .iter()
                    .any(|policy| policy["restartPolicy"] == json!("RestartContainer")),
                boosted_from: boosted_from(written, names.text(name)),
            })
            .collect(),
    }
}

fn resize_condition(condition: &Json) -> Option<ResizeCondition> {
    let kind = match text(&condition["type"]) {
        "PodResizePending" => ResizeKind::Pending,
        "PodResizeInProgress" => ResizeKind::InProgress,
        _ => return None,
    };
    let said = |key: &str| condition[key].as_str().filter(|text| !text.is_empty());
    let reason = said("reason").map(|reason| match reason {
        "Deferred" => ResizeReason::Deferred,
        "Infeasible" => ResizeReason::Infeasible,
        "Error" => ResizeReason::Error,
        _ => ResizeReason::Other,
    });
    let holds = condition["status"] == json!("True");
    Some(ResizeCondition { kind, holds, reason, has_message: said("message").is_some() })
}

fn is_observed(pod: &Json, container: &str) -> bool {
    let listed = pod["metadata"]["annotations"]["vpaObservedContainers"].as_str();
    listed.is_none_or(|listed| listed.split(", ").any(|name| name == container))
}

fn out_of_memory_after(pod: &Json, container: &str) -> Option<Span> {
    let mut statuses = list(&pod["status"]["containerStatuses"]).iter();
    let status = statuses.find(|status| status["name"] == json!(container))?;
    let terminated = &status["lastState"]["terminated"];
    let ran_ms = ms(&terminated["finishedAt"])? - ms(&terminated["startedAt"])?;
    let is_oom = terminated["reason"] == json!("OOMKilled");
    is_oom.then(|| Span::from_ms(u64::try_from(ran_ms).unwrap_or(0)))
}

fn boosted_from(pod: &Json, container: &str) -> Option<Sizes> {
    let key = format!("vpaCpuStartupBoost/{container}");
    let stored: Json =
        serde_json::from_str(pod["metadata"]["annotations"][key].as_str()?).expect("JSON");
    Some(Sizes { requests: pair(&stored["requests"]), limits: pair(&stored["limits"]) })
}

fn memory(case: &Json, names: &mut Names) -> Memory {
    let mut memory = Memory::default();
    for (key, at) in case["lastInPlaceAttempt"].as_object().into_iter().flatten() {
        let (_, name) = key.split_once('/').expect("a namespace and a name");
        if let Some(pod) = number(case, "name", name) {
            memory.resized_since_ms.insert(pod, int(at) * 1_000);
        }
    }
    for (uid, recommended) in case["infeasible"].as_object().into_iter().flatten() {
        if let Some(pod) = number(case, "uid", uid) {
            memory.infeasible.insert(pod, recommended_of(recommended, names));
        }
    }
    memory
}

fn recommended_of(value: &Json, names: &mut Names) -> Recommended {
    let mut read = |row: &Json| {
        let row = serde_json::from_value(row.clone()).expect("a recommendation");
        let row: manifests::kube::RecommendedContainerResources = row;
        (names.intern(&row.container_name), recommendation_of(&row))
    };
    list(&value["containerRecommendations"]).iter().map(&mut read).collect()
}

fn config(case: &Json) -> UpdaterConfig {
    let gate = |name: &str| case["featureGates"][name] == json!(true);
    let mut config = UpdaterConfig {
        gates: Gates {
            per_vpa_config: gate("PerVPAConfig"),
            cpu_startup_boost: gate("CPUStartupBoost"),
            in_place: gate("InPlace"),
        },
        ..UpdaterConfig::default()
    };
    let (mut per_second, mut burst) = (-1.0, 1);
    for (flag, value) in case["flags"].as_object().into_iter().flatten() {
        let float = || value.as_f64().unwrap_or_else(|| panic!("{flag}: {value}"));
        let count = || u32::try_from(int(value)).expect("a count");
        let holds = value == &json!(true);
        match flag.as_str() {
            "updater-interval" => config.interval = duration(value),
            "min-replicas" => config.min_replicas = count(),
            "eviction-tolerance" => config.eviction_tolerance = float(),
            "eviction-rate-limit" => per_second = float(),
            "eviction-rate-burst" => burst = count(),
            "pod-update-threshold" => config.update_threshold = float(),
            "in-recommendation-bounds-eviction-lifetime-threshold" => {
                config.lifetime_threshold = duration(value);
            }
            "evict-after-oom-threshold" => config.evict_after_oom = duration(value),
            "use-admission-controller-status" => config.use_admission_controller_status = holds,
            "in-place-skip-disruption-budget" => config.in_place_skip_disruption_budget = holds,
            other => panic!("no such flag: {other}"),
        }
    }
    config.rate_limit = (per_second > 0.0).then_some(RateLimit { per_second, burst });
    config
}
