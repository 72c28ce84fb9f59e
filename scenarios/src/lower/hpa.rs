//! HorizontalPodAutoscalers as the controller reads them: completed with the API server's defaults.

use manifests::kube::{
    HorizontalPodAutoscalerSpec, HpaScalingPolicy, HpaScalingRules, MetricSource, MetricSpec,
    Quantity,
};
use sim::Span;
use sim::model::decimal::Decimal;
use sim::model::hpa::{
    Behavior, Change, HpaSpec, Measured, Metric, ResourceTarget, ScalingPolicy, ScalingRules,
    SelectPolicy, Target,
};
use sim::names::Names;

/// What an autoscaler is to hold.
///
/// # Errors
/// A sentence that says which field is wrong, and how.
// API server: apis/autoscaling/v2/defaults.go
pub fn hpa(names: &mut Names, spec: &HorizontalPodAutoscalerSpec) -> Result<HpaSpec, String> {
    let metrics = spec.metrics.iter().map(|it| metric(names, it));
    let mut metrics: Vec<Metric> = metrics.collect::<Result<_, String>>()?;
    if metrics.is_empty() {
        let percent = spec.target_cpu_utilization_percentage.unwrap_or(80);
        metrics.push(Metric::Resource {
            resource: Measured::Cpu,
            container: None,
            target: ResourceTarget::Utilization(percent.into()),
        });
    }
    let behavior = spec.behavior.as_ref().map(|it| -> Result<Behavior, String> {
        Ok(Behavior {
            up: rules(it.scale_up.as_ref(), Some(Span::ZERO), &UP)
                .map_err(|wrong| format!("behavior.scaleUp.{wrong}"))?,
            down: rules(it.scale_down.as_ref(), None, &DOWN)
                .map_err(|wrong| format!("behavior.scaleDown.{wrong}"))?,
        })
    });
    Ok(HpaSpec {
        min_replicas: spec.min_replicas.unwrap_or(1),
        max_replicas: spec.max_replicas,
        metrics,
        behavior: behavior.transpose()?,
    })
}

/// Four pods or twice as many, whichever is more, in a quarter of a minute.
const UP: [ScalingPolicy; 2] = [
    ScalingPolicy { change: Change::Pods(4), period: Span::from_secs(15) },
    ScalingPolicy { change: Change::Percent(100), period: Span::from_secs(15) },
];
/// All of them in a quarter of a minute.
const DOWN: [ScalingPolicy; 1] =
    [ScalingPolicy { change: Change::Percent(100), period: Span::from_secs(15) }];

fn rules(
    said: Option<&HpaScalingRules>,
    window: Option<Span>,
    policies: &[ScalingPolicy],
) -> Result<ScalingRules, String> {
    let mut rules = ScalingRules {
        window,
        select: SelectPolicy::Max,
        policies: policies.to_vec(),
        tolerance: None,
    };
    let Some(said) = said else { return Ok(rules) };
    if let Some(seconds) = said.stabilization_window_seconds {
        rules.window = Some(Span::from_secs_capped(seconds.into()));
    }
    rules.select = match said.select_policy.as_deref() {
        None | Some("Max") => SelectPolicy::Max,
        Some("Min") => SelectPolicy::Min,
        Some("Disabled") => SelectPolicy::Disabled,
        Some(other) => {
            return Err(format!("selectPolicy: `{other}` is none of Max, Min and Disabled"));
        }
    };
    if !said.policies.is_empty() {
        rules.policies = said.policies.iter().map(policy).collect::<Result<_, String>>()?;
    }
    rules.tolerance = said.tolerance.as_ref().map(decimal).transpose()?;
    Ok(rules)
}

fn policy(said: &HpaScalingPolicy) -> Result<ScalingPolicy, String> {
    let change = match said.kind.as_str() {
        "Pods" => Change::Pods(said.value),
        "Percent" => Change::Percent(said.value),
        other => return Err(format!("policies: type `{other}` is neither Pods nor Percent")),
    };
    Ok(ScalingPolicy { change, period: Span::from_secs_capped(said.period_seconds.into()) })
}

fn metric(names: &mut Names, said: &MetricSpec) -> Result<Metric, String> {
    let of = |source: &'static str, it: Option<MetricSource>| {
        it.ok_or_else(|| format!("metrics: type {} has no `{source}`", said.kind))
    };
    match said.kind.as_str() {
        "Resource" => {
            let source = of("resource", said.resource.clone())?;
            let (resource, target) = (measured(&source.name)?, resource_target(&source)?);
            Ok(Metric::Resource { resource, container: None, target })
        }
        "ContainerResource" => {
            let source = of("containerResource", said.container_resource.clone())?;
            let (resource, target) = (measured(&source.name)?, resource_target(&source)?);
            let container = Some(names.intern(&source.container));
            Ok(Metric::Resource { resource, container, target })
        }
        "Pods" => {
            let source = of("pods", said.pods.clone())?;
            let target = source.target.average_value.as_ref();
            let target = target.ok_or("metrics: a Pods metric has no target.averageValue")?;
            Ok(Metric::Pods { name: figure(names, &source), target: thousandths(target)? })
        }
        "Object" => {
            let source = of("object", said.object.clone())?;
            let kind = source.described_object.as_ref().map_or("", |it| it.kind.as_str());
            let kind = names.intern(kind);
            Ok(Metric::Object { kind, name: figure(names, &source), target: target(&source)? })
        }
        "External" => {
            let source = of("external", said.external.clone())?;
            Ok(Metric::External { name: figure(names, &source), target: target(&source)? })
        }
        other => Err(format!(
            "metrics: type `{other}` is none of Resource, ContainerResource, Pods, Object and External"
        )),
    }
}

fn figure(names: &mut Names, source: &MetricSource) -> sim::names::NameId {
    names.intern(source.metric.as_ref().map_or("", |it| it.name.as_str()))
}

fn measured(name: &str) -> Result<Measured, String> {
    match name {
        "cpu" => Ok(Measured::Cpu),
        "memory" => Ok(Measured::Memory),
        other => Err(format!("metrics: metrics-server measures cpu and memory, not `{other}`")),
    }
}

fn resource_target(source: &MetricSource) -> Result<ResourceTarget, String> {
    let target = &source.target;
    match (target.average_utilization, &target.average_value) {
        (Some(percent), _) => Ok(ResourceTarget::Utilization(percent.into())),
        (None, Some(value)) => Ok(ResourceTarget::AverageValue(thousandths(value)?)),
        (None, None) => Err(format!(
            "metrics: the target of {} has neither averageUtilization nor averageValue",
            source.name
        )),
    }
}

fn target(source: &MetricSource) -> Result<Target, String> {
    match (&source.target.value, &source.target.average_value) {
        (Some(value), _) => Ok(Target::Value(thousandths(value)?)),
        (None, Some(value)) => Ok(Target::AverageValue(thousandths(value)?)),
        (None, None) => Err("metrics: a target has neither value nor averageValue".into()),
    }
}

/// A number as it is written: Kubernetes makes a float of it by multiplying its digits.
pub(super) fn decimal(quantity: &Quantity) -> Result<Decimal, String> {
    let (digits, exponent) = quantity.decimal()?;
    Ok(Decimal { digits, exponent })
}

fn thousandths(quantity: &Quantity) -> Result<i64, String> {
    Ok(i64::try_from(quantity.amount()?.milli()).unwrap_or(i64::MAX))
}
