//! The input of a review: workloads, budgets and pools, each with its place.

use std::collections::BTreeSet;
use std::path::Path;

use sim::providers::{self, Provider};

use super::matching::{Labels, admits, labels};
use crate::admission::types::Type;
use crate::admission::{Account, Admitted};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::{Capacity, File, Kind, Pool};
use crate::kube::{
    self, HorizontalPodAutoscaler, JobSpec, Object, ObjectKind, ObjectMeta, PodDisruptionBudget,
    PodSpec, PodTemplateSpec,
};
use crate::load::{self, Origin};
use crate::node_labels;
use crate::reading::Named;
use crate::tree::{Node, Step, Value};
use crate::{Scenario, reading, tree};

/// Everything that is reviewed together.
pub(crate) struct ReviewInput {
    /// Whose nodes they are.
    pub(crate) provider: &'static Provider,
    /// Where they are.
    region: String,
    /// The pools of the scenario; none when only objects are reviewed.
    pub(crate) pools: Vec<(Pool, Place)>,
    /// What keeps pods.
    pub(crate) workloads: Vec<Workload>,
    /// What protects them.
    pub(crate) budgets: Vec<(PodDisruptionBudget, Place)>,
    pub(super) autoscalers: Vec<HorizontalPodAutoscaler>,
    /// Workloads that a scenario keeps off spot, as `namespace/name`.
    off_spot: BTreeSet<String>,
    /// What was said of rules that objects of a cluster break.
    account: Account,
}

/// Something that keeps pods.
pub(crate) struct Workload {
    /// Its kind, as Kubernetes calls it.
    pub(crate) kind: &'static str,
    /// Its namespace.
    pub(crate) namespace: String,
    /// Its name.
    pub(crate) name: String,
    /// What each pod is.
    pub(crate) template: PodTemplateSpec,
    /// Annotations of the object and of its pods.
    pub(crate) annotations: Vec<(String, String)>,
    /// How its Jobs take failures; none if it has no Jobs, or they never give up.
    pub(crate) job: Option<Box<JobSpec>>,
    pub(super) replicas: Option<u32>,
    pub(super) place: Place,
    /// Where the PodSpec is, from the place.
    pub(super) path: &'static [&'static str],
}

/// Where something is written.
pub(crate) struct Place {
    pub(super) source: Source,
    pub(super) node: Node,
}

impl Place {
    /// A diagnostic at the deepest node on a path from here.
    pub(crate) fn warn(&self, code: &'static str, message: String, path: &[&str]) -> Diagnostic {
        let steps: Vec<Step> = path
            .iter()
            .map(|step| step.parse().map_or_else(|_| Step::Key((*step).to_owned()), Step::Index))
            .collect();
        Diagnostic::new(code, message).at(&self.source, self.node.at(&steps).span.clone())
    }
}

impl Workload {
    /// As a person names it.
    pub(crate) fn full(&self) -> String {
        format!("{} {}/{}", self.kind, self.namespace, self.name)
    }

    /// Its pods' spec.
    pub(crate) fn spec(&self) -> &PodSpec {
        &self.template.spec
    }

    /// The labels of its pods.
    pub(crate) fn labels(&self) -> Labels {
        labels(&self.template.metadata.labels)
    }

    /// Whether it serves: its pods run for ever, and some should always be there.
    pub(crate) fn serves(&self) -> bool {
        ["Deployment", "StatefulSet", "ReplicaSet"].contains(&self.kind)
    }

    /// A diagnostic at the name.
    pub(crate) fn warn(&self, code: &'static str, message: String) -> Diagnostic {
        let named = self.place.node.at(&[Step::Key("metadata".into()), Step::Key("name".into())]);
        let named =
            if named.span == self.place.node.span { &["name"][..] } else { &["metadata", "name"] };
        self.place.warn(code, message, named)
    }

    /// A diagnostic at a field of the PodSpec.
    pub(crate) fn warn_in_spec(
        &self,
        code: &'static str,
        message: String,
        path: &[&str],
    ) -> Diagnostic {
        self.place.warn(code, message, &[self.path, path].concat())
    }
}

impl ReviewInput {
    /// Nothing yet, at a provider.
    pub(crate) fn new(provider: &'static Provider) -> ReviewInput {
        ReviewInput {
            provider,
            region: String::new(),
            pools: Vec::new(),
            workloads: Vec::new(),
            budgets: Vec::new(),
            autoscalers: Vec::new(),
            off_spot: BTreeSet::new(),
            account: Account::default(),
        }
    }

