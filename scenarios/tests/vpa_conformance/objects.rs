//! The Kubernetes objects of a case: autoscalers with what they recommend, pods, controllers, LimitRanges.

use std::collections::BTreeMap;

use jiff::Timestamp;
use manifests::kube::{Object, Pod, RecommendedContainerResources};
use scenarios::lower::vpa::{amounts, vpa};
use serde_json::{Map, Value as Json, json};
use sim::autoscalers::vpa::sizing::{Bounds, LimitRanges, Sized, Sizes};
use sim::autoscalers::vpa::{Recommendation, controlling};
use sim::model::vpa::{CpuMemory, Stated, VpaSpec};
use sim::names::{NameId, Names};

use super::case::{bytes, list, milli, object, text};
use super::recommender::stated;

/// An autoscaler of a case.
pub struct Vpa {
    pub name: String,
    pub created_ms: i64,
    pub spec: VpaSpec,
    /// The kind and the name of what it scales.
    pub target: (String, String),
    /// The labels of its pods; none if that cannot be found out.
    pub selector: Option<BTreeMap<String, String>>,
    /// What it recommends; none if it does not.
    pub recommended: Option<BTreeMap<NameId, Recommendation>>,
}

pub fn vpas(case: &Json, names: &mut Names) -> Vec<Vpa> {
    let read = |value: &Json| {
        let Object::VerticalPodAutoscaler(it) = object(value) else { panic!("another kind") };
        let target = it.spec.target_ref.clone().expect("a target");
        let key = format!("{}/{}", it.metadata.namespace(), it.metadata.name);
        let selector = case["selectors"]
            .get(&key)
            .map(|labels| serde_json::from_value(labels.clone()).expect("labels"));
        let recommended = it.status.recommendation.as_ref().map(|recommendation| {
            let rows = recommendation.container_recommendations.iter();
            rows.map(|row| (names.intern(&row.container_name), recommendation_of(row))).collect()
        });
        Vpa {
            name: it.metadata.name.clone(),
            created_ms: ms(&value["metadata"]["creationTimestamp"]).expect("a time"),
            spec: vpa(names, &it.spec).expect("a sound spec"),
            target: (target.kind, target.name),
            selector,
            recommended,
        }
    };
    list(&case["vpas"]).iter().map(read).collect()
}

pub fn recommendation_of(row: &RecommendedContainerResources) -> Recommendation {
    let amounts = |of| amounts(of).expect("sound quantities");
    Recommendation {
        target: amounts(&row.target),
        lower: amounts(&row.lower_bound),
        upper: amounts(&row.upper_bound),
        uncapped: amounts(&row.uncapped_target),
    }
}

/// An instant in milliseconds of Unix time, if there is one.
pub fn ms(value: &Json) -> Option<i64> {
    let text = value.as_str()?;
    let at: Timestamp = text.parse().unwrap_or_else(|wrong| panic!("{text}: {wrong}"));
    Some(at.as_millisecond())
}

/// The direct owner of a pod, by kind and name.
pub fn owner(pod: &Json) -> (&str, &str) {
    let owner = &pod["metadata"]["ownerReferences"][0];
    (text(&owner["kind"]), text(&owner["name"]))
}

/// The controller that owns a pod, and the topmost controller above it.
pub fn controllers<'c>(case: &'c Json, pod: &'c Json) -> (Option<&'c Json>, (&'c str, &'c str)) {
    let own = owner(pod);
    let is_own = |it: &&Json| (text(&it["kind"]), text(&it["name"])) == own;
    let direct = list(&case["controllers"]).iter().find(is_own);
    let parent = direct.map(|it| &it["parent"]).filter(|parent| !parent.is_null());
    (direct, parent.map_or(own, |it| (text(&it["kind"]), text(&it["name"]))))
}

/// The autoscaler that is obeyed for a pod, of those that are asked.
pub fn of_pod<'v>(
    case: &Json,
    pod: &Json,
    vpas: &'v [Vpa],
    asked: impl Fn(&Vpa) -> bool,
) -> Option<&'v Vpa> {
    let (_, (kind, name)) = controllers(case, pod);
    let labels = &pod["metadata"]["labels"];
    let selects = |it: &&Vpa| {
        let matches = |selector: &BTreeMap<String, String>| {
            selector.iter().all(|(key, value)| labels[key] == json!(value))
        };
        (it.target.0.as_str(), it.target.1.as_str()) == (kind, name)
            && it.selector.as_ref().is_some_and(matches)
            && asked(it)
    };
    controlling(vpas.iter().filter(selects), |it| (it.created_ms, it.name.clone()))
}

/// The containers of a pod as they are now, or as its spec has them.
pub fn containers(pod: &Json, names: &mut Names) -> (Vec<Sized>, Vec<Sized>) {
    let Object::Pod(read) = object(pod) else { panic!("another kind") };
    let (mut written, mut actual) = (Vec::new(), Vec::new());
    for container in &read.spec.containers {
        let name = names.intern(&container.name);
        let sizes = Sizes {
            requests: amounts(&container.resources.requests).expect("sound quantities"),
            limits: amounts(&container.resources.limits).expect("sound quantities"),
        };
        written.push((name, sizes));
        actual.push((name, status(pod, &container.name).unwrap_or(sizes)));
    }
    let _: &Pod = &read;
    (written, actual)
}

/// What the status of a pod says of the resources of a container.
fn status(pod: &Json, container: &str) -> Option<Sizes> {
    let statuses = list(&pod["status"]["containerStatuses"]).iter();
    let mut statuses = statuses.filter(|status| status["name"] == json!(container));
    let resources = statuses.next()?.get("resources")?;
    let of = |key: &str| pair(&resources[key]);
    Some(Sizes { requests: of("requests"), limits: of("limits") })
}

/// CPU and memory, as far as they are stated.
pub fn pair(value: &Json) -> Stated {
    let stated = |key: &str| value.get(key).filter(|amount| !amount.is_null());
    CpuMemory { cpu: stated("cpu").map(milli), memory: stated("memory").map(bytes) }
}

/// What the LimitRanges of a case come to: the last default counts.
pub fn limit_ranges(case: &Json) -> LimitRanges {
    let mut ranges = LimitRanges::default();
    for item in list(&case["limitRanges"]).iter().flat_map(|it| list(&it["spec"]["limits"])) {
        let bounds = Bounds { min: pair(&item["min"]), max: pair(&item["max"]) };
        let place = match text(&item["type"]) {
            "Pod" => &mut ranges.pod,
            "Container" => &mut ranges.container,
            _ => continue,
        };
        *place = Some(place.map_or(bounds, |known| known.and(bounds)));
        let default = pair(&item["default"]);
        ranges.default = default.zip(ranges.default).map(|(own, known)| own.or(known));
    }
    ranges
}

/// Containers in the form of an answer.
pub fn written(containers: &[Sized], names: &Names) -> Json {
    let row = |(name, sizes): &Sized| {
        let row = json!({"requests": stated(sizes.requests), "limits": stated(sizes.limits)});
        (names.text(*name).to_owned(), row)
    };
    containers.iter().map(row).collect::<Map<String, Json>>().into()
}
