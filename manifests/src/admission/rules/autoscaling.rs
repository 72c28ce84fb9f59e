//! What stands around pods: budgets, priorities, autoscalers and Services.

use serde_json::Value;

use super::workloads::share;
use super::{NAME, NEEDED, NUMBER, Rule, TOGETHER, WORD, rule};
use crate::admission::names::{KEY, LABEL_VALUE};
use crate::admission::seen::{Fault, Seen};
use crate::admission::{Check, Type};

const BUDGET: &[Type] = &[Type::PodDisruptionBudgetSpec];
const PRIORITY: &[Type] = &[Type::PriorityClass];
const SERVICE: &[Type] = &[Type::ServiceSpec];
const PORT: &[Type] = &[Type::ServicePort];
const SCALER: &[Type] = &[Type::HorizontalPodAutoscalerSpec];
const OF_BUDGET: &str = "policy/validation/validation.go ValidatePodDisruptionBudgetSpec";
const OF_PRIORITY: &str = "scheduling/validation/validation.go ValidatePriorityClass";
const OF_SERVICE: &str = "core/validation/validation.go ValidateService";
const OF_PORT: &str = "core/validation/validation.go validateServicePort";
const OF_SCALER: &str = "autoscaling/validation/validation.go validateHorizontalPodAutoscalerSpec";
const OF_SCALING: &str = "autoscaling/validation/validation.go validateScalingRules";
const OF_VPA: &str = "kubernetes/autoscaler: vertical-pod-autoscaler \
                      pkg/admission-controller/resource/vpa/handler.go ValidateVPA";

