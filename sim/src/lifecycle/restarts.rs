//! Restarts: which containers have been killed, when they start again, and since when their pod has
//! been whole.

use std::collections::BTreeMap;

use crate::kubelet::back_off::{BackOff, BackOffLimits, Restart};
use crate::model::pod::PodId;
use crate::time::{SimTime, Span};

/// From the exit of a container until its kubelet has seen it. An assumption: the kubelet lists
/// containers every second.
// kubelet: pkg/kubelet/kubelet.go genericPlegRelistPeriod
const SEEN_AFTER: Span = Span::from_secs(1);

/// The memory of restarts: of pods of which a container has been killed.
#[derive(Clone, Debug, Default)]
pub struct Restarts {
    pods: BTreeMap<PodId, Pod>,
    /// Restarts of containers before the run.
    before: BTreeMap<PodId, BTreeMap<u32, u32>>,
}

#[derive(Clone, Debug, Default)]
struct Pod {
    containers: BTreeMap<u32, Container>,
    /// When it is ready again, once all its containers run.
    ready_at: Option<SimTime>,
    /// Since when it has been ready again.
    ready_since: Option<SimTime>,
}

#[derive(Clone, Debug, Default)]
struct Container {
    back_off: BackOff,
    restarts: u32,
    /// When it starts again, if it does not run.
    starts_at: Option<SimTime>,
}

impl Restarts {
    /// A pod was found whose containers had been started again this often.
    pub fn found(&mut self, pod: PodId, restarts: &BTreeMap<u32, u32>) {
        if !restarts.is_empty() {
            self.before.insert(pod, restarts.clone());
        }
    }

    /// A container was killed; when it starts again.
    pub fn killed(
        &mut self,
        pod: PodId,
        container: u32,
        now: SimTime,
        limits: BackOffLimits,
    ) -> Restart {
        let pod = self.pods.entry(pod).or_default();
        pod.ready_at = None;
        pod.ready_since = None;
        let container = pod.containers.entry(container).or_default();
        let restart = container.back_off.exited(now, now + SEEN_AFTER, limits);
        container.starts_at = Some(restart.at);
        restart
    }

    /// A container starts again, if it was to do so now: how many times it has.
    pub fn starts(&mut self, pod: PodId, container: u32, now: SimTime) -> Option<u32> {
        let container = self.pods.get_mut(&pod)?.containers.get_mut(&container)?;
        container.starts_at.take_if(|at| *at == now)?;
        container.restarts += 1;
        Some(container.restarts)
    }

    /// Whether a container of a pod does not run.
    #[must_use]
    pub fn is_stopped(&self, pod: PodId, container: u32) -> bool {
        let container = self.pods.get(&pod).and_then(|pod| pod.containers.get(&container));
        container.is_some_and(|container| container.starts_at.is_some())
    }

    /// A pod is to be ready at an instant, if all its containers run; whether they do.
    pub fn awaits_readiness(&mut self, pod: PodId, at: SimTime) -> bool {
        let Some(pod) = self.pods.get_mut(&pod) else { return false };
        let whole = pod.containers.values().all(|container| container.starts_at.is_none());
        pod.ready_at = whole.then_some(at);
        whole
    }

    /// Whether a pod may become ready now: it is the time that was set after its last restart.
    #[must_use]
    pub fn lets_be_ready(&self, pod: PodId, now: SimTime) -> bool {
        self.pods.get(&pod).is_none_or(|pod| pod.ready_at == Some(now))
    }

    /// A pod is ready.
    pub fn ready(&mut self, pod: PodId, now: SimTime) {
        if let Some(pod) = self.pods.get_mut(&pod) {
            pod.ready_since = Some(now);
        }
    }

    /// Whether a pod may become available now: it has been ready for so long without a restart.
    #[must_use]
    pub fn lets_be_available(&self, pod: PodId, now: SimTime, min_ready: Span) -> bool {
        let since = self.pods.get(&pod).map(|pod| pod.ready_since);
        since.is_none_or(|since| since.is_some_and(|since| since + min_ready <= now))
    }

    /// How many times each container of a pod has been started again that has been killed, in this run or
    /// before.
    #[must_use]
    pub fn of(&self, pod: PodId) -> BTreeMap<u32, u32> {
        let mut all = self.before.get(&pod).cloned().unwrap_or_default();
        for (place, container) in self.pods.get(&pod).into_iter().flat_map(|pod| &pod.containers) {
            *all.entry(*place).or_default() += container.restarts;
        }
        all
    }

    /// A pod is no more.
    pub fn gone(&mut self, pod: PodId) {
        self.pods.remove(&pod);
        self.before.remove(&pod);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Id;

    #[test]
    fn a_pod_is_whole_when_its_last_container_runs_again() {
        let s = |secs| SimTime::ZERO + Span::from_secs(secs);
        let (pod, limits) = (PodId::from_index(3), BackOffLimits::default());
        let mut restarts = Restarts::default();
        assert!(restarts.lets_be_ready(pod, s(5)), "nothing has been killed");
        assert_eq!(restarts.killed(pod, 0, s(10), limits).at, s(11));
        assert_eq!(restarts.killed(pod, 1, s(10), limits).at, s(11));
        assert!(!restarts.lets_be_ready(pod, s(10)));
        assert_eq!(restarts.starts(pod, 0, s(11)), Some(1));
        assert!(!restarts.awaits_readiness(pod, s(20)), "the other is still stopped");
        assert_eq!(restarts.starts(pod, 1, s(11)), Some(1));
        assert!(restarts.awaits_readiness(pod, s(20)));
        assert!(restarts.lets_be_ready(pod, s(20)) && !restarts.lets_be_ready(pod, s(19)));
        restarts.ready(pod, s(20));
        let min_ready = Span::from_secs(30);
        assert!(!restarts.lets_be_available(pod, s(49), min_ready));
        assert!(restarts.lets_be_available(pod, s(50), min_ready));
        assert_eq!(restarts.killed(pod, 0, s(60), limits).back_off, Some(Span::from_secs(10)));
        assert_eq!(restarts.of(pod), BTreeMap::from([(0, 1), (1, 1)]));
        // What a pod had before the run counts, too.
        restarts.found(pod, &BTreeMap::from([(1, 4), (2, 3)]));
        assert_eq!(restarts.of(pod), BTreeMap::from([(0, 1), (1, 5), (2, 3)]));
    }
}
