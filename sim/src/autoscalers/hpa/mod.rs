//! The HorizontalPodAutoscaler controller: what each metric asks for, what is set of it, and what is said
//! about it.
//!
//! A reconcile is a function of what is seen and of what was remembered; nothing else starts one than
//! the controller's own period.

mod config;
mod limits;
pub mod observation;
mod replicas;
mod rescale;
mod status;

pub use config::{Controller, SYNC_PERIOD, Tolerance};
pub use limits::Memory;
pub use replicas::{NoProposal, Proposal, Reading};
pub use rescale::RescaleReason;
pub use status::{Condition, ConditionType, Reason, Status};

use crate::model::hpa::{HpaSpec, Metric};
use limits::Asked;
use observation::{Observation, Selection};

/// An autoscaler between its reconciles.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Hpa {
    memory: Memory,
    status: Status,
}

/// What a reconcile comes to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Decision {
    /// What the scale is to become, and why, if it is to change.
    pub rescale: Option<(u32, RescaleReason)>,
    /// The failures of which an event tells, in order.
    pub failures: Vec<Reason>,
    /// Whether the reconcile failed, in part at least.
    pub failed: bool,
}

impl Hpa {
    /// What it says of itself.
    #[must_use]
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Looks at the world and decides. A decision to rescale is followed by [`Hpa::rescaled`] or
    /// [`Hpa::refused`], at the same instant.
    // podautoscaler: horizontal.go reconcileAutoscaler
    pub fn reconcile(
        &mut self,
        spec: &HpaSpec,
        controller: &Controller,
        seen: &Observation<'_>,
    ) -> Decision {
        let now_ms = seen.now_ms;
        let Some((current, observed)) = seen.scale else {
            self.status.set(ConditionType::AbleToScale, false, Reason::FailedGetScale, now_ms);
            return Decision {
                failures: vec![Reason::FailedGetScale],
                failed: true,
                ..Decision::default()
            };
        };
        self.status.set(ConditionType::AbleToScale, true, Reason::SucceededGetScale, now_ms);
        self.memory.begin(i64::from(current), now_ms);
        if current == 0 && !self.may_leave_zero(spec, controller) {
            return self.disabled(controller, now_ms);
        }
        let bound = if current > spec.max_replicas {
            Some((spec.max_replicas, RescaleReason::AboveMaximum))
        } else if current != 0 && current < spec.min_replicas {
            Some((spec.min_replicas, RescaleReason::BelowMinimum))
        } else {
            None
        };
        if bound.is_some() {
            self.status.observe(current, Vec::new());
            return Decision { rescale: bound, ..Decision::default() };
        }
        self.by_metrics(spec, controller, seen, (current, observed))
    }

    fn by_metrics(
        &mut self,
        spec: &HpaSpec,
        controller: &Controller,
        seen: &Observation<'_>,
        (current, observed): (u32, u32),
    ) -> Decision {
        let mut decision = Decision::default();
        let Some((metric, proposal)) =
            self.propose(spec, controller, seen, (current, observed), &mut decision)
        else {
            decision.failures.push(Reason::FailedComputeMetricsReplicas);
            decision.failed = true;
            return decision;
        };
        let (now_ms, was) = (seen.now_ms, i64::from(current));
        let asked = Asked { current: was, proposal, now_ms };
        let limited = self.memory.limit(spec, controller, asked);
        let stability = limited.stabilized.unwrap_or(Reason::ReadyForNewScale);
        self.status.set(ConditionType::AbleToScale, true, stability, now_ms);
        self.status.set(ConditionType::ScalingLimited, limited.limited, limited.limit, now_ms);
        let mut desired = u32::try_from(limited.replicas).unwrap_or(0);
        let below = current == 0 && desired < spec.min_replicas;
        if below {
            desired = spec.min_replicas;
        }
        if desired == current {
            self.status.desired = current;
            return decision;
        }
        let reason = match proposal.cmp(&was) {
            std::cmp::Ordering::Greater => RescaleReason::AboveTarget(metric),
            std::cmp::Ordering::Less => RescaleReason::BelowTargets,
            std::cmp::Ordering::Equal if below => RescaleReason::BelowMinimum,
            std::cmp::Ordering::Equal => RescaleReason::Remembered,
        };
        decision.rescale = Some((desired, reason));
        decision
    }