pub(super) static RULES: &[Rule] = &[
    rule(
        "budget-min-available",
        &[Type::PodDisruptionBudgetSpec],
        "minAvailable",
        Check::Holds("is a count or a part of up to 100 %", |it, faults| share(it, true, faults)),
        NUMBER,
        "policy/validation/validation.go ValidatePodDisruptionBudgetSpec",
    ),
    rule(
        "budget-max-unavailable",
        &[Type::PodDisruptionBudgetSpec],
        "maxUnavailable",
        Check::Holds("is a count or a part of up to 100 %", |it, faults| share(it, true, faults)),
        NUMBER,
        "policy/validation/validation.go ValidatePodDisruptionBudgetSpec",
    ),
    rule(
        "budget-one-of",
        BUDGET,
        "maxUnavailable",
        Check::Holds("is not beside `minAvailable`", |it, faults| {
            if it.value.is_some() && it.has("minAvailable") {
                let message = "must not be beside `minAvailable`";
                faults.push(Fault::new(message, "keep one of the two"));
            }
        }),
        TOGETHER,
        OF_BUDGET,
    ),
    rule(
        "budget-unhealthy",
        BUDGET,
        "unhealthyPodEvictionPolicy",
        Check::OneOf(&["IfHealthyBudget", "AlwaysAllow"]),
        WORD,
        OF_BUDGET,
    ),
    rule(
        "priority-value",
        PRIORITY,
        "value",
        Check::Holds(
            "is at most 1000000000, unless the class is the system's own",
            |it, faults| {
                const HIGHEST: i64 = 1_000_000_000;
                let name = it.at(["metadata", "name"]).and_then(Value::as_str).unwrap_or_default();
                let value = it.number("value").filter(|value| *value > HIGHEST);
                if let Some(value) = value.filter(|_| !name.starts_with("system-")) {
                    let message = format!("must be at most {HIGHEST}, not {value}");
                    faults.push(Fault::new(message, "higher ones are the system's own"));
                }
            },
        ),
        NUMBER,
        OF_PRIORITY,
    ),
    rule(
        "priority-preemption",
        PRIORITY,
        "preemptionPolicy",
        Check::OneOf(&["PreemptLowerPriority", "Never"]),
        WORD,
        OF_PRIORITY,
    ),
    rule(
        "service-type",
        SERVICE,
        "type",
        Check::OneOf(&["", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]),
        WORD,
        OF_SERVICE,
    ),
    rule("service-selector-keys", SERVICE, "selector", Check::Keys(KEY), NAME, OF_SERVICE),
    rule(
        "service-selector-values",
        SERVICE,
        "selector",
        Check::Values(LABEL_VALUE),
        NAME,
        OF_SERVICE,
    ),
    rule("service-port", PORT, "port", Check::NeededBetween(1, 65_535), NUMBER, OF_PORT),
    rule(
        "service-protocol",
        PORT,
        "protocol",
        Check::OneOf(&["TCP", "UDP", "SCTP"]),
        WORD,
        OF_PORT,
    ),
    rule(
        "service-port-names",
        SERVICE,
        "ports",
        Check::Holds("each has a name of its own, if there are several", |it, faults| {
            it.twice("name", faults);
            let ports = it.list("ports");
            let unnamed =
                |port: &Value| port.get("name").and_then(Value::as_str).is_none_or(str::is_empty);
            if let Some(at) = ports.iter().position(unnamed).filter(|_| ports.len() > 1) {
                let below = vec![at.into(), "name".into()];
                faults.push(Fault::below(
                    below,
                    "is required where there are several",
                    "name each port",
                ));
            }
        }),
        TOGETHER,
        OF_PORT,
    ),
    rule(
        "scaler-target-kind",
        &[Type::ScaleTarget],
        "kind",
        Check::Needed,
        NEEDED,
        "autoscaling/validation/validation.go ValidateCrossVersionObjectReference",
    ),
    rule(
        "scaler-target-name",
        &[Type::ScaleTarget],
        "name",
        Check::Needed,
        NEEDED,
        "autoscaling/validation/validation.go ValidateCrossVersionObjectReference",
    ),
    rule(
        "scaler-most",
        SCALER,
        "maxReplicas",
        Check::NeededBetween(1, i32::MAX as i64),
        NUMBER,
        OF_SCALER,
    ),
    rule(
        "scaler-least",
        SCALER,
        "minReplicas",
        Check::Between(0, i32::MAX as i64),
        NUMBER,
        OF_SCALER,
    ),
    rule(
        "scaler-range",
        SCALER,
        "maxReplicas",
        Check::Holds("is at least `minReplicas`", |it, faults| {
            if let (Some(most), Some(least)) = (it.number("maxReplicas"), it.number("minReplicas"))
                && most < least
            {
                let message = format!("must be at least `minReplicas`, {least}, and is {most}");
                faults.push(Fault::new(message, "change one of the two"));
            }
        }),
        TOGETHER,
        OF_SCALER,
    ),
    rule(
        "scaler-metric",
        &[Type::MetricSpec],
        "type",
        Check::NeededOneOf(&["Resource", "ContainerResource", "Pods", "Object", "External"]),
        WORD,
        "autoscaling/validation/validation.go validateMetricSpec",
    ),
    rule(
        "scaling-select",
        &[Type::ScalingRules],
        "selectPolicy",
        Check::OneOf(&["Max", "Min", "Disabled"]),
        WORD,
        OF_SCALING,
    ),
    rule(
        "scaling-window",
        &[Type::ScalingRules],
        "stabilizationWindowSeconds",
        Check::Between(0, 3_600),
        NUMBER,
        OF_SCALING,
    ),
    rule(
        "scaling-policy-type",
        &[Type::ScalingPolicy],
        "type",
        Check::NeededOneOf(&["Pods", "Percent"]),
        WORD,
        "autoscaling/validation/validation.go validateScalingPolicy",
    ),
    rule(
        "scaling-policy-value",
        &[Type::ScalingPolicy],
        "value",
        Check::NeededBetween(1, i32::MAX as i64),
        NUMBER,
        "autoscaling/validation/validation.go validateScalingPolicy",
    ),
    rule(
        "scaling-policy-period",
        &[Type::ScalingPolicy],
        "periodSeconds",
        Check::NeededBetween(1, 1_800),
        NUMBER,
        "autoscaling/validation/validation.go validateScalingPolicy",
    ),
    rule(
        "resizer-update-mode",
        &[Type::UpdatePolicy],
        "updateMode",
        Check::OneOf(&["Off", "Initial", "Recreate", "InPlaceOrRecreate", "InPlace", "Auto"]),
        WORD,
        OF_VPA,
    ),
    rule(
        "resizer-container-mode",
        &[Type::ContainerPolicy],
        "mode",
        Check::OneOf(&["Auto", "Off"]),
        WORD,
        OF_VPA,
    ),
    rule(
        "resizer-bounds",
        &[Type::ContainerPolicy],
        "maxAllowed",
        Check::Holds("is not less than `minAllowed`", bounds),
        TOGETHER,
        OF_VPA,
    ),
];

fn bounds(it: &Seen<'_>, faults: &mut Vec<Fault>) {
    for (name, most) in it.quantities() {
        let least = crate::admission::seen::quantities(it.get("minAllowed"));
        if least.into_iter().any(|(other, least)| other == name && least > most) {
            let below = vec![name.into()];
            faults.push(Fault::below(below, "must not be less than `minAllowed`", "swap the two"));
        }
    }
}
