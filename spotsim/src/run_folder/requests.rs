//! What VerticalPodAutoscalers recommend at the end of a run, as YAML to paste.

use std::collections::BTreeMap;

use backtest::limits;
use reports::summary::ContainerFit;
use reports::{Summary, many};
use scenarios::history::{Recorded, Resized, yaml};
use scenarios::kube::ObjectKind;
use sim::Legend;
use sim::autoscalers::vpa::sizing::Sizes;
use sim::model::containers::{Container, ContainerKind};
use sim::model::vpa::{CpuMemory, Stated};
use sim::model::workload::{Controller, Workload};

/// A patch for each workload and a VerticalPodAutoscaler that recommends for it; none where nothing is
/// recommended.
pub(super) fn text(summary: &Summary, legend: &Legend) -> Option<String> {
    let fit = summary.subject().plan.fit.as_ref()?;
    let mut all: Vec<(Recorded, Sizes)> =
        fit.iter().filter_map(|fit| resized(fit, legend)).collect();
    all.sort_by(|one, other| name(&one.0).cmp(&name(&other.0)));
    let resized: Vec<Resized<'_>> =
        all.iter().map(|(container, sizes)| Resized { container, sizes: *sizes }).collect();
    let by = format!("VPA (mean of {})", many(summary.replications as u64, "replication"));
    (!resized.is_empty()).then(|| yaml(&resized, &by))
}

fn name(container: &Recorded) -> (&str, &str, &str) {
    (&container.namespace, &container.workload, &container.container)
}

/// A container with the sizes that are recommended for it.
fn resized(fit: &ContainerFit, legend: &Legend) -> Option<(Recorded, Sizes)> {
    let model = &legend.model;
    let (namespace, own) = fit.workload.split_once('/')?;
    let is_own = |it: &&Workload| {
        model.names.text(it.namespace) == namespace && model.names.text(it.name) == own
    };
    let workload = model.workloads.rows().find(is_own)?;
    let list = &model.specs[workload.spec].containers.list;
    let container = list.iter().find(|it| model.names.text(it.name) == fit.container)?;
    let amount = |of: Option<reports::stats::Estimate>| of.and_then(|it| whole(it.mean));
    let requests = CpuMemory {
        cpu: amount(fit.cpu_recommended_milli),
        memory: amount(fit.memory_recommended_bytes),
    };
    let stated = stated(container);
    // A limit is written only where there is one.
    let scaled = limits(&stated, &requests).zip(stated.limits);
    let limits = scaled.map(|(limit, stated)| limit.filter(|_| stated.is_some()));
    let recorded = Recorded {
        namespace: namespace.to_owned(),
        workload: own.to_owned(),
        kind: kind(workload.controller)?,
        has_manifest: true,
        container: fit.container.clone(),
        list: match container.kind {
            ContainerKind::Regular => "containers",
            ContainerKind::Sidecar | ContainerKind::Init => "initContainers",
        },
        alongside: list.len(),
        replicas: workload.controller.desired_replicas(),
        stated: Vec::new(),
        bounds: None,
        pods: BTreeMap::new(),
    };
    Some((recorded, Sizes { requests, limits }))
}

/// What a container requests and may use at most, as it is written.
fn stated(container: &Container) -> Sizes {
    let [requests, limits] = [container.resources.requests, container.resources.limits]
        .map(|it| -> Stated { CpuMemory { cpu: it.cpu, memory: it.memory } });
    Sizes { requests, limits }
}

/// A mean as a whole number that is not less.
fn whole(mean: f64) -> Option<u64> {
    // A mean of what fits in 64 bits.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = mean.ceil() as u64;
    (mean > 0.0).then_some(whole)
}

/// The kind of the object that has the template; none where there is no such object.
fn kind(controller: Controller) -> Option<ObjectKind> {
    match controller {
        Controller::Deployment { .. } => Some(ObjectKind::Deployment),
        Controller::StatefulSet { .. } => Some(ObjectKind::StatefulSet),
        Controller::DaemonSet => Some(ObjectKind::DaemonSet),
        Controller::CronJob { .. } => Some(ObjectKind::CronJob),
        Controller::Job(_) => Some(ObjectKind::Job),
        Controller::Pod { .. } => Some(ObjectKind::Pod),
        Controller::DeadlineJob(_)
        | Controller::ArrivingJobs { .. }
        | Controller::ArrivingPods { .. } => None,
    }
}
