//! Rules about how many pods there are, where, and what becomes of them.

use super::subject::{Subject, Workload};
use crate::codes::Code;
use crate::diagnostic::Diagnostics;
use crate::kube::{JobSpec, PodAffinity};

const ZONE: &str = "topology.kubernetes.io/zone";

pub(super) const SINGLETON: Code = Code {
    id: "W0110",
    title: "the only replica may run on spot",
    why: "While it is moved, or killed and started again, nobody serves: each reclaim is an outage.",
    example: "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  \
              template:\n    spec:\n      nodeSelector: {karpenter.sh/capacity-type: spot}\n      \
              containers: [{name: app}]",
    fix: "Run two, spread over zones, or keep it on on-demand nodes.",
};

pub(super) fn singleton(subject: &Subject, found: &mut Diagnostics) {
    for workload in subject.workloads.iter().filter(|workload| workload.serves()) {
        if subject.replicas(workload) == 1 && subject.may_be_on_spot(workload) {
            let message = format!("{} has one replica, which may run on spot", workload.full());
            found.push(workload.warn(SINGLETON.id, message).help(SINGLETON.help()));
        }
    }
}

pub(super) const NO_ZONE_SPREAD: Code = Code {
    id: "W0111",
    title: "replicas on spot are not told to spread over zones",
    why: "Reclaims come in batches within one zone. kube-scheduler's own default only prefers a \
          loose spread, and gives way to how full the nodes are.",
    example: "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n  \
              template:\n    spec:\n      nodeSelector: {karpenter.sh/capacity-type: spot}\n      \
              containers: [{name: app}]",
    fix: "Add a topologySpreadConstraint with topologyKey topology.kubernetes.io/zone.",
};

pub(super) fn no_zone_spread(subject: &Subject, found: &mut Diagnostics) {
    for workload in subject.workloads.iter().filter(|workload| workload.serves()) {
        let replicas = subject.replicas(workload);
        if replicas > 1 && !spreads(workload) && subject.may_be_on_spot(workload) {
            let message = format!(
                "{} has {replicas} replicas, and nothing spreads them over zones",
                workload.full()
            );
            found.push(workload.warn(NO_ZONE_SPREAD.id, message).help(NO_ZONE_SPREAD.help()));
        }
    }
}

/// Whether a pod keeps away from its like in the same zone, by rule or by preference.
fn spreads(workload: &Workload) -> bool {
    let spec = workload.spec();
    let apart = |affinity: &PodAffinity| {
        let preferred = affinity.preferred.iter().map(|weighted| &weighted.pod_affinity_term);
        affinity.required.iter().chain(preferred).any(|term| term.topology_key == ZONE)
    };
    let affinity = spec.affinity.as_ref().and_then(|affinity| affinity.pod_anti_affinity.as_ref());
    spec.topology_spread_constraints.iter().any(|constraint| constraint.topology_key == ZONE)
        || affinity.is_some_and(apart)
}

pub(super) const BARE_POD: Code = Code {
    id: "W0112",
    title: "a pod without a controller may run on spot",
    why: "Nobody creates it again after a reclaim.",
    example: "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  \
              nodeSelector: {karpenter.sh/capacity-type: spot}\n  containers: [{name: app}]",
    fix: "Put it into a Deployment or a Job, or keep it on on-demand nodes.",
};

pub(super) fn bare_pod(subject: &Subject, found: &mut Diagnostics) {
    for workload in subject.workloads.iter().filter(|workload| workload.kind == "Pod") {
        if subject.may_be_on_spot(workload) {
            let message =
                format!("{} may run on spot, and nobody would replace it", workload.full());
            found.push(workload.warn(BARE_POD.id, message).help(BARE_POD.help()));
        }
    }
}

pub(super) const GIVES_UP: Code = Code {
    id: "W0113",
    title: "a Job on spot gives up after one reclaim",
    why: "With a backoffLimit of 0 the first pod that fails ends the Job, and a pod that is taken \
          with its node counts as failed unless the podFailurePolicy ignores DisruptionTarget.",
    example: "apiVersion: batch/v1\nkind: Job\nmetadata: {name: render}\nspec:\n  backoffLimit: 0\n  \
              template:\n    spec:\n      nodeSelector: {karpenter.sh/capacity-type: spot}\n      \
              containers: [{name: app}]",
    fix: "Ignore disruptions: podFailurePolicy with action Ignore on the condition DisruptionTarget.",
};

pub(super) fn gives_up(subject: &Subject, found: &mut Diagnostics) {
    for workload in &subject.workloads {
        let Some(job) = &workload.job else { continue };
        if job.spec.backoff_limit == Some(0)
            && !ignores_disruptions(&job.spec)
            && subject.may_be_on_spot(workload)
        {
            let message =
                format!("{} may run on spot and fails with its first pod", workload.full());
            found.push(workload.warn(GIVES_UP.id, message).help(GIVES_UP.help()));
        }
    }
}

fn ignores_disruptions(spec: &JobSpec) -> bool {
    let rules = spec.pod_failure_policy.iter().flat_map(|policy| &policy.rules);
    rules.filter(|rule| rule.action == "Ignore").any(|rule| {
        rule.on_pod_conditions.iter().any(|condition| condition.kind == "DisruptionTarget")
    })
}
