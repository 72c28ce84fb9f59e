//! Disruption: the status of a PodDisruptionBudget.
// Disruption controller: pkg/controller/disruption/disruption.go trySync, countHealthyPods,
// buildDisruptedPodMap, getExpectedPodCount

use std::collections::BTreeMap;

use crate::model::budget::{Amount, Budget, Limit};

/// How long an eviction that was allowed counts as a pod less, if the pod does not go: seconds.
// disruption.go DeletionTimeout
const DELETION_TIMEOUT: i64 = 120;

/// A pod that the budget selects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pod {
    /// What has a scale and looks after it.
    pub scale: Scale,
    /// Whether it is ready.
    pub ready: bool,
    /// Whether it is terminating.
    pub terminating: bool,
    /// When the eviction API allowed to evict it, in seconds, if it did.
    pub disrupted_at: Option<i64>,
}

/// What has a scale and looks after a pod: a Deployment and not its ReplicaSet, for one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scale {
    /// It is a bare pod.
    Unmanaged,
    /// It has an owner that cannot be found.
    Missing,
    /// A controller that was found.
    Of {
        /// Its number.
        controller: usize,
        /// `spec.replicas`.
        replicas: i64,
    },
}

/// `status`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Status {
    /// `expectedPods`.
    pub expected: i64,
    /// `desiredHealthy`.
    pub desired_healthy: i64,
    /// `currentHealthy`.
    pub healthy: i64,
    /// `disruptionsAllowed`.
    pub allowed: i64,
    /// Pods that stay in `disruptedPods`, by their number.
    pub disrupted: Vec<usize>,
}

/// The status after a sync; none if a controller cannot be found, and then no disruption is allowed and
/// all else is as it was.
#[must_use]
pub fn sync(budget: &Budget, pods: &[Pod], now: i64) -> Option<Status> {
    let expected = match budget.limit {
        Limit::MinAvailable(Amount::Pods(_)) => i64::try_from(pods.len()).unwrap_or(i64::MAX),
        _ => expected_scale(pods)?,
    };
    let until = |at: i64| at.saturating_add(DELETION_TIMEOUT);
    let is_healthy = |pod: &&Pod| {
        pod.ready && !pod.terminating && pod.disrupted_at.is_none_or(|at| until(at) <= now)
    };
    let healthy = i64::try_from(pods.iter().filter(is_healthy).count()).unwrap_or(i64::MAX);
    let stays = |pod: &Pod| !pod.terminating && pod.disrupted_at.is_some_and(|at| until(at) >= now);
    let disrupted = pods.iter().enumerate().filter(|(_, pod)| stays(pod)).map(|(at, _)| at);
    Some(Status {
        expected,
        desired_healthy: budget.desired_healthy(expected),
        healthy,
        allowed: budget.allows(expected, healthy),
        disrupted: disrupted.collect(),
    })
}

/// The replicas of all controllers of these pods together.
// disruption.go getExpectedScale
fn expected_scale(pods: &[Pod]) -> Option<i64> {
    let mut scales = BTreeMap::new();
    for pod in pods {
        match pod.scale {
            Scale::Unmanaged => {}
            Scale::Missing => return None,
            Scale::Of { controller, replicas } => {
                scales.insert(controller, replicas);
            }
        }
    }
    Some(scales.values().sum())
}
