//! Jobs and CronJobs.

use serde_json::Value;

use super::{NEEDED, NUMBER, Rule, STRANGER, TOGETHER, WORD, rule};
use crate::admission::seen::{Fault, Seen, path};
use crate::admission::{Check, Type};

const JOB: &[Type] = &[Type::JobSpec];
const CRON_JOB: &[Type] = &[Type::CronJobSpec];
const RULE: &[Type] = &[Type::PodFailurePolicyRule];
const CODES: &[Type] = &[Type::OnExitCodes];
const SPEC: &str = "batch/validation/validation.go validateJobSpec";
const CRON: &str = "batch/validation/validation.go validateCronJobSpec";
const FAILURES: &str = "batch/validation/validation.go validatePodFailurePolicy";
const RULES_OF: &str = "batch/validation/validation.go validatePodFailurePolicyRule";
const ON_CODES: &str = "batch/validation/validation.go validatePodFailurePolicyRuleOnExitCodes";

pub(super) static RULES: &[Rule] = &[
    rule("job-completions", JOB, "completions", Check::Between(0, i32::MAX as i64), NUMBER, SPEC),
    rule("job-parallelism", JOB, "parallelism", Check::Between(0, i32::MAX as i64), NUMBER, SPEC),
    rule(
        "job-backoff-limit",
        JOB,
        "backoffLimit",
        Check::Between(0, i32::MAX as i64),
        NUMBER,
        SPEC,
    ),
    rule("job-deadline", JOB, "activeDeadlineSeconds", Check::Between(0, i64::MAX), NUMBER, SPEC),
    rule(
        "job-ttl",
        JOB,
        "ttlSecondsAfterFinished",
        Check::Between(0, i32::MAX as i64),
        NUMBER,
        SPEC,
    ),
    rule(
        "job-completion-mode",
        JOB,
        "completionMode",
        Check::OneOf(&["NonIndexed", "Indexed"]),
        WORD,
        SPEC,
    ),
    rule(
        "job-indexed",
        JOB,
        "completions",
        Check::Holds("is there, with at most 100000 at a time, if the Job is `Indexed`", indexed),
        TOGETHER,
        SPEC,
    ),
    rule(
        "job-limit-per-index",
        JOB,
        "backoffLimitPerIndex",
        Check::Holds("stands beside `completionMode: Indexed`", |it, faults| {
            if it.value.is_some() && it.text("completionMode") != Some("Indexed") {
                let message = "can only be with `completionMode: Indexed`";
                faults.push(Fault::new(message, "add it, or write `backoffLimit`"));
            }
        }),
        TOGETHER,
        SPEC,
    ),
    rule(
        "job-failed-indexes",
        JOB,
        "maxFailedIndexes",
        Check::Holds("stands beside `backoffLimitPerIndex`", |it, faults| {
            if it.value.is_some() && !it.has("backoffLimitPerIndex") {
                let message = "can only be with `backoffLimitPerIndex`";
                faults.push(Fault::new(message, "add it, or take this out"));
            }
        }),
        TOGETHER,
        SPEC,
    ),
    rule(
        "job-restart-policy",
        JOB,
        "template",
        Check::Holds("its `restartPolicy` is `OnFailure` or `Never`", |it, faults| {
            if it.at(["template", "spec", "restartPolicy"]).and_then(Value::as_str)
                == Some("Always")
            {
                let message = "must be `OnFailure` or `Never`, not `Always`: pods of a Job end";
                let below = path(["spec", "restartPolicy"]);
                faults.push(Fault::below(
                    below,
                    message,
                    "set restartPolicy `Never` or `OnFailure`",
                ));
            }
        }),
        WORD,
        "batch/validation/validation.go ValidateJobTemplateSpec (validateJobSpec)",
    ),
    rule(
        "job-selector",
        JOB,
        "selector",
        Check::Holds("is not there, unless `manualSelector` is true", |it, faults| {
            // What the server has written, it has written with the label of the Job's uid.
            let labels = it.at(["selector", "matchLabels"]).and_then(Value::as_object);
            let own = labels
                .is_some_and(|labels| labels.keys().any(|key| key.ends_with("controller-uid")));
            let manual = it.get("manualSelector").and_then(Value::as_bool) == Some(true);
            if it.value.is_some() && !own && !manual {
                let message = "must not be there: Kubernetes writes it";
                faults.push(Fault::new(message, "take it out, or set `manualSelector: true`"));
            }
        }),
        TOGETHER,
        "batch/validation/validation.go ValidateGeneratedSelector",
    ),
    rule(
        "job-replacement",
        JOB,
        "podReplacementPolicy",
        Check::OneOf(&["TerminatingOrFailed", "Failed"]),
        WORD,
        "batch/validation/validation.go validatePodReplacementPolicy",
    ),
    rule(
        "failure-rules",
        &[Type::PodFailurePolicy],
        "rules",
        Check::Holds("are at most 20", |it, faults| {
            let many = it.list("rules").len();
            if many > 20 {
                let message = format!("are {many}, and 20 are the most");
                faults.push(Fault::new(message, "put exit codes of one action into one rule"));
            }
        }),
        NUMBER,
        FAILURES,
    ),
    rule(
        "failure-action",
        RULE,
        "action",
        Check::NeededOneOf(&["FailJob", "FailIndex", "Ignore", "Count"]),
        WORD,
        RULES_OF,
    ),
    rule(
        "failure-operator",
        CODES,
        "operator",
        Check::NeededOneOf(&["In", "NotIn"]),
        WORD,
        ON_CODES,
    ),
    rule("failure-codes", CODES, "values", Check::Needed, NEEDED, ON_CODES),
    rule(
        "failure-success",
        CODES,
        "values",
        Check::Holds("have no 0 with `In`: that is no failure", |it, faults| {
            let zero = it.list("values").iter().position(|code| code.as_i64() == Some(0));
            if let Some(at) = zero.filter(|_| it.text("operator") == Some("In")) {
                let message = "must not be 0 with `In`: that is no failure";
                faults.push(Fault::below(vec![at.into()], message, "take it out"));
            }
        }),
        NUMBER,
        ON_CODES,
    ),
    rule("cron-schedule", CRON_JOB, "schedule", Check::Needed, NEEDED, CRON),
    rule(
        "cron-concurrency",
        CRON_JOB,
        "concurrencyPolicy",
        Check::OneOf(&["", "Allow", "Forbid", "Replace"]),
        WORD,
        "batch/validation/validation.go validateConcurrencyPolicy",
    ),
    rule(
        "cron-deadline",
        CRON_JOB,
        "startingDeadlineSeconds",
        Check::Between(0, i64::MAX),
        NUMBER,
        CRON,
    ),
    rule(
        "cron-history",
        CRON_JOB,
        "successfulJobsHistoryLimit",
        Check::Between(0, i32::MAX as i64),
        NUMBER,
        CRON,
    ),
    rule(
        "job-strangers",
        JOB,
        "",
        Check::Without(&[
            "replicas",
            "minReadySeconds",
            "schedule",
            "strategy",
            "volumeClaimTemplates",
            "serviceName",
            "podManagementPolicy",
        ]),
        STRANGER,
        "apimachinery: runtime/serializer/json (strict decoding)",
    ),
    rule(
        "cron-strangers",
        CRON_JOB,
        "",
        Check::Without(&["replicas", "minReadySeconds", "template", "completions", "parallelism"]),
        STRANGER,
        "apimachinery: runtime/serializer/json (strict decoding)",
    ),
];

fn indexed(it: &Seen<'_>, faults: &mut Vec<Fault>) {
    const MOST: i64 = 100_000;
    if it.text("completionMode") != Some("Indexed") {
        return;
    }
    if it.value.is_none() {
        let fix = "say how many indexes there are";
        faults.push(Fault::new("is required with `completionMode: Indexed`", fix));
    }
    if it.number("parallelism").is_some_and(|many| many > MOST) {
        let message = format!("must be at most {MOST} when `parallelism` is more than that");
        faults.push(Fault::new(message, format!("let at most {MOST} pods run at a time")));
    }
}
