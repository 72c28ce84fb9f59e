//! A rule about pods that admission forbids whatever else there is: quotas, LimitRanges, Pod Security.

use sim::lifecycle::admission::{self, Reason};
use sim::model::Model;
use sim::model::breach::{Bound, Breach};
use sim::model::pod::PodSpec;
use sim::model::quota::Counted;

use super::input::{ReviewInput, Workload};
use crate::code::Code;
use crate::diagnostic::Diagnostics;
use crate::explain_pod::amounts;
use crate::kube::Labels;
use crate::lower::{limit_ranges, pods, quotas};

pub(super) const NEVER_ADMITTED: Code = Code {
    id: "W0117",
    title: "admission never lets a pod be created",
    why: "A LimitRange, a ResourceQuota or the Pod Security level of its namespace forbids even the \
          first pod. Pods that run already stay, but once one is lost, no other takes its place.",
    example: "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: compute}\nspec: {hard: \
              {requests.cpu: 1}}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: \
              web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    \
              metadata: {labels: {app: web}}\n    spec:\n      containers: [{name: app, resources: \
              {requests: {cpu: 2}}}]",
    fix: "Keep to the bound that the message shows, or raise it.",
};

pub(super) fn never_admitted(input: &ReviewInput, found: &mut Diagnostics) {
    let mut model = Model::default();
    let context = &input.context;
    quotas::quotas(&mut model, context);
    // What is wrong with an object is an error where it is read.
    limit_ranges::limit_ranges(&mut model, context);
    let mut all = Vec::new();
    for workload in &input.workloads {
        all.extend(lower(workload, input, &mut model).map(|spec| (workload, spec)));
    }
    quotas::limits(&mut model, context);
    for (workload, spec) in all {
        if let Some((plugin, reason)) = admission::always_forbidden_by(&model, &spec) {
            let why = words(plugin, reason, &model);
            let message = format!("no pod of {} is ever created: {why}", workload.full());
            found.push(workload.warn(NEVER_ADMITTED.id, message).help(NEVER_ADMITTED.help()));
        }
    }
}

/// The pods of a workload, if they are understood.
fn lower(workload: &Workload, input: &ReviewInput, model: &mut Model) -> Option<PodSpec> {
    let source = pods::Source {
        namespace: &workload.namespace,
        labels: &workload.labels,
        annotations: &Labels::new(),
        spec: workload.spec(),
        controller: None,
        admitted: None,
        status: None,
    };
    pods::pod_spec(model, &input.context, source).ok()
}

/// Why a plugin forbids a pod.
fn words(plugin: &str, Reason { under, breach }: Reason, model: &Model) -> String {
    let under = model.names.text(under);
    let kind = if plugin == "LimitRanger" { "LimitRange" } else { plugin };
    let Some(Breach { what, bound, by }) = breach else {
        return format!("they violate {kind} {under}");
    };
    let name = model.counted_name(what);
    let by = match what {
        Counted::Pods => by.to_string(),
        Counted::Requests(lane) | Counted::Limits(lane) => amounts::exact(lane, by, model),
    };
    let object = format!("{kind} {under}");
    match bound {
        Bound::Stated => format!("{object} wants every container to state {name}"),
        Bound::Room => format!("one alone has {by} more of {name} than {object} has room for"),
        Bound::Least => format!("{name} is {by} below the minimum of {object}"),
        Bound::Most => format!("{name} is {by} above the maximum of {object}"),
        Bound::Ratio => format!("{name} is {by} above maxLimitRequestRatio of {object}"),
    }
}
