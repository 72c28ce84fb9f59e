//! Rules about how many pods there are, where, and what becomes of them.

use sim::model::failure::{Failure, FailureAction, FailurePolicy};

use super::input::{ReviewInput, Workload};
use crate::cluster::counted;
use crate::code::Code;
use crate::diagnostic::Diagnostics;
use crate::kube::{ObjectKind, PodAffinity};
use crate::lower::retries;

const ZONE: &str = "topology.kubernetes.io/zone";

pub(super) const SINGLETON: Code = Code {
    id: "W0110",
    title: "the only replica may run on spot",
    why: "While it is moved, or killed and started again, no replica serves: each reclaim is an outage.",
    example: "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  \
              selector: {matchLabels: {app: web}}\n  template:\n    \
              metadata: {labels: {app: web}}\n    spec:\n      nodeSelector: {karpenter.sh/capacity-type: spot}\n      \
              containers: [{name: app}]",
    fix: "Run two, spread over zones, or keep it on on-demand nodes.",
};

pub(super) fn singleton(input: &ReviewInput, found: &mut Diagnostics) {
    for workload in input.workloads.iter().filter(|workload| workload.serves()) {
        if input.replicas(workload) == 1 && input.may_be_on_spot(workload) {
            let message = format!("{} has one replica, which may run on spot", workload.full());
            found.push(workload.warn(SINGLETON.id, message).help(SINGLETON.help()));
        }
    }
}

pub(super) const NO_ZONE_SPREAD: Code = Code {
    id: "W0111",
    title: "replicas on spot do not spread over zones",
    why: "Reclaims come in batches within one zone. kube-scheduler's own default only prefers a \
          loose spread, and gives way to how full the nodes are.",
    example: "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n  \
              selector: {matchLabels: {app: web}}\n  template:\n    \
              metadata: {labels: {app: web}}\n    spec:\n      nodeSelector: {karpenter.sh/capacity-type: spot}\n      \
              containers: [{name: app}]",
    fix: "Add a topologySpreadConstraint with topologyKey topology.kubernetes.io/zone.",
};

pub(super) fn no_zone_spread(input: &ReviewInput, found: &mut Diagnostics) {
    for workload in input.workloads.iter().filter(|workload| workload.serves()) {
        let replicas = input.replicas(workload);
        if replicas > 1 && !spreads(workload) && input.may_be_on_spot(workload) {
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
    why: "No controller creates it again after a reclaim.",
    example: "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  \
              nodeSelector: {karpenter.sh/capacity-type: spot}\n  containers: [{name: app}]",
    fix: "Put it into a Deployment or a Job, or keep it on on-demand nodes.",
};

pub(super) fn bare_pod(input: &ReviewInput, found: &mut Diagnostics) {
    for workload in input.workloads.iter().filter(|workload| workload.kind == ObjectKind::Pod) {
        if input.may_be_on_spot(workload) {
            let message =
                format!("{} may run on spot, and no controller would replace it", workload.full());
            found.push(workload.warn(BARE_POD.id, message).help(BARE_POD.help()));
        }
    }
}

pub(super) const GIVES_UP: Code = Code {
    id: "W0113",
    title: "a Job on spot fails when it is interrupted too often",
    why: "A pod that is taken with its node, or evicted from it, counts as failed unless the \
          podFailurePolicy ignores DisruptionTarget. With one failure more than backoffLimit, 6 by \
          default, the Job fails, and what its other pods were at is lost. A Job that a scenario \
          itself writes without limits tries for ever.",
    example: "apiVersion: batch/v1\nkind: Job\nmetadata: {name: render}\nspec:\n  completions: 50\n  \
              template:\n    spec:\n      nodeSelector: {karpenter.sh/capacity-type: spot}\n      \
              restartPolicy: Never\n      containers: [{name: app}]",
    fix: "Ignore disruptions: podFailurePolicy with action Ignore on the condition DisruptionTarget as \
          its first rule, and restartPolicy Never, which it needs.",
};

pub(super) fn gives_up(input: &ReviewInput, found: &mut Diagnostics) {
    for workload in &input.workloads {
        if let Some(end) = end_by_interruptions(workload)
            && input.may_be_on_spot(workload)
        {
            let message = format!("{} may run on spot, and {end}", workload.full());
            found.push(workload.warn(GIVES_UP.id, message).help(GIVES_UP.help()));
        }
    }
}

/// What a pod that is interrupted exits with: stopped by SIGTERM, by SIGKILL, or lost with its node.
const INTERRUPTED: [Option<i32>; 3] = [Some(128 + 15), Some(128 + 9), None];

/// How interruptions alone make a Job fail, if they do.
fn end_by_interruptions(workload: &Workload) -> Option<String> {
    let job = workload.job.as_ref()?;
    let who = if workload.kind == ObjectKind::CronJob { "a Job of it" } else { "it" };
    let policy = match &job.pod_failure_policy {
        // What the API server refuses never runs.
        Some(written) => retries::policy(written, workload.spec()).ok()?,
        None => FailurePolicy::default(),
    };
    let meant = INTERRUPTED.map(|exit_code| policy.action(Failure { disrupted: true, exit_code }));
    if meant.contains(&FailureAction::FailJob) {
        return Some(format!("its podFailurePolicy lets {who} fail with the first interruption"));
    }
    let (who, limit, which) = match (job.backoff_limit_per_index, job.backoff_limit) {
        (Some(limit), all) if all.is_none_or(|all| limit < all) => {
            (format!("an index of {who}"), limit, "its backoffLimitPerIndex")
        }
        (_, Some(limit)) => (who.to_owned(), limit, "its backoffLimit"),
        (_, None) => (who.to_owned(), retries::limit(job), "Kubernetes' default backoffLimit"),
    };
    // As many as can be written is no limit.
    let counts = meant.contains(&FailureAction::Count) && limit < i32::MAX.unsigned_abs();
    counts.then(|| {
        let interruptions = counted(limit as usize + 1, "interruption");
        format!("{who} fails after {interruptions}: each counts towards {which} of {limit}")
    })
}
