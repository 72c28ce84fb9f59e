//! A population of services: drawn once, from the scenario's seed, as Kubernetes objects.
//!
//! What service number `k` is depends on the seed, the population's name and `k`: more services change
//! none that there were. The objects are read and judged as those of a manifest.

use std::path::Path;

use serde_json::{Value, json};
use sim::digest;
use sim::load::copula::Sizes;
use sim::load::distributions::Shared;
use sim::rng::{Draws, Root, Stream};

use crate::arrivals::amounts::{Amounts, Measure};
use crate::arrivals::{Found, Reader};
use crate::autoscalers::{self, Target};
use crate::diagnostic::Source;
use crate::file::File;
use crate::file::services::Services;
use crate::inputs::Input;
use crate::load::{Loaded, Loader};
use crate::tree::{Node, Step};

/// What is decided of a service; the numbers are part of the format.
#[derive(Clone, Copy)]
enum Decides {
    Size = 0,
    Replicas = 1,
    StatefulSet = 2,
    Pdb = 3,
    Spread = 4,
    AntiAffinity = 5,
    Spot = 6,
}

/// The services of a scenario in `folder`, as objects.
pub(crate) fn read(
    file: &File,
    (source, tree): (&Source, &Node),
    folder: Option<&Path>,
    inputs: &mut Vec<Input>,
    (tally, found): Found<'_>,
) -> Vec<Loaded> {
    let Some(services) = &file.services else { return Vec::new() };
    let before = found.iter().count();
    autoscalers::examine_services(services, (source, tree), found);
    let drawn = {
        let mut reader = Reader::new((source, tree), folder, inputs, (&mut *tally, &mut *found));
        Population::of(&mut reader, file, services)
    };
    let Some(population) = drawn.filter(|_| found.iter().count() == before) else {
        return Vec::new();
    };
    let items: Vec<Value> = (0..services.count).flat_map(|k| population.objects(k)).collect();
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": items });
    let text =
        Source { file: format!("{} (services)", source.file), text: format!("{list:#}").into() };
    let mut loader = Loader::new(tally, found);
    loader.text(&text);
    loader.into_objects().0
}

/// What a service is called.
pub(crate) fn name(services: &Services, number: u32) -> String {
    format!("{}-{number:02}", services.name)
}

/// What services are drawn from.
struct Population<'s> {
    services: &'s Services,
    root: Root,
    key: u64,
    sizes: Sizes,
    replicas: Shared,
    /// The taints of spot pools, which some tolerate.
    tolerations: Vec<Value>,
}

