//! What a HorizontalPodAutoscaler says of itself: conditions, counts and the metrics it has read.

use super::Reading;
use crate::model::hpa::Metric;

/// `status` of a HorizontalPodAutoscaler.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Status {
    /// How many replicas there were at its last reconcile.
    pub current: u32,
    /// How many it wants.
    pub desired: u32,
    /// When it last changed the scale.
    pub last_scale_ms: Option<i64>,
    /// What it has read of each metric; none where that failed.
    pub metrics: Vec<Option<Reading>>,
    conditions: [Option<Condition>; ConditionType::ALL.len()],
}

/// One thing that is so or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Condition {
    /// Whether it is so.
    pub holds: bool,
    /// Why.
    pub reason: Reason,
    /// Since when it is so, or is not; a change of the reason alone does not count.
    pub since_ms: i64,
}

/// What a condition is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ConditionType {
    /// The scale can be read and written.
    AbleToScale,
    /// There is a metric to go by.
    ScalingActive,
    /// A bound or a limit on speed keeps it from what it wants.
    ScalingLimited,
    /// It has set the scale to none, and may set it to more.
    ScaledToZero,
}

impl ConditionType {
    /// All of them.
    pub const ALL: [ConditionType; 4] = [
        ConditionType::AbleToScale,
        ConditionType::ScalingActive,
        ConditionType::ScalingLimited,
        ConditionType::ScaledToZero,
    ];
}

/// Declares the reasons, which are named as upstream.
macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Why a condition is as it is, or of what failure an event tells.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// Its name in conditions and events.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Reason::$name => stringify!($name),)*
                }
            }
        }
    };
}

reasons! {
    /// The scale was read.
    SucceededGetScale,
    /// The scale could not be read.
    FailedGetScale,
    /// The scale was changed.
    SucceededRescale,
    /// The scale could not be changed.
    FailedUpdateScale,
    /// The same, as an event.
    FailedRescale,
    /// Nothing holds it back.
    ReadyForNewScale,
    /// An older recommendation was lower.
    ScaleUpStabilized,
    /// An older recommendation was higher.
    ScaleDownStabilized,
    /// A metric could be read.
    ValidMetricFound,
    /// A resource of the pods could not.
    FailedGetResourceMetric,
    /// A resource of a container could not.
    FailedGetContainerResourceMetric,
    /// A figure of the pods could not.
    FailedGetPodsMetric,
    /// A figure of an object could not.
    FailedGetObjectMetric,
    /// A figure from outside could not.
    FailedGetExternalMetric,
    /// The metrics came to no number of replicas.
    FailedComputeMetricsReplicas,
    /// The scale has no selector.
    SelectorRequired,
    /// The selector cannot be followed.
    InvalidSelector,
    /// Another autoscaler selects some of the same pods.
    AmbiguousSelector,
    /// The workload is set to no replicas.
    ScalingDisabled,
    /// What is wanted is allowed.
    DesiredWithinRange,
    /// Fewer are wanted than the minimum.
    TooFewReplicas,
    /// More are wanted than the maximum.
    TooManyReplicas,
    /// More are wanted than the limit on speed allows.
    ScaleUpLimit,
    /// Fewer are wanted than the limit on speed allows.
    ScaleDownLimit,
    /// It has set the scale to none.
    ScaledToZero,
    /// It has not.
    NotScaledToZero,
}

impl Reason {
    /// That a metric could not be read.
    pub(super) fn failed(metric: &Metric) -> Reason {
        match metric {
            Metric::Resource { container: None, .. } => Reason::FailedGetResourceMetric,
            Metric::Resource { .. } => Reason::FailedGetContainerResourceMetric,
            Metric::Pods { .. } => Reason::FailedGetPodsMetric,
            Metric::Object { .. } => Reason::FailedGetObjectMetric,
            Metric::External { .. } => Reason::FailedGetExternalMetric,
        }
    }
}

impl Status {
    /// A condition, if it has been set.
    #[must_use]
    pub fn condition(&self, of: ConditionType) -> Option<Condition> {
        self.conditions[of as usize]
    }

    /// Whether a condition is set and holds.
    pub(super) fn holds(&self, of: ConditionType) -> bool {
        self.condition(of).is_some_and(|condition| condition.holds)
    }

    // podautoscaler: horizontal.go setConditionInList
    pub(super) fn set(&mut self, of: ConditionType, holds: bool, reason: Reason, now_ms: i64) {
        let before = self.condition(of).filter(|condition| condition.holds == holds);
        let since_ms = before.map_or(now_ms, |condition| condition.since_ms);
        self.conditions[of as usize] = Some(Condition { holds, reason, since_ms });
    }

    pub(super) fn forget(&mut self, of: ConditionType) {
        self.conditions[of as usize] = None;
    }

    pub(super) fn observe(&mut self, current: u32, metrics: Vec<Option<Reading>>) {
        self.current = current;
        self.metrics = metrics;
    }
}
