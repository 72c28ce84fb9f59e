//! Retries: how many pods of a Job may fail, which failures count, and how long it may take.

use sim::Span;
use sim::model::Model;
use sim::model::failure::{
    FailureAction, FailurePolicy, FailureRule, Pattern, Replacement, Retries,
};

use crate::kube::{
    DISRUPTION_TARGET, JobSpec, PodFailurePolicy, PodFailurePolicyOnExitCodes, PodSpec,
};

/// How a Job takes failures, by its spec and that of its pods.
///
/// # Errors
/// A sentence that says what the API server would refuse.
pub(super) fn retries(model: &mut Model, job: &JobSpec, pod: &PodSpec) -> Result<Retries, String> {
    let mut rules = job.pod_failure_policy.iter().flat_map(|policy| &policy.rules);
    if job.backoff_limit_per_index.is_none() && rules.any(|rule| rule.action == "FailIndex") {
        let what = "podFailurePolicy: action FailIndex needs a backoffLimitPerIndex";
        return Err(what.into());
    }
    let policy = job.pod_failure_policy.as_ref().map(|written| policy(written, pod)).transpose()?;
    let policy = policy.map(|policy| model.failure_policies.push(policy));
    let replacement = match job.pod_replacement_policy.as_deref() {
        Some("Failed") => Replacement::Failed,
        Some("TerminatingOrFailed") if policy.is_some() => {
            return Err(
                "a podFailurePolicy needs podReplacementPolicy `Failed`: it looks at pods \
                        that have stopped"
                    .into(),
            );
        }
        None if policy.is_some() => Replacement::Failed,
        None | Some("TerminatingOrFailed") => Replacement::TerminatingOrFailed,
        Some(other) => {
            return Err(format!(
                "podReplacementPolicy is `{other}`; write `Failed` or `TerminatingOrFailed`"
            ));
        }
    };
    Ok(Retries {
        limit: limit(job),
        active_deadline: job.active_deadline_seconds.map(Span::from_secs_capped),
        replacement,
        policy,
    })
}

/// How many pods of a Job may fail, as the API server defaults it.
pub(crate) fn limit(job: &JobSpec) -> u32 {
    let per_index = job.backoff_limit_per_index.is_some();
    let default = if per_index { u32::MAX } else { Retries::default().limit };
    job.backoff_limit.unwrap_or(default)
}

/// Which failures of such pods count.
///
/// # Errors
/// A sentence that says what the API server would refuse.
pub(crate) fn policy(written: &PodFailurePolicy, pod: &PodSpec) -> Result<FailurePolicy, String> {
    if pod.restart_policy.as_deref().unwrap_or("Always") != "Never" {
        return Err("a podFailurePolicy needs pods with restartPolicy `Never`".into());
    }
    let mut rules = Vec::new();
    for (number, rule) in written.rules.iter().enumerate() {
        let wrong = |what: String| format!("podFailurePolicy.rules[{number}]: {what}");
        let action = match rule.action.as_str() {
            "FailJob" => FailureAction::FailJob,
            "Ignore" => FailureAction::Ignore,
            "Count" | "FailIndex" => FailureAction::Count,
            other => {
                let choices = "`FailJob`, `Ignore`, `Count` or `FailIndex`";
                return Err(wrong(format!("action is `{other}`; write {choices}")));
            }
        };
        let on = match (&rule.on_exit_codes, rule.on_pod_conditions.is_empty()) {
            (Some(codes), true) => Some(exit_codes(codes, pod).map_err(wrong)?),
            (None, false) => rule
                .on_pod_conditions
                .iter()
                .any(|it| {
                    it.kind == DISRUPTION_TARGET && it.status.as_deref().unwrap_or("True") == "True"
                })
                .then_some(Pattern::DisruptionTarget),
            _ => return Err(wrong("write one of onExitCodes and onPodConditions".into())),
        };
        rules.extend(on.map(|on| FailureRule { action, on }));
    }
    Ok(FailurePolicy { rules })
}

fn exit_codes(written: &PodFailurePolicyOnExitCodes, pod: &PodSpec) -> Result<Pattern, String> {
    let mut containers = pod.containers.iter().chain(&pod.init_containers);
    if let Some(name) = &written.container_name
        && !containers.any(|container| container.name == *name)
    {
        return Err(format!("there is no container `{name}`"));
    }
    if written.values.is_empty() {
        return Err("onExitCodes needs values".into());
    }
    match written.operator.as_str() {
        "In" if written.values.contains(&0) => {
            Err("0 is no failure; take it out of the values".into())
        }
        "In" => Ok(Pattern::In(written.values.clone())),
        "NotIn" => Ok(Pattern::NotIn(written.values.clone())),
        other => Err(format!("operator is `{other}`; write `In` or `NotIn`")),
    }
}
