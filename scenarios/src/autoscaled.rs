//! Workloads that a HorizontalPodAutoscaler scales: load is not modelled, so that each keeps the
//! number of pods that it has, within the autoscaler's bounds.

use crate::assumption::{self, Assumption};
use crate::cluster::counted;
use crate::file::Kind;
use crate::kube::{HorizontalPodAutoscaler, Object};
use crate::load::{Loaded, Origin};
use crate::unmodelled::Tally;
use crate::workloads::Written;

/// The autoscaler that an object is, if it is one.
pub(crate) fn autoscaler(loaded: &Loaded) -> Option<(HorizontalPodAutoscaler, Origin)> {
    let Object::HorizontalPodAutoscaler(scaler) = &loaded.object else { return None };
    Some((HorizontalPodAutoscaler::clone(scaler), loaded.origin.clone()))
}

/// Whether an autoscaler scales a workload.
fn scales(scaler: &HorizontalPodAutoscaler, workload: &Written) -> bool {
    let target = &scaler.spec.scale_target_ref;
    let kind = match workload.kind {
        // A ReplicaSet without a Deployment is simulated as one.
        Kind::Deployment => ["Deployment", "ReplicaSet"].contains(&target.kind.as_str()),
        Kind::StatefulSet => target.kind == "StatefulSet",
        _ => false,
    };
    kind && target.name == workload.name && scaler.metadata.namespace() == workload.namespace
}

/// Gives workloads that are scaled as many pods as their autoscalers allow, and says so. Autoscalers
/// of something else are counted.
// kube-controller-manager: podautoscaler/horizontal.go reconcileAutoscaler: none stays none, and the
// bounds hold before any metric is looked at
pub(crate) fn hold(
    workloads: &mut [Written],
    scalers: &[(HorizontalPodAutoscaler, Origin)],
    tally: &mut Tally,
) -> Option<Assumption> {
    for (_, origin) in
        scalers.iter().filter(|(scaler, _)| !workloads.iter().any(|it| scales(scaler, it)))
    {
        tally.count("kind HorizontalPodAutoscaler: nothing that it scales is simulated", origin);
    }
    let mut held = 0;
    for workload in workloads {
        let mut scalers = scalers.iter().map(|(scaler, _)| scaler);
        let Some(scaler) = scalers.find(|scaler| scales(scaler, workload)) else { continue };
        let replicas = workload.spec.replicas.unwrap_or(1);
        let least = scaler.spec.min_replicas.unwrap_or(1);
        if replicas > 0 {
            let most = scaler.spec.max_replicas.max(least);
            workload.spec.replicas = Some(replicas.clamp(least, most));
        }
        held += 1;
    }
    (held > 0).then(|| assumption::AUTOSCALED.about(&[&counted(held, "workload")]))
}
