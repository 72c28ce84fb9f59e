//! Jobs and CronJobs of a scenario, in Kubernetes' own words.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Kind, Workload};
use crate::kube;

/// What becomes of a Job that still runs when the next is due.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum ConcurrencyPolicy {
    /// Both run; the default.
    Allow,
    /// The next is made when it is over, unless that is too late.
    Forbid,
    /// It is deleted.
    Replace,
}

/// Which failures of a Job's pods count: the first rule that matches decides.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PodFailurePolicy {
    /// The rules, in order.
    pub rules: Vec<Rule>,
}

/// What a kind of failure means.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// What it means.
    pub action: Action,
    /// Failures with these exit codes.
    pub on_exit_codes: Option<OnExitCodes>,
    /// Failures with one of these conditions.
    #[serde(default)]
    pub on_pod_conditions: Vec<OnPodCondition>,
}

/// What a failure means to a Job.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum Action {
    /// The Job fails.
    FailJob,
    /// It does not count.
    Ignore,
    /// It counts.
    Count,
}

/// A set of exit codes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OnExitCodes {
    /// Of which container; by default of any.
    pub container_name: Option<String>,
    /// Whether it is these codes, or all others but 0.
    pub operator: Operator,
    /// The codes.
    pub values: Vec<i32>,
}

/// How codes are compared.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum Operator {
    /// One of them.
    In,
    /// None of them, and not 0.
    NotIn,
}

/// A condition of a pod.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OnPodCondition {
    /// Which one: `DisruptionTarget`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `True` by default.
    pub status: Option<String>,
}

impl Workload {
    /// When a CronJob makes Jobs; none if it is something else.
    pub(crate) fn cron_job(&self) -> Result<Option<kube::CronJobSpec>, String> {
        let says = self.schedule.is_some()
            || self.time_zone.is_some()
            || self.concurrency_policy.is_some()
            || self.starting_deadline_seconds.is_some();
        match (&self.schedule, self.kind == Kind::CronJob) {
            (Some(schedule), true) => Ok(Some(kube::CronJobSpec {
                schedule: schedule.clone(),
                time_zone: self.time_zone.clone(),
                concurrency_policy: self.concurrency_policy.map(|it| format!("{it:?}")),
                starting_deadline_seconds: self.starting_deadline_seconds,
                ..kube::CronJobSpec::default()
            })),
            (None, true) => Err("a CronJob needs a `schedule`, for example \"0 3 * * *\"".into()),
            (_, false) if says => Err("only a CronJob has a schedule; set `kind: CronJob`".into()),
            (_, false) => Ok(None),
        }
    }

    /// How Jobs take failures, if they say anything of it, or a CronJob makes them.
    pub(crate) fn limits(&self) -> Option<kube::JobSpec> {
        let silent = self.kind != Kind::CronJob
            && self.backoff_limit.is_none()
            && self.active_deadline_seconds.is_none()
            && self.pod_failure_policy.is_none();
        (!silent).then(|| kube::JobSpec {
            backoff_limit: self.backoff_limit,
            active_deadline_seconds: self.active_deadline_seconds,
            pod_failure_policy: self.pod_failure_policy.as_ref().map(PodFailurePolicy::written),
            ..kube::JobSpec::default()
        })
    }
}

impl PodFailurePolicy {
    fn written(&self) -> kube::PodFailurePolicy {
        let rule = |rule: &Rule| kube::PodFailurePolicyRule {
            action: format!("{:?}", rule.action),
            on_exit_codes: rule.on_exit_codes.as_ref().map(|codes| {
                kube::PodFailurePolicyOnExitCodes {
                    container_name: codes.container_name.clone(),
                    operator: format!("{:?}", codes.operator),
                    values: codes.values.clone(),
                }
            }),
            on_pod_conditions: rule
                .on_pod_conditions
                .iter()
                .map(|condition| kube::PodFailurePolicyOnPodCondition {
                    kind: condition.kind.clone(),
                    status: condition.status.clone(),
                })
                .collect(),
        };
        kube::PodFailurePolicy { rules: self.rules.iter().map(rule).collect() }
    }
}
