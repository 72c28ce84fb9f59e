//! What the controller is given in a step: pods by the selector, and their metrics.

use std::collections::BTreeMap;

use manifests::kube::{Object, PodSpec};
use manifests::quantity::Quantity;
use scenarios::lower::containers::{Defaulting, containers};
use serde_json::{Value as Json, json};
use sim::autoscalers::hpa::observation::{
    ContainerSample, Metrics, Phase, PodSample, Ready, SeenPod, Selection,
};
use sim::model::containers::Containers;
use sim::names::{NameId, Names};

use super::case::{Case, Pod, Step};

/// Seconds as milliseconds.
pub fn ms(seconds: i64) -> i64 {
    seconds * 1_000
}

/// All that a step gives.
pub struct Given<'g> {
    pub selection: Selection,
    pods: Vec<(&'g Pod, Containers)>,
    samples: BTreeMap<usize, (i64, i64, Vec<ContainerSample>)>,
    custom: BTreeMap<NameId, Vec<(usize, i64)>>,
    objects: BTreeMap<NameId, i64>,
    external: BTreeMap<NameId, Vec<i64>>,
}

impl<'g> Given<'g> {
    pub fn of(case: &'g Case, step: &'g Step, names: &mut Names) -> Given<'g> {
        let (selection, selected) = select(case, step);
        let place = |name: &str| selected.iter().position(|pod| pod.name == name);
        let mut samples = BTreeMap::new();
        for item in step.metrics.resource.iter().filter(|_| step.metrics.resource_error.is_none()) {
            let Some(place) = place(&item.pod) else { continue };
            let containers = item.containers.iter().map(|(name, usage)| ContainerSample {
                name: names.intern(name),
                cpu: usage.get("cpu").map(|text| thousandths(text)),
                memory: usage.get("memory").map(|text| thousandths(text)),
            });
            samples.insert(place, (ms(item.ts), ms(item.window), containers.collect()));
        }
        let mut custom = BTreeMap::new();
        for (metric, items) in &step.metrics.pods {
            let items =
                items.iter().filter_map(|it| Some((place(&it.pod)?, thousandths(&it.value))));
            custom.insert(names.intern(metric), items.collect());
        }
        let objects = step.metrics.object.iter();
        let objects =
            objects.map(|(name, value)| (names.intern(name), thousandths(value))).collect();
        let external = step.metrics.external.iter().map(|(name, series)| {
            (names.intern(name), series.iter().map(|value| thousandths(value)).collect())
        });
        let external = external.collect();
        let lower = |pod: &Pod, names: &mut Names| {
            let spec = pod_spec(&case.question.pod_specs[&pod.spec]);
            containers(names, &spec, Defaulting::AsWritten).expect("sound containers")
        };
        let pods = selected.iter().map(|pod| (*pod, lower(pod, names))).collect();
        Given { selection, pods, samples, custom, objects, external }
    }

    /// The selected pods as the controller sees them.
    pub fn pods(&self) -> Vec<SeenPod<'_>> {
        self.pods.iter().map(|(pod, containers)| seen(pod, containers)).collect()
    }
}

impl Metrics for Given<'_> {
    fn sample(&self, pod: usize) -> Option<PodSample<'_>> {
        let (at_ms, window_ms, containers) = self.samples.get(&pod)?;
        Some(PodSample { at_ms: *at_ms, window_ms: *window_ms, containers })
    }

    fn of_pods(&self, metric: NameId) -> Vec<(usize, i64)> {
        self.custom.get(&metric).cloned().unwrap_or_default()
    }

    fn of_object(&self, metric: NameId) -> Option<i64> {
        self.objects.get(&metric).copied()
    }

    fn external(&self, metric: NameId) -> Vec<i64> {
        self.external.get(&metric).cloned().unwrap_or_default()
    }
}

fn seen<'g>(pod: &Pod, containers: &'g Containers) -> SeenPod<'g> {
    SeenPod {
        containers,
        phase: match pod.phase.as_str() {
            "Pending" => Phase::Pending,
            "Running" => Phase::Running,
            "Failed" => Phase::Failed,
            _ => Phase::Other,
        },
        terminating: pod.deleting,
        started_ms: pod.start.map(ms),
        ready: pod.ready.as_ref().map(|ready| {
            let status = match ready.status.as_str() {
                "True" => Ready::True,
                "False" => Ready::False,
                _ => Ready::Unknown,
            };
            (status, ms(ready.at))
        }),
    }
}

/// What becomes of the selector of a step, and the pods that it selects.
fn select<'g>(case: &'g Case, step: &'g Step) -> (Selection, Vec<&'g Pod>) {
    if step.scale.selector.is_empty() {
        return (Selection::Missing, Vec::new());
    }
    let Some(own) = selector(&step.scale.selector) else { return (Selection::Invalid, Vec::new()) };
    let pods: Vec<&Pod> = step.pods.iter().filter(|pod| matches(&own, pod)).collect();
    let others: Vec<_> = case.question.other_hpas.values().filter_map(|it| selector(it)).collect();
    let shared = |pod: &&Pod| others.iter().any(|other| matches(other, pod));
    let ambiguous = pods.iter().any(shared);
    (if ambiguous { Selection::Ambiguous } else { Selection::Sound }, pods)
}

/// `key=value,...`, which is all that the cases have but for one that cannot be parsed.
fn selector(text: &str) -> Option<Vec<(&str, &str)>> {
    text.split(',').map(|part| part.split_once('=')).collect()
}

fn matches(selector: &[(&str, &str)], pod: &Pod) -> bool {
    selector.iter().all(|(key, value)| match &pod.labels {
        None => (*key, *value) == ("app", "web"),
        Some(labels) => labels.get(*key).is_some_and(|it| it == value),
    })
}

fn pod_spec(written: &Json) -> PodSpec {
    let object = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": written,
    });
    match serde_json::from_value(object).expect("an object") {
        Object::Pod(pod) => pod.spec.clone(),
        _ => panic!("another kind"),
    }
}

fn thousandths(text: &str) -> i64 {
    let amount = Quantity::parse(text).unwrap_or_else(|wrong| panic!("{wrong}"));
    i64::try_from(amount.milli()).expect("an amount that fits")
}
