//! Rules about autoscalers of pods.

use super::input::ReviewInput;
use crate::code::Code;
use crate::diagnostic::Diagnostics;
use crate::kube::{HorizontalPodAutoscaler, VerticalPodAutoscaler};

pub(super) const SAME_METRIC: Code = Code {
    id: "W0116",
    title: "two autoscalers go by the same metric",
    why: "A HorizontalPodAutoscaler sets replicas by how much of its request a pod uses, and a \
          VerticalPodAutoscaler changes that request by how much a pod uses: smaller requests make pods look \
          busier, which brings more of them, which use less each.",
    example: "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec:\n  \
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n  maxReplicas: 9\n---\n\
              apiVersion: autoscaling.k8s.io/v1\nkind: VerticalPodAutoscaler\nmetadata: {name: web}\n\
              spec:\n  targetRef: {apiVersion: apps/v1, kind: Deployment, name: web}",
    fix: "Take the resource out of the VerticalPodAutoscaler (`controlledResources: [memory]`), scale by a \
          metric of what comes from outside, or set `updateMode: Off` to be recommended requests only.",
};

pub(super) fn same_metric(input: &ReviewInput, found: &mut Diagnostics) {
    for (vertical, place) in &input.resizers {
        let Some(target) = &vertical.spec.target_ref else { continue };
        let namespace = vertical.metadata.namespace();
        let same = input.autoscalers.iter().find(|other| {
            let own = &other.spec.scale_target_ref;
            (own.kind == target.kind && own.name == target.name)
                && other.metadata.namespace() == namespace
        });
        let sizes = sized(vertical);
        let both = same.and_then(|other| measured(other).into_iter().find(|it| sizes.contains(it)));
        if let Some(resource) = both {
            let message = format!(
                "{} {namespace}/{} is sized and scaled by {resource} at once",
                target.kind, target.name
            );
            let warning = place.warn(SAME_METRIC.id, message, &["metadata", "name"]);
            found.push(warning.help(SAME_METRIC.help()));
        }
    }
}

/// The resources by which replicas are set.
fn measured(scaler: &HorizontalPodAutoscaler) -> Vec<&str> {
    // API server: apis/autoscaling/v2/defaults.go: without any metric it is CPU
    if scaler.spec.metrics.is_empty() {
        return vec!["cpu"];
    }
    let metrics = scaler.spec.metrics.iter();
    let source = metrics.filter_map(|it| it.resource.as_ref().or(it.container_resource.as_ref()));
    source.map(|source| source.name.as_str()).collect()
}

/// The resources that are changed.
fn sized(scaler: &VerticalPodAutoscaler) -> Vec<&str> {
    let mode = scaler.spec.update_policy.as_ref().and_then(|it| it.update_mode.as_deref());
    if mode == Some("Off") {
        return Vec::new();
    }
    let policies = scaler.spec.resource_policy.iter().flat_map(|it| &it.container_policies);
    let policies: Vec<_> = policies.filter(|it| it.mode.as_deref() != Some("Off")).collect();
    let of_policies = policies.iter().filter_map(|it| it.controlled_resources.as_deref());
    match policies.iter().any(|it| it.controlled_resources.is_none()) || policies.is_empty() {
        true => vec!["cpu", "memory"],
        false => of_policies.flatten().map(String::as_str).collect(),
    }
}