impl<'s> Population<'s> {
    fn of(reader: &mut Reader<'_>, file: &File, services: &'s Services) -> Option<Population<'s>> {
        let at = |field: &str| [Step::from("services"), Step::from(field)];
        let replicas = reader.amount(&at("replicas"), &services.replicas, Measure::Number);
        let cpu = reader.amount(&at("cpu"), &services.cpu, Measure::Cpu);
        let memory = reader.amount(&at("memory"), &services.memory, Measure::Memory);
        let (cpu, memory) = cpu.zip(memory)?;
        let sizes = Sizes::new(cpu, memory, services.correlation);
        let sizes = reader.possible(&at("correlation"), sizes)?;
        let spot = || file.pools.iter().filter(|pool| pool.buys_spot());
        if services.share.spot < 1.0
            && let Some(open) = spot().find(|pool| pool.taints.is_empty())
        {
            let message = format!(
                "pool `{}` is on spot and has no taints, so that services which do not tolerate spot \
                 would run there, too",
                open.name
            );
            let help = "give the pool a taint, or set `share: {spot: 1}`";
            let path = [Step::from("services"), Step::from("share")];
            reader.wrong(&path, &[], message, help);
            return None;
        }
        let mut tolerations: Vec<Value> = Vec::new();
        for taint in spot().flat_map(|pool| &pool.taints) {
            let toleration = json!({
                "key": taint.key, "operator": "Equal", "value": taint.value,
                "effect": format!("{:?}", taint.effect),
            });
            if !tolerations.contains(&toleration) {
                tolerations.push(toleration);
            }
        }
        let name = format!("{}/{}", services.namespace, services.name);
        Some(Population {
            services,
            root: Root { seed: file.seed, replication: 0 },
            key: digest::of_name(&name),
            sizes,
            replicas: replicas?,
            tolerations,
        })
    }

    fn draws(&self, number: u32, decides: Decides) -> Draws {
        self.root.stream(Stream::Service, &[self.key, number.into(), decides as u64])
    }

    /// The workload that a service is, its budget if it has one, and its autoscalers.
    fn objects(&self, number: u32) -> Vec<Value> {
        let Services { namespace, share, annotations, .. } = self.services;
        let is = |decides, share: f64| self.draws(number, decides).uniform() < share;
        let name = name(self.services, number);
        let labels = json!({ "app": name });
        let selector = json!({ "matchLabels": labels });
        let drawn = self.replicas.draw(&mut self.draws(number, Decides::Replicas));
        // In range by the clamp.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let replicas = drawn.round().clamp(1.0, 1e6) as u32;
        let metadata = json!({ "name": name, "namespace": namespace, "labels": labels });
        let template = json!({
            "metadata": { "labels": labels, "annotations": annotations },
            "spec": self.pod(number, &selector, &is),
        });
        let mut spec = json!({ "replicas": replicas, "selector": selector, "template": template });
        let kind = match is(Decides::StatefulSet, share.stateful_set) {
            true => {
                spec["serviceName"] = name.clone().into();
                "StatefulSet"
            }
            false => "Deployment",
        };
        let workload =
            json!({ "apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec });
        let budget = is(Decides::Pdb, share.pdb).then(|| {
            json!({
                "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata,
                "spec": { "maxUnavailable": 1, "selector": selector },
            })
        });
        let target = Target { kind, namespace, name: &name };
        let hpa = self.services.hpa.as_ref().map(|hpa| autoscalers::horizontal(target, hpa));
        let vpa = self.services.vpa.as_ref().map(|vpa| autoscalers::vertical(target, vpa));
        [Some(workload), budget, hpa, vpa].into_iter().flatten().collect()
    }

    /// What its pods are.
    fn pod(&self, number: u32, selector: &Value, is: &dyn Fn(Decides, f64) -> bool) -> Value {
        let share = self.services.share;
        let mut pod = self.services.template.clone().unwrap_or_default();
        let size = self.sizes.draw(&mut self.draws(number, Decides::Size));
        if let Some(containers) = field(&mut pod, "containers") {
            if containers.is_null() {
                *containers = json!([{ "name": "main" }]);
            }
            let first = containers.get_mut(0).and_then(|first| field(first, "resources"));
            if let Some(requests) = first.and_then(|it| field(it, "requests")) {
                let drawn = [
                    ("cpu", format!("{}m", size.cpu)),
                    ("memory", format!("{}Mi", size.memory >> 20)),
                ];
                for (name, amount) in drawn {
                    field(requests, name).into_iter().for_each(|it| *it = amount.as_str().into());
                }
            }
        }
        if is(Decides::Spot, share.spot) {
            add(field(&mut pod, "tolerations"), self.tolerations.iter().cloned());
        }
        if is(Decides::Spread, share.spread) {
            let spread = json!({
                "maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": selector,
            });
            add(field(&mut pod, "topologySpreadConstraints"), [spread]);
        }
        if is(Decides::AntiAffinity, share.anti_affinity) {
            let term =
                json!({ "topologyKey": "kubernetes.io/hostname", "labelSelector": selector });
            let terms = field(&mut pod, "affinity").and_then(|it| field(it, "podAntiAffinity"));
            let terms =
                terms.and_then(|it| field(it, "requiredDuringSchedulingIgnoredDuringExecution"));
            add(terms, [term]);
        }
        pod
    }
}

/// A field of an object, which may not be there yet. A value of another kind is left as it is, and
/// refused when it is read.
fn field<'v>(object: &'v mut Value, name: &str) -> Option<&'v mut Value> {
    if object.is_null() {
        *object = json!({});
    }
    object.as_object_mut().map(|object| object.entry(name).or_insert(Value::Null))
}

/// Adds to a list, which may not be there yet.
fn add(list: Option<&mut Value>, items: impl IntoIterator<Item = Value>) {
    match list {
        Some(Value::Array(list)) => list.extend(items),
        Some(list @ Value::Null) => *list = items.into_iter().collect(),
        _ => {}
    }
}
