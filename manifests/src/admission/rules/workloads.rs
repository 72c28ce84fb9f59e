//! Controllers that keep pods: Deployments, ReplicaSets, StatefulSets and DaemonSets.

use serde_json::Value;

use super::{NEEDED, NUMBER, Rule, STRANGER, TOGETHER, WORD, rule};
use crate::admission::seen::{Fault, Seen, path, shown};
use crate::admission::types::CONTROLLERS;
use crate::admission::{Check, Type};

const REPLICATED: &[Type] = &[Type::DeploymentSpec, Type::ReplicaSetSpec, Type::StatefulSetSpec];
/// What pods come of, and cannot come of nothing.
const WITH_PODS: &[Type] = &[
    Type::Pod,
    Type::Deployment,
    Type::ReplicaSet,
    Type::StatefulSet,
    Type::DaemonSet,
    Type::Job,
    Type::CronJob,
];
const TEMPLATED: &[Type] = &[
    Type::DeploymentSpec,
    Type::ReplicaSetSpec,
    Type::StatefulSetSpec,
    Type::DaemonSetSpec,
    Type::JobSpec,
];
const ROLLING: &[Type] = &[Type::RollingUpdate];
const DEPLOYMENT: &str = "apps/validation/validation.go ValidateDeploymentSpec";
const STATEFUL_SET: &str = "apps/validation/validation.go ValidateStatefulSetSpec";
const DAEMON_SET: &str = "apps/validation/validation.go ValidateDaemonSetSpec";
const TEMPLATE: &str = "apps/validation/validation.go ValidatePodTemplateSpecForReplicaSet, \
                        ValidateStatefulSetSpec, ValidateDaemonSetSpec";
const SPECS: &str = "apps/validation/validation.go ValidateDeploymentSpec, ValidateReplicaSetSpec, \
                     ValidateStatefulSetSpec, ValidateDaemonSetSpec";
const STRICT: &str = "apimachinery: runtime/serializer/json (strict decoding)";

