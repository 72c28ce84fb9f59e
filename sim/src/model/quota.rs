//! ResourceQuotas: how much the pods of a namespace may request and use together.
//!
//! Which pods a quota counts, its namespace and scopes decide; no run changes that, so that a pod's
//! traits name its quotas.
// API server: pkg/quota/v1/evaluator/core/pods.go

use super::pod::PodSpec;
pub use super::pod::QuotaId;
use super::resources::Lane;
use crate::names::NameId;

/// A ResourceQuota.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quota {
    /// Its namespace.
    pub namespace: NameId,
    /// Its name.
    pub name: NameId,
    /// `spec.hard`: the most of each.
    pub hard: Vec<(Counted, u64)>,
}

/// What a quota counts of pods.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Counted {
    /// Pods that are not over.
    Pods,
    /// What they request of a resource.
    Requests(Lane),
    /// What they may use of a resource at most, as far as they say so.
    Limits(Lane),
}

impl Counted {
    /// What one pod counts for.
    // API server: pkg/quota/v1/evaluator/core/pods.go podComputeUsageHelper
    #[must_use]
    pub fn of(self, pod: &PodSpec) -> u64 {
        match self {
            Counted::Pods => 1,
            Counted::Requests(lane) => pod.requests[lane],
            Counted::Limits(lane) => pod.containers.limited(lane).unwrap_or(0),
        }
    }
}

impl Quota {
    /// What each container of a pod must state and one does not, if there is such: quotas of CPU and
    /// memory want to know.
    // API server: pkg/quota/v1/evaluator/core/pods.go Constraints
    #[must_use]
    pub fn unstated(&self, pod: &PodSpec) -> Option<Counted> {
        if pod.containers.whole.is_some() {
            return None;
        }
        let is_stated = |what: Counted| match what {
            Counted::Requests(lane @ (Lane::CPU | Lane::MEMORY)) => {
                pod.containers.list.iter().all(|it| it.resources.requests.get(lane).is_some())
            }
            Counted::Limits(lane @ (Lane::CPU | Lane::MEMORY)) => {
                pod.containers.list.iter().all(|it| it.resources.limits.get(lane).is_some())
            }
            _ => true,
        };
        self.hard.iter().map(|(what, _)| *what).find(|what| !is_stated(*what))
    }
}
