//! Usage: samples what containers use when it changes, and divides load when readiness does.
//!
//! Nothing of it happens in a run that models no usage.

use super::Simulation;
use crate::event::Event;
use crate::fact::Fact;
use crate::model::pod::PodId;
use crate::model::workload::WorkloadId;
use crate::world::pods::Phase;

impl Simulation<'_> {
    /// A workload is created: from now on there is load.
    pub(crate) fn load_begins(&mut self, workload: WorkloadId) {
        if self.usage.as_ref().is_some_and(|tracker| tracker.tracks(workload)) {
            self.divide_load(workload);
            self.await_workload_usage(workload);
        }
    }

    /// The containers of a pod have been started.
    pub(crate) fn usage_begins(&mut self, pod: PodId) {
        let Some(tracker) = &mut self.usage else { return };
        if tracker.pod_starts(&self.world, pod) {
            self.sample_pod(pod);
        }
    }

    /// A container of a pod on a node is started again (`runs`), or has stopped, between two steps: what
    /// grows with age begins anew, and what is stopped uses nothing.
    pub fn container_runs(&mut self, pod: PodId, container: usize, runs: bool) {
        let Some(tracker) = &mut self.usage else { return };
        if tracker.container_runs(&self.world, pod, container, runs) {
            if let Some(metrics) = &mut self.metrics {
                metrics.container_runs(pod, container, runs, self.world.now());
            }
            self.divide_load(self.world.pods().workload(pod));
            self.sample_pod(pod);
        }
    }

    /// A pod has become ready, or is terminating: others serve less, or more.
    pub(crate) fn readiness_changes(&mut self, pod: PodId) {
        if !self.usage.as_ref().is_some_and(|tracker| tracker.has(pod)) {
            return;
        }
        let workload = self.world.pods().workload(pod);
        if matches!(self.world.pods().phase(pod), Phase::Running { .. }) {
            // Its share is known only once the load is divided.
            self.divide_load(workload);
            self.sample_pod(pod);
        } else {
            self.sample_pod(pod);
            self.divide_load(workload);
        }
    }

    /// A pod is no more, and the world has forgotten what it used.
    pub(crate) fn usage_ends(&mut self, pod: PodId) {
        let Some(tracker) = &mut self.usage else { return };
        if let Some(metrics) = &mut self.metrics {
            metrics.gone(pod);
        }
        if tracker.pod_ends(pod) {
            self.divide_load(self.world.pods().workload(pod));
        }
    }

    /// What a pod uses changes by itself.
    pub(crate) fn pod_usage_changes(&mut self, pod: PodId) {
        let now = self.world.now();
        if self.usage.as_ref().is_some_and(|tracker| tracker.pod_is_due(pod, now)) {
            self.sample_pod(pod);
        }
    }

    /// What the replicas of a workload use changes, or their load.
    pub(crate) fn workload_usage_changes(&mut self, workload: WorkloadId) {
        let now = self.world.now();
        if self.usage.as_ref().is_some_and(|tracker| tracker.workload_is_due(workload, now)) {
            self.divide_load(workload);
            self.sample_replicas(workload);
            self.await_workload_usage(workload);
        }
    }

    /// Divides the load of a workload, if it has any, and samples all that serve if that changes.
    fn divide_load(&mut self, workload: WorkloadId) {
        let Some(tracker) = &mut self.usage else { return };
        let Some(split) = tracker.divide(&self.world, workload) else { return };
        let (ready, offered, served) = (split.ready, split.offered.0, split.served.0);
        self.record(Fact::LoadChanged { workload, ready, offered, served });
        self.sample_replicas(workload);
    }

    /// Samples every pod of a workload whose use its curves or its load change: once where that is
    /// exact.
    fn sample_replicas(&mut self, workload: WorkloadId) {
        let Some(tracker) = &self.usage else { return };
        if tracker.is_shared(workload) {
            let used = tracker.sample_shared(&self.world, workload);
            if let Some(fact) = self.world.replicas_use(workload, &used) {
                self.record(fact);
                self.unsettled.extend(self.world.followers(workload));
                if let Some(metrics) = &mut self.metrics {
                    self.world.followers(workload).for_each(|pod| metrics.used(&self.world, pod));
                }
            }
        } else {
            for pod in self.world.users(workload).to_vec() {
                self.sample_pod(pod);
            }
        }
    }

    /// Samples one pod, and looks at it again when it changes by itself.
    fn sample_pod(&mut self, pod: PodId) {
        let Some(tracker) = &mut self.usage else { return };
        let follows = tracker.follows(&self.world, pod);
        let used = tracker.sample(&self.world, pod);
        let held = tracker.sample_held(&self.world, pod);
        let next = tracker.await_pod(&self.world, pod);
        if let Some(fact) = self.world.pod_uses(pod, &used, follows) {
            self.record(fact);
            self.usage_changed(pod);
            if let Some(metrics) = &mut self.metrics {
                metrics.used(&self.world, pod);
            }
        }
        if let Some(fact) = self.world.pod_holds(pod, &held) {
            self.record(fact);
            self.usage_changed(pod);
        }
        if let Some(at) = next {
            self.agenda.schedule(at, Event::PodUsageChanges(pod));
        }
    }

    fn await_workload_usage(&mut self, workload: WorkloadId) {
        let Some(tracker) = &mut self.usage else { return };
        if let Some(at) = tracker.await_workload(&self.world, workload) {
            self.agenda.schedule(at, Event::UsageChanges(workload));
        }
    }
}