pub(super) static RULES: &[Rule] = &[
    rule("object-spec", WITH_PODS, "spec", Check::Needed, NEEDED, SPECS),
    rule("controller-template", TEMPLATED, "template", Check::Needed, NEEDED, TEMPLATE),
    rule(
        "template-spec",
        &[Type::PodTemplateSpec, Type::JobTemplateSpec],
        "spec",
        Check::Needed,
        NEEDED,
        TEMPLATE,
    ),
    rule(
        "cron-template",
        &[Type::CronJobSpec],
        "jobTemplate",
        Check::Needed,
        NEEDED,
        "batch/validation/validation.go ValidateJobTemplateSpec",
    ),
    rule(
        "controller-replicas",
        REPLICATED,
        "replicas",
        Check::Between(0, i32::MAX as i64),
        NUMBER,
        SPECS,
    ),
    rule(
        "controller-min-ready",
        CONTROLLERS,
        "minReadySeconds",
        Check::Between(0, i32::MAX as i64),
        NUMBER,
        SPECS,
    ),
    rule("controller-selector", CONTROLLERS, "selector", Check::Needed, NEEDED, SPECS),
    rule(
        "controller-selector-empty",
        CONTROLLERS,
        "selector",
        Check::Holds("asks for a label", |it, faults| {
            let none = |field: &str| {
                it.value.and_then(|it| it.get(field)).is_none_or(|it| {
                    it.as_object().is_none_or(serde_json::Map::is_empty)
                        && it.as_array().is_none_or(Vec::is_empty)
                })
            };
            if it.map().is_some() && none("matchLabels") && none("matchExpressions") {
                faults.push(Fault::new("must not be empty", "select the labels of the template"));
            }
        }),
        TOGETHER,
        SPECS,
    ),
    rule(
        "controller-selects-its-pods",
        CONTROLLERS,
        "selector",
        Check::Holds("matches the labels of the template", selects),
        TOGETHER,
        TEMPLATE,
    ),
    rule(
        "controller-restart-policy",
        CONTROLLERS,
        "template",
        Check::Holds("its `restartPolicy` is `Always`, if it is there", |it, faults| {
            let policy = it.at(["template", "spec", "restartPolicy"]).and_then(Value::as_str);
            if let Some(policy @ ("OnFailure" | "Never")) = policy {
                let message = format!("must be `Always`, not `{policy}`: these pods run for ever");
                let fix = "take it out, or make a Job of it";
                faults.push(Fault::below(path(["spec", "restartPolicy"]), message, fix));
            }
        }),
        WORD,
        TEMPLATE,
    ),
    rule(
        "controller-deadline",
        CONTROLLERS,
        "template",
        Check::Holds("has no `activeDeadlineSeconds`", |it, faults| {
            if it.at(["template", "spec", "activeDeadlineSeconds"]).is_some() {
                let message = "must not be there: these pods run for ever";
                let below = path(["spec", "activeDeadlineSeconds"]);
                faults.push(Fault::below(below, message, "take it out, or make a Job of it"));
            }
        }),
        TOGETHER,
        TEMPLATE,
    ),
    rule(
        "deployment-progress",
        &[Type::DeploymentSpec],
        "minReadySeconds",
        Check::Holds("is less than `progressDeadlineSeconds`, by default 600", |it, faults| {
            let progress = it.number("progressDeadlineSeconds").unwrap_or(600);
            if let Some(ready) = it.number("minReadySeconds").filter(|ready| *ready >= progress) {
                let message = format!(
                    "must be less than `progressDeadlineSeconds`, which is {progress}, not {ready}"
                );
                faults.push(Fault::new(message, "raise `progressDeadlineSeconds`"));
            }
        }),
        NUMBER,
        DEPLOYMENT,
    ),
    rule(
        "deployment-strategy",
        &[Type::DeploymentStrategy],
        "type",
        Check::OneOf(&["", "RollingUpdate", "Recreate"]),
        WORD,
        "apps/validation/validation.go ValidateDeploymentStrategy",
    ),
    rule(
        "deployment-recreate",
        &[Type::DeploymentStrategy],
        "rollingUpdate",
        Check::Holds("is not there with `Recreate`", |it, faults| {
            if it.value.is_some() && it.text("type") == Some("Recreate") {
                faults.push(Fault::new("must not be there with `type: Recreate`", "take it out"));
            }
        }),
        TOGETHER,
        "apps/validation/validation.go ValidateDeploymentStrategy",
    ),
    rule(
        "rolling-unavailable",
        ROLLING,
        "maxUnavailable",
        Check::Holds("is a count or a part of up to 100 %", |it, faults| share(it, true, faults)),
        NUMBER,
        "apps/validation/validation.go ValidateRollingUpdateDeployment, IsNotMoreThan100Percent",
    ),
    rule(
        "rolling-surge",
        ROLLING,
        "maxSurge",
        Check::Holds("is a count or a part", |it, faults| share(it, false, faults)),
        NUMBER,
        "apps/validation/validation.go ValidateRollingUpdateDeployment",
    ),
    rule(
        "rolling-stands-still",
        ROLLING,
        "maxUnavailable",
        Check::Holds("is not 0 if `maxSurge` is", |it, faults| {
            let nothing = |field| {
                it.get(field).is_some_and(|it| it.as_i64() == Some(0) || it.as_str() == Some("0%"))
            };
            if nothing("maxUnavailable") && nothing("maxSurge") {
                let message = "must not be 0 when `maxSurge` is 0: nothing could be replaced";
                faults.push(Fault::new(message, "allow one of the two"));
            }
        }),
        TOGETHER,
        "apps/validation/validation.go ValidateRollingUpdateDeployment",
    ),
    rule(
        "rolling-partition",
        ROLLING,
        "partition",
        Check::Between(0, i32::MAX as i64),
        NUMBER,
        STATEFUL_SET,
    ),
    rule(
        "stateful-set-order",
        &[Type::StatefulSetSpec],
        "podManagementPolicy",
        Check::OneOf(&["", "OrderedReady", "Parallel"]),
        WORD,
        STATEFUL_SET,
    ),
    rule(
        "stateful-set-strategy",
        &[Type::StatefulSetStrategy],
        "type",
        Check::OneOf(&["", "RollingUpdate", "OnDelete"]),
        WORD,
        STATEFUL_SET,
    ),
    rule(
        "daemon-set-strategy",
        &[Type::DaemonSetStrategy],
        "type",
        Check::OneOf(&["", "RollingUpdate", "OnDelete"]),
        WORD,
        "apps/validation/validation.go ValidateDaemonSetUpdateStrategy",
    ),
    rule(
        "daemon-set-strangers",
        &[Type::DaemonSetSpec],
        "",
        Check::Without(&[
            "replicas",
            "completions",
            "parallelism",
            "backoffLimit",
            "schedule",
            "volumeClaimTemplates",
            "serviceName",
            "podManagementPolicy",
        ]),
        STRANGER,
        DAEMON_SET,
    ),
    rule(
        "deployment-strangers",
        &[Type::DeploymentSpec, Type::ReplicaSetSpec],
        "",
        Check::Without(&[
            "completions",
            "parallelism",
            "backoffLimit",
            "activeDeadlineSeconds",
            "schedule",
            "volumeClaimTemplates",
            "serviceName",
            "podManagementPolicy",
            "updateStrategy",
        ]),
        STRANGER,
        STRICT,
    ),
    rule(
        "stateful-set-strangers",
        &[Type::StatefulSetSpec],
        "",
        Check::Without(&[
            "completions",
            "parallelism",
            "backoffLimit",
            "activeDeadlineSeconds",
            "schedule",
            "strategy",
        ]),
        STRANGER,
        STRICT,
    ),
];

