//! Kubernetes objects from YAML files: the kinds that create pods, and a count of all the rest.

use std::collections::BTreeMap;

use serde::de::DeserializeSeed;
use serde_json::Value as Json;

use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::Kind;
use crate::kube::{LabelSelector, Object, ObjectKind, ObjectMeta, PodTemplateSpec};
use crate::lower::surroundings::Surroundings;
use crate::tree::Node;
use crate::unmodelled::Tally;

/// A workload as it was written, in a manifest or in the scenario.
#[derive(Clone, Debug)]
pub struct Written {
    /// What looks after its pods.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// How many pods, how many at a time, and what they are.
    pub spec: ControllerSpec,
    /// Annotations of the object and of its pods; the pods' own win.
    pub annotations: BTreeMap<String, String>,
    /// When it is created.
    pub start_at: String,
    /// Where it was written.
    pub source: Source,
    /// Where in there.
    pub span: std::ops::Range<usize>,
}

/// What a controller wants, whatever its kind.
#[derive(Clone, Debug)]
pub struct ControllerSpec {
    /// How many pods (Deployment, StatefulSet).
    pub replicas: Option<u32>,
    /// How long a pod must be ready before it counts as available.
    pub min_ready_seconds: u32,
    /// How many pods must complete (Job).
    pub completions: Option<u32>,
    /// How many pods run at a time (Job).
    pub parallelism: Option<u32>,
    /// Which pods are its own (Deployment, StatefulSet).
    pub selector: Option<LabelSelector>,
    /// What each pod is.
    pub template: PodTemplateSpec,
}

/// Reads the objects of one file: the workloads, and what is around them.
pub fn read(
    source: &Source,
    documents: &[Node],
    around: &mut Surroundings,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Vec<Written> {
    documents.iter().filter_map(|document| object(source, document, around, tally, found)).collect()
}

fn object(
    source: &Source,
    document: &Node,
    around: &mut Surroundings,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Option<Written> {
    let json = document.to_json();
    let text = |key: &str| json.get(key).and_then(Json::as_str);
    let Some(kind) = text("kind") else {
        let message = "this is not a Kubernetes object: it has no `kind`";
        found.push(Diagnostic::new("E0301", message).at(source, document.span.clone()));
        return None;
    };
    let name = json.pointer("/metadata/name").and_then(Json::as_str).unwrap_or("(unnamed)");
    let namespace = json.pointer("/metadata/namespace").and_then(Json::as_str).unwrap_or("default");
    let object = format!("{}: {kind} {namespace}/{name}", source.file);
    let api_version = text("apiVersion").unwrap_or_default();
    let Some(known) = ObjectKind::of(api_version, kind) else {
        tally.count(&format!("kind {kind}"), &object);
        return None;
    };
    let whole = typed(json.clone(), known, &object, source, document, tally, found)?;
    around.learn(&whole);
    use ObjectKind::{Namespace, PriorityClass, Service};
    if matches!(known, Namespace | PriorityClass | Service) {
        return None;
    }
    let Some((modelled, metadata, spec)) = ControllerSpec::of(whole) else {
        tally.count(&format!("kind {kind}"), &object);
        return None;
    };
    if spec.template.spec.containers.is_empty() {
        let message = format!("{object}: a pod needs at least one container");
        found.push(Diagnostic::new("E0301", message).at(source, document.span.clone()));
        return None;
    }
    tally.not_simulated(&spec.template.spec, &object);
    let mut annotations = metadata.annotations;
    annotations.extend(spec.template.metadata.annotations.clone());
    Some(Written {
        kind: modelled,
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        spec,
        annotations,
        start_at: "0s".into(),
        source: source.clone(),
        span: document.span.clone(),
    })
}

impl ControllerSpec {
    /// What an object wants, if it is of a kind that creates pods here.
    fn of(object: Object) -> Option<(Kind, ObjectMeta, ControllerSpec)> {
        let one = |template| ControllerSpec {
            replicas: None,
            min_ready_seconds: 0,
            completions: None,
            parallelism: None,
            selector: None,
            template,
        };
        Some(match object {
            Object::Deployment(it) => {
                let (replicas, min_ready_seconds) = (it.spec.replicas, it.spec.min_ready_seconds);
                let (selector, one) = (it.spec.selector, one(it.spec.template));
                let spec = ControllerSpec { replicas, min_ready_seconds, selector, ..one };
                (Kind::Deployment, it.metadata, spec)
            }
            Object::StatefulSet(it) => {
                let (replicas, min_ready_seconds) = (it.spec.replicas, it.spec.min_ready_seconds);
                let (selector, one) = (it.spec.selector, one(it.spec.template));
                let spec = ControllerSpec { replicas, min_ready_seconds, selector, ..one };
                (Kind::StatefulSet, it.metadata, spec)
            }
            Object::DaemonSet(it) => {
                let min_ready_seconds = it.spec.min_ready_seconds;
                let spec = ControllerSpec { min_ready_seconds, ..one(it.spec.template) };
                (Kind::DaemonSet, it.metadata, spec)
            }
            Object::Job(it) => {
                let (completions, parallelism) = (it.spec.completions, it.spec.parallelism);
                let spec = ControllerSpec { completions, parallelism, ..one(it.spec.template) };
                (Kind::Job, it.metadata, spec)
            }
            Object::Pod(pod) => {
                let pod = *pod;
                let metadata = pod.metadata.clone();
                let template = PodTemplateSpec { metadata: pod.metadata, spec: pod.spec };
                (Kind::Pod, metadata, one(template))
            }
            _ => return None,
        })
    }
}

/// JSON as what `seed` reads; fields that are not known there are counted.
pub fn typed<'de, S: DeserializeSeed<'de>>(
    json: Json,
    seed: S,
    object: &str,
    source: &Source,
    node: &Node,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Option<S::Value> {
    let mut count = |path: serde_ignored::Path<'_>| {
        let path = path.to_string();
        if !matches!(path.as_str(), "apiVersion" | "kind") && !path.starts_with("metadata.") {
            tally.field(&path, object);
        }
    };
    match seed.deserialize(serde_ignored::Deserializer::new(json, &mut count)) {
        Ok(value) => Some(value),
        Err(error) => {
            let message = format!("{object}: {error}");
            found.push(Diagnostic::new("E0301", message).at(source, node.span.clone()));
            None
        }
    }
}
