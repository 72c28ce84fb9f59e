//! Recommendations to paste: a strategic-merge patch for each workload, and a VerticalPodAutoscaler that
//! recommends for it.

use std::fmt::Write;

use sim::autoscalers::vpa::sizing::Sizes;
use sim::model::vpa::Stated;

use super::Recorded;
use crate::init::yaml::scalar;
use crate::kube::ObjectKind;

/// A container and what it should request and be limited to.
#[derive(Clone, Copy, Debug)]
pub struct Resized<'h> {
    /// Which.
    pub container: &'h Recorded,
    /// The sizes; what is not stated is left as it is.
    pub sizes: Sizes,
}

/// All patches, then all VerticalPodAutoscalers, as documents of one text. Containers of a workload follow
/// each other.
#[must_use]
pub fn yaml(resized: &[Resized<'_>], by: &str) -> String {
    let alike = |one: &Resized<'_>, other: &Resized<'_>| {
        let name =
            |it: &Resized<'_>| (it.container.namespace.clone(), it.container.workload.clone());
        name(one) == name(other)
    };
    let workloads: Vec<&[Resized<'_>]> = resized.chunk_by(alike).collect();
    let mut text = format!(
        "# Requests and limits as {by} recommends them. A patch is one of kustomize's `patches`, or what\n\
         # `kubectl patch --patch-file` takes; the VerticalPodAutoscalers recommend and change nothing.\n"
    );
    let patches = workloads.iter().map(|it| patch(it));
    let autoscalers = workloads.iter().map(|it| autoscaler(it));
    for document in patches.chain(autoscalers) {
        text += "---\n";
        text += &document;
    }
    text
}

/// How deep the PodSpec of a kind is.
fn path(kind: ObjectKind) -> &'static [&'static str] {
    match kind {
        ObjectKind::Pod => &["spec"],
        ObjectKind::CronJob => &["spec", "jobTemplate", "spec", "template", "spec"],
        _ => &["spec", "template", "spec"],
    }
}

fn head(workload: &Recorded, api_version: &str, kind: &str) -> String {
    let namespace = match workload.namespace.as_str() {
        "" => String::new(),
        namespace => format!(", namespace: {}", scalar(namespace)),
    };
    let name = scalar(&workload.workload);
    let guessed =
        if workload.has_manifest { "" } else { "# its kind is guessed from names of pods\n" };
    format!(
        "{guessed}apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: {name}{namespace}}}\n"
    )
}

fn patch(containers: &[Resized<'_>]) -> String {
    let Some(first) = containers.first() else { return String::new() };
    let workload = first.container;
    let kind = workload.kind;
    let mut text = head(workload, kind.api_version(), kind.name());
    let mut indent = 0;
    for key in path(kind) {
        let _ = writeln!(text, "{:indent$}{key}:", "");
        indent += 2;
    }
    for list in ["containers", "initContainers"] {
        let own = || containers.iter().filter(|it| it.container.list == list);
        if own().next().is_some() {
            let _ = writeln!(text, "{:indent$}{list}:", "");
        }
        for it in own() {
            let _ = match it.container.container.as_str() {
                "" => writeln!(text, "{:indent$}  - name: \"\"  # the record does not name it", ""),
                name => writeln!(text, "{:indent$}  - name: {}", "", scalar(name)),
            };
            let sizes = [("requests", it.sizes.requests), ("limits", it.sizes.limits)];
            let sizes = sizes.into_iter().filter(|(_, stated)| *stated != Stated::default());
            let _ = writeln!(text, "{:indent$}    resources:", "");
            for (name, stated) in sizes {
                let _ = writeln!(text, "{:indent$}      {name}: {{{}}}", "", amounts(stated));
            }
        }
    }
    text
}

/// Millicores, and MiB that are rounded up.
fn amounts(stated: Stated) -> String {
    let cpu = stated.cpu.map(|milli| format!("cpu: {milli}m"));
    let memory = stated.memory.map(|bytes| format!("memory: {}Mi", bytes.div_ceil(1 << 20)));
    let all: Vec<String> = [cpu, memory].into_iter().flatten().collect();
    all.join(", ")
}

fn autoscaler(containers: &[Resized<'_>]) -> String {
    let Some(first) = containers.first() else { return String::new() };
    let workload = first.container;
    let (version, kind) = (workload.kind.api_version(), workload.kind.name());
    let head = head(workload, "autoscaling.k8s.io/v1", "VerticalPodAutoscaler");
    let name = scalar(&workload.workload);
    format!(
        "{head}spec:\n  targetRef: {{apiVersion: {version}, kind: {kind}, name: {name}}}\n  \
         updatePolicy: {{updateMode: \"Off\"}}\n"
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use sim::model::vpa::CpuMemory;

    use super::*;

    fn recorded(container: &str, list: &'static str) -> Recorded {
        Recorded {
            namespace: "shop".into(),
            workload: "web".into(),
            kind: ObjectKind::Deployment,
            has_manifest: true,
            container: container.into(),
            list,
            alongside: 2,
            replicas: Some(3),
            stated: Vec::new(),
            bounds: None,
            pods: BTreeMap::new(),
        }
    }

    #[test]
    fn containers_of_a_workload_are_in_one_patch() {
        let (app, proxy) = (recorded("app", "containers"), recorded("on", "initContainers"));
        let sizes = Sizes {
            requests: CpuMemory { cpu: Some(150), memory: Some((512 << 20) + 1) },
            limits: CpuMemory { cpu: None, memory: Some(1 << 30) },
        };
        let only = Sizes { limits: Stated::default(), ..sizes };
        let resized =
            [Resized { container: &app, sizes }, Resized { container: &proxy, sizes: only }];
        let text = yaml(&resized, "p95");
        let documents: Vec<&str> = text.split("---\n").collect();
        assert_eq!(documents.len(), 3);
        let expected = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers:
        - name: app
          resources:
            requests: {cpu: 150m, memory: 513Mi}
            limits: {memory: 1024Mi}
      initContainers:
        - name: \"on\"
          resources:
            requests: {cpu: 150m, memory: 513Mi}
";
        assert_eq!(documents[1], expected);
        assert!(crate::tree::parse(&text).is_ok_and(|it| it.len() == 2), "{text}");
        assert!(
            documents[2].contains("targetRef: {apiVersion: apps/v1, kind: Deployment, name: web}")
        );
    }
}
