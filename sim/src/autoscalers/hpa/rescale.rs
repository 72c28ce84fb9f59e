//! Why a scale is changed, and the controller's words for it.

use crate::model::hpa::{HpaSpec, Metric, ResourceTarget, Target};
use crate::names::Names;

/// Why a scale is changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RescaleReason {
    /// There are more replicas than allowed.
    AboveMaximum,
    /// There are fewer replicas than allowed.
    BelowMinimum,
    /// A metric, by its place in the spec, asks for more.
    AboveTarget(usize),
    /// No metric asks for as many.
    BelowTargets,
    /// Only what was remembered asks for it.
    Remembered,
}

impl RescaleReason {
    /// Every reason that an autoscaler may have, in order.
    pub fn every(spec: &HpaSpec) -> impl Iterator<Item = RescaleReason> + use<> {
        use RescaleReason::{AboveMaximum, AboveTarget, BelowMinimum, BelowTargets, Remembered};
        let metrics = (0..spec.metrics.len()).map(AboveTarget);
        [AboveMaximum, BelowMinimum, BelowTargets, Remembered].into_iter().chain(metrics)
    }

    /// Its place among them.
    #[must_use]
    pub fn place(self) -> usize {
        match self {
            RescaleReason::AboveMaximum => 0,
            RescaleReason::BelowMinimum => 1,
            RescaleReason::BelowTargets => 2,
            RescaleReason::Remembered => 3,
            RescaleReason::AboveTarget(metric) => 4 + metric,
        }
    }

    /// The reason in the controller's words.
    // podautoscaler: horizontal.go reconcileAutoscaler
    #[must_use]
    pub fn text(self, spec: &HpaSpec, names: &Names) -> String {
        match self {
            RescaleReason::AboveMaximum => {
                "Current number of replicas above Spec.MaxReplicas".to_owned()
            }
            RescaleReason::BelowMinimum => {
                "Current number of replicas below Spec.MinReplicas".to_owned()
            }
            RescaleReason::AboveTarget(metric) => {
                format!("{} above target", title(&spec.metrics[metric], names))
            }
            RescaleReason::BelowTargets => "All metrics below target".to_owned(),
            RescaleReason::Remembered => String::new(),
        }
    }
}

/// A metric in the controller's words.
// podautoscaler: horizontal.go computeStatusForResourceMetric and its neighbours
fn title(metric: &Metric, names: &Names) -> String {
    match metric {
        Metric::Resource { resource, target: ResourceTarget::AverageValue(_), .. } => {
            format!("{} resource", resource.name())
        }
        Metric::Resource { resource, container, .. } => {
            let of = if container.is_some() { "container resource" } else { "resource" };
            format!("{} {of} utilization (percentage of request)", resource.name())
        }
        Metric::Pods { name, .. } => format!("pods metric {}", names.text(*name)),
        Metric::Object { kind, name, target: Target::Value(_) } => {
            format!("{} metric {}", names.text(*kind), names.text(*name))
        }
        Metric::Object { name, .. } | Metric::External { name, .. } => {
            format!("external metric {}(nil)", names.text(*name))
        }
    }
}
