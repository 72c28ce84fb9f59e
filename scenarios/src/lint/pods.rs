//! Rules about what a pod says of itself.

use super::input::ReviewInput;
use crate::code::Code;
use crate::diagnostic::Diagnostics;
use crate::kube::{Container, ObjectKind, ResourceList};

/// What Kubernetes gives a pod that does not say.
const DEFAULT_GRACE: u32 = 30;

pub(super) const GRACE_BEYOND_NOTICE: Code = Code {
    id: "W0104",
    title: "a pod on spot may take longer to stop than the provider's notice lasts",
    why: "The instance is gone at its deadline, whatever grace its pods were promised: what is not \
          finished by then is cut short.",
    example: "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n\
              spec:\n  nodeSelector: {karpenter.sh/capacity-type: spot}\n  \
              terminationGracePeriodSeconds: 600\n  containers: [{name: app}]",
    fix: "Stop sooner, keep these pods on on-demand nodes, or make work resumable.",
};

pub(super) fn grace_beyond_notice(input: &ReviewInput, found: &mut Diagnostics) {
    let provider = input.provider;
    for workload in &input.workloads {
        let grace = workload.spec().termination_grace_period_seconds.unwrap_or(DEFAULT_GRACE);
        let grace = sim::Span::from_secs(u64::from(grace));
        if grace > provider.notice
            && workload.kind != ObjectKind::DaemonSet
            && input.may_be_on_spot(workload)
        {
            let message = format!(
                "{} may take {grace} to stop, and {} gives {} of notice",
                workload.full(),
                provider.name,
                provider.notice
            );
            let path = &["terminationGracePeriodSeconds"];
            let warning = workload.warn_in_spec(GRACE_BEYOND_NOTICE.id, message, path);
            found.push(warning.help(GRACE_BEYOND_NOTICE.help()));
        }
    }
}

pub(super) const PRE_STOP_TAKES_ALL: Code = Code {
    id: "W0105",
    title: "a preStop hook sleeps through the whole grace period",
    why: "The grace period covers the hook: when the hook ends with it, the process is asked to \
          stop and killed at once.",
    example: "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    \
              - {name: app, lifecycle: {preStop: {sleep: {seconds: 30}}}}",
    fix: "Sleep for less, or lengthen terminationGracePeriodSeconds.",
};

pub(super) fn pre_stop_takes_all(input: &ReviewInput, found: &mut Diagnostics) {
    for workload in &input.workloads {
        let grace = workload.spec().termination_grace_period_seconds.unwrap_or(DEFAULT_GRACE);
        for (index, container) in workload.spec().containers.iter().enumerate() {
            let hook = container.lifecycle.as_ref().and_then(|cycle| cycle.pre_stop.as_ref());
            let Some(sleep) = hook.and_then(|hook| hook.sleep.as_ref()) else { continue };
            if sleep.seconds >= grace {
                let message = format!(
                    "container `{}` of {} sleeps {} s before it stops, and has {grace} s in all",
                    container.name,
                    workload.full(),
                    sleep.seconds
                );
                let path = &["containers", &index.to_string(), "lifecycle", "preStop", "sleep"];
                let warning = workload.warn_in_spec(PRE_STOP_TAKES_ALL.id, message, path);
                found.push(warning.help(PRE_STOP_TAKES_ALL.help()));
            }
        }
    }
}

pub(super) const NO_REQUESTS: Code = Code {
    id: "W0106",
    title: "a container does not say what it needs",
    why: "The scheduler takes what is not requested for nothing, so that nodes are packed without \
          measure, and neither a simulation nor an autoscaler can tell how many nodes are needed.",
    example: "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: app}]}",
    fix: "Request cpu and memory; `kubectl top pod --containers` shows what is used.",
};

pub(super) fn no_requests(input: &ReviewInput, found: &mut Diagnostics) {
    for workload in &input.workloads {
        if workload.spec().resources.as_ref().is_some_and(|all| !all.requests.is_empty()) {
            continue;
        }
        for (index, container) in workload.spec().containers.iter().enumerate() {
            let missing = missing(container);
            if !missing.is_empty() {
                let message = format!(
                    "container `{}` of {} requests no {}",
                    container.name,
                    workload.full(),
                    missing.join(" and no ")
                );
                let path = &["containers", &index.to_string(), "name"];
                let warning = workload.warn_in_spec(NO_REQUESTS.id, message, path);
                found.push(warning.help(NO_REQUESTS.help()));
            }
        }
    }
}

/// What is neither requested nor limited; a limit is a request where there is none.
fn missing(container: &Container) -> Vec<&'static str> {
    let resources = &container.resources;
    let says = |list: &ResourceList, name: &str| list.contains_key(name);
    let unsaid = |name: &&str| !says(&resources.requests, name) && !says(&resources.limits, name);
    ["cpu", "memory"].into_iter().filter(unsaid).collect()
}

pub(super) const NEVER_EVICTED: Code = Code {
    id: "W0108",
    title: "a pod on spot forbids its eviction",
    why: "A handler that sees the notice does not move it: it runs on until the instance is gone, \
          and is killed with it.",
    example: "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations: \
              {karpenter.sh/do-not-disrupt: \"true\"}\nspec:\n  \
              nodeSelector: {karpenter.sh/capacity-type: spot}\n  containers: [{name: app}]",
    fix: "Keep it on on-demand nodes, or allow the eviction.",
};

pub(super) fn never_evicted(input: &ReviewInput, found: &mut Diagnostics) {
    const FORBIDS: [(&str, &str); 2] = [
        ("karpenter.sh/do-not-disrupt", "true"),
        ("cluster-autoscaler.kubernetes.io/safe-to-evict", "false"),
    ];
    for workload in &input.workloads {
        let forbids = |(key, value): &(&str, &str)| {
            workload.annotations.iter().any(|(known, said)| known == key && said == value)
        };
        if let Some((key, value)) = FORBIDS.iter().find(|it| forbids(it))
            && input.may_be_on_spot(workload)
        {
            let message = format!(
                "{} may run on spot and forbids its eviction: {key} is {value}",
                workload.full()
            );
            found.push(workload.warn(NEVER_EVICTED.id, message).help(NEVER_EVICTED.help()));
        }
    }
}

pub(super) const DATA_ON_NODE: Code = Code {
    id: "W0109",
    title: "a pod on spot keeps data on its node",
    why: "A hostPath is gone with the instance. A DaemonSet may read its node's own files, others \
          lose what they wrote.",
    example: "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  \
              nodeSelector: {karpenter.sh/capacity-type: spot}\n  containers: [{name: app}]\n  \
              volumes: [{name: data, hostPath: {path: /data}}]",
    fix: "Use a PersistentVolumeClaim, or keep it on on-demand nodes.",
};

pub(super) fn data_on_node(input: &ReviewInput, found: &mut Diagnostics) {
    for workload in input.workloads.iter().filter(|workload| workload.kind != ObjectKind::DaemonSet)
    {
        for (index, volume) in workload.spec().volumes.iter().enumerate() {
            if volume.host_path.is_some() && input.may_be_on_spot(workload) {
                let message = format!(
                    "{} may run on spot and keeps volume `{}` on its node",
                    workload.full(),
                    volume.name
                );
                let path = &["volumes", &index.to_string()];
                let warning = workload.warn_in_spec(DATA_ON_NODE.id, message, path);
                found.push(warning.help(DATA_ON_NODE.help()));
            }
        }
    }
}
