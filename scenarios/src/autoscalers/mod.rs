//! Autoscalers of pods: those of manifests and of a cluster, and those that a scenario writes in their short
//! form.

mod short;

use std::collections::{BTreeMap, BTreeSet};

use crate::file::Kind;
use crate::kube::{
    CrossVersionObjectReference, HorizontalPodAutoscaler, Object, VerticalPodAutoscaler,
};
use crate::load::{Loaded, Origin};
use crate::unmodelled::Tally;
use crate::workloads::Written;
pub(crate) use short::{Short, Target, examine_services, horizontal, read, vertical};

/// The autoscalers of a scenario, each with where it was written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Autoscalers {
    /// Those that set how many pods there are.
    pub(crate) horizontal: Vec<(HorizontalPodAutoscaler, Origin)>,
    /// Those that set how large they are.
    pub(crate) vertical: Vec<(VerticalPodAutoscaler, Origin)>,
}

impl Autoscalers {
    /// Those of objects, and then those in their short form.
    pub(crate) fn of<'o>(objects: impl Iterator<Item = &'o Loaded>, short: &Short) -> Autoscalers {
        let mut all = Autoscalers::default();
        for Loaded { object, origin, .. } in objects {
            match object {
                Object::HorizontalPodAutoscaler(scaler) => {
                    all.horizontal.push((HorizontalPodAutoscaler::clone(scaler), origin.clone()));
                }
                Object::VerticalPodAutoscaler(scaler) => {
                    all.vertical.push((VerticalPodAutoscaler::clone(scaler), origin.clone()));
                }
                _ => {}
            }
        }
        all.horizontal.extend_from_slice(&short.horizontal);
        all.vertical.extend_from_slice(&short.vertical);
        all
    }

    /// Gives workloads that are scaled as many pods as their autoscalers allow. Autoscalers of something
    /// else are counted.
    // kube-controller-manager: podautoscaler/horizontal.go reconcileAutoscaler: none stays none, and the
    // bounds hold before any metric is looked at
    pub(crate) fn hold(&self, workloads: &mut [Written], tally: &mut Tally) {
        let mut held = BTreeSet::new();
        let targets = Targets::of(workloads);
        let each = self.horizontal.iter().map(|(scaler, origin)| {
            (
                targets.find(&scaler.spec.scale_target_ref, scaler.metadata.namespace()),
                scaler,
                origin,
            )
        });
        let each: Vec<_> = each.collect();
        for (index, scaler, origin) in each {
            let Some(index) = index else {
                let what = "kind HorizontalPodAutoscaler: nothing that it scales is simulated";
                tally.count(what, origin);
                continue;
            };
            let replicas = workloads[index].spec.replicas.unwrap_or(1);
            let least = scaler.spec.min_replicas.unwrap_or(1);
            if held.insert(index) && replicas > 0 {
                let most = scaler.spec.max_replicas.max(least);
                workloads[index].spec.replicas = Some(replicas.clamp(least, most));
            }
        }
    }
}

/// What autoscalers may have as their targets, by kind, namespace and name.
pub(crate) struct Targets(BTreeMap<(Kind, String, String), usize>);

impl Targets {
    /// Those among workloads.
    pub(crate) fn of(workloads: &[Written]) -> Targets {
        let mut targets = BTreeMap::new();
        for (index, it) in workloads.iter().enumerate() {
            targets.entry((it.kind, it.namespace.clone(), it.name.clone())).or_insert(index);
        }
        Targets(targets)
    }

    /// The index of the workload that has replicas and is meant by a reference in a namespace.
    pub(crate) fn find(
        &self,
        target: &CrossVersionObjectReference,
        namespace: &str,
    ) -> Option<usize> {
        let kind = match target.kind.as_str() {
            // A ReplicaSet without a Deployment is simulated as one.
            "Deployment" | "ReplicaSet" => Kind::Deployment,
            "StatefulSet" => Kind::StatefulSet,
            _ => return None,
        };
        self.0.get(&(kind, namespace.to_owned(), target.name.clone())).copied()
    }

    /// The index of the workload whose pods can be sized, and is meant by a reference in a namespace.
    pub(crate) fn find_sized(
        &self,
        target: &CrossVersionObjectReference,
        namespace: &str,
    ) -> Option<usize> {
        if target.kind == "DaemonSet" {
            let name = (Kind::DaemonSet, namespace.to_owned(), target.name.clone());
            return self.0.get(&name).copied();
        }
        self.find(target, namespace)
    }
}