    /// How many pods it has at least, as far as is written.
    pub(crate) fn replicas(&self, workload: &Workload) -> u32 {
        let scales = |scaler: &&HorizontalPodAutoscaler| {
            let target = &scaler.spec.scale_target_ref;
            target.kind == workload.kind
                && target.name == workload.name
                && scaler.metadata.namespace() == workload.namespace
        };
        let scaler = self.autoscalers.iter().find(scales);
        scaler.map_or(workload.replicas, |scaler| scaler.spec.min_replicas).unwrap_or(1)
    }

    /// Whether its pods may run on spot nodes: on those of a pool, or, when no pools are known, if
    /// they ask for such nodes or tolerate them.
    pub(crate) fn may_be_on_spot(&self, workload: &Workload) -> bool {
        if self.off_spot.contains(&format!("{}/{}", workload.namespace, workload.name)) {
            return false;
        }
        if self.pools.is_empty() {
            return asks_for_spot(workload.spec());
        }
        self.pools
            .iter()
            .filter(|(pool, _)| pool.capacity_type == Capacity::Spot)
            .any(|(pool, _)| admits(&self.labels_of(pool), &pool.taints, workload.spec()))
    }

    /// The labels of a pool's nodes, as a run would give them.
    fn labels_of(&self, pool: &Pool) -> Labels {
        let mut all = Labels::new();
        for node in node_labels::of_pool(pool, self.provider, &self.region) {
            for (key, value) in node {
                all.entry(key).or_default().insert(value);
            }
        }
        all
    }

    /// Adds what files contain: scenarios with their manifests, or objects.
    pub(crate) fn read(&mut self, path: &Path, name: &str, found: &mut Diagnostics) {
        match load::matching(path, name) {
            Ok(files) => {
                files.iter().for_each(|(path, name)| self.read_file(path, name, found));
            }
            Err(error) => found.push(*error),
        }
    }

    fn read_file(&mut self, path: &Path, name: &str, found: &mut Diagnostics) {
        let read = reading::source(path, name, Named::OnCommandLine)
            .and_then(|source| Ok((tree::documents(&source)?, source)));
        match read {
            Err(errors) => errors.iter().for_each(|error| found.push(error.clone())),
            Ok((documents, source)) if documents.iter().any(is_scenario) => {
                self.scenario(&source, &documents[0], path, found);
            }
            Ok((documents, source)) => {
                documents.into_iter().for_each(|document| self.object(&source, document, found));
            }
        }
    }

    fn scenario(&mut self, source: &Source, tree: &Node, path: &Path, found: &mut Diagnostics) {
        match Scenario::parse(source, path.parent()) {
            Ok(scenario) => {
                scenario.warnings.iter().for_each(|warning| found.push(warning.clone()))
            }
            Err(errors) => {
                errors.iter().for_each(|error| found.push(error.clone()));
                return;
            }
        }
        // It has just been read, so it can be read again.
        let Ok(file) = serde_json::from_value::<File>(tree.to_json()) else { return };
        self.provider = file.provider.provider();
        self.off_spot.extend(file.cluster.iter().flat_map(|it| it.on_demand_only.iter().cloned()));
        self.region.clone_from(&file.region);
        let below = |key: &str, index: usize| Place {
            source: source.clone(),
            node: tree.at(&[Step::Key(key.into()), Step::Index(index)]).clone(),
        };
        for (index, pool) in file.pools.into_iter().enumerate() {
            self.pools.push((pool, below("pools", index)));
        }
        for (index, workload) in file.workloads.into_iter().enumerate() {
            let Ok((spec, _)) = kube::read::<PodSpec>(&workload.template) else { continue };
            let has_jobs = matches!(workload.kind, Kind::Job | Kind::CronJob);
            let job = workload.limits().filter(|_| has_jobs).map(Box::new);
            let metadata = ObjectMeta { labels: workload.labels, ..ObjectMeta::default() };
            self.workloads.push(Workload {
                kind: kind_name(workload.kind),
                namespace: workload.namespace,
                name: workload.name,
                template: PodTemplateSpec { metadata, spec },
                annotations: workload.annotations.into_iter().collect(),
                job,
                replicas: workload.replicas,
                place: below("workloads", index),
                path: &["template"],
            });
        }
        for manifest in &file.manifests {
            let path =
                path.parent().map_or_else(|| manifest.into(), |folder| folder.join(manifest));
            self.read(&path, manifest, found);
        }
        if let Some(dump) = &file.cluster {
            self.dump(dump, path.parent());
        }
    }

