//! Kubernetes objects from YAML files: the kinds that create pods, and a count of all the rest.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::Kind;
use crate::kube::{Controller, ControllerSpec, Metadata, Pod, Template};
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

/// Reads the objects of one file.
pub fn read(
    source: &Source,
    documents: &[Node],
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Vec<Written> {
    documents.iter().filter_map(|document| object(source, document, tally, found)).collect()
}

fn object(
    source: &Source,
    document: &Node,
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
    let modelled = match kind {
        "Deployment" => Kind::Deployment,
        "StatefulSet" => Kind::StatefulSet,
        "DaemonSet" => Kind::DaemonSet,
        "Job" => Kind::Job,
        "Pod" => Kind::Pod,
        _ => {
            tally.count(&format!("kind {kind}"), &object);
            return None;
        }
    };
    let (metadata, spec) = if modelled == Kind::Pod {
        let pod: Pod = typed(json.clone(), &object, source, document, tally, found)?;
        (pod.metadata.clone(), bare(pod))
    } else {
        let whole: Controller = typed(json.clone(), &object, source, document, tally, found)?;
        (whole.metadata, whole.spec)
    };
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

fn bare(pod: Pod) -> ControllerSpec {
    let Pod { metadata, spec } = pod;
    let template = Template { metadata, spec };
    ControllerSpec {
        replicas: None,
        min_ready_seconds: 0,
        completions: None,
        parallelism: None,
        template,
    }
}

/// JSON as one of our types; fields that the type does not have are counted.
pub fn typed<T: DeserializeOwned>(
    json: Json,
    object: &str,
    source: &Source,
    node: &Node,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Option<T> {
    let mut count = |path: serde_ignored::Path<'_>| {
        let path = path.to_string();
        if !matches!(path.as_str(), "apiVersion" | "kind") && !path.starts_with("metadata.") {
            tally.field(&path, object);
        }
    };
    match serde_ignored::deserialize(json, &mut count) {
        Ok(value) => Some(value),
        Err(error) => {
            let message = format!("{object}: {error}");
            found.push(Diagnostic::new("E0301", message).at(source, node.span.clone()));
            None
        }
    }
}

/// An empty metadata, for what has none of its own.
#[must_use]
pub fn metadata(labels: BTreeMap<String, String>) -> Metadata {
    Metadata { labels, ..Metadata::default() }
}
