//! Every golden sequence of the HorizontalPodAutoscaler controller of Kubernetes 1.36: what is set, what
//! is said, and since when.
//!
//! The cases are in `fixtures/hpa`, or in the folder that `SPOTSIM_HPA_CASES` names. Each step is a
//! reconcile; the memory of the controller is carried from step to step.

#![allow(unreachable_pub, reason = "modules of a test")]

#[path = "hpa_conformance/case.rs"]
mod case;
#[path = "hpa_conformance/metrics.rs"]
mod metrics;

use std::collections::BTreeMap;

use case::{Case, Expected, Step};
use metrics::{Given, ms};
use scenarios::lower::hpa::hpa;
use serde_json::{Value as Json, json};
use sim::Span;
use sim::autoscalers::hpa::observation::Observation;
use sim::autoscalers::hpa::{ConditionType, Controller, Hpa, Reading};
use sim::model::hpa::HpaSpec;
use sim::names::Names;

/// `cargo test --workspace hpa_conformance` runs the cases.
mod hpa_conformance {
    #[test]
    fn the_autoscaler_decides_as_kubernetes_does() {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/hpa");
        testing::golden::run("SPOTSIM_HPA_CASES", fixtures, super::differences);
    }
}

/// What is different about a case.
fn differences(case: &Case) -> Vec<String> {
    let mut found = Vec::new();
    let mut run = Run::begin(case);
    for (number, (step, expected)) in case.question.steps.iter().zip(&case.expect.steps).enumerate()
    {
        let answer = run.step(case, step);
        let expected = relevant(expected);
        for (key, wanted) in expected.as_object().expect("a mapping") {
            if answer[key] != *wanted {
                let place = format!("{} step {number} (t={}) {key}", case.id, step.t);
                found.push(format!("{place}: {} instead of {wanted}", answer[key]));
            }
        }
    }
    found
}

/// A controller in the middle of a case.
struct Run {
    names: Names,
    controller: Controller,
    spec: HpaSpec,
    hpa: Hpa,
}

impl Run {
    fn begin(case: &Case) -> Run {
        let question = &case.question;
        let mut names = Names::default();
        let spec = hpa(&mut names, &case::spec(&question.hpa_spec)).expect("a sound spec");
        let mut controller = Controller::default();
        let seconds = |name: &str, default: Span| {
            let given = question.flags.get(name).and_then(Json::as_u64);
            given.map_or(default, Span::from_secs)
        };
        controller.downscale_stabilization =
            seconds("downscaleStabilization", controller.downscale_stabilization);
        controller.cpu_initialization_period =
            seconds("cpuInitializationPeriod", controller.cpu_initialization_period);
        controller.initial_readiness_delay =
            seconds("initialReadinessDelay", controller.initial_readiness_delay);
        if let Some(tolerance) = question.flags.get("tolerance").and_then(Json::as_f64) {
            controller.tolerance = tolerance;
        }
        let gate = |name: &str, default| *question.feature_gates.get(name).unwrap_or(&default);
        controller.scale_to_zero = gate("HPAScaleToZero", false);
        controller.configurable_tolerance = gate("HPAConfigurableTolerance", true);
        Run { names, controller, spec, hpa: Hpa::default() }
    }

    fn step(&mut self, case: &Case, step: &Step) -> Json {
        if let Some(spec) = &step.hpa_spec {
            self.spec = hpa(&mut self.names, &case::spec(spec)).expect("a sound spec");
        }
        let now_ms = ms(step.t);
        let given = Given::of(case, step, &mut self.names);
        let pods = given.pods();
        let scale = step.scale.get_error.is_none().then_some((step.scale.spec, step.scale.status));
        let seen =
            Observation { now_ms, scale, selection: given.selection, pods: &pods, metrics: &given };
        let mut decision = self.hpa.reconcile(&self.spec, &self.controller, &seen);
        let mut scaled_to = Json::Null;
        if let Some((to, reason)) = decision.rescale {
            if step.scale.update_error.is_some() {
                decision.failures.push(self.hpa.refused(now_ms));
                decision.failed = true;
            } else {
                let change = (step.scale.spec, to);
                self.hpa.rescaled(&self.spec, &self.controller, change, now_ms);
                let text = reason.text(&self.spec, &self.names);
                scaled_to = json!([to, format!("New size: {to}; reason: {text}")]);
            }
        }
        let failures: Vec<&str> = decision.failures.iter().map(|reason| reason.name()).collect();
        self.answer(&scaled_to, &failures, decision.failed)
    }

    fn answer(&self, scaled_to: &Json, failures: &[&str], failed: bool) -> Json {
        let status = self.hpa.status();
        let reading = |reading: &Option<Reading>| match reading {
            None => Json::Null,
            Some(Reading::Utilization { percent, average }) => {
                json!({"averageUtilization": percent, "averageValue": average})
            }
            Some(Reading::Average(None)) => json!({}),
            Some(Reading::Average(Some(average))) => json!({"averageValue": average}),
            Some(Reading::Value(value)) => json!({"value": value}),
        };
        let conditions = ConditionType::ALL.into_iter().filter_map(|of| {
            let condition = status.condition(of)?;
            let holds = if condition.holds { "True" } else { "False" };
            let since = condition.since_ms;
            let row = json!({"status": holds, "reason": condition.reason.name(), "since": since});
            Some((format!("{of:?}"), row))
        });
        json!({
            "scaledTo": scaled_to,
            "desired": status.desired,
            "current": status.current,
            "lastScaleTime": status.last_scale_ms,
            "conditions": conditions.collect::<BTreeMap<_, _>>(),
            "currentMetrics": status.metrics.iter().map(reading).collect::<Vec<_>>(),
            "failures": failures,
            "failed": failed,
        })
    }
}

/// What is to be matched of an expected step, in the form of an answer: no message but that of a
/// rescale.
fn relevant(expected: &Expected) -> Json {
    let rescale = expected.events.iter().find(|(_, reason, _)| reason == "SuccessfulRescale");
    let scaled_to = match (expected.scaled_to, rescale) {
        (Some(to), Some((_, _, message))) => json!([to, message]),
        _ => Json::Null,
    };
    let failures = expected.events.iter().filter(|(kind, _, _)| kind == "Warning");
    let conditions = expected.conditions.iter().map(|(of, it)| {
        (of, json!({"status": it.status, "reason": it.reason, "since": ms(it.since)}))
    });
    json!({
        "scaledTo": scaled_to,
        "desired": expected.desired,
        "current": expected.current,
        "lastScaleTime": expected.last_scale_time.map(ms),
        "conditions": conditions.collect::<BTreeMap<_, _>>(),
        "currentMetrics": expected.current_metrics,
        "failures": failures.map(|(_, reason, _)| reason).collect::<Vec<_>>(),
        "failed": expected.error.is_some(),
    })
}