    /// Adds an object, or those of a list. What creates no pods and protects none is left out.
    fn object(&mut self, source: &Source, node: Node, found: &mut Diagnostics) {
        let text = |key: &str| node.get(key).and_then(Node::text).unwrap_or_default();
        if text("kind").ends_with("List")
            && let Some(Value::Seq(items)) = node.get("items").map(|items| &items.value)
        {
            items.iter().for_each(|item| self.object(source, item.clone(), found));
            return;
        }
        let Some(kind) = ObjectKind::of(text("apiVersion"), text("kind")) else { return };
        let metadata = |key| node.get("metadata").and_then(|it| it.get(key)).and_then(Node::text);
        let (namespace, name) = (metadata("namespace"), metadata("name"));
        let origin = Origin::new(source, node.span.clone(), kind.name(), namespace, name);
        let place = |path: &[Step]| node.at(path).span.clone();
        let value = node.to_json();
        let judged = (Type::of(kind), &value);
        if self.account.examine(judged, &origin, place, found) == Admitted::No {
            return;
        }
        let object = match kind.read(&value) {
            Ok((object, _)) => object,
            Err(fault) => {
                found.push(load::misfit(&fault, &origin, place));
                return;
            }
        };
        // A pod of a ReplicaSet, say, is reviewed where it is written.
        if object.metadata().controller().is_some() {
            return;
        }
        let place = Place { source: source.clone(), node };
        match object {
            Object::PodDisruptionBudget(budget) => self.budgets.push((*budget, place)),
            Object::HorizontalPodAutoscaler(scaler) => self.autoscalers.push(*scaler),
            other => self.workloads.extend(workload(other, place)),
        }
    }
}

fn is_scenario(document: &Node) -> bool {
    document.get("apiVersion").and_then(Node::text).is_some_and(|v| v.starts_with("spotsim/"))
}

pub(super) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Deployment => "Deployment",
        Kind::StatefulSet => "StatefulSet",
        Kind::DaemonSet => "DaemonSet",
        Kind::Job => "Job",
        Kind::CronJob => "CronJob",
        Kind::Pod => "Pod",
    }
}

/// What an object keeps, if it is of a kind that keeps pods.
fn workload(object: Object, place: Place) -> Option<Workload> {
    const TEMPLATE: &[&str] = &["spec", "template", "spec"];
    const OF_JOBS: &[&str] = &["spec", "jobTemplate", "spec", "template", "spec"];
    let (kind, metadata) = (object.kind().name(), object.metadata().clone());
    let (replicas, template, job, path) = match object {
        Object::Deployment(it) => (it.spec.replicas, it.spec.template, None, TEMPLATE),
        Object::ReplicaSet(it) => (it.spec.replicas, it.spec.template, None, TEMPLATE),
        Object::StatefulSet(it) => (it.spec.replicas, it.spec.template, None, TEMPLATE),
        Object::DaemonSet(it) => (None, it.spec.template, None, TEMPLATE),
        Object::Job(it) => (None, it.spec.template.clone(), Some(Box::new(it.spec)), TEMPLATE),
        Object::CronJob(it) => {
            let spec = it.spec.job_template.spec;
            (None, spec.template.clone(), Some(Box::new(spec)), OF_JOBS)
        }
        Object::Pod(it) => {
            let template = PodTemplateSpec { metadata: it.metadata, spec: it.spec };
            (None, template, None, &["spec"][..])
        }
        _ => return None,
    };
    let annotations = metadata.annotations.iter().chain(&template.metadata.annotations);
    let annotations = annotations.map(|(key, value)| (key.clone(), value.clone())).collect();
    Some(Workload {
        kind,
        namespace: metadata.namespace().to_owned(),
        name: metadata.name,
        annotations,
        template,
        job,
        replicas,
        place,
        path,
    })
}

/// Whether a pod names a label or a taint of spot nodes, and does not refuse them.
fn asks_for_spot(spec: &PodSpec) -> bool {
    let known = |key: &str| {
        let labels = providers::PROVIDERS.iter().flat_map(|provider| provider.labels);
        key == "karpenter.sh/capacity-type" || labels.into_iter().any(|label| label.key == key)
    };
    let spot = |value: &str| ["spot", "SPOT", "true"].contains(&value);
    let selected = spec.node_selector.iter().any(|(key, value)| known(key) && spot(value));
    let tolerated = spec
        .tolerations
        .iter()
        .any(|it| it.key.as_deref().is_some_and(known) && (it.value.is_empty() || spot(&it.value)));
    let required = spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let required = required.and_then(|affinity| affinity.required.as_ref());
    let wanted = required.is_some_and(|selector| {
        let expressions = selector.node_selector_terms.iter().flat_map(|t| &t.match_expressions);
        let mut asked =
            expressions.filter(|it| it.operator == kube::Operator::In && known(&it.key));
        asked.any(|expression| expression.values.iter().any(|value| spot(value)))
    });
    selected || tolerated || wanted
}
