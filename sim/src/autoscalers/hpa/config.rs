//! How the controller is configured, and the defaults of its flags.

use crate::autoscalers::float;
use crate::model::hpa::HpaSpec;
use crate::time::Span;

/// How the controller is configured.
#[derive(Clone, PartialEq, Debug)]
pub struct Controller {
    /// For how long it follows the highest of its recommendations downwards.
    pub downscale_stabilization: Span,
    /// For how long after its start a pod's CPU counts only once it is ready.
    pub cpu_initialization_period: Span,
    /// A pod that has become unready within this time of its start was never ready.
    pub initial_readiness_delay: Span,
    /// By which part a metric may miss its target before anything is done.
    pub tolerance: f64,
    /// Whether an autoscaler may have a tolerance of its own (`HPAConfigurableTolerance`).
    pub configurable_tolerance: bool,
    /// Whether it may go to no replicas (`HPAScaleToZero`).
    pub scale_to_zero: bool,
}

impl Default for Controller {
    // kube-controller-manager: podautoscaler/config/v1alpha1/defaults.go, features of 1.36
    fn default() -> Controller {
        Controller {
            downscale_stabilization: Span::from_secs(300),
            cpu_initialization_period: Span::from_secs(300),
            initial_readiness_delay: Span::from_secs(30),
            tolerance: 0.1,
            configurable_tolerance: true,
            scale_to_zero: false,
        }
    }
}

/// How long the controller waits between two reconciles of one autoscaler.
// kube-controller-manager: podautoscaler/config/v1alpha1/defaults.go
pub const SYNC_PERIOD: Span = Span::from_secs(15);

/// How far a ratio may be from one, in each direction.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tolerance {
    up: f64,
    down: f64,
}

impl Tolerance {
    // podautoscaler: horizontal.go computeReplicasForMetrics, replica_calculator.go Tolerances
    pub(super) fn of(spec: &HpaSpec, controller: &Controller) -> Tolerance {
        let own = spec.behavior.as_ref().filter(|_| controller.configurable_tolerance);
        let up = own.and_then(|behavior| behavior.up.tolerance).map(float);
        let down = own.and_then(|behavior| behavior.down.tolerance).map(float);
        let default = controller.tolerance;
        Tolerance { up: up.unwrap_or(default), down: down.unwrap_or(default) }
    }

    pub(super) fn holds(self, ratio: f64) -> bool {
        (1.0 - self.down..=1.0 + self.up).contains(&ratio)
    }
}