    /// The metric that asks for most, and for how much; none if that cannot be said.
    // podautoscaler: horizontal.go computeReplicasForMetrics
    fn propose(
        &mut self,
        spec: &HpaSpec,
        controller: &Controller,
        seen: &Observation<'_>,
        (current, observed): (u32, u32),
        decision: &mut Decision,
    ) -> Option<(usize, i64)> {
        let now_ms = seen.now_ms;
        if let Some((event, condition)) = unsound(seen.selection) {
            decision.failures.push(event);
            self.status.set(ConditionType::ScalingActive, false, condition, now_ms);
            self.status.observe(current, Vec::new());
            return None;
        }
        let tolerance = Tolerance::of(spec, controller);
        let scale = (i64::from(current), i64::from(observed));
        let (mut best, mut readings) = ((0, 0), Vec::with_capacity(spec.metrics.len()));
        let mut first_failure = None;
        for (place, metric) in spec.metrics.iter().enumerate() {
            match replicas::proposal(metric, seen, scale, controller, tolerance) {
                Ok(Proposal { replicas, measured }) => {
                    readings.push(Some(measured));
                    if best.1 == 0 || replicas > best.1 {
                        best = (place, replicas);
                    }
                }
                Err(_) => {
                    readings.push(None);
                    decision.failures.push(Reason::failed(metric));
                    first_failure = first_failure.or(Some(Reason::failed(metric)));
                }
            }
        }
        let failed = readings.iter().filter(|reading| reading.is_none()).count();
        let all = readings.len();
        self.status.observe(current, readings);
        decision.failed = first_failure.is_some();
        if let Some(reason) = first_failure.filter(|_| failed == all || best.1 < scale.0) {
            self.status.set(ConditionType::ScalingActive, false, reason, now_ms);
            return None;
        }
        self.status.set(ConditionType::ScalingActive, true, Reason::ValidMetricFound, now_ms);
        Some(best)
    }

    /// Whether an autoscaler whose workload has no replicas goes on. One that was set to none by hand
    /// stays off.
    // podautoscaler: horizontal.go reconcileAutoscaler, ScaledToZero
    fn may_leave_zero(&self, spec: &HpaSpec, controller: &Controller) -> bool {
        controller.scale_to_zero
            && self.status.holds(ConditionType::ScaledToZero)
            && (spec.min_replicas != 0 || works_at_zero(spec))
    }

    fn disabled(&mut self, controller: &Controller, now_ms: i64) -> Decision {
        self.status.set(ConditionType::ScalingActive, false, Reason::ScalingDisabled, now_ms);
        if !controller.scale_to_zero {
            self.status.forget(ConditionType::ScaledToZero);
        }
        self.status.observe(0, Vec::new());
        self.status.desired = 0;
        Decision::default()
    }

    /// The scale was changed as decided.
    pub fn rescaled(
        &mut self,
        spec: &HpaSpec,
        controller: &Controller,
        (from, to): (u32, u32),
        now_ms: i64,
    ) {
        self.status.set(ConditionType::AbleToScale, true, Reason::SucceededRescale, now_ms);
        if controller.scale_to_zero {
            let zero = from > 0 && to == 0 && spec.min_replicas == 0 && works_at_zero(spec);
            let reason = if zero { Reason::ScaledToZero } else { Reason::NotScaledToZero };
            self.status.set(ConditionType::ScaledToZero, zero, reason, now_ms);
        } else {
            self.status.forget(ConditionType::ScaledToZero);
        }
        if let Some(behavior) = &spec.behavior {
            self.memory.scaled(behavior, i64::from(from), i64::from(to), now_ms);
        }
        self.status.desired = to;
        self.status.last_scale_ms = Some(now_ms);
    }

    /// The scale could not be changed: nothing is remembered of it. The failure of which an event tells.
    pub fn refused(&mut self, now_ms: i64) -> Reason {
        self.status.set(ConditionType::AbleToScale, false, Reason::FailedUpdateScale, now_ms);
        Reason::FailedRescale
    }
}

/// Whether it has a metric that can be read when there is no pod.
fn works_at_zero(spec: &HpaSpec) -> bool {
    let outside =
        |metric: &Metric| matches!(metric, Metric::Object { .. } | Metric::External { .. });
    spec.metrics.iter().any(outside)
}

/// The event and the condition of a selector that cannot be followed.
// podautoscaler: horizontal.go validateAndParseSelector
fn unsound(selection: Selection) -> Option<(Reason, Reason)> {
    match selection {
        Selection::Sound => None,
        Selection::Missing => Some((Reason::SelectorRequired, Reason::InvalidSelector)),
        Selection::Invalid => Some((Reason::InvalidSelector, Reason::InvalidSelector)),
        Selection::Ambiguous => Some((Reason::AmbiguousSelector, Reason::AmbiguousSelector)),
    }
}
