//! Start-up: how long pods take from their binding until they are ready, and for what.

use std::collections::BTreeMap;

use sim::fact::Fact;
use sim::model::pod::PodId;
use sim::model::workload::Controller;
use sim::{Legend, SimTime};

use crate::folds::pending::Waits;
use crate::folds::roster::{Follow, Pod, Roster};

/// Folds facts into what it took pods to start. Pods of DaemonSets are left out.
#[derive(Clone)]
pub struct StartUp {
    legend: Legend,
    /// Since when pods wait for disks to be attached.
    waiting: BTreeMap<PodId, SimTime>,
    started: Started,
    /// From binding to readiness.
    takes: Waits,
}

/// What it took pods to start.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Started {
    /// Images that nodes pulled.
    pub images_pulled: u64,
    /// Milliseconds for which pods waited for disks to be attached, over pods.
    pub disk_wait_ms: u128,
    /// Whether any image was pulled or disk attached, in the window or before.
    pub any: bool,
}

impl StartUp {
    /// No pod has been bound yet.
    #[must_use]
    pub fn new(legend: &Legend) -> StartUp {
        let legend = legend.clone();
        let (waiting, started, takes) = Default::default();
        StartUp { legend, waiting, started, takes }
    }

    /// What it came to, and how long pods took from binding to readiness; those that are not ready at the
    /// end still wait.
    #[must_use]
    pub fn finish(mut self, roster: &Roster) -> (Started, Waits) {
        let to = self.legend.to;
        roster.pods().for_each(|(_, pod)| self.never_ready(to, pod));
        for pod in self.waiting.keys().copied().collect::<Vec<_>>() {
            self.waits_no_longer(to, pod);
        }
        (self.started, self.takes)
    }

    /// A pod stops before it is ready, or the window does. It took at least that long: without it
    /// the slow would be missing.
    fn never_ready(&mut self, at: SimTime, pod: &Pod) {
        if let Some(since) = self.starts(pod) {
            self.takes.still_waits(at.since(since));
        }
    }

    /// Since when a pod starts, if it does and counts.
    fn starts(&self, pod: &Pod) -> Option<SimTime> {
        let controller = self.legend.model.workloads[pod.workload].controller;
        let counts = pod.is_starting() && controller != Controller::DaemonSet;
        pod.bound_at.filter(|since| counts && *since >= self.legend.from)
    }

    /// A pod waits for its disks no longer.
    fn waits_no_longer(&mut self, at: SimTime, pod: PodId) {
        if let Some(since) = self.waiting.remove(&pod) {
            let waited = at.since(since.max(self.legend.from));
            self.started.disk_wait_ms += u128::from(waited.as_ms());
        }
    }
}

impl Follow for StartUp {
    fn follow(&mut self, roster: &Roster, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::PodScheduled { pod, workload, .. }
                if self.legend.model.workloads[workload].volumes.is_some() =>
            {
                self.waiting.insert(pod, at);
            }
            Fact::VolumesAttached { pod, .. } => {
                self.started.any = true;
                self.waits_no_longer(at, pod);
            }
            Fact::PodReady { pod, .. } => {
                if let Some(since) = roster.pod(pod).and_then(|pod| self.starts(pod)) {
                    self.takes.ended(at.since(since));
                }
            }
            Fact::PodTerminating { pod, .. } | Fact::PodEnded { pod, .. } => {
                if let Some(row) = roster.pod(pod) {
                    self.never_ready(at, row);
                }
                self.waits_no_longer(at, pod);
            }
            Fact::ImagePulled { .. } => {
                self.started.any = true;
                self.started.images_pulled += u64::from(at >= self.legend.from);
            }
            _ => {}
        }
    }
}
