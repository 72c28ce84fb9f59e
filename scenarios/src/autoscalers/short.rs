//! Autoscalers in the short form of a scenario: made into Kubernetes' objects, and judged as those are.

use serde_json::{Value, json};

use crate::admission::types::Type;
use crate::admission::{Account, Admitted};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::autoscaling::{Controlled, Hpa, Vpa};
use crate::file::usage::Amount;
use crate::file::{File, Kind, Quantity, Workload};
use crate::kube::{self, HorizontalPodAutoscaler, VerticalPodAutoscaler};
use crate::load::{Origin, misfit};
use crate::tree::{Node, Step};

/// What a scenario writes in short form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Short {
    /// HorizontalPodAutoscalers.
    pub(crate) horizontal: Vec<(HorizontalPodAutoscaler, Origin)>,
    /// VerticalPodAutoscalers.
    pub(crate) vertical: Vec<(VerticalPodAutoscaler, Origin)>,
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
        let has_pods =
            matches!(workload.kind, Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet);
        if let Some(vpa) = workload.vpa.as_ref().filter(|_| has_pods) {
            let origin = origin(source, at("vpa"), "VerticalPodAutoscaler", workload);
            let of = Type::VerticalPodAutoscaler;
            if let Some(object) = object((of, &vertical(workload, vpa)), &origin, found) {
                short.vertical.push((object, origin));
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

/// The object that a short form stands for.
fn vertical(workload: &Workload, vpa: &Vpa) -> Value {
    let amount = |amount: &Option<Amount>| {
        amount.as_ref().map(|it| {
            let text = |quantity: &Option<Quantity>| quantity.as_ref().map(Quantity::text);
            let mut amounts = serde_json::Map::new();
            for (name, text) in [("cpu", text(&it.cpu)), ("memory", text(&it.memory))] {
                amounts.extend(text.map(|text| (name.to_owned(), text.into())));
            }
            amounts
        })
    };
    let controlled = |it: &Controlled| format!("{it:?}").to_lowercase();
    let policy = json!({
        "containerName": "*",
        "minAllowed": amount(&vpa.min_allowed),
        "maxAllowed": amount(&vpa.max_allowed),
        "controlledValues": vpa.controlled_values.map(|it| format!("{it:?}")),
        "controlledResources": vpa.controlled_resources.as_ref().map(|all| {
            all.iter().map(controlled).collect::<Vec<String>>()
        }),
    });
    json!({
        "metadata": { "name": workload.name, "namespace": workload.namespace },
        "spec": {
            "targetRef": target_ref(workload),
            "updatePolicy": {
                "updateMode": format!("{:?}", vpa.mode), "minReplicas": vpa.min_replicas,
            },
            "resourcePolicy": { "containerPolicies": [policy] },
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
    let amount = crate::quantity::Quantity::parse(&text).map(crate::quantity::Quantity::milli);
    let message = match percent(target).map(u64::from).map_or(amount, Ok) {
        Ok(amount) if amount > 0 => return None,
        Ok(_) => format!("{}: a target of `{text}` would take any number of replicas", origin.name),
        Err(_) => format!("{}: `{text}` is neither a part nor an amount", origin.name),
    };
    let help = "write a part of what is requested, `60%`, or an amount, `300m`";
    Some(origin.diagnostic("E1101", &message).help(help))
}