/// Whether a selector matches the labels of the pods that are made.
fn selects(it: &Seen<'_>, faults: &mut Vec<Fault>) {
    // What is not there is said already.
    let (Some(selector), Some(_)) = (it.value, it.at(["template", "spec"])) else { return };
    let labels = it.at(["template", "metadata", "labels"]);
    let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Value::as_str);
    let has = match label_of(labels) {
        labels if labels.is_empty() => "the template has no labels".to_owned(),
        labels => format!("the template has {labels}"),
    };
    let fix = "give the template the labels that the selector asks for";
    for (key, value) in selector.get("matchLabels").and_then(Value::as_object).into_iter().flatten()
    {
        if value.as_str().is_some_and(|value| label(key) != Some(value)) {
            let wanted = value.as_str().unwrap_or_default();
            let message =
                format!("does not match: {has}, and not `{}: {}`", shown(key), shown(wanted));
            faults.push(Fault::below(path(["matchLabels", key]), message, fix));
        }
    }
    let expressions = selector.get("matchExpressions").and_then(Value::as_array);
    for (index, one) in expressions.into_iter().flatten().enumerate() {
        let text = |field: &str| one.get(field).and_then(Value::as_str).unwrap_or_default();
        let own = label(text("key"));
        let values = one.get("values").and_then(Value::as_array);
        let listed = values.into_iter().flatten().any(|value| value.as_str() == own);
        let holds = match text("operator") {
            "In" => own.is_some() && listed,
            "NotIn" => own.is_none() || !listed,
            "Exists" => own.is_some(),
            "DoesNotExist" => own.is_none(),
            _ => true, // Said already.
        };
        if !holds {
            let mut below = path(["matchExpressions"]);
            below.push(index.into());
            faults.push(Fault::below(below, format!("does not match: {has}"), fix));
        }
    }
}

fn label_of(labels: Option<&Value>) -> String {
    let labels = labels.and_then(Value::as_object).into_iter().flatten();
    let pair = |(key, value): (&String, &Value)| {
        format!("`{}: {}`", shown(key), shown(value.as_str().unwrap_or_default()))
    };
    labels.map(pair).collect::<Vec<_>>().join(", ")
}

/// A count, or a part of all.
// core/validation: ValidatePositiveIntOrPercent
pub(super) fn share(it: &Seen<'_>, up_to_all: bool, faults: &mut Vec<Fault>) {
    let fix = "write a count, or a part like 25%";
    match it.value {
        Some(Value::Number(number)) if number.as_f64().is_some_and(|number| number < 0.0) => {
            faults.push(Fault::new(format!("must be at least 0, not {number}"), fix));
        }
        Some(Value::String(text)) => {
            let digits = text.strip_suffix('%').unwrap_or_default();
            let whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            if !whole {
                faults.push(Fault::new(format!("`{}` is no count and no part", shown(text)), fix));
            } else if up_to_all && digits.parse::<u64>().is_ok_and(|percent| percent > 100) {
                faults.push(Fault::new(format!("must be at most 100%, not {text}"), fix));
            }
        }
        _ => {}
    }
}
