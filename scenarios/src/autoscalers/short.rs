//! Autoscalers in the short form of a scenario: made into Kubernetes' objects, and judged as those are.

use serde_json::{Value, json};

use crate::admission::types::Type;
use crate::admission::{Account, Admitted};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::autoscaling::Hpa;
use crate::file::{File, Kind, Quantity, Workload};
use crate::kube::{self, HorizontalPodAutoscaler};
use crate::load::{Origin, misfit};
use crate::tree::{Node, Step};

/// What a scenario writes in short form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Short {
    /// HorizontalPodAutoscalers.
    pub(crate) horizontal: Vec<(HorizontalPodAutoscaler, Origin)>,
}

/// The autoscalers of the workloads that a scenario writes itself.
pub(crate) fn read(
    file: &File,
    (source, tree): (&Source, &Node),
    found: &mut Diagnostics,
) -> Short {
    let mut short = Short::default();
    for (index, workload) in file.workloads.iter().enumerate() {
        let at = |field: &str| {
            tree.at(&[Step::from("workloads"), index.into(), field.into()]).span.clone()
        };
        // Of other kinds it has been said that they have no such field.
        let has_replicas = matches!(workload.kind, Kind::Deployment | Kind::StatefulSet);
        if let Some(hpa) = workload.hpa.as_ref().filter(|_| has_replicas) {
            let origin = origin(source, at("hpa"), "HorizontalPodAutoscaler", workload);
            let before = found.iter().count();
            let amounts = hpa.cpu.iter().chain(&hpa.memory).chain(hpa.external.values());
            for wrong in amounts.filter_map(|amount| no_amount(amount, &origin)) {
                found.push(wrong);
            }
            if found.iter().count() > before {
                continue;
            }
            let of = Type::HorizontalPodAutoscaler;
            if let Some(object) = object((of, &horizontal(workload, hpa)), &origin, found) {
                short.horizontal.push((object, origin));
            }
        }
    }
    short
}

fn origin(
    source: &Source,
    span: std::ops::Range<usize>,
    kind: &str,
    workload: &Workload,
) -> Origin {
    Origin::new(source, span, kind, Some(&workload.namespace), Some(&workload.name))
}

/// An object, if the API server would admit it. What is wrong is said of the whole short form.
fn object<T: kube::Read>(
    (of, value): (Type, &Value),
    origin: &Origin,
    found: &mut Diagnostics,
) -> Option<T> {
    let place = |_: &[Step]| origin.span.clone();
    if Account::default().examine((of, value), origin, place, found) == Admitted::No {
        return None;
    }
    match kube::read::<T>(value) {
        Ok((object, _)) => Some(object),
        Err(fault) => {
            found.push(misfit(&fault, origin, place));
            None
        }
    }
}

/// The object that a short form stands for.
fn horizontal(workload: &Workload, hpa: &Hpa) -> Value {
    let mut metrics = Vec::new();
    for (name, target) in [("cpu", &hpa.cpu), ("memory", &hpa.memory)] {
        if let Some(target) = target {
            let resource = json!({ "name": name, "target": of_pods(target) });
            metrics.push(json!({ "type": "Resource", "resource": resource }));
        }
    }
    for (name, target) in &hpa.external {
        let target = json!({ "type": "AverageValue", "averageValue": target.text() });
        let external = json!({ "metric": { "name": name }, "target": target });
        metrics.push(json!({ "type": "External", "external": external }));
    }
    json!({
        "metadata": { "name": workload.name, "namespace": workload.namespace },
        "spec": {
            "scaleTargetRef": target_ref(workload),
            "minReplicas": hpa.min,
            "maxReplicas": hpa.max,
            "metrics": metrics,
            "behavior": hpa.behavior,
        },
    })
}

fn target_ref(workload: &Workload) -> Value {
    json!({ "apiVersion": "apps/v1", "kind": workload.kind.name(), "name": workload.name })
}

/// A part of what is requested, or an amount.
fn of_pods(target: &Quantity) -> Value {
    match percent(target) {
        Some(percent) => json!({ "type": "Utilization", "averageUtilization": percent }),
        None => json!({ "type": "AverageValue", "averageValue": target.text() }),
    }
}

fn percent(target: &Quantity) -> Option<u32> {
    target.text().strip_suffix('%')?.trim().parse().ok()
}

/// That something is neither a part nor an amount.
fn no_amount(target: &Quantity, origin: &Origin) -> Option<Diagnostic> {
    let text = target.text();
    if percent(target).is_some_and(|percent| percent > 0) {
        return None;
    }
    let message = match crate::quantity::Quantity::parse(&text) {
        Ok(amount) if amount.milli() > 0 => return None,
        Ok(_) => format!("{}: a target of `{text}` would take any number of replicas", origin.name),
        Err(_) => format!("{}: `{text}` is neither a part nor an amount", origin.name),
    };
    let help = "write a part of what is requested, `60%`, or an amount, `300m`";
    Some(origin.diagnostic("E1101", &message).help(help))
}
