//! Autoscalers in the short form of a scenario: made into Kubernetes' objects, and judged as those are.

use std::ops::Range;

use serde_json::{Value, json};

use crate::admission::types::Type;
use crate::admission::{Account, Admitted};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::autoscaling::{Controlled, Hpa, Vpa};
use crate::file::services::Services;
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
        let target = Target::of(workload);
        if let Some(hpa) = workload.hpa.as_ref().filter(|_| has_replicas) {
            short.horizontal.extend(target.scaled((source, at("hpa")), hpa, found));
        }
        let has_pods =
            matches!(workload.kind, Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet);
        if let Some(vpa) = workload.vpa.as_ref().filter(|_| has_pods) {
            short.vertical.extend(target.sized((source, at("vpa")), vpa, found));
        }
    }
    short
}

/// Says what is wrong with the autoscalers that all services of a population have: once, instead of for each.
pub(crate) fn examine_services(
    services: &Services,
    (source, tree): (&Source, &Node),
    found: &mut Diagnostics,
) {
    let at = |field: &str| tree.at(&[Step::from("services"), field.into()]).span.clone();
    let Services { namespace, name, .. } = services;
    let target = Target { kind: Kind::Deployment.name(), namespace, name };
    if let Some(hpa) = &services.hpa {
        let _ = target.scaled((source, at("hpa")), hpa, found);
    }
    if let Some(vpa) = &services.vpa {
        let _ = target.sized((source, at("vpa")), vpa, found);
    }
}

/// What a short form belongs to.
#[derive(Clone, Copy)]
pub(crate) struct Target<'t> {
    /// Its kind, as Kubernetes calls it.
    pub(crate) kind: &'t str,
    /// Its namespace.
    pub(crate) namespace: &'t str,
    /// Its name, which its autoscalers have, too.
    pub(crate) name: &'t str,
}

impl<'t> Target<'t> {
    fn of(workload: &'t Workload) -> Target<'t> {
        let Workload { kind, namespace, name, .. } = workload;
        Target { kind: kind.name(), namespace, name }
    }

    /// The HorizontalPodAutoscaler of a short form, if there is nothing wrong with it.
    fn scaled(
        self,
        (source, span): (&Source, Range<usize>),
        hpa: &Hpa,
        found: &mut Diagnostics,
    ) -> Option<(HorizontalPodAutoscaler, Origin)> {
        let origin = self.origin(source, span, "HorizontalPodAutoscaler");
        let before = found.iter().count();
        let amounts = hpa.cpu.iter().chain(&hpa.memory).chain(hpa.external.values());
        for wrong in amounts.filter_map(|amount| no_amount(amount, &origin)) {
            found.push(wrong);
        }
        if found.iter().count() > before {
            return None;
        }
        let of = Type::HorizontalPodAutoscaler;
        object((of, &horizontal(self, hpa)), &origin, found).map(|object| (object, origin))
    }

    /// The VerticalPodAutoscaler of a short form, if there is nothing wrong with it.
    fn sized(
        self,
        (source, span): (&Source, Range<usize>),
        vpa: &Vpa,
        found: &mut Diagnostics,
    ) -> Option<(VerticalPodAutoscaler, Origin)> {
        let origin = self.origin(source, span, "VerticalPodAutoscaler");
        let of = Type::VerticalPodAutoscaler;
        object((of, &vertical(self, vpa)), &origin, found).map(|object| (object, origin))
    }

    fn origin(self, source: &Source, span: Range<usize>, kind: &str) -> Origin {
        Origin::new(source, span, kind, Some(self.namespace), Some(self.name))
    }
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
pub(crate) fn horizontal(of: Target<'_>, hpa: &Hpa) -> Value {
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
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": { "name": of.name, "namespace": of.namespace },
        "spec": {
            "scaleTargetRef": target_ref(of),
            "minReplicas": hpa.min,
            "maxReplicas": hpa.max,
            "metrics": metrics,
            "behavior": hpa.behavior,
        },
    })
}

/// The object that a short form stands for.
pub(crate) fn vertical(of: Target<'_>, vpa: &Vpa) -> Value {
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
        "apiVersion": "autoscaling.k8s.io/v1",
        "kind": "VerticalPodAutoscaler",
        "metadata": { "name": of.name, "namespace": of.namespace },
        "spec": {
            "targetRef": target_ref(of),
            "updatePolicy": {
                "updateMode": format!("{:?}", vpa.mode), "minReplicas": vpa.min_replicas,
            },
            "resourcePolicy": { "containerPolicies": [policy] },
        },
    })
}

fn target_ref(of: Target<'_>) -> Value {
    json!({ "apiVersion": "apps/v1", "kind": of.kind, "name": of.name })
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
